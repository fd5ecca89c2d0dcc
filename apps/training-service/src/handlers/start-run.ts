import type { StartRunRequest, StartRunResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { parseDetectionPlan } from '../detection-plan.ts';
import { toRunMessage } from '../messages/to-run-message.ts';
import { queueRun } from '../queue-run.ts';
import { parseRecipe } from '../recipe.ts';

/** StartRun: validates every setting, then queues. */
export function startRun(context: Context) {
  return unary<StartRunRequest, StartRunResponse>('operator', async (request, { principal }) => {
    const run = await queueRun(
      context,
      { ...request, recipe: parseRecipe(request.recipe), detection: parseDetectionPlan(request.detection) },
      principal.name,
    );
    return { run: toRunMessage(run) };
  });
}
