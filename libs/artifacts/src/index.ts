export { openArtifactStore, type Artifact, type ArtifactStore } from './artifact-store.ts';
export { decodeNpy, encodeNpy } from './npy.ts';
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts';
export { sha256 } from './sha256.ts';
export { type NumericArray, type Tensor } from './tensor.ts';
