import { useMutation } from '@apollo/client/react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { pageRoutes, signOutIssuerPath } from '../../src/platform/http/paths.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { noteSignOut } from './issuer-mark.ts';
import { isStaff } from './staff.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useReader, useViewer } from './reader-context.ts';
import { say } from './site-notice.tsx';
import { deleteUnsentTexts, unsentTexts } from './unsent-texts.ts';

const SignOut = graphql(`
  mutation SignOut {
    signOut {
      endedAt
      userErrors {
        message
      }
    }
  }
`);

/** Pages that lead to another one once the reader is signed in, and are no place to return to. */
const signingPaths: ReadonlySet<string> = new Set([
  pageRoutes.signIn,
  pageRoutes.finishSignIn,
  pageRoutes.signUp,
  pageRoutes.confirmSignUp,
  pageRoutes.forgotPassword,
  pageRoutes.resetPassword,
  pageRoutes.signInByMail,
]);

/** Longest wait for the service's answer to a sign-out, in milliseconds. */
const signOutTimeoutMs = 3_000;

interface Props {
  /** The way to the notifications of a reader who is signed in. */
  readonly bell: ReactNode;
  /** The way to the queue, for staff. */
  readonly moderation: ReactNode;
}

export function AccountMenu({ bell, moderation }: Props) {
  const reader = useReader();
  const viewer = useViewer();
  const [location] = useLocation();
  const [signOut] = useMutation(SignOut);
  // Where the reader was told that signing out deletes texts.
  const [warnedAt, setWarnedAt] = useState<string>();
  const isWarned = warnedAt === location;

  if (viewer === null) {
    const isSigning = signingPaths.has(location);
    const here = isSigning ? paths.front : location + window.location.search + window.location.hash;
    return (
      <nav className="account-menu" aria-label={texts.account}>
        <Link href={paths.signIn(here)}>{texts.signIn}</Link>
        <Link href={paths.signUp(here)}>{texts.signUp}</Link>
      </nav>
    );
  }
  const isLong = viewer?.canCreateArticle === true;
  return (
    <nav className="account-menu" aria-label={texts.account}>
      {/* The name may not be loaded yet, or its request may have failed; signing out is possible all the same. */}
      {viewer && (
        <span className="account-name">
          <bdi lang="">{viewer.name}</bdi>
        </span>
      )}
      {/* Follows the inbox live: not before the service has said that the session lasts. */}
      {viewer && bell}
      {isLong && (
        <>
          <Link href={paths.write} className="menu-spare">
            {texts.write}
          </Link>
          <OwnLink href={paths.myArticles} name={texts.myArticles} short={texts.myShort.articles} />
        </>
      )}
      <OwnLink href={paths.myComments} name={texts.myComments} short={texts.myShort.comments} />
      {(viewer?.canPledge === true || viewer?.hasPledged === true) && (
        <OwnLink href={paths.myPledges} name={texts.myPledges} short={texts.myShort.pledges} />
      )}
      {viewer && isStaff(viewer.roles) && moderation}
      {viewer?.canReadOutgoingMails === true && (
        <Link href={paths.mails} className="menu-mails">
          {texts.mailsInMenu}
        </Link>
      )}
      <Link href={paths.account} className={viewer?.eraseAt == null ? undefined : 'is-danger'}>
        {viewer?.eraseAt == null ? texts.account : texts.accountToErase}
      </Link>
      <button
        type="button"
        className="link-button"
        onClick={() => {
          const unsent = reader.viewerId === undefined ? 0 : unsentTexts(reader.viewerId).length;
          if (unsent > 0 && !isWarned) {
            say(texts.unsentTexts(unsent));
            setWarnedAt(location);
            return;
          }
          // This browser deletes the tokens even if the service cannot be reached now.
          const told = signOut().catch(() => undefined);
          const late = new Promise((resolve) => setTimeout(resolve, signOutTimeoutMs));
          const { viewerId } = reader;
          void Promise.race([told, late]).then(() => {
            // Another reader may have signed in meanwhile, in another tab.
            if (reader.viewerId === viewerId) reader.set(undefined);
            if (viewerId !== undefined) deleteUnsentTexts(viewerId);
            const issuer = noteSignOut();
            if (issuer)
              say(texts.signedOutHere(issuer.name), {
                href: signOutIssuerPath.replace(':issuerId', encodeURIComponent(issuer.id)),
                text: texts.signOutThere(issuer.name),
              });
          });
        }}
      >
        {isWarned ? texts.signOutAnyway : texts.signOut}
      </button>
    </nav>
  );
}

interface OwnLinkProps {
  readonly href: string;
  readonly name: string;
  /** Shown on a narrow screen, for which the menu would be too wide. */
  readonly short: string;
}

function OwnLink({ href, name, short }: OwnLinkProps) {
  return (
    <Link href={href} aria-label={name}>
      <span className="menu-name">{name}</span>
      <span className="menu-short">{short}</span>
    </Link>
  );
}
