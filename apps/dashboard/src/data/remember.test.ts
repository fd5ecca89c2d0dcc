import { describe, expect, it } from 'vitest';
import { remember } from './remember.ts';

describe('remember', () => {
  it('works a key out once, also for those who ask meanwhile', async () => {
    const asked: string[] = [];
    const lengthOf = remember(2, async (key) => {
      asked.push(key);
      return key.length;
    });
    expect(await Promise.all([lengthOf('abc'), lengthOf('abc')])).toEqual([3, 3]);
    expect(await lengthOf('abc')).toBe(3);
    expect(asked).toEqual(['abc']);
  });

  it('forgets the key that was used least recently', async () => {
    const asked: string[] = [];
    const get = remember(2, async (key) => {
      asked.push(key);
      return key;
    });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('tries again after a failure', async () => {
    let attempts = 0;
    const get = remember(2, async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('the store is gone');
      return attempts;
    });
    await expect(get('a')).rejects.toThrow('the store is gone');
    expect(await get('a')).toBe(2);
  });
});
