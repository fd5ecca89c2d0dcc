import { describe, expect, it } from 'vitest';
import { byteLimitedCache } from './byte-limited-cache.ts';

function sizes(maxBytes: number) {
  return byteLimitedCache<number>(maxBytes, (bytes) => bytes);
}

describe('byteLimitedCache', () => {
  it('drops the least recently used when the bytes run out', async () => {
    const cache = sizes(100);
    await cache.get('a', async () => 40);
    await cache.get('b', async () => 40);
    await cache.get('a', async () => 1);
    await cache.get('c', async () => 40);
    expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true]);
    expect(cache.heldBytes()).toBe(80);
  });

  it('loads once for calls that come together', async () => {
    const cache = sizes(100);
    let loads = 0;
    const load = async () => ++loads;
    expect(await Promise.all([cache.get('a', load), cache.get('a', load)])).toEqual([1, 1]);
  });

  it('tries again after a load that failed', async () => {
    const cache = sizes(100);
    await expect(cache.get('a', () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
    expect(await cache.get('a', async () => 7)).toBe(7);
  });

  it('keeps the newest though it is larger than everything allowed', async () => {
    const cache = sizes(10);
    await cache.get('a', async () => 5);
    await cache.get('big', async () => 50);
    expect([cache.has('a'), cache.has('big')]).toEqual([false, true]);
  });
});
