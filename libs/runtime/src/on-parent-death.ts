import { fstatSync } from 'node:fs';

/**
 * Calls back when whoever started this process is gone, who is watched through its IPC channel, or else a pipe or socket on
 * standard input; without either, never.
 */
export function onParentDeath(stop: () => void): void {
  if (process.channel) {
    process.once('disconnect', stop);
    // Nobody may be listening for messages, and then Node does not watch the channel.
    process.channel.ref();
    return;
  }
  if (!isPipe(0)) return;
  process.stdin.once('end', stop);
  process.stdin.once('error', stop);
  process.stdin.resume();
}

function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false; // standard input is closed
  }
}
