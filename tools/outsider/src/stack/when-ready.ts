import { setTimeout as sleep } from 'node:timers/promises';
import { checkHealth } from '@outsider/contracts';

const intervalMs = 150;

/** Resolves once the service at `address` reports SERVING. */
export async function whenServing(address: string, signal: AbortSignal): Promise<void> {
  await poll(signal, async () => (await checkHealth(address)) === 'SERVING');
}

/** Resolves once the page answers at all. */
export async function whenPageAnswers(url: string, signal: AbortSignal): Promise<void> {
  await poll(signal, async () => (await fetch(url, { redirect: 'manual', signal })).status < 500);
}

async function poll(signal: AbortSignal, check: () => Promise<boolean>): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await check().catch(() => false)) return;
    await sleep(intervalMs, undefined, { signal });
  }
}
