import type { Layer } from '@outsider/domain';
import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { checkpoint, partOf } from './checkpoint.ts';
import type { Detector, FitControl, FitInput } from './detector.ts';
import { orderByContent } from './order-by-content.ts';
import { parseOptions, requireRecord } from './parse-options.ts';
import { fitScoreDistribution, type ScoreDistribution, standardScore, surprise } from './score-distribution.ts';
import { readLayer } from './read-activations.ts';
import { selectActivations } from './select-activations.ts';
import { stratifiedFolds } from './stratified-k-fold.ts';

/** One method with its own options: the same method on two layers makes two members. */
export interface FusionMember {
  readonly detector: string;
  readonly options: unknown;
}

export interface FusionOptions {
  readonly members: readonly FusionMember[];
  /**
   * What is added up: `surprise`, the negative log of the tail probability of each member's score, or `z-score`, its
   * standard deviations from the mean; both among in-distribution images.
   */
  readonly rule: 'surprise' | 'z-score';
  /** Parts into which the in-distribution images are cut, so that each is scored by a fit that did not see it. */
  readonly folds: number;
}

export interface FusionModel {
  readonly rule: FusionOptions['rule'];
  readonly members: readonly {
    readonly detector: string;
    readonly model: unknown;
    readonly distribution: ScoreDistribution;
  }[];
}

/** Images of all folds together whose scores are looked at: more would cost time and tell no more of a mean or a tail. */
const maxJudged = 6000;
/** Images scored in one go, before anybody may cancel. */
const scoredBetweenPolls = 256;

/**
 * Several methods, or several layers, in one score: members' scores are made comparable by how rare they are among
 * in-distribution images, and added up.
 *
 * How rare is judged by images that the member was not fitted on (cross-fitting): on its own training images KNN is
 * at distance zero and a Gaussian too near.
 *
 * Irrelevant images are not looked at, even where there are some, so that a fusion is worth the same on groups that
 * nobody has seen.
 *
 * @param methods what members may be: none that needs irrelevant images
 */
export function createFusion(
  methods: readonly Detector[],
  members: readonly FusionMember[],
): Detector<FusionModel, FusionOptions> {
  const defaults: FusionOptions = { members: parseMembers(members, methods), rule: 'z-score', folds: 3 };

  return {
    name: 'fusion',
    formatVersion: 1,
    supervised: false,
    defaults,
    layers: (options) => layersOf(options, methods),
    needsOutputLayer: (options) =>
      options.members.some((member) => find(methods, member).needsOutputLayer(member.options)),
    parseOptions(options) {
      const { members: given = defaults.members, ...rest } = requireRecord('fusion', options);
      const parsed = parseOptions(
        'fusion',
        rest,
        { rule: defaults.rule, folds: defaults.folds },
        { rule: { kind: 'choice', of: ['surprise', 'z-score'] }, folds: { kind: 'integer', min: 2, max: 20 } },
      );
      return { members: parseMembers(given, methods), ...parsed };
    },
    fit(input, options, control) {
      checkpoint(control, 0);
      const folds = dealIntoFolds(input, layersOf(options, methods), options.folds);
      const share = 1 / options.members.length;
      const fitted = options.members.map((member, k) => {
        const part = partOf(control, k * share, (k + 1) * share);
        return fitMember(find(methods, member), member, { ...input, supervised: undefined }, folds, part);
      });
      checkpoint(control, 1);
      return { rule: options.rule, members: fitted };
    },
    score({ rule, members: fitted }, activations) {
      const measure = rule === 'surprise' ? surprise : standardScore;
      let total: Float64Array | undefined;
      for (const { detector, model, distribution } of fitted) {
        const scores = find(methods, { detector, options: {} }).score(model, activations);
        total ??= new Float64Array(scores.length);
        for (let i = 0; i < scores.length; i++) total[i] += measure(distribution, scores[i]);
      }
      return total ?? new Float64Array(0);
    },
  };
}

function fitMember(
  detector: Detector,
  { options }: FusionMember,
  input: FitInput,
  folds: readonly Fold[],
  control: FitControl,
): FusionModel['members'][number] {
  const parts = folds.length + 1;
  const unseen = new Float64Array(folds.reduce((count, { judging }) => count + judging.length, 0));
  let known = 0;
  for (const [k, { taught, judging }] of folds.entries()) {
    const step = partOf(control, k / parts, (k + 1) / parts);
    const model = detector.fit(
      {
        ...input,
        inDistribution: selectActivations(input.inDistribution, taught),
        labels: taught.map((i) => input.labels[i]),
      },
      options,
      step,
    );
    for (let from = 0; from < judging.length; from += scoredBetweenPolls) {
      const some = judging.subarray(from, from + scoredBetweenPolls);
      unseen.set(detector.score(model, selectActivations(input.inDistribution, some)), known);
      known += some.length;
      checkpoint(step, 1);
    }
  }
  const model = detector.fit(input, options, partOf(control, folds.length / parts, 1));
  return { detector: detector.name, model, distribution: fitScoreDistribution(unseen) };
}

/** One cut of the in-distribution images, given by their rows. */
interface Fold {
  readonly taught: Int32Array;
  /** Of those that did not teach, at most its share of {@link maxJudged}, in random order. */
  readonly judging: Int32Array;
}

/** Fewer folds where the largest class is small. @throws {TooFewSamplesError} with fewer than four images */
function dealIntoFolds({ inDistribution, labels, seed }: FitInput, layers: readonly Layer[], folds: number): Fold[] {
  const n = labels.length;
  if (n < 4) throw new TooFewSamplesError('fusion', 4, n);
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const largest = Math.max(...counts.values());
  const order = orderByContent(
    layers.map((layer) => readLayer(inDistribution, layer)),
    labels,
    seed,
  );
  const used = Math.max(2, Math.min(folds, largest));
  // With a class of one image each any cut is as good as another.
  const dealt =
    largest < 2
      ? order.map((_, at) => at % used)
      : stratifiedFolds(
          order.map((i) => labels[i]),
          used,
        );
  const foldOf = new Int32Array(n);
  order.forEach((i, at) => (foldOf[i] = dealt[at]));
  return Array.from({ length: used }, (_, fold) => ({
    taught: Int32Array.from(labels.keys()).filter((i) => foldOf[i] !== fold),
    judging: order.filter((i) => foldOf[i] === fold).subarray(0, Math.ceil(maxJudged / used)),
  }));
}

function parseMembers(members: unknown, methods: readonly Detector[]): FusionMember[] {
  const known = methods.map(({ name }) => name).join(', ');
  if (!Array.isArray(members) || members.length < 1 || members.length > 16) {
    throw new InvalidArgumentError('fusion: option members must be a list of 1 to 16 detectors with their options');
  }
  return members.map((member: unknown) => {
    const { detector, options, ...unknown } = requireRecord('fusion member', member);
    const method = methods.find(({ name }) => name === detector);
    if (!method || Object.keys(unknown).length > 0) {
      throw new InvalidArgumentError(
        `fusion: a member must be a record of "detector" (one of ${known}) and "options", got ${JSON.stringify(member)}`,
      );
    }
    return { detector: method.name, options: method.parseOptions(options) };
  });
}

function layersOf({ members }: FusionOptions, methods: readonly Detector[]): Layer[] {
  return [...new Set(members.flatMap((member) => find(methods, member).layers(member.options)))];
}

function find(methods: readonly Detector[], { detector }: FusionMember): Detector {
  const method = methods.find(({ name }) => name === detector);
  if (!method) throw new InvalidArgumentError(`fusion: unknown member "${detector}"`);
  return method;
}
