import { detectors } from '@outsider/detectors';
import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { checkMethods, planFits, type Supply } from './plan-fits.ts';

const plenty: Supply = {
  irrelevantToLearnFrom: 50,
  inDistributionToLearnFrom: 50,
  layers: ['relevant_layer', 'pooled', 'logits'],
  hasOutputLayer: true,
};

describe('checkMethods', () => {
  it('takes the whole catalogue when nothing is named', () => {
    expect(checkMethods([]).map(({ method }) => method)).toEqual(detectors.map(({ name }) => name));
  });

  it('fills in what a caller leaves out', () => {
    expect(checkMethods([{ name: 'knn', options: { k: 3 } }])[0].options).toMatchObject({
      k: 3,
      layer: expect.any(String),
    });
  });

  it('refuses an unknown method and lists the known ones', () => {
    expect(() => checkMethods([{ name: 'oracle' }])).toThrow(InvalidArgumentError);
    expect(() => checkMethods([{ name: 'oracle' }])).toThrow('knn');
  });

  it('refuses a bad hyperparameter and says what it may be', () => {
    expect(() => checkMethods([{ name: 'knn', options: { k: 0 } }])).toThrow('k must be a whole number from 1');
    expect(() => checkMethods([{ name: 'knn', options: { neighbours: 5 } }])).toThrow('unknown option "neighbours"');
  });

  it('refuses the same method twice', () => {
    expect(() => checkMethods([{ name: 'knn' }, { name: 'knn' }])).toThrow('named twice');
  });
});

describe('planFits', () => {
  it('fits everything when there is enough to fit on', () => {
    const methods = checkMethods([]);
    expect(planFits(methods, plenty)).toEqual({ fits: methods, notFitted: [] });
  });

  it('leaves out supervised methods without irrelevant photos, and says so', () => {
    const supervised = detectors.filter((detector) => detector.supervised).map(({ name }) => name);
    const { fits, notFitted } = planFits(checkMethods([]), { ...plenty, irrelevantToLearnFrom: 0 });
    expect(notFitted.map(({ method }) => method)).toEqual(supervised);
    expect(fits.map(({ method }) => method)).toContain('knn');
    for (const { reason } of notFitted) expect(reason).toContain('irrelevant photos');
  });

  it('leaves out methods whose layer the version does not emit', () => {
    const { notFitted } = planFits(checkMethods([{ name: 'max-logit' }]), { ...plenty, layers: ['pooled'] });
    expect(notFitted[0].reason).toContain('logits, which the backbone version does not emit');
  });

  it('leaves out methods that read an output layer that is not stored', () => {
    const { notFitted } = planFits(checkMethods([{ name: 'fdbd' }]), { ...plenty, hasOutputLayer: false });
    expect(notFitted).toHaveLength(1);
  });
});
