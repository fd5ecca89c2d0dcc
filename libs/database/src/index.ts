// The store. Elsewhere: `@outsider/database/migrate` (migrations), `@outsider/database/embedded-postgres` (a server of
// our own) and `@outsider/database/testing` (databases for tests).

export {
  createDatabase,
  pingDatabase,
  type Database,
  type DatabaseOptions,
  type Transaction,
} from './client/create-database.ts';
export { inTransaction } from './client/in-transaction.ts';
export { type JsonObject, type JsonValue } from './client/json.ts';
export { type Page, type PageRequest } from './client/page.ts';

export { auditRepository, recordAudit, type AuditEvent, type NewAuditEvent } from './access/audit-repository.ts';
export { tokenRepository, type IssuedToken, type Token, type TokenKind } from './access/token-repository.ts';

export {
  type Backbone,
  type BackboneVersion,
  type LayerShape,
  type NewBackboneVersion,
  type NewImportedVersion,
  type VersionImport,
} from './backbones/backbone.ts';
export { backboneRepository, parseBackboneName } from './backbones/backbone-repository.ts';

export { datasetRepository } from './datasets/dataset-repository.ts';
export {
  type Dataset,
  type NewSnapshot,
  type SkippedFile,
  type Snapshot,
  type SnapshotItem,
  type SnapshotReport,
  type SplitCount,
} from './datasets/snapshot.ts';

export {
  deploymentRepository,
  parseAlias,
  type Alias,
  type Bundle,
  type Deployment,
} from './deployments/deployment-repository.ts';

export {
  activationSetRepository,
  type ActivationSet,
  type NewActivationSet,
} from './detectors/activation-set-repository.ts';
export { detectorRepository } from './detectors/detector-repository.ts';
export { type Detector, type NewDetector, type NewThreshold, type Threshold } from './detectors/detector.ts';
export { thresholdRepository } from './detectors/threshold-repository.ts';

export { experimentRepository, type Experiment, type NewExperiment } from './experiments/experiment-repository.ts';
export {
  metricPointRepository,
  type MetricBucket,
  type MetricPoint,
  type MetricSeries,
} from './experiments/metric-point-repository.ts';
export { runRepository, type NewRun, type Run } from './experiments/run-repository.ts';

export { type JobEvent, type JobEventBody } from './jobs/job-event.ts';
export { jobRepository } from './jobs/job-repository.ts';
export {
  jobQueue,
  type JobContext,
  type JobHandler,
  type JobQueue,
  type JobQueueOptions,
  type JobRequest,
  type JobTimings,
} from './jobs/job-queue.ts';
export { type Job, type JobKind, type JobLease } from './jobs/job.ts';
