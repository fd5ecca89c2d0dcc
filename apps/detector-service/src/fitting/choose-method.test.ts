import { getDetector } from '@outsider/detectors';
import type { Layer } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { classes, syntheticActivations, usualPlan, type Plan } from '../../tests/synthetic-activations.ts';
import { chooseMethod, type FittedModel } from './choose-method.ts';
import type { FitData } from './load-fit-data.ts';
import { rowsWhere, selectActivations } from './load-fit-data.ts';

function chosenOf(plan: Plan, methods: readonly string[]) {
  const { rows, byLayer } = syntheticActivations(plan);
  const layers = Object.entries(byLayer).map(([layer, { dimension, data }]) => [
    layer as Layer,
    { rows: rows.length, cols: dimension, data },
  ]);
  const all = { byLayer: Object.fromEntries(layers) };
  const bank = rowsWhere(rows, ({ split }) => split === 'train');
  const taught = rowsWhere(rows, ({ split }) => split === 'fit');
  const input: FitData['input'] = {
    inDistribution: selectActivations(all, bank),
    labels: Int32Array.from(bank, (i) => rows[i].label),
    classes: classes.length,
    supervised: {
      activations: selectActivations(all, taught),
      irrelevant: Uint8Array.from(taught, (i) => (rows[i].label < 0 ? 1 : 0)),
      groups: taught.map((i) => rows[i].group),
    },
    seed: 1,
  };
  const fitted: FittedModel[] = methods.map((name) => {
    const detector = getDetector(name);
    const options = detector.parseOptions(undefined);
    return { detector, options, model: detector.fit(input, options) };
  });
  return chooseMethod(fitted, { all, input }, rows, 1, () => undefined);
}

describe('chooseMethod', () => {
  it('prefers what does well on groups that it has not learnt from', () => {
    const { choice, figures } = chosenOf(usualPlan, ['active-share', 'knn']);
    expect(choice?.method).toBe('knn');
    expect(choice?.reason).toContain('worst unseen group');
    expect(choice?.regret?.value).toBe(0);
    const [knn, share] = ['knn', 'active-share'].map((name) => figures.get(name));
    expect(knn?.worst.value).toBeLessThan(share?.worst.value ?? NaN);
    expect(knn?.groups.map(({ group }) => group)).toEqual(['birds', 'cars']);
    expect(knn).toMatchObject({ cuts: 5, photos: 30 + 48 });
  });

  it('shows seen and unseen side by side for a method that learns', () => {
    const { figures } = chosenOf(usualPlan, ['knn', 'logistic-regression']);
    const groups = figures.get('logistic-regression')?.groups ?? [];
    expect(groups).toHaveLength(2);
    for (const { seen, unseen } of groups) expect(seen.auroc).toBeGreaterThanOrEqual(unseen?.auroc ?? NaN);
    for (const { seen, unseen } of figures.get('knn')?.groups ?? []) expect(seen).toEqual(unseen);
  });

  it('falls back on a method that needs no irrelevant photos where there are none', () => {
    const plan = { perClass: usualPlan.perClass, perGroup: {} };
    expect(chosenOf(plan, ['energy', 'knn']).choice).toEqual({
      method: 'knn',
      reason: 'There are no irrelevant photos to choose by.',
      regret: null,
    });
  });

  it('says why nothing could be compared', () => {
    const plan = { ...usualPlan, perClass: { train: 30, calibrate: 30 } };
    const { choice, figures } = chosenOf(plan, ['energy', 'msp']);
    expect(choice?.method).toBe('energy');
    expect(choice?.reason).toContain('Nothing could be compared');
    expect(choice?.reason).toContain('needs at least 2 samples');
    expect(figures.size).toBe(0);
  });

  it('chooses nothing from nothing', () => {
    expect(chosenOf(usualPlan, []).choice).toBeNull();
  });
});
