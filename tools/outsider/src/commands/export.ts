import path from 'node:path';
import { ExportFormat } from '@outsider/contracts';
import type { Clients } from '../connect.ts';
import { findVersion } from '../find-version.ts';
import type { Progress } from '../progress.ts';
import { receiveFiles } from '../receive-files.ts';

export const exportFormats = ['onnx', 'layers-model'] as const;

export interface ExportOptions {
  readonly format: (typeof exportFormats)[number];
  /** Default: here, or for a layers model a folder named after the version. */
  readonly out?: string;
  readonly force: boolean;
}

const formats = {
  onnx: ExportFormat.EXPORT_FORMAT_ONNX,
  'layers-model': ExportFormat.EXPORT_FORMAT_LAYERS_MODEL,
};

/** @returns the files that were written */
export async function exportVersion(
  clients: Clients,
  name: string,
  { format, out, force }: ExportOptions,
  progress: Progress,
): Promise<string[]> {
  const { backbone, number, digest } = await findVersion(clients, name);
  const files = await receiveFiles(clients.backbones.exportBackboneVersion({ digest, format: formats[format] }), {
    folder: path.resolve(out ?? (format === 'onnx' ? '.' : `${backbone}-${number}`)),
    force,
    onProgress: (file, fraction) => progress.update(`export ${file.name.slice(0, 20)}`, fraction),
  });
  progress.finish();
  return files;
}
