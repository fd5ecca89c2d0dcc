import {
  statusCodeOf,
  type DetectRequest,
  type DetectStreamRequest,
  type DetectStreamResponse,
} from '@outsider/contracts';
import { bidiStreaming, reportDefect, type Call } from '@outsider/contracts/server';
import { DomainError, InvalidArgumentError } from '@outsider/domain';
import { status } from '@grpc/grpc-js';
import type { Context } from '../context.ts';
import { findJudge, type Judge } from '../detection/find-judge.ts';
import { inParallel } from '../detection/in-parallel.ts';
import { judgeImage } from '../detection/judge-image.ts';

/** Images of one stream in memory at once, in bytes. */
const maxBytesUnderWay = 64 * 2 ** 20;
/** A promotion or a new threshold reaches open streams within this time. */
const judgeKeptMs = 1000;

/** DetectStream: one verdict or error for each item, as they are ready. */
export function detectStream(context: Context) {
  return bidiStreaming<DetectStreamRequest, DetectStreamResponse>('viewer', (requests, call) => {
    const judgeOf = rememberJudges(context);
    return inParallel(requests, (item) => answer(context, judgeOf, item, call), {
      window: context.config.streamWindow,
      maxWeight: maxBytesUnderWay,
      weightOf: ({ request }) => (request?.input?.$case === 'image' ? request.input.value.length : 0),
    });
  });
}

async function answer(
  context: Context,
  judgeOf: (detectorId: string) => Promise<Judge>,
  { id, request }: DetectStreamRequest,
  call: Call,
): Promise<DetectStreamResponse> {
  try {
    if (!request) throw new InvalidArgumentError('request: expected what to judge, got nothing', { field: 'request' });
    return { id, result: { $case: 'detection', value: await judged(context, judgeOf, request, call) } };
  } catch (error) {
    const value =
      error instanceof DomainError
        ? { code: statusCodeOf(error), message: error.message }
        : { code: status.INTERNAL, message: reportDefect(error, call.method, call.logger) };
    return { id, result: { $case: 'error', value } };
  }
}

async function judged(
  context: Context,
  judgeOf: (detectorId: string) => Promise<Judge>,
  request: DetectRequest,
  call: Call,
) {
  return judgeImage(context, await judgeOf(request.detectorId), request, call);
}

/** Items of a stream come fast and mostly for one detector: the store is asked once a second, not for each. */
function rememberJudges(context: Context): (detectorId: string) => Promise<Judge> {
  const known = new Map<string, { readonly judge: Promise<Judge>; readonly until: number }>();
  return (detectorId) => {
    const now = performance.now();
    const found = known.get(detectorId);
    if (found && found.until > now) return found.judge;
    const judge = findJudge(context, detectorId);
    known.clear();
    known.set(detectorId, { judge, until: now + judgeKeptMs });
    judge.catch(() => known.delete(detectorId));
    return judge;
  };
}
