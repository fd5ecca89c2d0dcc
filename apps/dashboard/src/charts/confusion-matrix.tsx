import { useId } from 'react';
import clsx from 'clsx';
import { formatPercent } from '../views/format.ts';

interface ConfusionMatrixProps {
  classes: readonly string[];
  /** Rows: true class, columns: predicted. */
  counts: readonly (readonly number[])[];
}

/** How often each class is taken for each other; the stronger the colour, the larger the share of its row. */
export function ConfusionMatrix({ classes, counts }: ConfusionMatrixProps) {
  const legend = useId();
  return (
    <>
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Confusion matrix">
        <table className="w-full border-separate border-spacing-1 text-sm" aria-describedby={legend}>
          <thead>
            <tr>
              <td />
              {classes.map((name) => (
                <th
                  key={name}
                  scope="col"
                  className="max-w-0 truncate px-0.5 pb-1 text-xs font-medium text-soft"
                  title={name}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, i) => {
              const photos = row.reduce((sum, count) => sum + count, 0);
              return (
                <tr key={classes[i] ?? i}>
                  <th
                    scope="row"
                    className="max-w-32 truncate pr-2 text-right text-xs font-medium text-soft"
                    title={classes[i]}
                  >
                    {classes[i]}
                  </th>
                  {row.map((count, j) => {
                    const share = photos > 0 ? count / photos : 0;
                    const right = i === j;
                    return (
                      <td
                        key={j}
                        title={`${count} of ${photos} ${classes[i]} taken for ${classes[j]} (${formatPercent(share)})`}
                        className={clsx(
                          'figures h-11 min-w-11 rounded-md text-center',
                          count === 0 ? 'text-faint' : 'font-medium text-ink',
                        )}
                        style={{
                          background:
                            count === 0
                              ? 'var(--sunken)'
                              : `color-mix(in oklab, var(--${right ? 'relevant' : 'novel'}) ${Math.round(10 + share * 40)}%, var(--surface))`,
                        }}
                      >
                        {count}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p id={legend} className="pt-2 text-xs text-soft">
        Held-out relevant photos: true class down, what the classifier says across.
      </p>
    </>
  );
}
