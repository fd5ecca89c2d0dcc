import {
  fitMlp,
  mlpLogOdds,
  predictProbability,
  searchLogisticGrid,
  stratifiedSplit,
  tutorialGrid,
  tutorialMlp,
  type GridPoint,
} from '@outsider/detectors';
import { selectRows, type Matrix } from '@outsider/linalg';
import { accuracy, logLoss, mostProbable } from '@outsider/metrics';

/** What one stratified split says of logistic regression, and of the perceptron. */
export interface SplitFigures {
  readonly accuracy: number;
  readonly logLoss: number;
  readonly best: GridPoint;
  readonly mlpAccuracy: number;
}

/**
 * The tutorial's experiment: logistic regression of irrelevant against relevant activations, its parameters chosen by
 * 3-fold cross-validation on 70 % of the images, judged on the other 30 %; and the tutorial's perceptron on the same.
 *
 * @param irrelevant 1 for irrelevant images, shape [n]
 */
export function runTutorialSplit(activations: Matrix, irrelevant: Int32Array, seed: number): SplitFigures {
  const { train, test } = stratifiedSplit(irrelevant, 0.3, seed);
  const labelsOf = (rows: Int32Array) => Int32Array.from(rows, (i) => irrelevant[i]);
  const x = selectRows(activations, [...train]);
  const { best, model } = searchLogisticGrid(x, labelsOf(train), 2, tutorialGrid);
  const tested = selectRows(activations, [...test]);
  const probabilities = predictProbability(model, tested);
  const truth = labelsOf(test);
  const layers = fitMlp(x, labelsOf(train), { ...tutorialMlp, seed });
  return {
    accuracy: accuracy(truth, mostProbable(probabilities)),
    logLoss: logLoss(probabilities, truth),
    best,
    mlpAccuracy: accuracy(
      truth,
      mlpLogOdds(layers, tested).map((logOdds) => Number(logOdds > 0)),
    ),
  };
}
