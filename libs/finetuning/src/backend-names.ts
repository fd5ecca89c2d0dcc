/** `@outsider/finetuning/backends`: what TensorFlow.js can compute with, for programs that must not load it. Fastest first. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];
/** Backends that call the TensorFlow library. */
export type NativeBackendName = Exclude<BackendName, 'wasm'>;

export function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
