import type { ReactNode } from 'react';

/** Names and values, in columns as there is room. */
export function SettingsList({ settings }: { settings: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-4">
      {settings.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="eyebrow">{label}</dt>
          <dd className="figures text-sm break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
