import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { createRandom, matrix, selectRows } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { getDetector } from './catalogue.ts';
import { makeWorld, mapLayers } from './conformance-world.testing.ts';
import type { FitInput } from './detector.ts';
import { createFusion } from './fusion.ts';
import { orderByContent } from './order-by-content.ts';
import { stratifiedFolds } from './stratified-k-fold.ts';

const world = makeWorld({ n: 60, d: 40, classes: 2, seed: 8 });
const fusion = getDetector('fusion');
const members = [
  { detector: 'knn', options: { layer: 'pooled', k: 3 } },
  { detector: 'energy', options: { temperature: 2 } },
];

/** The rows of `input` where `keep` holds. */
function part(input: FitInput, keep: (i: number) => boolean): FitInput {
  const rows = Array.from(input.labels.keys()).filter(keep);
  return {
    ...input,
    inDistribution: mapLayers(input.inDistribution, (x) => selectRows(x, rows)),
    labels: Int32Array.from(rows, (i) => input.labels[i]),
  };
}

describe('fusion', () => {
  it('adds up standard deviations from the scores of images that a member was not fitted on', () => {
    const options = fusion.parseOptions({ members, rule: 'z-score', folds: 3 });
    const scores = fusion.score(fusion.fit(world.fit, options), world.novel);

    const { labels, inDistribution, seed } = world.fit;
    const order = orderByContent([inDistribution.byLayer.pooled!, inDistribution.byLayer.logits!], labels, seed);
    const dealt = stratifiedFolds(
      order.map((i) => labels[i]),
      3,
    );
    const folds = labels.map((_, i) => dealt[order.indexOf(i)]);
    const expected = new Float64Array(scores.length);
    for (const { detector: name, options: given } of members) {
      const detector = getDetector(name);
      const memberOptions = detector.parseOptions(given);
      const unseen: number[] = [];
      for (const fold of [0, 1, 2]) {
        const model = detector.fit(
          part(world.fit, (i) => folds[i] !== fold),
          memberOptions,
        );
        unseen.push(...detector.score(model, part(world.fit, (i) => folds[i] === fold).inDistribution));
      }
      const mean = unseen.reduce((sum, score) => sum + score, 0) / unseen.length;
      const deviation = Math.sqrt(unseen.reduce((sum, score) => sum + (score - mean) ** 2, 0) / unseen.length);
      const own = detector.score(detector.fit(world.fit, memberOptions), world.novel);
      own.forEach((score, i) => (expected[i] += (score - mean) / deviation));
    }
    scores.forEach((score, i) => expect(score).toBeCloseTo(expected[i], 9));
  });

  it('judges a sample where there are many images, the same however they are listed', () => {
    const energy = getDetector('energy');
    let scored = 0;
    const counting = {
      ...energy,
      score: (...given: Parameters<typeof energy.score>) => {
        const scores = energy.score(...given);
        scored += scores.length;
        return scores;
      },
    };
    const sampling = createFusion([counting], [{ detector: 'energy', options: {} }]);
    const n = 150_000;
    const random = createRandom(2);
    const logits = matrix(
      n,
      2,
      Float32Array.from({ length: 2 * n }, () => random.normal()),
    );
    const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
    const order = random.permutation(n);
    const many = { ...world.fit, inDistribution: { byLayer: { logits } }, labels };
    const listedOtherwise = {
      ...many,
      inDistribution: { byLayer: { logits: selectRows(logits, order) } },
      labels: order.map((i) => labels[i]),
    };
    const fitted = sampling.fit(many, sampling.defaults);
    expect(scored).toBe(6000);
    const [before, after] = [fitted, sampling.fit(listedOtherwise, sampling.defaults)].map((model) =>
      sampling.score(model, world.novel),
    );
    after.forEach((score, i) => expect(score).toBeCloseTo(before[i], 9));
  });

  it('needs what its members need', () => {
    const options = fusion.parseOptions({ members: [...members, { detector: 'vim' }] });
    expect(fusion.layers(options)).toEqual(['pooled', 'logits', 'relevant_layer']);
    expect(fusion.needsOutputLayer(options)).toBe(true);
    expect(fusion.needsOutputLayer(fusion.parseOptions({ members }))).toBe(false);
  });

  it('fills in the options of its members', () => {
    const parsed = fusion.parseOptions({ members: [{ detector: 'knn' }] }) as { members: unknown };
    expect(parsed.members).toEqual([{ detector: 'knn', options: getDetector('knn').defaults }]);
  });

  it.each([
    [{ members: [] }, /1 to 16 detectors/],
    [{ members: [{ detector: 'fusion' }] }, /member must be/],
    [{ members: [{ detector: 'logistic-regression' }] }, /member must be/],
    [{ members: [{ detector: 'nonsense' }] }, /one of msp, /],
    [{ members: [{ detector: 'knn', options: { k: 0 } }] }, /option k must be a whole number/],
    [{ members: [{ detector: 'knn', weight: 2 }] }, /member must be/],
    [{ rule: 'product' }, /option rule must be one of surprise, z-score/],
    [{ folds: 1 }, /option folds/],
  ])('refuses %j', (options, message) => {
    expect(() => fusion.parseOptions(options)).toThrow(InvalidArgumentError);
    expect(() => fusion.parseOptions(options)).toThrow(message);
  });

  it('does not look at irrelevant images', () => {
    const options = fusion.parseOptions({ members: [{ detector: 'active-share' }, { detector: 'mds' }] });
    const without = fusion.fit({ ...world.fit, supervised: undefined }, options);
    expect(fusion.score(fusion.fit(world.fit, options), world.novel)).toEqual(fusion.score(without, world.novel));
  });

  it('needs four images', () => {
    const three = part(world.fit, (i) => i < 3);
    expect(() => fusion.fit(three, fusion.defaults)).toThrow(TooFewSamplesError);
    const four = part(world.fit, (i) => i < 4);
    expect(fusion.score(fusion.fit(four, fusion.defaults), world.novel).every(Number.isFinite)).toBe(true);
  });
});
