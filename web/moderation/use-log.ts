import { type Unmasked } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import {
  type ActionLineFragment,
  type ModerationActionKind,
  type ModerationHistoryFilter,
} from '../graphql/generated/graphql.ts';
import { type ListPage, type Pages, usePages } from '../layout/use-pages.ts';
import { useReader } from '../session/reader-context.ts';
import { liveOf } from '../thread/live.ts';
import { kindOfAction } from './action-kinds.ts';
import { ModerationLogDocument, ModerationLogEvents } from './log-documents.ts';

export interface LiveLog extends Pages<ActionLineFragment> {
  /** Number of entries that have arrived since, and are not listed yet. */
  readonly waiting: number;
  /** Whether the log does not follow what happens at the moment. */
  readonly isStale: boolean;
  /** Lists what has arrived. */
  readonly show: () => void;
}

type Filter = ModerationHistoryFilter & { readonly kinds?: ModerationActionKind[] | null };

/** Whether an entry is of a filtered list. */
const belongs = ({ personId, actorId, commentId, kinds }: Filter, entry: ActionLineFragment): boolean =>
  (personId == null || entry.person?.id === personId) &&
  (actorId == null || entry.actor?.id === actorId) &&
  (commentId == null ||
    ('commentId' in entry && entry.commentId === commentId) ||
    ofDecision(entry) === commentId) &&
  (kinds == null || kinds.includes(kindOfAction(entry)));

const ofDecision = (entry: ActionLineFragment): string | null =>
  'decision' in entry ? (entry.decision?.commentId ?? null) : null;

/** Where a list began: events follow behind it. */
interface Beginning {
  readonly of: Filter;
  readonly cursor: string;
  /** Number of the newest entry that is listed; 0: none. */
  readonly newest: number;
}

/** What has arrived since a list began, oldest first, and how much of it is listed. */
interface News {
  readonly since: Beginning | undefined;
  readonly entries: readonly ActionLineFragment[];
  readonly shown: number;
}

const noNews: News = { since: undefined, entries: [], shown: 0 };

/**
 * A part of the log, newest first. What happens meanwhile waits until the reader asks for it, so that nothing moves.
 * @param filter another object is another list
 */
export function useLog(filter: Filter): LiveLog {
  const client = useApolloClient();
  const reader = useReader();
  const [beginning, setBeginning] = useState<Beginning>();
  const [loads, setLoads] = useState(0);
  const load = useCallback(
    async (first: number, after: string | null): Promise<ListPage<ActionLineFragment> | null> => {
      const { data } = await client.query({
        query: ModerationLogDocument,
        variables: { filter, first, after },
        // Decisions are shown from the cache.
        fetchPolicy: 'network-only',
      });
      const page = data?.moderationHistory;
      const cursor = data?.moderationQueue?.liveCursor;
      if (!page || cursor === undefined) return null;
      if (after === null) setBeginning({ of: filter, cursor, newest: page.nodes[0]?.sequence ?? 0 });
      return { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, filter],
  );
  const pages = usePages<ActionLineFragment>(load, String(loads));
  const [news, setNews] = useState<News>(noNews);
  const [isStale, setStale] = useState(false);
  /** The beginning from which events were lost. */
  const [broken, setBroken] = useState<Beginning>();

  useEffect(() => {
    if (beginning?.of !== filter) return undefined;
    let { newest } = beginning;
    const listening = liveOf(reader).moderation({
      document: ModerationLogEvents,
      cursor: beginning.cursor,
      onEvent: (received) => {
        // Masks exist in types only: an event from the socket has all fields.
        const event = received as Unmasked<typeof received>;
        if (!('occurredAt' in event)) return;
        // A decision that was undone, say, is shown so wherever it is listed.
        client.cache.write({
          dataId: 'ROOT_SUBSCRIPTION',
          query: ModerationLogEvents,
          result: { moderationEvents: event },
        });
        if (event.sequence <= newest || !belongs(filter, event)) return;
        newest = event.sequence;
        setNews((before) => {
          const { entries, shown } = before.since === beginning ? before : noNews;
          return { since: beginning, entries: [...entries, event], shown };
        });
      },
      // The list is loaded anew, and with it the position from which events follow. Until it is, something is missing.
      onReset: () => {
        setBroken(beginning);
        setLoads((before) => before + 1);
      },
      onState: (state) =>
        setStale(
          state.status === 'ended' || (state.status === 'connecting' && state.interruption !== undefined),
        ),
    });
    return () => listening.stop();
  }, [client, beginning, filter, reader]);

  const { entries, shown } = news.since === beginning ? news : noNews;
  return {
    ...pages,
    items: pages.items && [...entries.slice(0, shown).reverse(), ...pages.items],
    waiting: entries.length - shown,
    isStale: isStale || (broken !== undefined && broken === beginning),
    show: () => setNews((before) => ({ ...before, shown: before.entries.length })),
  };
}
