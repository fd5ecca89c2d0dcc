import {
  AlreadyExistsError,
  InvalidArgumentError,
  NotFoundError,
  type Digest,
  type Preprocessing,
} from '@outsider/domain';
import type { BackboneVersion as VersionRow } from '../generated/client.ts';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JsonObject } from '../client/json.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import type { JobLease } from '../jobs/job.ts';
import type { Backbone, BackboneVersion, LayerShape, NewBackboneVersion, NewImportedVersion } from './backbone.ts';

const withBackbone = { backbone: { select: { name: true } } } as const;
const namePattern = /^[a-z0-9][a-z0-9-]{0,99}$/;

/** @throws {InvalidArgumentError} unless it is lower-case letters, digits and hyphens */
export function parseBackboneName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new InvalidArgumentError(
    `backbone: expected 1 to 100 lower-case letters, digits and hyphens, got "${name.slice(0, 80)}"`,
  );
}

/** Backbones and their immutable versions. */
export function backboneRepository(db: Database | Transaction) {
  return {
    /**
     * The backbone of this name, made when there is none.
     * @throws {InvalidArgumentError} for a name that is not lower-case letters, digits and hyphens, or that another
     * architecture has
     */
    async ensure(
      { name, architecture }: { readonly name: string; readonly architecture: string },
      actor: string,
    ): Promise<Backbone> {
      parseBackboneName(name);
      const backbone = await inTransaction(db, async (tx) => {
        const { count } = await tx.backbone.createMany({ data: { name, architecture }, skipDuplicates: true });
        if (count > 0)
          await recordAudit(tx, {
            actor,
            action: 'create-backbone',
            subject: `backbone:${name}`,
            details: { architecture },
          });
        return tx.backbone.findUniqueOrThrow({ where: { name } });
      });
      if (backbone.architecture !== architecture) {
        throw new InvalidArgumentError(
          `backbone "${name}" is a ${backbone.architecture}; expected that architecture, got ${architecture}`,
        );
      }
      return backbone;
    },

    /** @throws {NotFoundError} */
    async get(name: string): Promise<Backbone> {
      const row = await db.backbone.findUnique({ where: { name } });
      if (!row) throw new NotFoundError('backbone', name);
      return row;
    },

    /** By name. */
    async list(request: PageRequest = {}): Promise<Page<Backbone>> {
      const position = readPage('backbones', request);
      const rows = await db.backbone.findMany({
        orderBy: { name: 'asc' },
        take: position.size + 1,
        ...(position.after && { cursor: { name: position.after }, skip: 1 }),
      });
      return toPage(
        'backbones',
        position,
        rows,
        (row) => row.name,
        (row): Backbone => row,
      );
    },

    /**
     * Registers what a run made, under the next number, and notes it in the run. A run that has its version already
     * keeps it, and a digest that is stored already is not stored twice: go on with the version that this returns.
     *
     * @throws {AbortedError} when the lease is lost
     * @throws {NotFoundError} without such a backbone or run
     */
    async registerVersion(input: NewBackboneVersion, lease: JobLease, actor: string): Promise<BackboneVersion> {
      return inTransaction(db, async (tx) => {
        await holdLease(tx, lease);
        const backbone = await tx.backbone.findUnique({ where: { name: input.backbone } });
        if (!backbone) throw new NotFoundError('backbone', input.backbone);
        const run = await tx.run.findUnique({ where: { id: input.runId }, select: { versionDigest: true } });
        if (!run) throw new NotFoundError('run', input.runId);
        const digest = run.versionDigest ?? input.digest;
        const stored = await tx.backboneVersion.findUnique({ where: { digest }, include: withBackbone });
        const row = stored ?? (await insertVersion(tx, input, backbone.id));
        await tx.run.update({ where: { id: input.runId }, data: { versionDigest: row.digest } });
        if (!stored) {
          await recordAudit(tx, {
            actor,
            action: 'register-backbone-version',
            subject: `backbone-version:${row.digest}`,
            details: { backbone: input.backbone, number: row.number, runId: input.runId },
          });
        }
        return toVersion(row);
      });
    },

    /**
     * Registers a classifier that was trained elsewhere, under the next number; the same one again gives the version
     * that is there.
     *
     * @throws {AlreadyExistsError} when it is a version of another backbone
     * @throws {NotFoundError} without such a backbone
     */
    async registerImport(input: NewImportedVersion): Promise<BackboneVersion> {
      return inTransaction(db, async (tx) => {
        const backbone = await tx.backbone.findUnique({ where: { name: input.backbone } });
        if (!backbone) throw new NotFoundError('backbone', input.backbone);
        const { digest, imported } = input;
        const stored = await tx.backboneVersion.findUnique({ where: { digest }, include: withBackbone });
        if (stored && stored.backboneId !== backbone.id) {
          throw new AlreadyExistsError(
            `this classifier is version ${stored.number} of backbone "${stored.backbone.name}" already`,
          );
        }
        const row = stored ?? (await insertVersion(tx, input, backbone.id));
        if (!stored) {
          await recordAudit(tx, {
            actor: imported.by,
            action: 'import-backbone-version',
            subject: `backbone-version:${digest}`,
            details: { backbone: input.backbone, number: row.number, file: imported.file, layer: imported.layer },
          });
        }
        return toVersion(row);
      });
    },

    /** @throws {NotFoundError} */
    async getVersion(digest: Digest): Promise<BackboneVersion> {
      const version = await findVersion(digest);
      if (!version) throw new NotFoundError('backbone version', digest.slice(0, 80));
      return version;
    },

    findVersion,

    /** Newest first; with `backbone`, only of that name. */
    async listVersions(request: PageRequest & { readonly backbone?: string } = {}): Promise<Page<BackboneVersion>> {
      const position = readPage('backbone-versions', request);
      const rows = await db.backboneVersion.findMany({
        where: request.backbone ? { backbone: { name: request.backbone } } : {},
        include: withBackbone,
        orderBy: [{ createdAt: 'desc' }, { number: 'desc' }, { digest: 'asc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { digest: position.after }, skip: 1 }),
      });
      return toPage('backbone-versions', position, rows, (row) => row.digest, toVersion);
    },
  };

  async function findVersion(digest: Digest): Promise<BackboneVersion | undefined> {
    const row = await db.backboneVersion.findUnique({ where: { digest }, include: withBackbone });
    return row ? toVersion(row) : undefined;
  }
}

async function insertVersion(tx: Transaction, input: NewBackboneVersion | NewImportedVersion, backboneId: string) {
  // Numbers are given out one at a time: the backbone's row is the queue.
  await tx.$queryRaw`SELECT 1 FROM "Backbone" WHERE "id" = ${backboneId}::uuid FOR NO KEY UPDATE`;
  const { _max } = await tx.backboneVersion.aggregate({ where: { backboneId }, _max: { number: true } });
  const { backbone: _, classes, preprocessing, layers, recipe, ...given } = input;
  const { imported, ...rest } = { imported: undefined, ...given };
  return tx.backboneVersion.create({
    data: {
      ...rest,
      ...(imported && { importedBy: imported.by, importedFile: imported.file, importedLayer: imported.layer }),
      backboneId,
      number: (_max.number ?? 0) + 1,
      classes: [...classes],
      preprocessing: {
        ...preprocessing,
        size: [...preprocessing.size],
        mean: [...preprocessing.mean],
        std: [...preprocessing.std],
      },
      layers: layers.map((shape) => ({ ...shape })),
      recipe: recipe as object,
    },
    include: withBackbone,
  });
}

function toVersion(stored: VersionRow & { backbone: { name: string } }): BackboneVersion {
  const { backboneId: _, importedBy, importedFile, importedLayer, ...row } = stored;
  return {
    ...row,
    imported: importedBy === null ? null : { by: importedBy, file: importedFile ?? '', layer: importedLayer ?? '' },
    backbone: row.backbone.name,
    preprocessing: row.preprocessing as unknown as Preprocessing,
    layers: row.layers as unknown as LayerShape[],
    recipe: row.recipe as JsonObject,
  };
}
