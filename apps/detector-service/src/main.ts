import { createLogger, runProgram, startLifecycle } from '@outsider/runtime';
import { readConfig } from './config.ts';
import { openContext } from './context.ts';
import { startDetectorService } from './detector-service.ts';

const name = 'detector-service';

await runProgram(createLogger({ name }), async () => {
  const config = readConfig(process.env);
  const logger = createLogger({ name, level: config.logLevel });
  const lifecycle = startLifecycle({ logger });
  const context = await openContext(config, logger);
  const service = await startDetectorService(context);
  lifecycle.onStop(name, service.stop);
  // Always said, whatever the log level: whoever started this process waits for it.
  process.stdout.write(`${JSON.stringify({ name, msg: 'listening', address: service.address })}\n`);
});
