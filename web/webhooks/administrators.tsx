import { type ReactNode } from 'react';
import { hasAllRights, NotYours } from '../session/not-yours.tsx';
import { SignedIn } from '../session/signed-in.tsx';
import { webhookTexts as words } from './texts.ts';

/** A page of webhooks, for administrators; others are told that it is not theirs. */
export function Administrators({ children }: { readonly children: ReactNode }) {
  return (
    <SignedIn title={words.title}>
      {(viewer) =>
        viewer.roles.includes('ADMINISTRATOR') && hasAllRights(viewer) ? (
          children
        ) : (
          <NotYours viewer={viewer} title={words.title} otherwise={words.notYours} />
        )
      }
    </SignedIn>
  );
}
