import 'server-only';
import { backboneRepository, deploymentRepository, thresholdRepository, type Deployment } from '@outsider/database';
import { findDetector, toThresholdView, type DetectorView, type ThresholdView } from './detectors.ts';
import { database } from './store.ts';

/** A bundle as pages show it: which version, which detector. */
export interface BundleView {
  readonly id: string;
  readonly backbone: string;
  readonly versionNumber: number;
  readonly versionDigest: string;
  readonly architecture: string;
  readonly classes: readonly string[];
  readonly detector: DetectorView | undefined;
  /** The bundle's own: the detector may have another in force by now. */
  readonly threshold: ThresholdView;
  readonly createdAt: string;
}

/** An entry of an alias' history. */
export interface DeploymentView {
  readonly id: string;
  readonly alias: string;
  readonly action: 'promote' | 'roll-back';
  readonly author: string;
  readonly reason: string;
  readonly at: string;
  readonly bundle: BundleView;
}

/** What each backbone has in production now, the last promoted first. */
export async function listProduction(): Promise<DeploymentView[]> {
  const current = await deploymentRepository(database()).listCurrent();
  return Promise.all(current.filter(({ alias }) => alias === 'production').map(toDeploymentView));
}

/** Newest first. */
export async function listHistory(): Promise<DeploymentView[]> {
  const { items } = await deploymentRepository(database()).history({ pageSize: 100 });
  return Promise.all(items.map(toDeploymentView));
}

/** Newest first: what could be promoted. */
export async function listBundles(): Promise<BundleView[]> {
  const { items } = await deploymentRepository(database()).listBundles({ pageSize: 200 });
  return Promise.all(items.map(toBundleView));
}

async function toDeploymentView({ bundle, at, ...entry }: Deployment): Promise<DeploymentView> {
  const { id, alias, action, author, reason } = entry;
  return { id, alias, action, author, reason, at: at.toISOString(), bundle: await toBundleView(bundle) };
}

async function toBundleView(bundle: Deployment['bundle']): Promise<BundleView> {
  const [version, detector, threshold] = await Promise.all([
    backboneRepository(database()).getVersion(bundle.backboneVersion),
    findDetector(bundle.detectorId),
    thresholdRepository(database()).get(bundle.thresholdId),
  ]);
  return {
    id: bundle.id,
    backbone: bundle.backbone,
    versionNumber: version.number,
    versionDigest: version.digest,
    architecture: version.architecture,
    classes: version.classes,
    detector,
    threshold: toThresholdView(threshold),
    createdAt: bundle.createdAt.toISOString(),
  };
}
