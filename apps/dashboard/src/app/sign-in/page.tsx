import type { Metadata } from 'next';
import { connection } from 'next/server';
import { redirect } from 'next/navigation';
import { Logo } from '../../components/logo.tsx';
import { Notice } from '../../components/notice.tsx';
import { SignInForm } from '../../components/sign-in-form.tsx';
import { findSession } from '../../data/session.ts';
import { toSentence } from '../../views/to-sentence.ts';
import { DomainError } from '@outsider/domain';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  await connection();
  const { code } = await searchParams;
  const problem = await redirectWhenSignedIn();
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center text-center">
          <Logo className="mb-3 size-14" />
          <h1 className="text-2xl font-semibold tracking-tight">Outsider</h1>
          <p className="mt-1 text-soft">Which photos do not belong?</p>
        </div>
        {problem ? (
          <Notice tone="bad" className="mb-4">
            {problem}
          </Notice>
        ) : null}
        <SignInForm code={typeof code === 'string' ? code : ''} />
      </div>
    </main>
  );
}

/** @returns a sentence when the store cannot tell */
async function redirectWhenSignedIn(): Promise<string | undefined> {
  let signedIn = false;
  try {
    signedIn = (await findSession()) !== undefined;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return toSentence(error.message);
  }
  if (signedIn) redirect('/');
  return undefined;
}
