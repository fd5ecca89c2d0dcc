import type { ReactNode } from 'react';
import type { RunState, Verdict } from '@outsider/domain';
import clsx from 'clsx';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleX,
  LoaderCircle,
} from 'lucide-react';
import { stateWords, verdictWords } from '../views/words.ts';

export type Tone = 'plain' | 'accent' | 'relevant' | 'novel' | 'unsure' | 'good' | 'bad';

const tones: Record<Tone, string> = {
  plain: 'bg-sunken text-soft',
  accent: 'bg-accent-wash text-accent',
  relevant: 'bg-relevant-wash text-relevant',
  novel: 'bg-novel-wash text-novel',
  unsure: 'bg-unsure-wash text-unsure',
  good: 'bg-good-wash text-good',
  bad: 'bg-bad-wash text-bad',
};

export function Badge({ tone = 'plain', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
        tones[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}

const states: Record<RunState, { tone: Tone; icon: ReactNode }> = {
  queued: { tone: 'plain', icon: <CircleDashed /> },
  running: { tone: 'accent', icon: <LoaderCircle className="animate-spin" /> },
  succeeded: { tone: 'good', icon: <CircleCheck /> },
  failed: { tone: 'bad', icon: <CircleX /> },
  cancelled: { tone: 'plain', icon: <Ban /> },
};

export function StateBadge({ state }: { state: RunState }) {
  return (
    <Badge tone={states[state].tone} icon={states[state].icon}>
      {stateWords[state]}
    </Badge>
  );
}

const verdicts: Record<Verdict, { tone: Tone; icon: ReactNode }> = {
  'in-distribution': { tone: 'relevant', icon: <CircleDot /> },
  novel: { tone: 'novel', icon: <CircleAlert /> },
  abstain: { tone: 'unsure', icon: <CircleHelp /> },
};

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return (
    <Badge tone={verdicts[verdict].tone} icon={verdicts[verdict].icon}>
      {verdictWords[verdict]}
    </Badge>
  );
}
