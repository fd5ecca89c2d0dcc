/** The training service: `node apps/training-service/src/main.ts`. */
import { createLogger, runProgram, startLifecycle } from '@outsider/runtime';
import { readConfig } from './config.ts';
import { startTrainingService } from './training-service.ts';

const logger = createLogger({ name: 'training-service' });

await runProgram(logger, async () => {
  const lifecycle = startLifecycle({ logger });
  const service = await startTrainingService(readConfig(process.env));
  lifecycle.onStop('training service', service.stop);
  logger.info({ address: service.address }, 'listening');
});
