import {
  activationSetRepository,
  backboneRepository,
  datasetRepository,
  deploymentRepository,
  detectorRepository,
  jobRepository,
  thresholdRepository,
  type Database,
  type Transaction,
} from '@outsider/database';

/** The tables that this service reads and writes, all through one connection or transaction. */
export function repositoriesOf(db: Database | Transaction) {
  return {
    activationSets: activationSetRepository(db),
    backbones: backboneRepository(db),
    datasets: datasetRepository(db),
    deployments: deploymentRepository(db),
    detectors: detectorRepository(db),
    jobs: jobRepository(db),
    thresholds: thresholdRepository(db),
  };
}

export type Repositories = ReturnType<typeof repositoriesOf>;
