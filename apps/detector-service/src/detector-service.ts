import { DetectorServiceService } from '@outsider/contracts';
import { startServer, type RunningServer } from '@outsider/contracts/server';
import { pingDatabase } from '@outsider/database';
import { startHealthLoop, startMetricsServer } from '@outsider/runtime';
import type { Context } from './context.ts';
import { calibrateThreshold } from './handlers/calibrate-threshold.ts';
import { compareDetectors } from './handlers/compare-detectors.ts';
import { detect } from './handlers/detect.ts';
import { detectStream } from './handlers/detect-stream.ts';
import { fitDetectors } from './handlers/fit-detectors.ts';
import { getDetector } from './handlers/get-detector.ts';
import { listDetectors } from './handlers/list-detectors.ts';
import { previewThreshold } from './handlers/preview-threshold.ts';
import { keepWorking } from './jobs/keep-working.ts';

export interface DetectorService {
  /** `host:port` with the port that was taken. */
  readonly address: string;
  /** Ends calls and jobs under way; an unfinished job goes on when a service is back. */
  stop(): Promise<void>;
}

/** Answers calls and works on jobs. Health says NOT_SERVING while the store is away. */
export async function startDetectorService(context: Context): Promise<DetectorService> {
  const { config, db, logger, queue, registry } = context;
  const server: RunningServer = await startServer({
    address: config.address,
    addressVariable: 'DETECTOR_ADDRESS',
    services: [
      {
        name: 'outsider.detection.v1.DetectorService',
        definition: DetectorServiceService,
        implementation: {
          fitDetectors: fitDetectors(context),
          getDetector: getDetector(context),
          listDetectors: listDetectors(context),
          calibrateThreshold: calibrateThreshold(context),
          previewThreshold: previewThreshold(context),
          compareDetectors: compareDetectors(context),
          detect: detect(context),
          detectStream: detectStream(context),
        },
      },
    ],
    authenticate: context.authenticate,
    logger,
    onCallEnd: context.onCallEnd,
  });
  const metricsServer = config.metricsAddress ? await startMetricsServer(registry, config.metricsAddress) : undefined;
  const health = startHealthLoop({ ping: () => pingDatabase(db), setServing: server.setServing, logger });
  const work = keepWorking(context);

  return {
    address: server.address,
    async stop() {
      health.stop();
      work.stop();
      // At the same time: whoever supervises this process waits 10 s, and each may need several.
      await Promise.all([server.stop({ graceMs: 6_000 }), queue.stop()]);
      await metricsServer?.stop();
      await context.close();
    },
  };
}
