import type { Context } from '../context.ts';
import { fitDetectorsJob } from './fit-detectors-job.ts';

const retryMs = 1000;

/** Takes up jobs of this service as soon as the store can be reached, however late that is. */
export function keepWorking(context: Context): { stop(): void } {
  const { queue, logger } = context;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function start(): Promise<void> {
    try {
      await queue.work('fit-detectors', fitDetectorsJob(context));
      logger.info({}, 'working on jobs');
    } catch (error) {
      if (stopped) return;
      logger.warn({ err: error }, 'cannot take up jobs yet');
      timer = setTimeout(() => void start(), retryMs);
    }
  }

  void start();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
