import type { CompareDetectorsRequest, CompareDetectorsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Detector } from '@outsider/database';
import { parseDigest } from '@outsider/domain';
import type { Context } from '../context.ts';
import type { Evaluation } from '../fitting/evaluation.ts';
import { toDetectorMessage } from '../messages/detector-message.ts';

/** CompareDetectors: the newest detector of each method side by side, best first, with the automatic choice. */
export function compareDetectors({ repositories: { backbones, detectors } }: Context) {
  return unary<CompareDetectorsRequest, CompareDetectorsResponse>('viewer', async ({ backboneVersion }) => {
    const { digest } = await backbones.getVersion(parseDigest(backboneVersion, 'backbone_version'));
    const newest = new Map<string, Detector>();
    let pageToken = '';
    do {
      const page = await detectors.list({ backboneVersion: digest, pageSize: 1000, pageToken });
      // Newest first: the first of a method is its newest.
      for (const detector of page.items) if (!newest.has(detector.method)) newest.set(detector.method, detector);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');

    const ranked = [...newest.values()].sort((a, b) => rankOf(b) - rankOf(a));
    const chosen = ranked
      .filter((detector) => evaluationOf(detector).chosen !== null)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
      .at(0);
    return {
      detectors: ranked.map(toDetectorMessage),
      chosenDetectorId: chosen?.id ?? '',
      reason: chosen ? (evaluationOf(chosen).chosen ?? '') : '',
      regret: chosen ? (evaluationOf(chosen).regret ?? undefined) : undefined,
    };
  });
}

function evaluationOf({ evaluation }: Detector): Evaluation {
  return evaluation as unknown as Evaluation;
}

/** Higher is better: the chosen one, then by what the choice went by, then those it says nothing of. */
function rankOf(detector: Detector): number {
  const { chosen, selection } = evaluationOf(detector);
  // A loss lies between 0 and 1.
  return chosen === null ? -(selection?.worst.value ?? 2) : 1;
}
