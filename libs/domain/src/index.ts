export { toBackboneMetadata, toBackboneProperties, type BackboneMetadata } from './backbone-metadata.ts';
export { canonicalJson, isDigest, parseDigest, shortDigest, type Digest } from './digest.ts';
export {
  AbortedError,
  AlreadyExistsError,
  BackboneMismatchError,
  CancelledError,
  CorruptDataError,
  DomainError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  PermissionDeniedError,
  ResourceExhaustedError,
  ShapeError,
  TooFewSamplesError,
  UnauthenticatedError,
  UnavailableError,
  type ErrorCode,
} from './errors.ts';
export { isLayer, layers, type Layer } from './layers.ts';
export { verdictOf, type Cut, type Verdict } from './novelty.ts';
export { type Preprocessing } from './preprocessing.ts';
export {
  recipeChoices,
  recipeDefaults,
  recipeNames,
  recipeRanges,
  recipeUses,
  type NumberRange,
  type Recipe,
  type RecipeDefaults,
  type RecipeName,
} from './recipe.ts';
export { mayAct, requireRole, type Principal, type Role } from './roles.ts';
export { secondsLeft } from './seconds-left.ts';
export { splits, type Split } from './splits.ts';
export { isFinal, stages, type FailureClass, type RunState, type Stage } from './states.ts';
