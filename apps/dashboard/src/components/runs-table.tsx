'use client';

import { useMemo, useState } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { RunRow } from '../data/runs.ts';
import { formatPercent, formatSeconds, formatSetting, formatUnit } from '../views/format.ts';
import { sortRows, type SortOrder } from '../views/sort-rows.ts';
import { recipeWords } from '../views/recipe-words.ts';
import { methodName } from '../views/words.ts';
import { Ago } from './ago.tsx';
import { Badge, StateBadge } from './badge.tsx';
import { Card } from './card.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { Cell, HeadCell, Table } from './table.tsx';

interface Column {
  readonly key: string;
  readonly label: string;
  readonly value: (run: RunRow) => number | string | null;
  readonly className?: string;
}

const columns: readonly Column[] = [
  { key: 'run', label: 'Run', value: (run) => run.createdAt },
  { key: 'state', label: 'State', value: (run) => run.state },
  { key: 'accuracy', label: 'Accuracy', value: (run) => run.validationAccuracy, className: 'text-right' },
  { key: 'worst', label: 'Worst AUROC', value: (run) => run.worst?.auroc ?? null, className: 'text-right' },
  { key: 'detector', label: 'Detector', value: (run) => run.method },
  { key: 'recipe', label: 'Recipe', value: (run) => run.recipe.name },
  { key: 'epochs', label: 'Epochs', value: (run) => run.recipe.epochs, className: 'text-right' },
  { key: 'rate', label: 'Learning rate', value: (run) => run.recipe.learningRate, className: 'text-right' },
  { key: 'seed', label: 'Seed', value: (run) => run.recipe.seed, className: 'text-right' },
  { key: 'took', label: 'Took', value: (run) => run.seconds, className: 'text-right' },
];

/** An experiment's runs, sorted by whichever figure one asks for. */
export function RunsTable({ runs }: { runs: readonly RunRow[] }) {
  const [sort, setSort] = useState<{ key: string; order: SortOrder }>({ key: 'run', order: 'descending' });
  const rows = useMemo(() => {
    const column = columns.find(({ key }) => key === sort.key) ?? columns[0]!;
    return sortRows(runs, column.value, sort.order);
  }, [runs, sort]);

  function sortBy(key: string) {
    setSort({ key, order: sort.key === key && sort.order === 'descending' ? 'ascending' : 'descending' });
  }

  return (
    <Card className="overflow-hidden">
      <Table label="Runs">
        <thead>
          <tr>
            {columns.map(({ key, label, className }) => (
              <HeadCell key={key} aria-sort={sort.key === key ? sort.order : 'none'} className={className}>
                <button
                  type="button"
                  onClick={() => sortBy(key)}
                  className="inline-flex items-center gap-1 rounded hover:text-ink"
                >
                  {label}
                  <span className="size-3" aria-hidden="true">
                    {sort.key !== key ? null : sort.order === 'descending' ? (
                      <ArrowDown className="size-3" />
                    ) : (
                      <ArrowUp className="size-3" />
                    )}
                  </span>
                </button>
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <tr key={run.id} className="border-b border-line last:border-0 hover:bg-sunken/60">
              <Cell className="whitespace-nowrap">
                <Link href={`/runs/${run.id}`} className="font-medium hover:underline">
                  Run {run.number}
                </Link>
                <div className="text-xs text-soft">
                  <Ago at={run.createdAt} />
                </div>
              </Cell>
              <Cell>
                <div className="flex items-center gap-1.5">
                  <StateBadge state={run.state} />
                  {run.inProduction ? <Badge tone="accent">In production</Badge> : null}
                </div>
                {run.state === 'running' ? (
                  <ProgressBar value={run.progress} label={`Progress of run ${run.number}`} className="mt-1.5 w-24" />
                ) : null}
              </Cell>
              <Cell className="figures text-right">{formatPercent(run.validationAccuracy)}</Cell>
              <Cell className="figures text-right whitespace-nowrap">
                {formatUnit(run.worst?.auroc)}
                {run.worst ? <div className="text-xs text-soft">{run.worst.group}</div> : null}
              </Cell>
              <Cell className="whitespace-nowrap">{run.method ? methodName(run.method) : '–'}</Cell>
              <Cell className="whitespace-nowrap">{recipeWords[run.recipe.name].name}</Cell>
              <Cell className="figures text-right">{run.recipe.epochs}</Cell>
              <Cell className="figures text-right">{formatSetting(run.recipe.learningRate)}</Cell>
              <Cell className="figures text-right">{run.recipe.seed}</Cell>
              <Cell className="figures text-right whitespace-nowrap">{formatSeconds(run.seconds)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
