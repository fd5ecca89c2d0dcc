import type { ReactNode } from 'react';
import { cookies } from 'next/headers';
import Link from 'next/link';
import { connection } from 'next/server';
import { LogOut } from 'lucide-react';
import { signOut } from '../../actions/session.ts';
import { Logo } from '../../components/logo.tsx';
import { Navigation } from '../../components/navigation.tsx';
import { ThemeSwitch } from '../../components/theme-switch.tsx';
import { requireSession } from '../../data/session.ts';

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  await connection();
  const { principal } = await requireSession();
  const theme = (await cookies()).get('outsider_theme')?.value;
  const themeSwitch = <ThemeSwitch initial={theme === 'light' || theme === 'dark' ? theme : 'system'} />;
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#page"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the page
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col gap-6 border-r border-line px-3 py-5 lg:flex">
        <Brand />
        <Navigation shape="column" />
        <div className="mt-auto flex flex-col gap-3 px-1">
          <div className="flex items-center justify-between gap-2">
            {themeSwitch}
            <SignOutButton />
          </div>
          <p className="truncate text-xs text-soft" title={principal.name}>
            {principal.name} · {principal.role}
          </p>
        </div>
      </aside>
      <header className="flex items-center justify-between gap-3 border-b border-line px-4 py-2.5 lg:hidden">
        <Brand />
        <div className="flex items-center gap-2">
          {themeSwitch}
          <SignOutButton />
        </div>
      </header>
      <main
        id="page"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl min-w-0 px-4 pt-6 pb-28 outline-none sm:px-6 lg:px-10 lg:pt-8 lg:pb-16"
      >
        {children}
      </main>
      <div className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface/95 px-2 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:hidden">
        <Navigation shape="bar" />
      </div>
    </div>
  );
}

function Brand() {
  return (
    <Link href="/" className="flex items-center gap-2 px-1.5 text-lg font-semibold tracking-tight">
      <Logo className="size-7" />
      Outsider
    </Link>
  );
}

function SignOutButton() {
  return (
    <form action={signOut}>
      <button
        type="submit"
        title="Sign out"
        aria-label="Sign out"
        className="grid size-8 place-items-center rounded-lg text-faint hover:bg-sunken hover:text-ink"
      >
        <LogOut className="size-4" aria-hidden="true" />
      </button>
    </form>
  );
}
