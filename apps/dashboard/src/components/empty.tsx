import type { ReactNode } from 'react';

/** What a place says while there is nothing in it: what would be here, and how it gets here. */
export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-xl border border-dashed border-line px-6 py-10 text-center [&_svg]:size-7 [&_svg]:text-faint">
      {icon}
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-prose text-sm text-soft">{children}</div> : null}
    </div>
  );
}
