import { AlreadyExistsError, InvalidArgumentError, NotFoundError } from '@outsider/domain';
import type { Experiment as ExperimentRow } from '../generated/client.ts';
import { recordAudit } from '../access/audit-repository.ts';
import { backboneRepository } from '../backbones/backbone-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { isUuid, readRequestId, requireUuid } from '../client/uuid.ts';

/** A question; runs are executions of it. */
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Name of the backbone that answers it. */
  readonly backbone: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export interface NewExperiment {
  /** Unique, 1 to 100 characters. */
  readonly name: string;
  readonly description?: string;
  /** Name; made when new. */
  readonly backbone: string;
  /** Of the backbone, when it is made. */
  readonly architecture: string;
  /** UUID; the same request again gives the same experiment. */
  readonly requestId?: string;
}

const withBackbone = { backbone: { select: { name: true } } } as const;

/** Experiments. */
export function experimentRepository(db: Database | Transaction) {
  return {
    /**
     * @throws {AlreadyExistsError} when the name is taken
     * @throws {InvalidArgumentError} for a name or backbone that is not allowed
     */
    async create(input: NewExperiment, actor: string): Promise<Experiment> {
      const name = input.name.trim();
      if (name.length < 1 || name.length > 100) {
        throw new InvalidArgumentError(`name: expected 1 to 100 characters, got ${name.length}`);
      }
      const requestId = readRequestId(input.requestId);
      const findStored = async () =>
        requestId ? await db.experiment.findUnique({ where: { requestId }, include: withBackbone }) : null;
      const stored = await findStored();
      if (stored) return toExperiment(stored);
      const made = inTransaction(db, async (tx) => {
        const backbone = await ensureBackbone(tx, input, actor);
        const row = await tx.experiment.create({
          data: { name, description: input.description ?? '', backboneId: backbone.id, requestId, createdBy: actor },
          include: withBackbone,
        });
        await recordAudit(tx, {
          actor,
          action: 'create-experiment',
          subject: `experiment:${row.id}`,
          details: { name },
        });
        return toExperiment(row);
      });
      return made.catch(async (error: unknown) => {
        // The same request twice at once: the other one was first.
        const winner = error instanceof AlreadyExistsError && '$transaction' in db ? await findStored() : null;
        if (winner) return toExperiment(winner);
        throw error;
      });
    },

    /** @throws {NotFoundError} */
    async get(id: string): Promise<Experiment> {
      requireUuid('experiment', id);
      const row = await db.experiment.findUnique({ where: { id }, include: withBackbone });
      if (!row) throw new NotFoundError('experiment', id);
      return toExperiment(row);
    },

    async findByName(name: string): Promise<Experiment | undefined> {
      const row = await db.experiment.findUnique({ where: { name }, include: withBackbone });
      return row ? toExperiment(row) : undefined;
    },

    /** Newest first. */
    async list(request: PageRequest = {}): Promise<Page<Experiment>> {
      const position = readPage('experiments', request);
      const rows = await db.experiment.findMany({
        include: withBackbone,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && isUuid(position.after) && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('experiments', position, rows, (row) => row.id, toExperiment);
    },
  };
}

/** An existing backbone keeps its architecture: what a run trains is checked when it starts. */
async function ensureBackbone(tx: Transaction, { backbone, architecture }: NewExperiment, actor: string) {
  const stored = await tx.backbone.findUnique({ where: { name: backbone } });
  return stored ?? backboneRepository(tx).ensure({ name: backbone, architecture }, actor);
}

function toExperiment(row: ExperimentRow & { backbone: { name: string } }): Experiment {
  const { id, name, description, createdAt, createdBy } = row;
  return { id, name, description, backbone: row.backbone.name, createdAt, createdBy };
}
