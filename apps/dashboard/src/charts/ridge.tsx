import clsx from 'clsx';

interface RidgeProps {
  /** Height of each bin, any unit; the highest fills the strip. */
  shares: readonly number[];
  tone: 'relevant' | 'novel' | 'plain';
  /** Position of a cut in 0…1; beyond it the strip is drawn stronger. */
  cut?: number;
  /** What a screen reader says instead. */
  label: string;
  height?: number;
  className?: string;
}

const colours = { relevant: 'var(--relevant)', novel: 'var(--novel)', plain: 'var(--soft)' } as const;

/** A histogram as a strip without axes, for rows that share one. */
export function Ridge({ shares, tone, cut, label, height = 36, className }: RidgeProps) {
  const path = ridgePath(shares);
  return (
    <div role="img" aria-label={label} className={clsx('relative w-full', className)} style={{ height }}>
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        className="absolute inset-0 size-full overflow-visible"
        aria-hidden="true"
      >
        <line x1="0" x2="100" y1="100" y2="100" stroke="var(--line)" vectorEffect="non-scaling-stroke" />
        <path d={path} fill={colours[tone]} fillOpacity={cut === undefined ? 0.4 : 0.2} />
        {cut !== undefined ? (
          <svg
            x={cut * 100}
            y="0"
            width={Math.max(0, 100 - cut * 100)}
            height="100"
            viewBox={`${cut * 100} 0 ${Math.max(0.001, 100 - cut * 100)} 100`}
            preserveAspectRatio="none"
          >
            <path d={path} fill={colours[tone]} fillOpacity="0.5" />
          </svg>
        ) : null}
        <path
          d={path}
          fill="none"
          stroke={colours[tone]}
          strokeWidth="1.25"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {cut !== undefined ? (
        <span className="absolute inset-y-0 w-px bg-ink" style={{ left: `${cut * 100}%` }} aria-hidden="true" />
      ) : null}
    </div>
  );
}

/** Steps along the tops of the bins, closed at the base line; 5 % of the height stays free. */
function ridgePath(shares: readonly number[]): string {
  const highest = Math.max(...shares, 1e-12);
  const width = 100 / shares.length;
  const steps = shares.map((share, i) => {
    const y = (100 - (share / highest) * 95).toFixed(2);
    return `L${(i * width).toFixed(3)} ${y} L${((i + 1) * width).toFixed(3)} ${y}`;
  });
  return `M0 100 ${steps.join(' ')} L100 100 Z`;
}
