import Link from 'next/link';
import { connection } from 'next/server';
import { Logo } from '../components/logo.tsx';
import { buttonClass } from '../components/button.tsx';

export default async function NotFound() {
  await connection();
  return (
    <main className="grid min-h-dvh place-items-center px-4 text-center">
      <div className="flex flex-col items-center gap-3">
        <Logo className="size-14" />
        <h1 className="text-xl font-semibold">There is no such page</h1>
        <Link href="/" className={buttonClass('plain')}>
          Back to the overview
        </Link>
      </div>
    </main>
  );
}
