/**
 * proto/ → libs/contracts/src/generated (TypeScript, and the descriptor set that server reflection answers from);
 * prisma/schema → libs/database/src/generated. Equal inputs give equal bytes: `npm run verify` fails on a difference.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const require = createRequire(path.join(root, 'package.json'));

/** Runs a package's command with this very Node, whatever the shell's PATH says, and returns what it printed. */
function run(packageName: string, executable: string, args: string[]): Buffer {
  const script = path.join(path.dirname(require.resolve(`${packageName}/package.json`)), executable);
  const binaries = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
  return execFileSync(process.execPath, [script, ...args], {
    cwd: root,
    env: { ...process.env, PATH: binaries },
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 2 ** 20,
  });
}

function generateContracts(): void {
  run('@bufbuild/buf', 'bin/buf', ['generate']);
  const set = run('@bufbuild/buf', 'bin/buf', [
    'build',
    '--as-file-descriptor-set',
    '--exclude-source-info',
    '-o',
    '-#format=binpb',
  ]);
  const lines = set.toString('base64').match(/.{1,116}/g) ?? [];
  writeFileSync(
    path.join(root, 'libs/contracts/src/generated/descriptor-set.ts'),
    [
      '// Made by `npm run generate` from proto/. Do not edit.',
      '/* eslint-disable */',
      '',
      '/** A google.protobuf.FileDescriptorSet of every API of ours. */',
      'export function descriptorSet(): Buffer {',
      '  return Buffer.from(base64, "base64");',
      '}',
      '',
      'const base64 = [',
      ...lines.map((line) => `  "${line}",`),
      '].join("");',
      '',
    ].join('\n'),
  );
}

generateContracts();
process.stdout.write(run('prisma', 'build/index.js', ['generate']));
