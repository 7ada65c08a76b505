import { type ReactNode } from 'react';
import { Link } from 'wouter';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { webhookTexts as words } from './texts.ts';

/** A page of webhooks, for administrators; others are told that it is not theirs. */
export function Administrators({ children }: { readonly children: ReactNode }) {
  return (
    <SignedIn title={words.title}>
      {({ roles, isSuspended }) =>
        roles.includes('ADMINISTRATOR') && !isSuspended ? (
          children
        ) : (
          <div className="page narrow-page">
            <PageHead title={words.title} />
            <h1 tabIndex={-1}>{words.title}</h1>
            <p>{isSuspended ? texts.suspended : words.notYours}</p>
            {!isSuspended && (
              <p className="hint">
                {words.secondFactor} <Link href={paths.account}>{words.toAccount}</Link>
              </p>
            )}
          </div>
        )
      }
    </SignedIn>
  );
}
