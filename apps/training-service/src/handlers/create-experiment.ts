import type { CreateExperimentRequest, CreateExperimentResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toExperimentMessage } from '../messages/to-run-message.ts';

/** CreateExperiment: names a question, and makes its backbone when that is new. */
export function createExperiment({ repositories }: Context) {
  return unary<CreateExperimentRequest, CreateExperimentResponse>('operator', async (request, { principal }) => {
    const { name, description, backbone, architecture, requestId } = request;
    const experiment = await repositories.experiments.create(
      { name, description, backbone, architecture: architecture || 'resnet50', requestId: requestId || undefined },
      principal.name,
    );
    return { experiment: toExperimentMessage(experiment) };
  });
}
