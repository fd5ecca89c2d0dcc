import { describe, expect, it } from 'vitest';
import { paced } from './paced.ts';

describe('paced', () => {
  it('sends the first report, the last, and at most two a second between', async () => {
    let time = 0;
    const sent: number[] = [];
    const progress = paced(
      async (fraction) => void sent.push(fraction),
      () => time,
    );
    for (let i = 0; i <= 100; i++) {
      progress.report(i / 100, '');
      time += 20;
    }
    await progress.settled();
    expect(sent).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('says what the store refused', async () => {
    const progress = paced(() => Promise.reject(new Error('the lease is lost')));
    progress.report(0.5, '');
    await expect(progress.settled()).rejects.toThrow('the lease is lost');
  });
});
