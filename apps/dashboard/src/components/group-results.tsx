import clsx from 'clsx';
import { Ridge } from '../charts/ridge.tsx';
import type { DetectorView } from '../data/detectors.ts';
import type { ScoreView } from '../data/scores.ts';
import { countOf, formatPercent, formatScore, formatUnit } from '../views/format.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Cell, HeadCell, Table } from './table.tsx';

/** Scores of relevant photos and of each irrelevant group on one axis, with the figures of each beside. */
export function GroupResults({ detector, scores }: { detector: DetectorView; scores: ScoreView }) {
  const { bins, cut } = scores;
  const figuresOf = new Map(detector.groups.map((one) => [one.group, one]));
  const cutOf = cut === null ? {} : { cut };
  return (
    <Card className="overflow-hidden">
      <Table label="Scores by group">
        <thead>
          <tr>
            <HeadCell className="w-36">Photos</HeadCell>
            <HeadCell className="min-w-56">
              <span className="flex items-baseline justify-between gap-2">
                <span>Score, from relevant to novel</span>
              </span>
            </HeadCell>
            <HeadCell className="text-right">Called novel</HeadCell>
            <HeadCell className="text-right">AUROC</HeadCell>
            <HeadCell className="text-right">Missed at 5 %</HeadCell>
            <HeadCell className="text-right">Missed at 1 %</HeadCell>
          </tr>
        </thead>
        <tbody>
          <tr className="border-b border-line">
            <Cell>
              <span className="font-medium text-relevant">Relevant</span>
              <div className="text-xs text-soft">{countOf(scores.relevant.photos, 'held-out photo')}</div>
            </Cell>
            <Cell className="pb-1">
              <Ridge
                shares={scores.relevant.histogram}
                tone="relevant"
                {...cutOf}
                label={`Scores of relevant photos; ${formatPercent(scores.relevant.novel)} are above the threshold`}
              />
            </Cell>
            <Cell className="figures text-right">
              {formatPercent(scores.relevant.novel)}
              <div className="text-xs text-soft">false alarms</div>
            </Cell>
            <Cell className="text-right text-faint">–</Cell>
            <Cell className="text-right text-faint">–</Cell>
            <Cell className="text-right text-faint">–</Cell>
          </tr>
          {scores.groups.map((group) => {
            const figures = figuresOf.get(group.name);
            return (
              <tr key={group.name} className="border-b border-line last:border-0">
                <Cell>
                  <span className="font-medium text-novel">{group.name}</span>
                  <div className="flex flex-wrap items-center gap-1 text-xs text-soft">
                    {countOf(group.photos, 'photo')}
                    {figures?.seen ? <Badge>learnt from</Badge> : null}
                  </div>
                </Cell>
                <Cell className="pb-1">
                  <Ridge
                    shares={group.histogram}
                    tone="novel"
                    {...cutOf}
                    label={`Scores of ${group.name}; ${formatPercent(group.novel)} are above the threshold`}
                  />
                </Cell>
                <Cell className="figures text-right">{formatPercent(group.novel)}</Cell>
                <Cell className="figures text-right">{formatUnit(figures?.auroc ?? group.auroc)}</Cell>
                <Cell className="figures text-right">{formatPercent(figures?.missRateAtFalseAlarm5)}</Cell>
                <Cell className="figures text-right">{formatPercent(figures?.missRateAtFalseAlarm1)}</Cell>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <td />
            <td className="px-3 pb-3">
              <div className="figures relative h-4 text-[0.6875rem] text-faint">
                <span
                  className={clsx(
                    'absolute left-0',
                    cut !== null && cut < 0.45 && (cut < 0.28 ? 'hidden' : 'max-sm:hidden'),
                  )}
                >
                  {formatScore(bins.low)}
                </span>
                {cut !== null && cut > 0.14 && cut < 0.86 ? (
                  <span
                    className="absolute -translate-x-1/2 font-medium whitespace-nowrap text-ink"
                    style={{ left: `${cut * 100}%` }}
                  >
                    threshold {formatScore(detector.threshold?.value)}
                  </span>
                ) : null}
                <span
                  className={clsx(
                    'absolute right-0',
                    cut !== null && cut > 0.55 && (cut > 0.72 ? 'hidden' : 'max-sm:hidden'),
                  )}
                >
                  {formatScore(bins.high)}
                </span>
              </div>
            </td>
            <td colSpan={4} />
          </tr>
        </tfoot>
      </Table>
    </Card>
  );
}
