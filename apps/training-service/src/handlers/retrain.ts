import type { RetrainRequest, RetrainResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { parseDetectionPlan, type DetectionPlan } from '../detection-plan.ts';
import { toRunMessage } from '../messages/to-run-message.ts';
import { queueRun } from '../queue-run.ts';
import { parseRecipe, toRecipeMessage, type Recipe } from '../recipe.ts';

/** Retrain: a run like an earlier one; what the request leaves out is taken from there. */
export function retrain(context: Context) {
  return unary<RetrainRequest, RetrainResponse>('operator', async (request, { principal }) => {
    const earlier = await context.repositories.runs.get(request.runId);
    const run = await queueRun(
      context,
      {
        experimentId: earlier.experimentId,
        snapshotDigest: request.snapshotDigest || earlier.snapshotDigest,
        // Read anew: a recipe that was stored before a setting existed gets its default.
        recipe: parseRecipe(request.recipe ?? toRecipeMessage(earlier.recipe as unknown as Recipe)),
        detection: request.detection
          ? parseDetectionPlan(request.detection)
          : (earlier.detection as unknown as DetectionPlan),
        parentRunId: earlier.id,
        requestId: request.requestId,
      },
      principal.name,
    );
    return { run: toRunMessage(run) };
  });
}
