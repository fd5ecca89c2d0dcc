import { expect, it } from 'vitest';
import { reportOutagesOnce } from './report-outages-once.ts';

it('tells once that the store is away, and every other error each time', () => {
  const told: unknown[] = [];
  const report = reportOutagesOnce((error) => told.push((error as Error).message));
  const outage = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
    client: { huge: true },
  });
  for (const error of [outage, outage, new Error('a defect'), outage, new Error('a defect')]) report(error);
  expect(told).toEqual(['the store cannot be reached at the moment; try again', 'a defect', 'a defect']);
});
