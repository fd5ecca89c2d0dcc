import type { GetRunRequest, GetRunResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toRunMessage } from '../messages/to-run-message.ts';

/** GetRun: one run as it stands. */
export function getRun({ repositories }: Context) {
  return unary<GetRunRequest, GetRunResponse>('viewer', async ({ runId }) => ({
    run: toRunMessage(await repositories.runs.get(runId)),
  }));
}
