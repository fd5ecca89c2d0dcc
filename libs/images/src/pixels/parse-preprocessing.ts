import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';

import { checkPreprocessing } from './check-preprocessing.ts';

const fits = ['stretch', 'centre-crop'] as const;
const interpolations = ['bilinear', 'bicubic', 'nearest'] as const;
const channelOrders = ['rgb', 'bgr'] as const;

/**
 * A preprocessing that somebody stated, checked in every field.
 *
 * @throws {InvalidArgumentError} naming the field that is missing or wrong
 */
export function parsePreprocessing(value: unknown): Preprocessing {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError('preprocessing: expected an object with size, fit, interpolation, channelOrder, …');
  }
  const given = value as Readonly<Record<keyof Preprocessing, unknown>>;
  const preprocessing: Preprocessing = {
    size: numbers('size', given.size, 2) as [number, number],
    fit: oneOf('fit', given.fit, fits),
    ...(given.cropShare !== undefined && { cropShare: number('cropShare', given.cropShare) }),
    interpolation: oneOf('interpolation', given.interpolation, interpolations),
    channelOrder: oneOf('channelOrder', given.channelOrder, channelOrders),
    scale: number('scale', given.scale),
    mean: numbers('mean', given.mean, 3) as [number, number, number],
    std: numbers('std', given.std, 3) as [number, number, number],
  };
  const unknown = Object.keys(given).filter((key) => !(key in { ...preprocessing, cropShare: 1 }));
  if (unknown.length > 0) throw new InvalidArgumentError(`preprocessing: unknown field ${unknown.join(', ')}`);
  if (preprocessing.fit === 'stretch' && preprocessing.cropShare !== undefined) {
    throw new InvalidArgumentError('preprocessing.cropShare: only a centre-crop has one');
  }
  checkPreprocessing(preprocessing);
  return preprocessing;
}

function number(field: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new InvalidArgumentError(`preprocessing.${field}: expected a number, got ${shown(value)}`);
}

function numbers(field: string, value: unknown, count: number): number[] {
  if (Array.isArray(value) && value.length === count && value.every((one) => typeof one === 'number'))
    return [...value];
  throw new InvalidArgumentError(`preprocessing.${field}: expected ${count} numbers, got ${shown(value)}`);
}

function oneOf<T extends string>(field: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`preprocessing.${field}: expected ${allowed.join(' or ')}, got ${shown(value)}`);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
