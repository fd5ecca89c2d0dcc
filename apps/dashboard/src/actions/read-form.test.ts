import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { readNumber, readText, readWhole } from './read-form.ts';

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('readNumber', () => {
  it('reads numbers, with a comma too', () => {
    expect(readNumber(formOf({ rate: '1e-3' }), 'rate', 'Learning rate', 1e-8, 10)).toBe(0.001);
    expect(readNumber(formOf({ rate: '0,5' }), 'rate', 'Dropout', 0, 0.9)).toBe(0.5);
  });

  it.each(['', 'many', '11', '-1', 'NaN', 'Infinity'])('refuses "%s" in a sentence that names the field', (text) => {
    const read = () => readNumber(formOf({ rate: text }), 'rate', 'Learning rate', 0, 10);
    expect(read).toThrow(InvalidArgumentError);
    expect(read).toThrow(/^Learning rate: expected a number from 0 to 10/);
  });
});

it('refuses broken numbers where whole ones are needed', () => {
  expect(() => readWhole(formOf({ epochs: '1.5' }), 'epochs', 'Epochs', 1, 1000)).toThrow(
    'Epochs: expected a whole number, got 1.5',
  );
  expect(readWhole(formOf({ epochs: '12' }), 'epochs', 'Epochs', 1, 1000)).toBe(12);
});

it('refuses an empty reason', () => {
  expect(() => readText(formOf({ reason: '  ' }), 'reason', 'Reason')).toThrow(InvalidArgumentError);
});
