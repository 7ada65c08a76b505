import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { sanctionTexts } from '../account/sanction-texts.ts';
import { formatDeadline } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type NotificationKind, type NotificationsQuery } from '../graphql/generated/graphql.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Age } from '../layout/time.tsx';
import { type Pages, usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { useReader } from '../session/reader-context.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';
import { kindNames, kinds } from '../mute/notification-kinds.ts';
import { inboxOf } from './inbox-state.ts';
import { notificationTexts as words } from './texts.ts';
import { useInbox } from './use-inbox.ts';

const NotificationsDocument = graphql(`
  query Notifications($kinds: [NotificationKind!], $first: Int, $after: Cursor) {
    viewer {
      id
      notifications(kinds: $kinds, first: $first, after: $after) {
        nodes {
          id
          position
          kind
          isRead
          occurredAt
          reason
          decision {
            reason
            note
            until
          }
          article {
            id
            slug
            title
          }
          comment {
            id
            bodyText
            author {
              id
              name
            }
          }
          endorsement {
            id
            displayName
          }
          milestone {
            position
            title
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

const MarkRead = graphql(`
  mutation MarkNotificationsRead($upTo: Int!) {
    markNotificationsRead(input: { upTo: $upTo }) {
      viewer {
        id
        unreadNotificationCount
      }
      userErrors {
        message
      }
    }
  }
`);

type Item = NonNullable<NonNullable<NotificationsQuery['viewer']>['notifications']>['nodes'][number];

const answers = kindNames.filter((kind) => kinds[kind].isAnswer);
const others = kindNames.filter((kind) => !kinds[kind].isAnswer);

export default function NotificationsPage() {
  return <SignedIn title={words.title}>{() => <Notifications />}</SignedIn>;
}

function Notifications() {
  const version = String(useInbox().sequence);
  const replies = useNotifications(answers, version);
  const news = useNotifications(others, version);
  useMarking(replies.items, news.items);
  return (
    <div className="page">
      <PageHead title={words.title} />
      <h1 tabIndex={-1}>{words.title}</h1>
      <List title={words.replies} empty={words.noReplies} pages={replies} />
      <List title={words.others} empty={words.noOthers} pages={news} />
    </div>
  );
}

function useNotifications(of: readonly NotificationKind[], version: string): Pages<Item> {
  const client = useApolloClient();
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: NotificationsDocument,
        variables: { kinds: [...of], first, after },
        fetchPolicy: 'no-cache',
      });
      const page = data?.viewer?.notifications;
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, of],
  );
  return usePages<Item>(load, version);
}

/** Marks what is listed as read, by the position of the newest one. What arrives meanwhile stays unread. */
function useMarking(...lists: readonly (readonly Item[] | undefined)[]): void {
  const client = useApolloClient();
  const state = inboxOf(useReader());
  const marked = useRef(0);
  const isLoaded = lists.every((items) => items !== undefined);
  const newest = Math.max(0, ...lists.map((items) => items?.[0]?.position ?? 0));
  useEffect(() => {
    if (!isLoaded || newest <= marked.current) return;
    const before = marked.current;
    marked.current = newest;
    void client
      .mutate({ mutation: MarkRead, variables: { upTo: newest } })
      .then(({ data }) => {
        const unread = data?.markNotificationsRead.viewer?.unreadNotificationCount;
        if (unread !== undefined) state.setUnread(unread);
      })
      // Left to the next visit, or to the next notification.
      .catch(() => (marked.current = before));
  }, [client, state, isLoaded, newest]);
}

interface ListProps {
  readonly title: string;
  readonly empty: string;
  readonly pages: Pages<Item>;
}

function List({ title, empty, pages: { items, hasMore, isLoading, trouble, more, reload } }: ListProps) {
  return (
    <section className="page-section">
      <h2>{title}</h2>
      {items === undefined &&
        (trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />)}
      {items?.length === 0 && <p>{empty}</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="own-comments">
          {items.map((item) => (
            <NotificationItem key={item.id} item={item} />
          ))}
        </ul>
      )}
      {hasMore && <MoreButton label={words.more} isLoading={isLoading} trouble={trouble} onMore={more} />}
    </section>
  );
}

function NotificationItem({ item }: { readonly item: Item }) {
  const { kind, isRead, occurredAt, reason, decision, article, comment, endorsement, milestone } = item;
  const name = endorsement?.displayName ?? comment?.author?.name ?? words.somebody;
  return (
    <li className="notification" data-key={item.id}>
      <p>
        <Link href={kinds[kind].link(item)}>{kinds[kind].text(name)}</Link>{' '}
        {!isRead && <span className="badge is-waiting">{words.isNew}</span>}
      </p>
      <p className="facts">
        {article && <span>{words.on(article.title)}</span>}
        {milestone && (
          <span>
            <bdi lang="">{milestone.title}</bdi>
          </span>
        )}
        <span>
          <Age time={occurredAt} />
        </span>
      </p>
      {decision?.until != null && <p>{sanctionTexts.until(formatDeadline(decision.until))}</p>}
      {decision?.reason != null && <p>{sanctionTexts.reasons[decision.reason]}</p>}
      {decision?.note != null && (
        <p {...written} className="own-reason">
          {texts.reasonOf(decision.note)}
        </p>
      )}
      {reason !== null && (
        <p {...written} className="own-reason">
          {texts.reasonOf(reason)}
        </p>
      )}
      {comment?.bodyText != null && (
        <p {...written} className="notification-text">
          {comment.bodyText}
        </p>
      )}
    </li>
  );
}
