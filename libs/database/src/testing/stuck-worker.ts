// A worker that takes up one job, says so, and never ends by itself: tests kill it. Argument: the store's address.
import { createDatabase } from '../client/create-database.ts';
import { jobQueue } from '../jobs/job-queue.ts';

const url = process.argv[2] ?? '';
const queue = jobQueue({ url, db: createDatabase(url) });
await queue.work('train', async ({ setStage }) => {
  await setStage('train');
  process.stdout.write('claimed\n');
  await new Promise(() => undefined);
});
