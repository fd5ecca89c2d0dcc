import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';

const prismaFolder = path.resolve(import.meta.dirname, '../../../../prisma');
const schemaFolder = path.join(prismaFolder, 'schema');
const migrationsFolder = path.join(prismaFolder, 'migrations');
const lockFile = 'migration_lock.toml';

export interface SchemaFile {
  readonly path: string;
  readonly content: string;
}

/** The Prisma schema, one entry a file. */
export function readSchema(): SchemaFile[] {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => ({
      path: path.join(schemaFolder, name),
      content: readFileSync(path.join(schemaFolder, name), 'utf8'),
    }));
}

/** All migrations in order, as the schema engine wants them. */
export function readMigrations(): MigrationList {
  const lock = path.join(migrationsFolder, lockFile);
  return {
    baseDir: migrationsFolder,
    lockfile: { path: lockFile, content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames().map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(scriptPath(name), 'utf8') } },
    })),
  };
}

/** Writes a new migration and says where. */
export function writeMigration(name: string, script: string): string {
  mkdirSync(path.dirname(scriptPath(name)), { recursive: true });
  writeFileSync(scriptPath(name), script);
  const lock = path.join(migrationsFolder, lockFile);
  if (!existsSync(lock))
    writeFileSync(lock, '# Says which database the migrations are for.\nprovider = "postgresql"\n');
  return scriptPath(name);
}

/** Hex digest of all migrations: names a database that has exactly these. */
export function migrationsDigest(): string {
  const hash = createHash('sha256');
  for (const name of migrationNames())
    hash
      .update(`${name}\0`)
      .update(readFileSync(scriptPath(name)))
      .update('\0');
  return hash.digest('hex');
}

function migrationNames(): string[] {
  if (!existsSync(migrationsFolder)) return [];
  return readdirSync(migrationsFolder)
    .filter((name) => existsSync(scriptPath(name)))
    .sort();
}

function scriptPath(name: string): string {
  return path.join(migrationsFolder, name, 'migration.sql');
}
