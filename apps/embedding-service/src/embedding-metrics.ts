import { Gauge, Histogram, type Registry } from '@outsider/runtime';

export interface EmbeddingMetrics {
  observe(timings: { decodeMs: number; queueMs: number; inferenceMs: number; batchSize: number }): void;
}

const secondBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Where an image's time goes, how full batches are, how many images are under way. */
export function embeddingMetrics(registry: Registry, underWay: () => number): EmbeddingMetrics {
  function seconds(name: string, help: string): Histogram {
    return new Histogram({
      name: `outsider_embedding_${name}_seconds`,
      help,
      buckets: secondBuckets,
      registers: [registry],
    });
  }
  const decode = seconds('decode', 'Decoding and preparing one image.');
  const queue = seconds('queue', 'Waiting for a decoder, for a batch to fill, and for the processor.');
  const inference = seconds('inference', 'Computing the batch that the image was in.');
  const batch = new Histogram({
    name: 'outsider_embedding_batch_images',
    help: 'Images that shared an inference, as each of them saw it.',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: [registry],
  });
  new Gauge({
    name: 'outsider_embedding_images_under_way',
    help: 'Images admitted and not answered yet.',
    registers: [registry],
    collect() {
      this.set(underWay());
    },
  });
  return {
    observe({ decodeMs, queueMs, inferenceMs, batchSize }) {
      decode.observe(decodeMs / 1000);
      queue.observe(queueMs / 1000);
      inference.observe(inferenceMs / 1000);
      batch.observe(batchSize);
    },
  };
}
