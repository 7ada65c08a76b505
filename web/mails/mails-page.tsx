import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect } from 'react';
import { formatTime } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type MailsQuery } from '../graphql/generated/graphql.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { partsOfMail } from './mail-parts.ts';

const MailsDocument = graphql(`
  query Mails($first: Int, $after: Cursor) {
    outgoingMails(first: $first, after: $after) {
      nodes {
        id
        recipient
        kind
        subject
        text
        createdAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

const NewestMail = graphql(`
  query NewestMail {
    outgoingMails(first: 1) {
      nodes {
        id
      }
    }
  }
`);

type Mail = NonNullable<MailsQuery['outgoingMails']>['nodes'][number];

/** Pause between two looks for new mails, in milliseconds. */
const pollMs = 5_000;

/** The mails of a service that has no mail server, for its administrator; for everybody else there is no such page. */
export default function MailsPage() {
  const viewer = useViewer();
  if (viewer === undefined) return <Loading />;
  return viewer?.canReadOutgoingMails === true ? <Mails /> : <NotFound />;
}

function Mails() {
  const client = useApolloClient();
  // Not cached: links of mails give rights.
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: MailsDocument,
        variables: { first, after },
        fetchPolicy: 'no-cache',
      });
      const mails = data?.outgoingMails;
      return (
        mails && { items: mails.nodes, next: mails.pageInfo.hasNextPage ? mails.pageInfo.endCursor : null }
      );
    },
    [client],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages<Mail>(load, '');
  useNewMails(items && (items[0]?.id ?? null), reload);
  return (
    <div className="page">
      <PageHead title={texts.mails} />
      <h1 tabIndex={-1}>{texts.mails}</h1>
      <p className="hint">{texts.mailsHint}</p>
      {items === undefined &&
        (trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />)}
      {items?.length === 0 && <p className="page-section">{texts.noMails}</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="own-comments">
          {items.map((mail) => (
            <MailItem key={mail.id} mail={mail} />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton label={texts.moreMails} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </div>
  );
}

/**
 * Looks for new mails while the page is seen.
 * @param shown the newest one that is listed; null: there is none; undefined: the list is not loaded
 */
function useNewMails(shown: string | null | undefined, onNew: () => void): void {
  const client = useApolloClient();
  useEffect(() => {
    if (shown === undefined) return undefined;
    const look = async () => {
      if (document.hidden) return;
      const { data } = await client.query({ query: NewestMail, fetchPolicy: 'no-cache' });
      if (isOpen && (data?.outgoingMails?.nodes[0]?.id ?? null) !== shown) onNew();
    };
    let isOpen = true;
    // A failure is left to the next look.
    const tryToLook = () => void look().catch(() => undefined);
    const timer = setInterval(tryToLook, pollMs);
    document.addEventListener('visibilitychange', tryToLook);
    addEventListener('focus', tryToLook);
    return () => {
      isOpen = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tryToLook);
      removeEventListener('focus', tryToLook);
    };
  }, [client, shown, onNew]);
}

function MailItem({ mail: { id, recipient, kind, subject, text, createdAt } }: { readonly mail: Mail }) {
  return (
    <li className="own-comment-item" data-key={id}>
      <h2 {...written} className="own-comment-of">
        {subject ?? texts.mailEmptied}
      </h2>
      <p className="facts">
        <span>{texts.mailTo(recipient)}</span>
        <time dateTime={createdAt}>{formatTime(createdAt)}</time>
        <span>{kind}</span>
      </p>
      {text !== null && (
        <div {...written} className="mail-text">
          {partsOfMail(text).map((part, at) =>
            part.isLink ? (
              <a key={at} href={part.text} rel="noreferrer">
                {part.text}
              </a>
            ) : (
              part.text
            ),
          )}
        </div>
      )}
    </li>
  );
}
