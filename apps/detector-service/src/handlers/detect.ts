import type { DetectRequest, DetectResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { findJudge } from '../detection/find-judge.ts';
import { judgeImage } from '../detection/judge-image.ts';

/** Detect: the verdict on one image or embedding. */
export function detect(context: Context) {
  return unary<DetectRequest, DetectResponse>('viewer', async (request, call) => {
    const judge = await findJudge(context, request.detectorId);
    return { detection: await judgeImage(context, judge, request, call) };
  });
}
