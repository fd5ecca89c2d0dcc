import type { Verdict } from '@outsider/domain';
import { Counter, Gauge, Histogram, type Registry } from '@outsider/runtime';

/** What this service tells Prometheus beside its calls. */
export interface DetectionMetrics {
  /** A verdict was given. */
  judged(method: string, verdict: Verdict, scoreMs: number): void;
}

/** @param heldBytes of models, scores and neighbours in memory, asked for at each scrape */
export function detectionMetrics(registry: Registry, heldBytes: () => number): DetectionMetrics {
  const verdicts = new Counter({
    name: 'outsider_verdicts_total',
    help: 'Verdicts given, by method and verdict: the share of novel ones is the novelty rate.',
    labelNames: ['method', 'verdict'],
    registers: [registry],
  });
  const scoreSeconds = new Histogram({
    name: 'outsider_score_seconds',
    help: 'Time to score one image, the wait for a thread included.',
    labelNames: ['method'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
    registers: [registry],
  });
  new Gauge({
    name: 'outsider_detector_cache_bytes',
    help: 'Models, stored scores and banks of neighbours in memory.',
    registers: [registry],
    collect() {
      this.set(heldBytes());
    },
  });
  return {
    judged(method, verdict, scoreMs) {
      verdicts.inc({ method, verdict });
      scoreSeconds.observe({ method }, scoreMs / 1000);
    },
  };
}
