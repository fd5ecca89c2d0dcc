import { type PinnedFile } from './fetch-pinned-file.ts';

/** One of Keras' official weight files. */
export interface KerasFile {
  readonly file: string;
  readonly address: string;
  readonly licence: string;
  /** Absent where Keras states none: then only the shapes can be checked, and the file is never downloaded. */
  readonly md5?: string;
}

const folder = 'https://storage.googleapis.com/tensorflow/keras-applications';

/**
 * Weights without the classifying top, trained on ImageNet, float32, by architecture.
 *
 * @see `file_hash` in keras/src/applications/*.py
 */
export const kerasFiles = {
  resnet50: official(
    'resnet',
    'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5',
    'MIT',
    '4d473c1dd8becc155b73f8504c6f6626',
  ),
  vgg16: official(
    'vgg16',
    'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5',
    'CC BY 4.0',
    '6d6bbae143d832006294945121d1f1fc',
  ),
  inception_v3: official(
    'inception_v3',
    'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5',
    'Apache-2.0',
    'bcbd6486424b2319ff4ef7d526e38f63',
  ),
  mobilenet_v2: official(
    'mobilenet_v2',
    'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5',
    'Apache-2.0',
  ),
} as const satisfies Record<string, KerasFile>;

/** With its digest as {@link PinnedFile} wants it. */
export function pinnedKerasFile({ file, md5 }: KerasFile & { readonly md5: string }): PinnedFile {
  return { file, what: `Keras' ${file}`, integrity: `md5-${Buffer.from(md5, 'hex').toString('base64')}` };
}

function official<Md5 extends string | undefined = undefined>(
  subfolder: string,
  file: string,
  licence: string,
  md5?: Md5,
) {
  return { file, address: `${folder}/${subfolder}/${file}`, licence, md5: md5 as Md5 };
}
