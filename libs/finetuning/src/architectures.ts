/** `@outsider/finetuning/architectures`: facts about the backbones, for programs that must not load TensorFlow.js. */
export { architectureNames, getArchitecture, type Architecture } from './architectures/architecture.ts';
export { splitGraph } from './graph/split-graph.ts';
