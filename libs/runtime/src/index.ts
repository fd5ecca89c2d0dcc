export { startHealthLoop, type HealthLoop, type HealthLoopSettings } from './health-loop.ts';
export { runProgram, startLifecycle, type Lifecycle, type LifecycleSettings } from './lifecycle.ts';
export {
  addressSetting,
  databaseUrlSetting,
  loadConfig,
  parseAddress,
  wholeNumberSetting,
  type Environment,
} from './load-config.ts';
export { createLogger, logLevels, type Logger, type LoggerSettings, type LogLevel } from './logger.ts';
export {
  callMetrics,
  Counter,
  createMetrics,
  Gauge,
  Histogram,
  Registry,
  startMetricsServer,
  type MetricsServer,
} from './metrics.ts';
