import { InvalidArgumentError } from '@outsider/domain';

/** @throws {InvalidArgumentError} unless the field holds a number between `low` and `high` */
export function readNumber(form: FormData, field: string, name: string, low: number, high: number): number {
  const text = String(form.get(field) ?? '')
    .trim()
    .replace(',', '.');
  const value = Number(text);
  if (text === '' || !(value >= low && value <= high)) {
    throw new InvalidArgumentError(`${name}: expected a number from ${low} to ${high}, got "${text.slice(0, 40)}"`);
  }
  return value;
}

/** @throws {InvalidArgumentError} unless the field holds a whole number between `low` and `high` */
export function readWhole(form: FormData, field: string, name: string, low: number, high: number): number {
  const value = readNumber(form, field, name, low, high);
  if (!Number.isInteger(value)) throw new InvalidArgumentError(`${name}: expected a whole number, got ${value}`);
  return value;
}

/** @throws {InvalidArgumentError} when the field is empty */
export function readText(form: FormData, field: string, name: string): string {
  const text = String(form.get(field) ?? '').trim();
  if (text === '') throw new InvalidArgumentError(`${name}: expected one sentence, got nothing`);
  return text;
}
