export { betaCdf, betaQuantile, logGamma } from './beta.ts';
export { bootstrapDifference, bootstrapInterval, type BootstrapOptions, type Interval } from './bootstrap.ts';
export { accuracy, confusionMatrix, logLoss, mostProbable } from './classification.ts';
export { clopperPearson, type RateEstimate } from './clopper-pearson.ts';
export {
  countAbove,
  falseAlarmRate,
  falseAlarmRateAtDetection,
  falseAlarmRateAtDetection95,
  lowerBound,
  missRate,
  missRateAtFalseAlarm,
  missRateAtFalseAlarm1,
  missRateAtFalseAlarm5,
  nextBelow,
  thresholdAtDetection,
  thresholdAtFalseAlarm,
} from './error-rates.ts';
export { histogram, quantile, quantiles, type Histogram } from './quantile.ts';
export {
  auroc,
  averagePrecision,
  precisionRecallCurve,
  rocCurve,
  type PrecisionRecallCurve,
  type RocCurve,
} from './roc.ts';
