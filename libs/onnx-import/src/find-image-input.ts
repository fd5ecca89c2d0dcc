import { InvalidArgumentError } from '@outsider/domain';
import { elementTypes, type OnnxGraph } from './onnx-model.ts';

/** How a classifier takes its images. */
export interface ImageInput {
  readonly name: string;
  readonly layout: 'channels-first' | 'channels-last';
  /** What its numbers are. */
  readonly type: 'float32' | 'float16' | 'float64';
  /** Images that it takes at once; undefined when it takes any number. */
  readonly batch: number | undefined;
  /** Pixels, where the graph fixes them. */
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/**
 * The one input of a classifier of RGB images.
 *
 * @throws {InvalidArgumentError} when it takes something else than a batch of images of three channels
 */
export function findImageInput(graph: OnnxGraph): ImageInput {
  const stored = new Set((graph.initializer ?? []).map(({ name }) => name));
  const inputs = (graph.input ?? []).filter(({ name }) => !stored.has(name));
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new InvalidArgumentError(`expected a model with one input, the images; it has ${inputs.length} (${names})`);
  }
  const [{ name, type }] = inputs;
  const tensor = type?.tensorType;
  const dims = (tensor?.shape?.dim ?? []).map(({ dimValue }) => Number(dimValue ?? 0) || undefined);
  const shown = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
  if (dims.length !== 4) {
    throw new InvalidArgumentError(
      `input "${name}": expected images of shape [n, 3, h, w] or [n, h, w, 3], got ${shown}`,
    );
  }
  const element = Object.entries(elementTypes).find(([, number]) => number === tensor?.elemType)?.[0];
  if (element !== 'float32' && element !== 'float16' && element !== 'float64') {
    throw new InvalidArgumentError(
      `input "${name}": expected floating-point numbers, since preprocessing gives these; got ${element ?? `element type ${tensor?.elemType}`}`,
    );
  }
  const [batch, second, third, fourth] = dims;
  const common = { name: name ?? '', type: element, batch } as const;
  if (second === 3) return { ...common, layout: 'channels-first', height: third, width: fourth };
  if (fourth === 3) return { ...common, layout: 'channels-last', height: second, width: third };
  throw new InvalidArgumentError(`input "${name}": expected three channels (RGB), second or last, got shape ${shown}`);
}
