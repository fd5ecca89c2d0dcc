'use client';

import { clsx } from 'clsx';
import { FlaskConical, LayoutDashboard, Rocket, ScanSearch } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

const places = [
  { href: '/', label: 'Overview', icon: LayoutDashboard, within: (path: string) => path === '/' },
  {
    href: '/experiments',
    label: 'Experiments',
    icon: FlaskConical,
    within: (path: string) =>
      ['/experiments', '/runs', '/versions', '/detectors'].some((start) => path.startsWith(start)),
  },
  {
    href: '/detect',
    label: 'Detect',
    icon: ScanSearch,
    within: (path: string) => path.startsWith('/detect') && !path.startsWith('/detectors'),
  },
  {
    href: '/deployments',
    label: 'Deployments',
    icon: Rocket,
    within: (path: string) => path.startsWith('/deployments'),
  },
] as const;

/** The places of the dashboard: a column beside the page, or a bar at the bottom of a phone. */
export function Navigation({ shape }: { shape: 'column' | 'bar' }) {
  const path = usePathname();
  return (
    <nav aria-label="Main">
      <ul className={shape === 'column' ? 'flex flex-col gap-0.5' : 'grid grid-cols-4'}>
        {places.map(({ href, label, icon: Icon, within }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={within(path) ? 'page' : undefined}
              className={clsx(
                'flex items-center font-medium text-soft transition-colors hover:text-ink aria-[current=page]:text-ink',
                shape === 'column'
                  ? 'gap-2.5 rounded-lg px-2.5 py-1.5 text-sm hover:bg-sunken aria-[current=page]:bg-sunken aria-[current=page]:[&_svg]:text-accent'
                  : 'flex-col gap-0.5 py-2 text-[0.6875rem] aria-[current=page]:text-accent',
              )}
            >
              <Icon className={shape === 'column' ? 'size-4' : 'size-5'} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
