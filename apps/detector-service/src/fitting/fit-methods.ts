import { encodeNpy, type ArtifactStore } from '@outsider/artifacts';
import { encodeModel, getDetector, learnsFromIrrelevant, type Activations, type Detector } from '@outsider/detectors';
import { DomainError } from '@outsider/domain';
import { rowRange } from '@outsider/linalg';
import { chooseMethod, type FittedModel } from './choose-method.ts';
import { evaluate } from './evaluate.ts';
import type { FitMessage, FitTask, FittedMethod } from './fit-task.ts';
import { loadFitData, type FitData } from './load-fit-data.ts';
import type { PlannedFit } from './plan-fits.ts';

/** Of the whole work; the rest goes to comparing methods, which fits supervised ones many times. */
const fitShare = 0.4;
/** Rows scored at a time: bounds the working memory of methods that make a product of rows. */
const rowsPerBlock = 4096;

/**
 * Fits each method in turn, stores its model, scores the whole snapshot by it, stores the scores.
 *
 * A method that refuses its data (too few samples, say) is reported as not fitted, and the others go on; a defect ends
 * the whole fit. In the end the methods are compared and one is chosen.
 */
export async function fitMethods(
  store: ArtifactStore,
  task: FitTask,
  say: (message: FitMessage) => void,
): Promise<void> {
  const data = await loadFitData(store, task);
  const learntFrom = new Set(data.input.supervised?.groups.filter((group) => group !== ''));
  const models: FittedModel[] = [];
  const share = fitShare / task.fits.length;
  for (const [i, planned] of task.fits.entries()) {
    const { method, options } = planned;
    const detector = getDetector(method);
    say({ kind: 'progress', fraction: i * share, note: method });
    try {
      const { scores, model, ...fitted } = await fitOne(store, task, planned, data, (fraction) =>
        say({ kind: 'progress', fraction: (i + fraction) * share, note: method }),
      );
      const learns = learnsFromIrrelevant(detector, options);
      const groups = evaluate(scores, task.rows, learns ? learntFrom : new Set());
      say({ kind: 'fitted', fitted: { ...fitted, groups } });
      models.push({ detector, options, model });
    } catch (error) {
      if (!(error instanceof DomainError) || !refusesData(error)) throw error;
      say({ kind: 'not-fitted', notFitted: { method, reason: error.message } });
    }
  }
  const choosing = chooseMethod(models, data, task.rows, task.seed, (fraction, note) =>
    say({ kind: 'progress', fraction: fitShare + fraction * (1 - fitShare), note: `comparing ${note ?? ''}`.trim() }),
  );
  say({ kind: 'chosen', ...choosing });
}

async function fitOne(
  store: ArtifactStore,
  { backboneVersion }: FitTask,
  { method, options }: PlannedFit,
  { input, all, variants }: FitData,
  onProgress: (fraction: number) => void,
): Promise<Omit<FittedMethod, 'groups'> & { readonly scores: Float64Array; readonly model: unknown }> {
  const detector = getDetector(method);
  const startedAt = performance.now();
  // Scoring the snapshot is the rest of the work.
  const model = detector.fit(input, options, { onProgress: (fraction) => onProgress(fraction * 0.9) });
  const fitSeconds = (performance.now() - startedAt) / 1000;
  const layers = detector.layers(options);
  const { formatVersion } = detector;
  const bytes = encodeModel({ detector: method, formatVersion, options, backboneVersion, layers }, model);
  const scores = scoreAll(detector, model, all);
  const stored = await store.putBytes(bytes);
  const { digest: scoresArtifact } = await store.putBytes(encodeNpy({ shape: [scores.length], data: scores }));
  return {
    method,
    options,
    formatVersion,
    layers,
    modelArtifact: stored.digest,
    stateBytes: stored.bytes,
    fitSeconds,
    scoresArtifact,
    variantScores: variants ? Array.from(scoreAll(detector, model, variants)) : [],
    scores,
    model,
  };
}

/** Scores of all rows, a block at a time: rows are scored one by one whatever the block. */
export function scoreAll(detector: Detector, model: unknown, { byLayer }: Activations): Float64Array {
  const rows = Object.values(byLayer)[0]?.rows ?? 0;
  const scores = new Float64Array(rows);
  for (let start = 0; start < rows; start += rowsPerBlock) {
    const end = Math.min(rows, start + rowsPerBlock);
    const block = Object.entries(byLayer).map(([layer, x]) => [layer, rowRange(x, start, end)] as const);
    scores.set(detector.score(model, { byLayer: Object.fromEntries(block) }), start);
  }
  return scores;
}

function refusesData(error: DomainError): boolean {
  return error.code === 'failed-precondition' || error.code === 'invalid-argument';
}
