import { AbortedError, UnavailableError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { outlastStoreOutage } from './outlast-store-outage.ts';

const away = new UnavailableError('the store cannot be reached', { reason: 'STORE_UNREACHABLE' });

describe('outlastStoreOutage', () => {
  it('tries again until the store is back', async () => {
    let tries = 0;
    const work = async () => {
      if (++tries < 2) throw away;
      return 'stored';
    };
    expect(await outlastStoreOutage(new AbortController().signal, work)).toBe('stored');
    expect(tries).toBe(2);
  });

  it('does not repeat what failed for another reason', async () => {
    let tries = 0;
    const lost = async () => {
      tries++;
      throw new AbortedError('the lease is lost');
    };
    await expect(outlastStoreOutage(new AbortController().signal, lost)).rejects.toThrow('the lease is lost');
    expect(tries).toBe(1);
  });

  it('gives up when it is told to stop', async () => {
    const abort = new AbortController();
    const work = async () => {
      abort.abort();
      throw away;
    };
    await expect(outlastStoreOutage(abort.signal, work)).rejects.toThrow('the store cannot be reached');
  });
});
