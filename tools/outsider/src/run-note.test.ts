import { describe, expect, it } from 'vitest';
import { runNote } from './run-note.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('runNote', () => {
  it('says epoch, loss, pace and time left', () => {
    const news = { startedAt: at(0), reportedAt: at(60), fraction: 0.25, note: 'epoch 5 of 20' };
    expect(runNote({ ...news, loss: 0.12345, imagesPerSecond: 45.36 })).toBe(
      'epoch 5 of 20 · loss 0.123 · 45 images/s · 3 min left',
    );
    expect(runNote(news)).toBe('epoch 5 of 20 · 3 min left');
    const full = 'epoch 5 of 20, step 3 of 50, loss 0.140, 44.1 images/s';
    expect(runNote({ ...news, note: full, loss: 0.123, imagesPerSecond: 45 })).toBe(`${full} · 3 min left`);
  });

  it('says nothing of the time too early, and at the end', () => {
    const note = '10 of 900 photos';
    expect(runNote({ startedAt: at(0), reportedAt: at(1), fraction: 0.5, note })).toBe(note);
    expect(runNote({ startedAt: at(0), reportedAt: at(9), fraction: 1, note })).toBe(note);
  });

  it.each([
    [0.5, 12, '15 s left'],
    [0.1, 700, '1 h 45 min left'],
  ])('rounds what is left at %d after %d s to %s', (fraction, seconds, words) => {
    expect(runNote({ startedAt: at(0), reportedAt: at(seconds), fraction, note: '' })).toBe(words);
  });
});
