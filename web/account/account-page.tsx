import { useQuery } from '@apollo/client/react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { type Viewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { AccountDocument } from './documents.ts';
import { ImportedAuthors } from './imported-authors.tsx';
import { NotificationChoices } from './notification-choices.tsx';
import { OwnData } from './own-data.tsx';
import { Passkeys } from './passkeys.tsx';
import { PendingErasure } from './pending-erasure.tsx';
import { Profile } from './profile.tsx';
import { Section } from './section.tsx';
import { Security } from './security.tsx';
import { ServiceAccounts } from './service-accounts.tsx';
import { Sessions } from './sessions.tsx';
import { accountTexts } from './texts.ts';
import { Tokens } from './tokens.tsx';

/** The reader's account: what it is known by, where it is signed in, what is stored, and its end. */
export default function AccountPage() {
  return <SignedIn title={accountTexts.title}>{(viewer) => <Account viewer={viewer} />}</SignedIn>;
}

function Account({ viewer }: { readonly viewer: Viewer }) {
  // Requested again: sessions begin elsewhere.
  const { data, error, refetch } = useQuery(AccountDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const account = data?.viewer;
  if (!account) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  return (
    <div className="page account-page">
      <PageHead title={accountTexts.title} />
      <h1 tabIndex={-1}>{accountTexts.title}</h1>
      <PendingErasure eraseAt={account.eraseAt} />
      <Profile
        viewer={viewer}
        listsComments={account.listsComments}
        canSendPicture={account.canSendPicture}
        pendingEmail={account.pendingEmail?.email ?? null}
        isOfAnotherSite={account.restsOnAnotherSite && !account.hasPassword}
      />
      <Security email={account.email} hasPassword={account.hasPassword} account={account} />
      <Passkeys account={account} />
      <Sessions sessions={account.sessions} />
      <Tokens />
      {viewer.roles.includes('ADMINISTRATOR') && <ServiceAccounts />}
      {viewer.roles.includes('ADMINISTRATOR') && <WebhooksLink />}
      {account.isEmailConfirmed && <ImportedAuthors name={account.name} email={account.email} />}
      <NotificationChoices />
      <OwnData isPending={account.eraseAt !== null} />
    </div>
  );
}

/** The way to the endpoints to which events are sent, for administrators. */
function WebhooksLink() {
  return (
    <Section id="webhooks" title={accountTexts.webhooks}>
      <p className="hint">{accountTexts.webhooksHint}</p>
      <Link className="button" href={paths.webhooks}>
        {accountTexts.toWebhooks}
      </Link>
    </Section>
  );
}
