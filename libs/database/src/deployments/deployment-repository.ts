import {
  BackboneMismatchError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  type Digest,
} from '@outsider/domain';
import type { Prisma } from '../generated/client.ts';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import type { JobLease } from '../jobs/job.ts';
import { requireReason } from '../detectors/threshold-repository.ts';

/** Backbone version + detector + threshold, promoted and rolled back as one. */
export interface Bundle {
  readonly id: string;
  /** Name of the backbone. */
  readonly backbone: string;
  /** Digest. */
  readonly backboneVersion: Digest;
  readonly detectorId: string;
  readonly thresholdId: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export type Alias = 'production' | 'shadow';

/** One entry of an alias' history; the latest counts. */
export interface Deployment {
  readonly id: string;
  /** Name of the backbone. */
  readonly backbone: string;
  readonly alias: Alias;
  readonly bundle: Bundle;
  readonly action: 'promote' | 'roll-back';
  readonly author: string;
  readonly reason: string;
  readonly at: Date;
}

const withVersion = { backboneVersion: { include: { backbone: true } } } as const satisfies Prisma.BundleInclude;
const withBundle = { backbone: true, bundle: { include: withVersion } } as const satisfies Prisma.DeploymentInclude;
type BundleRow = Prisma.BundleGetPayload<{ include: typeof withVersion }>;
type DeploymentRow = Prisma.DeploymentGetPayload<{ include: typeof withBundle }>;

/** @throws {InvalidArgumentError} empty means production */
export function parseAlias(alias: string): Alias {
  if (alias === '' || alias === 'production') return 'production';
  if (alias === 'shadow') return 'shadow';
  throw new InvalidArgumentError(`alias: expected "production" or "shadow", got "${alias.slice(0, 80)}"`);
}

/** Bundles, and where the aliases point. */
export function deploymentRepository(db: Database | Transaction) {
  return {
    /**
     * Binds a threshold, its detector and its backbone version; the same three again give the same bundle.
     * @throws {NotFoundError} for an unknown version, detector or threshold
     * @throws {BackboneMismatchError} when the detector belongs to another version
     * @throws {FailedPreconditionError} when the threshold belongs to another detector
     */
    async createBundle(
      input: { readonly backboneVersion: Digest; readonly detectorId: string; readonly thresholdId: string },
      actor: string,
    ): Promise<Bundle> {
      const { backboneVersion: digest, detectorId, thresholdId } = input;
      requireUuid('detector', detectorId);
      requireUuid('threshold', thresholdId);
      return inTransaction(db, async (tx) => {
        const version = await tx.backboneVersion.findUnique({ where: { digest } });
        if (!version) throw new NotFoundError('backbone version', digest.slice(0, 80));
        const detector = await tx.detector.findUnique({ where: { id: detectorId } });
        if (!detector) throw new NotFoundError('detector', detectorId);
        const threshold = await tx.threshold.findUnique({ where: { id: thresholdId } });
        if (!threshold) throw new NotFoundError('threshold', thresholdId);
        if (detector.backboneVersionDigest !== digest) {
          throw new BackboneMismatchError(`detector ${detectorId}`, digest, detector.backboneVersionDigest);
        }
        if (threshold.detectorId !== detectorId) {
          throw new FailedPreconditionError(
            `threshold ${thresholdId} belongs to detector ${threshold.detectorId}, expected ${detectorId}`,
          );
        }
        const key = { backboneVersionDigest: digest, detectorId, thresholdId };
        const data = { ...key, backboneId: version.backboneId, createdBy: actor };
        const { count } = await tx.bundle.createMany({ data, skipDuplicates: true });
        const row = await tx.bundle.findUniqueOrThrow({
          where: { backboneVersionDigest_detectorId_thresholdId: key },
          include: withVersion,
        });
        if (count > 0)
          await recordAudit(tx, { actor, action: 'create-bundle', subject: `bundle:${row.id}`, details: key });
        return toBundle(row);
      });
    },

    /** @throws {NotFoundError} */
    async getBundle(id: string): Promise<Bundle> {
      requireUuid('bundle', id);
      const row = await db.bundle.findUnique({ where: { id }, include: withVersion });
      if (!row) throw new NotFoundError('bundle', id);
      return toBundle(row);
    },

    /** Newest first; with `backboneVersion`, only of that digest. */
    async listBundles(request: PageRequest & { readonly backboneVersion?: Digest } = {}): Promise<Page<Bundle>> {
      const position = readPage('bundles', request);
      const rows = await db.bundle.findMany({
        where: request.backboneVersion ? { backboneVersionDigest: request.backboneVersion } : {},
        include: withVersion,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('bundles', position, rows, (row) => row.id, toBundle);
    },

    /**
     * Points an alias of the bundle's backbone at it.
     * @param lease when a job does it: refused once the lease is lost, and done once however often the job starts over
     * @throws {NotFoundError} for an unknown bundle
     * @throws {AbortedError} when the lease is lost
     * @throws {InvalidArgumentError} without a reason
     */
    async promote(
      input: { readonly bundleId: string; readonly alias?: Alias; readonly reason: string },
      actor: string,
      lease?: JobLease,
    ): Promise<Deployment> {
      const { bundleId, alias = 'production' } = input;
      requireUuid('bundle', bundleId);
      const reason = requireReason(input.reason);
      return inTransaction(db, async (tx) => {
        if (lease) await holdLease(tx, lease);
        const bundle = await tx.bundle.findUnique({ where: { id: bundleId } });
        if (!bundle) throw new NotFoundError('bundle', bundleId);
        await lockAlias(tx, bundle.backboneId);
        const current = lease && (await findLatest(tx, bundle.backboneId, alias));
        if (current?.bundleId === bundleId) return toDeployment(current);
        return append(tx, { backboneId: bundle.backboneId, alias, bundleId, action: 'promote', author: actor, reason });
      });
    },

    /**
     * Points an alias at the bundle that it pointed at before: of the promotions that were not taken back yet, the
     * last but one. So two roll-backs in a row go back two promotions.
     * @throws {NotFoundError} for an unknown backbone
     * @throws {FailedPreconditionError} when there is nothing before
     */
    async rollBack(
      input: { readonly backbone: string; readonly alias?: Alias; readonly reason: string },
      actor: string,
    ): Promise<Deployment> {
      const { backbone: name, alias = 'production' } = input;
      const reason = requireReason(input.reason);
      return inTransaction(db, async (tx) => {
        const backbone = await tx.backbone.findUnique({ where: { name } });
        if (!backbone) throw new NotFoundError('backbone', name);
        await lockAlias(tx, backbone.id);
        const history = await tx.deployment.findMany({
          where: { backboneId: backbone.id, alias },
          orderBy: { sequence: 'asc' },
        });
        const standing: string[] = [];
        for (const { action, bundleId } of history) {
          if (action === 'roll-back') standing.pop();
          else if (standing.at(-1) !== bundleId) standing.push(bundleId);
        }
        const previous = standing.at(-2);
        if (!previous)
          throw new FailedPreconditionError(`${alias} of backbone "${name}" has no earlier bundle to go back to`);
        return append(tx, {
          backboneId: backbone.id,
          alias,
          bundleId: previous,
          action: 'roll-back',
          author: actor,
          reason,
        });
      });
    },

    findCurrent,

    /** Where an alias points now. @throws {NotFoundError} when nothing was promoted */
    async getCurrent(request: { readonly backbone?: string; readonly alias?: Alias } = {}): Promise<Deployment> {
      const current = await findCurrent(request);
      if (!current) {
        const of = request.backbone ? ` of backbone "${request.backbone}"` : '';
        throw new NotFoundError(`deployment${of}:`, request.alias ?? 'production');
      }
      return current;
    },

    /** Where every alias of every backbone points now, the last promoted first. */
    async listCurrent(): Promise<Deployment[]> {
      const rows = await db.deployment.findMany({
        distinct: ['backboneId', 'alias'],
        orderBy: { sequence: 'desc' },
        include: withBundle,
      });
      return rows.map(toDeployment);
    },

    /** Newest first; with `backbone`, only of that name; with `alias`, only of that alias. */
    async history(
      request: PageRequest & { readonly backbone?: string; readonly alias?: Alias } = {},
    ): Promise<Page<Deployment>> {
      const position = readPage('deployments', request);
      const rows = await db.deployment.findMany({
        where: {
          ...(request.backbone && { backbone: { name: request.backbone } }),
          ...(request.alias && { alias: request.alias }),
        },
        orderBy: { sequence: 'desc' },
        take: position.size + 1,
        include: withBundle,
        ...(position.after && { cursor: { sequence: BigInt(position.after) }, skip: 1 }),
      });
      return toPage('deployments', position, rows, (row) => row.sequence, toDeployment);
    },
  };

  /** @param request without a backbone, the one promoted last */
  async function findCurrent(
    request: { readonly backbone?: string; readonly alias?: Alias } = {},
  ): Promise<Deployment | undefined> {
    const { backbone, alias = 'production' } = request;
    const row = await db.deployment.findFirst({
      where: { alias, ...(backbone && { backbone: { name: backbone } }) },
      orderBy: { sequence: 'desc' },
      include: withBundle,
    });
    return row ? toDeployment(row) : undefined;
  }
}

/** Entries of one backbone are made one after another, so that a roll-back sees all earlier ones. */
async function lockAlias(tx: Transaction, backboneId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Backbone" WHERE "id" = ${backboneId}::uuid FOR NO KEY UPDATE`;
}

async function findLatest(tx: Transaction, backboneId: string, alias: Alias): Promise<DeploymentRow | null> {
  return tx.deployment.findFirst({ where: { backboneId, alias }, orderBy: { sequence: 'desc' }, include: withBundle });
}

async function append(tx: Transaction, data: Prisma.DeploymentUncheckedCreateInput): Promise<Deployment> {
  const row = await tx.deployment.create({ data, include: withBundle });
  const { alias, action, author, bundleId, reason } = data;
  await recordAudit(tx, {
    actor: author,
    action: action === 'promote' ? 'promote-bundle' : 'roll-back-deployment',
    subject: `bundle:${bundleId}`,
    details: { backbone: row.backbone.name, alias, reason },
  });
  return toDeployment(row);
}

function toBundle({ backboneId: _, backboneVersionDigest, backboneVersion, ...row }: BundleRow): Bundle {
  return { ...row, backbone: backboneVersion.backbone.name, backboneVersion: backboneVersionDigest };
}

function toDeployment(row: DeploymentRow): Deployment {
  const { id, alias, author, reason, at } = row;
  return {
    id,
    backbone: row.backbone.name,
    alias,
    bundle: toBundle(row.bundle),
    action: row.action as Deployment['action'],
    author,
    reason,
    at,
  };
}
