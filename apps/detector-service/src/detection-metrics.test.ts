import { createMetrics } from '@outsider/runtime';
import { describe, expect, it } from 'vitest';
import { detectionMetrics } from './detection-metrics.ts';

describe('detectionMetrics', () => {
  it('counts verdicts by method and tells what is in memory when asked', async () => {
    const registry = createMetrics('detector-service');
    let held = 0;
    const metrics = detectionMetrics(registry, () => held);
    metrics.judged('knn', 'novel', 0.4);
    metrics.judged('knn', 'novel', 3);
    metrics.judged('knn', 'in-distribution', 0.4);
    held = 4096;

    const text = await registry.metrics();
    expect(text).toMatch(/outsider_verdicts_total\{method="knn",verdict="novel".*\} 2/);
    expect(text).toMatch(/outsider_verdicts_total\{method="knn",verdict="in-distribution".*\} 1/);
    expect(text).toMatch(/outsider_score_seconds_bucket\{le="0.0005".*\} 2/);
    expect(text).toMatch(/outsider_detector_cache_bytes\{.*\} 4096/);
  });
});
