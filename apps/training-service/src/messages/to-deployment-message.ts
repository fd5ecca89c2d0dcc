import type { Bundle as BundleMessage, Deployment as DeploymentMessage } from '@outsider/contracts';
import type { Bundle, Deployment } from '@outsider/database';

export function toBundleMessage({ id, backboneVersion, detectorId, thresholdId, createdAt }: Bundle): BundleMessage {
  return { id, backboneVersion, detectorId, thresholdId, createTime: createdAt };
}

export function toDeploymentMessage(deployment: Deployment): DeploymentMessage {
  const { id, backbone, alias, bundle, at, author, reason } = deployment;
  return { id, backbone, alias, bundle: toBundleMessage(bundle), createTime: at, author, reason };
}
