import type { Detector, GroupFigures } from '@outsider/contracts';
import { formatTable } from './table.ts';

/** What the detectors of a run can do, one line each, the chosen one marked. */
export function resultsTable(detectors: readonly Detector[], chosenId: string): string {
  const groups = [...new Set(detectors.flatMap((detector) => detector.groups.map(({ group }) => group)))].filter(
    Boolean,
  );
  const header = ['detector', 'AUROC', ...groups, 'miss at 5 %', 'false alarms', 'threshold'];
  const rows = detectors.map((detector) => {
    const all = detector.groups.find(({ group }) => group === '');
    const falseAlarm = detector.threshold?.falseAlarm;
    return [
      `${detector.id === chosenId ? '▸' : ' '} ${detector.method}`,
      three(all?.auroc),
      ...groups.map((group) => three(detector.groups.find((figures: GroupFigures) => figures.group === group)?.auroc)),
      percent(all?.missRateAtFalseAlarm5),
      falseAlarm ? `${percent(falseAlarm.value)} (${percent(falseAlarm.low)}–${percent(falseAlarm.high)})` : '–',
      detector.threshold ? detector.threshold.value.toPrecision(4) : 'none',
    ];
  });
  return formatTable(header, rows);
}

function three(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}

export function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${(value * 100).toFixed(1)} %`;
}
