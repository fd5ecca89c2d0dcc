import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { workspaceRoot } from '../settings.ts';

const dashboard = path.join(workspaceRoot, 'apps/dashboard');
const stampFile = path.join(dashboard, '.next/outsider-stamp');

/**
 * Makes the dashboard's production build unless the one there is of the same sources.
 *
 * @throws {Error} with the end of the build's output when it fails
 */
export async function buildDashboard(onStart: () => void): Promise<void> {
  const stamp = sourceStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  onStart();
  await runBuild();
  writeFileSync(stampFile, stamp);
}

/** Digest of everything that the build reads in this checkout. */
function sourceStamp(): string {
  const hash = createHash('sha256');
  const libs = readdirSync(path.join(workspaceRoot, 'libs')).map((lib) => path.join('libs', lib, 'src'));
  const roots = ['apps/dashboard', ...libs, 'package-lock.json'];
  for (const file of roots.flatMap((root) => filesUnder(path.join(workspaceRoot, root)))) {
    hash.update(path.relative(workspaceRoot, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(root: string): string[] {
  if (!existsSync(root)) return [];
  if (path.extname(root) === '.json') return [root];
  const made = /[\\/](\.next|out-tsc|node_modules|tests|fixtures)([\\/]|$)|next-env\.d\.ts$|\.test\.tsx?$/;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !made.test(file))
    .sort();
}

async function runBuild(): Promise<void> {
  const next = path.join(workspaceRoot, 'node_modules/next/dist/bin/next');
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: dashboard,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`the dashboard could not be built:\n${output}`);
}
