import { createRandom, matrix, selectRows } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { orderByContent } from './order-by-content.ts';

describe('orderByContent', () => {
  const random = createRandom(1);
  const [n, d] = [50, 3];
  // Few values, so that rows share their first ones, and some are equal.
  const x = matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, () => Math.round(random.next() * 2)),
  );
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const listed = (order: Int32Array, from = x, kinds = labels) =>
    Array.from(order, (i) => [kinds[i], ...from.data.subarray(i * d, (i + 1) * d)]);

  it('lists the same rows in the same order, wherever they stood', () => {
    const order = random.permutation(n);
    const [moved, kinds] = [selectRows(x, order), labels.map((_, i) => labels[order[i]])];
    expect(listed(orderByContent([moved], kinds, 7), moved, kinds)).toEqual(listed(orderByContent([x], labels, 7)));
  });

  it('tells rows apart by their second layer where the first is the same', () => {
    const none = matrix(n, d, new Float32Array(n * d));
    expect([...orderByContent([none, x], labels, 7)]).toEqual([...orderByContent([x], labels, 7)]);
  });

  it('lists each row once, not sorted, and otherwise for another seed', () => {
    const order = orderByContent([x], labels, 7);
    expect([...order].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(listed(order)).not.toEqual(listed(order).sort());
    expect([...orderByContent([x], labels, 8)]).not.toEqual([...order]);
  });
});
