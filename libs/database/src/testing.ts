export {
  digestOf,
  sampleBundleParts,
  sampleDetector,
  sampleRun,
  sampleSnapshot,
  sampleThreshold,
  sampleVersion,
} from './testing/sample-store.ts';
export { testDatabase } from './testing/test-database.ts';
export { testServer, type TestServer } from './testing/test-server.ts';
