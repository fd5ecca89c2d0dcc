import { Fragment, type ReactNode } from 'react';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';

interface PageTitleProps {
  title: ReactNode;
  /** The places above this one. */
  trail?: readonly { readonly label: string; readonly href: string }[];
  badges?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
}

export function PageTitle({ title, trail = [], badges, lead, actions }: PageTitleProps) {
  return (
    <header className="mb-6">
      {trail.length > 0 ? (
        <nav aria-label="Breadcrumb" className="mb-1 flex flex-wrap items-center gap-1 text-sm text-soft">
          {trail.map(({ label, href }) => (
            <Fragment key={href}>
              <Link href={href} className="max-w-64 truncate hover:text-ink hover:underline">
                {label}
              </Link>
              <ChevronRight className="size-3.5 text-faint" aria-hidden="true" />
            </Fragment>
          ))}
        </nav>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
            {badges}
          </div>
          {lead ? <div className="mt-1 max-w-3xl text-sm text-soft">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}
