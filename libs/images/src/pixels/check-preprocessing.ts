import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';

/** No backbone reads more; a typing error here would otherwise ask for terabytes. */
const maxSide = 4096;

/** @throws {InvalidArgumentError} when a size or share is out of range, or a number would make values infinite */
export function checkPreprocessing({ size, cropShare = 1, scale, mean, std }: Preprocessing): void {
  if (!size.every((side) => Number.isInteger(side) && side >= 1 && side <= maxSide)) {
    throw new InvalidArgumentError(
      `preprocessing: expected a size of two integers from 1 to ${maxSide}, got [${size.join(', ')}]`,
    );
  }
  if (!(cropShare > 0 && cropShare <= 1)) {
    throw new InvalidArgumentError(`preprocessing: expected a crop share above 0 and at most 1, got ${cropShare}`);
  }
  if (![scale, ...mean, ...std].every(Number.isFinite) || std.includes(0)) {
    throw new InvalidArgumentError('preprocessing: expected finite scale, mean and std, and no std of zero');
  }
}
