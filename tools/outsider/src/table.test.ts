import { expect, it } from 'vitest';
import { formatTable } from './table.ts';

it('sets the first column to the left and the others to the right', () => {
  const table = formatTable(
    ['detector', 'AUROC'],
    [
      ['knn', '0.99'],
      ['logistic-regression', '1'],
    ],
  );
  expect(table.split('\n')).toEqual([
    'detector              AUROC',
    '───────────────────────────',
    'knn                    0.99',
    'logistic-regression       1',
  ]);
});
