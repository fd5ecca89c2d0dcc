import { CorruptDataError } from '@outsider/domain';
import type { Dataset, File, Group } from 'h5wasm/node';
import type { WeightTensor } from './weights.ts';

/** One layer of a Keras weight file; its weights in Keras' order, under the names that the file gives them. */
export interface StoredLayer {
  readonly name: string;
  readonly weights: readonly { readonly name: string; readonly tensor: WeightTensor }[];
}

/**
 * The layers of a Keras `.h5` file in the legacy layout, which the official files have: weights alone, or a whole saved
 * model. Attribute `layer_names` lists the groups, and attribute `weight_names` of each its data sets.
 *
 * @throws {CorruptDataError} when it is no such file, or is damaged
 */
export async function readKerasH5(path: string): Promise<StoredLayer[]> {
  const { default: h5, ready } = await import('h5wasm/node');
  const hdf5 = await ready;
  let file: File;
  try {
    // Otherwise HDF5 prints its errors and hands back a file that is none.
    hdf5.activate_throwing_error_handler();
    file = new h5.File(path, 'r');
  } catch (error) {
    throw corrupt(path, 'cannot be read as an HDF5 file', error);
  } finally {
    hdf5.deactivate_throwing_error_handler();
  }
  try {
    const root = 'layer_names' in file.attrs || 'layer_names0' in file.attrs ? file : file.get('model_weights');
    if (!isGroup(root)) throw corrupt(path, 'holds no Keras weights in the legacy layout: it has no layer_names');
    return namesIn(root, 'layer_names', path).map((name) => readLayer(root, name, path));
  } catch (error) {
    if (error instanceof CorruptDataError) throw error;
    throw corrupt(path, 'is damaged', error);
  } finally {
    file.close();
  }
}

function readLayer(root: Group, name: string, path: string): StoredLayer {
  const group = root.get(name);
  if (!isGroup(group)) throw corrupt(path, `lacks layer "${name}", which it lists`);
  const weights = namesIn(group, 'weight_names', path).map((weight) => {
    const dataset = group.get(weight);
    if (!isDataset(dataset)) throw corrupt(path, `lacks weight "${weight}" of layer "${name}", which it lists`);
    const { shape, value } = dataset;
    if (!shape || !(value instanceof Float32Array))
      throw corrupt(path, `holds weight "${weight}" of layer "${name}" in another form than float32`);
    if (value.length !== shape.reduce((product, side) => product * side, 1))
      throw corrupt(path, `ends within weight "${weight}" of layer "${name}"`);
    return { name: weight, tensor: { shape, data: value } };
  });
  return { name, weights };
}

/** A list too long for one attribute is spread over `<name>0`, `<name>1`, … */
function namesIn(group: Group, attribute: string, path: string): string[] {
  const { attrs } = group;
  const parts = attribute in attrs ? [attribute] : [];
  while (parts.length === 0 || parts[0] !== attribute) {
    const next = `${attribute}${parts.length}`;
    if (!(next in attrs)) break;
    parts.push(next);
  }
  if (parts.length === 0) throw corrupt(path, `lacks ${attribute} of "${group.path}"`);
  return parts.flatMap((part) => {
    // An empty list is stored as an empty array of numbers.
    const value = attrs[part].value;
    return Array.isArray(value) ? value.map(String) : [];
  });
}

function isGroup(entity: unknown): entity is Group {
  return (entity as { type?: string } | null)?.type === 'Group';
}

function isDataset(entity: unknown): entity is Dataset {
  return (entity as { type?: string } | null)?.type === 'Dataset';
}

function corrupt(path: string, what: string, cause?: unknown): CorruptDataError {
  const reason = cause instanceof Error ? ` (${innermost(cause.message)})` : '';
  return new CorruptDataError(`${path} ${what}${reason}`, {}, { cause });
}

/** HDF5 prints its whole stack, the innermost call last; that one says what happened. */
function innermost(message: string): string {
  return [...message.matchAll(/^ *#\d+: .*\(\): (.+)$/gm)].at(-1)?.[1] ?? message;
}
