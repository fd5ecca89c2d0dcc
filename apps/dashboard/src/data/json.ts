import { z } from 'zod';

/** Json columns are read leniently: a figure that is missing is shown as missing, and never breaks a page. */
const number = z.number().nullish().catch(undefined);

const groupFigures = z.object({
  group: z.string().catch(''),
  photos: z.number().catch(0),
  auroc: number,
  missRateAtFalseAlarm5: number,
  missRateAtFalseAlarm1: number,
  seen: z.boolean().catch(false),
});

/** How well one group of irrelevant photos is told apart; an empty group means all of them. */
export interface GroupFigures {
  readonly group: string;
  readonly photos: number;
  readonly auroc: number | null;
  readonly missRateAtFalseAlarm5: number | null;
  readonly missRateAtFalseAlarm1: number | null;
  readonly seen: boolean;
}

export function readEvaluation(value: unknown): GroupFigures[] {
  const groups = z.object({ groups: z.array(groupFigures) }).safeParse(value);
  if (!groups.success) return [];
  return groups.data.groups.map((one) => ({
    ...one,
    auroc: one.auroc ?? null,
    missRateAtFalseAlarm5: one.missRateAtFalseAlarm5 ?? null,
    missRateAtFalseAlarm1: one.missRateAtFalseAlarm1 ?? null,
  }));
}

/** Why this detector is the automatic choice among those fitted with it; null when it is not. */
export function readChoice(value: unknown): string | null {
  const parsed = z.object({ chosen: z.string() }).safeParse(value);
  return parsed.success ? parsed.data.chosen : null;
}

const figuresOfGroup = z.object({
  auroc: z.number(),
  missRateAtFalseAlarm5: z.number(),
  missRateAtFalseAlarm1: z.number(),
});
const leftOut = z.object({
  group: z.string(),
  photos: z.number(),
  seen: figuresOfGroup,
  unseen: figuresOfGroup.nullable(),
});

/** One group when the detector had learnt from other photos of it, and when it had not. */
export type LeftOutView = z.infer<typeof leftOut>;

/** What the automatic choice went by; empty where nothing was compared. */
export function readLeftOut(value: unknown): LeftOutView[] {
  const parsed = z.object({ selection: z.object({ groups: z.array(leftOut) }) }).safeParse(value);
  return parsed.success ? parsed.data.selection.groups : [];
}

const variant = z.object({
  variant: z.string(),
  photos: z.number(),
  calledNovel: z.number(),
  low: z.number(),
  high: z.number(),
});

/** How often one kind of picture made on the fly is called novel. */
export type VariantView = z.infer<typeof variant>;

export function readRobustness(value: unknown): VariantView[] {
  const parsed = z.object({ robustness: z.array(variant) }).safeParse(value);
  return parsed.success ? parsed.data.robustness : [];
}

const refusals = z.array(z.object({ method: z.string(), reason: z.string() })).catch([]);

/** A method, and why it has no detector or no threshold. */
export type RefusalView = z.infer<typeof refusals>[number];

/** What a fit could not do. */
export function readFitResult(value: unknown): {
  readonly notFitted: readonly RefusalView[];
  readonly withoutThreshold: readonly RefusalView[];
} {
  return z
    .object({ notFitted: refusals, withoutThreshold: refusals })
    .catch({ notFitted: [], withoutThreshold: [] })
    .parse(value ?? {});
}

/** The group that is told apart worst, by AUROC; null without irrelevant photos. */
export function worstGroup(groups: readonly GroupFigures[]): { readonly group: string; readonly auroc: number } | null {
  let worst: { group: string; auroc: number } | null = null;
  for (const { group, auroc } of groups) {
    if (group !== '' && auroc !== null && (worst === null || auroc < worst.auroc)) worst = { group, auroc };
  }
  return worst;
}

const plan = z.object({
  methods: z.array(z.string()).catch([]),
  falseAlarmRate: z.number().catch(0.05),
  confidence: z.number().catch(0.95),
  promote: z.boolean().catch(false),
});

/** What follows the training. */
export type PlanView = z.infer<typeof plan>;

export function readPlan(value: unknown): PlanView {
  return plan.parse(value ?? {});
}

const policy = z.object({
  kind: z.string().catch(''),
  falseAlarmRate: z.number().optional().catch(undefined),
  confidence: z.number().optional().catch(undefined),
  detectionRate: z.number().optional().catch(undefined),
  value: z.number().optional().catch(undefined),
  abstainShare: z.number().optional().catch(undefined),
});

export function readPolicy(value: unknown): z.infer<typeof policy> {
  return policy.parse(value ?? {});
}

const rate = z.object({ events: z.number(), photos: z.number(), value: z.number(), low: z.number(), high: z.number() });
const groupRates = z.array(z.object({ name: z.string(), rate })).catch([]);
const operatingPoint = z.object({
  falseAlarm: rate.nullish().catch(undefined),
  miss: rate.nullish().catch(undefined),
  abstained: rate.nullish().catch(undefined),
  abstainedIrrelevant: rate.nullish().catch(undefined),
  byClass: groupRates.optional(),
  byGroup: groupRates.optional(),
});

/** A rate with its 95 % Clopper–Pearson interval. */
export type RateView = z.infer<typeof rate>;

export interface OperatingPointView {
  readonly falseAlarm: RateView | null;
  readonly miss: RateView | null;
  /** Null without a band in which there is no verdict. */
  readonly abstained: RateView | null;
  readonly abstainedIrrelevant: RateView | null;
  readonly byClass: readonly { readonly name: string; readonly rate: RateView }[];
  readonly byGroup: readonly { readonly name: string; readonly rate: RateView }[];
}

export function readOperatingPoint(value: unknown): OperatingPointView {
  const parsed = operatingPoint.safeParse(value ?? {});
  const data = parsed.success ? parsed.data : {};
  return {
    falseAlarm: data.falseAlarm ?? null,
    miss: data.miss ?? null,
    abstained: data.abstained ?? null,
    abstainedIrrelevant: data.abstainedIrrelevant ?? null,
    byClass: data.byClass ?? [],
    byGroup: data.byGroup ?? [],
  };
}
