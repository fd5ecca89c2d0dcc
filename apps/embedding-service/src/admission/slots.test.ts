import { describe, expect, it } from 'vitest';
import { CancelledError } from '@outsider/domain';
import { createSlots } from './slots.ts';

describe('createSlots', () => {
  it('gives out its places, refuses the next, and takes them back once', () => {
    const slots = createSlots(2);
    const first = slots.tryTake();
    const second = slots.tryTake();
    expect([first, second, slots.tryTake()].map((place) => place !== undefined)).toEqual([true, true, false]);
    first?.();
    first?.();
    expect(slots.taken).toBe(1);
    expect(slots.tryTake()).toBeDefined();
    expect(slots.tryTake()).toBeUndefined();
  });

  it('lets those who wait in, in their order, before anybody new', async () => {
    const slots = createSlots(1);
    const release = await slots.take();
    const entered: string[] = [];
    const a = slots.take().then((leave) => (entered.push('a'), leave));
    const b = slots.take().then((leave) => (entered.push('b'), leave));
    release();
    expect(slots.tryTake()).toBeUndefined();
    (await a)();
    (await b)();
    expect(entered).toEqual(['a', 'b']);
    expect(slots.taken).toBe(0);
  });

  it('forgets who gave up waiting', async () => {
    const slots = createSlots(1);
    const release = await slots.take();
    const abort = new AbortController();
    const gone = slots.take(abort.signal);
    const stays = slots.take();
    abort.abort();
    await expect(gone).rejects.toThrow(CancelledError);
    release();
    (await stays)();
    expect(slots.taken).toBe(0);
    await expect(slots.take(abort.signal)).rejects.toThrow(CancelledError);
  });
});
