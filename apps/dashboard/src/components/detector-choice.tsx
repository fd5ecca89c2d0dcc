'use client';

import { useState } from 'react';
import clsx from 'clsx';
import Link from 'next/link';
import type { DetectorView } from '../data/detectors.ts';
import { countOf, formatBytes, formatMs, formatPercent, formatUnit } from '../views/format.ts';
import { methodName } from '../views/words.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Cell, HeadCell, Table } from './table.tsx';

interface DetectorChoiceProps {
  detectors: readonly DetectorView[];
  /** Shown below the table. */
  selected: string;
  /** The one that the run's bundle holds. */
  chosen: string | null;
  /** Of the page, which shows the detector that its query names. */
  path: string;
}

/** Rows before one asks for all. */
const shownAtFirst = 6;

/** The detectors of a version side by side; each row selects what is shown below. */
export function DetectorChoice({ detectors, selected, chosen, path }: DetectorChoiceProps) {
  const [all, setAll] = useState(false);
  // The one that is shown below stays in sight.
  const rows = all ? detectors : detectors.filter(({ id }, i) => i < shownAtFirst || id === selected);
  return (
    <Card className="overflow-hidden">
      <Table label="Detectors">
        <thead>
          <tr>
            <HeadCell>Detector</HeadCell>
            <HeadCell className="text-right">AUROC, all</HeadCell>
            <HeadCell className="text-right">AUROC, worst group</HeadCell>
            <HeadCell className="text-right">Missed at 5 %</HeadCell>
            <HeadCell className="text-right">False alarms</HeadCell>
            <HeadCell className="text-right">Fitted in</HeadCell>
            <HeadCell className="text-right">Size</HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((detector) => {
            const falseAlarm = detector.threshold?.operatingPoint.falseAlarm;
            const current = detector.id === selected;
            return (
              <tr
                key={detector.id}
                className={clsx(
                  'relative border-b border-line last:border-0',
                  current ? 'bg-accent-wash' : 'hover:bg-sunken/60',
                )}
              >
                <Cell className="whitespace-nowrap">
                  <Link
                    href={`${path}?detector=${detector.id}#detection`}
                    scroll={false}
                    aria-current={current ? 'true' : undefined}
                    className="font-medium after:absolute after:inset-0"
                  >
                    {methodName(detector.method)}
                  </Link>
                  {detector.id === chosen ? (
                    <span className="ml-2">
                      <Badge tone="accent">Chosen</Badge>
                    </span>
                  ) : null}
                </Cell>
                <Cell className="figures text-right">{formatUnit(detector.overall?.auroc)}</Cell>
                <Cell className="figures text-right whitespace-nowrap">
                  {formatUnit(detector.worst?.auroc)}
                  {detector.worst ? <span className="ml-1.5 text-xs text-soft">{detector.worst.group}</span> : null}
                </Cell>
                <Cell className="figures text-right">{formatPercent(detector.overall?.missRateAtFalseAlarm5)}</Cell>
                <Cell className="figures text-right whitespace-nowrap">
                  {falseAlarm ? (
                    <>
                      {formatPercent(falseAlarm.value)}
                      <span className="ml-1.5 text-xs text-soft">
                        {formatPercent(falseAlarm.low)} to {formatPercent(falseAlarm.high)}
                      </span>
                    </>
                  ) : (
                    '–'
                  )}
                </Cell>
                <Cell className="figures text-right whitespace-nowrap">{formatMs(detector.fitSeconds * 1000)}</Cell>
                <Cell className="figures text-right whitespace-nowrap">{formatBytes(detector.stateBytes)}</Cell>
              </tr>
            );
          })}
        </tbody>
      </Table>
      {detectors.length > rows.length || all ? (
        <button
          type="button"
          onClick={() => setAll(!all)}
          aria-expanded={all}
          className="w-full border-t border-line px-4 py-2.5 text-sm font-medium text-accent hover:bg-sunken/60"
        >
          {all ? 'Show the first ones only' : `Show all ${countOf(detectors.length, 'detector')}`}
        </button>
      ) : null}
    </Card>
  );
}
