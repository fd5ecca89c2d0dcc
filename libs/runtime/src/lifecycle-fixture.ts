/** A service to start, stop and break, for lifecycle.test.ts: prints what happens to it, one word a line; or logs it. */
import { InvalidArgumentError } from '@outsider/domain';
import { createLogger } from './logger.ts';
import { runProgram, startLifecycle } from './lifecycle.ts';

const [how, graceMs = '5000'] = process.argv.slice(2);
const logger = createLogger({ name: 'fixture', level: how === 'log' ? 'info' : 'fatal' });

function say(word: string): void {
  if (how === 'log') logger.info({}, word);
  else process.stdout.write(`${word}\n`);
}

await runProgram(logger, async () => {
  const lifecycle = startLifecycle({ logger, graceMs: Number(graceMs) });
  if (how === 'refuse') throw new InvalidArgumentError('PORT is "x": expected a number');
  lifecycle.onStop('database', () => say('database'));
  lifecycle.onStop('broken', () => Promise.reject(new Error('cannot be closed')));
  lifecycle.onStop('server', async () => {
    say(lifecycle.stopping.aborted ? 'draining' : 'not told');
    if (how === 'hang') await new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    say('server');
  });
  setInterval(() => undefined, 1000);
  say('up');
  if (how === 'throw') setTimeout(() => void Promise.reject(new Error('nobody caught this')), 1);
});
