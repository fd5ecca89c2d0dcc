import type { LeftOutView } from '../data/json.ts';
import { formatPercent, formatUnit } from '../views/format.ts';
import { Card } from './card.tsx';
import { Cell, HeadCell, Table } from './table.tsx';

/** Each irrelevant group, seen and unseen side by side. */
export function LeftOutTable({ groups }: { groups: readonly LeftOutView[] }) {
  return (
    <Card>
      <Table label="Groups seen and unseen">
        <thead>
          <tr>
            <HeadCell>Group</HeadCell>
            <HeadCell className="text-right">AUROC, seen</HeadCell>
            <HeadCell className="text-right">AUROC, unseen</HeadCell>
            <HeadCell className="text-right">Missed at 5 %, seen</HeadCell>
            <HeadCell className="text-right">Missed at 5 %, unseen</HeadCell>
            <HeadCell className="text-right">Missed at 1 %, unseen</HeadCell>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ group, photos, seen, unseen }) => (
            <tr key={group} className="border-b border-line last:border-0">
              <Cell>
                {group}
                <span className="block text-xs text-faint">{photos} photos</span>
              </Cell>
              <Cell className="figures text-right text-soft">{formatUnit(seen.auroc)}</Cell>
              <Cell className="figures text-right">{formatUnit(unseen?.auroc)}</Cell>
              <Cell className="figures text-right text-soft">{formatPercent(seen.missRateAtFalseAlarm5)}</Cell>
              <Cell className="figures text-right">{formatPercent(unseen?.missRateAtFalseAlarm5)}</Cell>
              <Cell className="figures text-right">{formatPercent(unseen?.missRateAtFalseAlarm1)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
