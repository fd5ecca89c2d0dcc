import type { BackboneMetadata, ErrorCode, Layer } from '@outsider/domain';
import type { Activations } from './open-session.ts';

/** From the service to its inference process. The first message opens the session. */
export type ToInference =
  | { readonly kind: 'open'; readonly model: string | Uint8Array; readonly threads: number | undefined }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly images: Float32Array;
      readonly count: number;
      readonly wanted: readonly Layer[];
    };

/** And back. */
export type FromInference =
  | { readonly kind: 'opened'; readonly metadata: BackboneMetadata }
  | { readonly kind: 'refused'; readonly code: ErrorCode | null; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly activations: Activations }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
