import { findSession } from '../../../../../data/session.ts';
import { findRun } from '../../../../../data/runs.ts';
import { watchRun } from '../../../../../data/live.ts';
import { tokenRepository } from '@outsider/database';
import { database } from '../../../../../data/store.ts';

const keepAliveMs = 15_000;

/**
 * A run's events as they come, as server-sent events. A browser that lost the connection goes on after the last
 * event it saw, by its Last-Event-ID. The stream ends with `end` when the run is final, and when the session is
 * revoked or expires.
 */
export async function GET(request: Request, { params }: { params: Promise<{ runId: string }> }): Promise<Response> {
  const session = await findSession();
  if (!session) return new Response('signed out', { status: 401 });
  const run = await findRun((await params).runId);
  if (!run) return new Response('no such run', { status: 404 });

  const after =
    readSequence(request.headers.get('last-event-id')) ??
    readSequence(new URL(request.url).searchParams.get('after')) ??
    0;
  const stop = new AbortController();
  request.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const encoder = new TextEncoder();

  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => {
        if (!stop.signal.aborted) controller.enqueue(encoder.encode(text));
      };
      // Comments keep proxies from closing a quiet stream, and are the moment to ask whether the session still stands.
      const keepAlive = setInterval(() => {
        send(': still here\n\n');
        tokenRepository(database())
          .findPrincipal(session.token)
          .then((principal) => principal ?? stop.abort())
          .catch(() => undefined);
      }, keepAliveMs);
      try {
        send('retry: 2000\n\n');
        for await (const event of watchRun(run.jobId, after, stop.signal)) {
          send(`id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`);
        }
        send('event: end\ndata: {}\n\n');
      } catch (error) {
        // The browser comes back by itself after `retry`.
        if (!stop.signal.aborted) console.error(error);
      } finally {
        clearInterval(keepAlive);
        stop.abort();
        try {
          controller.close();
        } catch {
          // The browser closed it first.
        }
      }
    },
    cancel: () => stop.abort(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

function readSequence(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
