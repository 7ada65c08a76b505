import type { ModerationReason, Verdict } from '../graphql/generated/graphql.ts';
import { commentHash, paths } from '../paths.ts';
import type { Decision, QueueItem } from './queue-documents.ts';

/** Verdict of a moderator. `ESCALATE` is for programs, which leave a text to moderators. */
export type OwnVerdict = Exclude<Verdict, 'ESCALATE'>;

/** What is left of an entry that does not wait any more. */
export interface Summary {
  readonly name: string | null;
  /** The beginning of the text. */
  readonly text: string;
}

export type EntryState =
  | { readonly kind: 'waiting' }
  /** A decision is under way. */
  | { readonly kind: 'sending'; readonly verdict: OwnVerdict }
  /** @param decision null: its author took it back, or it is not to be seen any more */
  | { readonly kind: 'gone'; readonly decision: Decision | null; readonly summary: Summary };

/** The id of an entry's element. */
export const cardId = (id: string): string => `queue-${id}`;

/** One place of the list. */
export interface Entry {
  /** The id of the comment. */
  readonly id: string;
  /** The id of the `ModerationItem`. */
  readonly itemId: string;
  readonly state: EntryState;
  /** Undefined: it is gone, or far away, and is loaded again when it comes near. */
  readonly item: QueueItem | undefined;
  /** The revision that a moderator has read: a decision is about that one. Undefined: the one of `item`. */
  readonly read?: number | undefined;
  /** Why the last action was refused. */
  readonly trouble: string | undefined;
  /** Height of the element when the item was let go, in pixels, which it keeps: nothing below moves. */
  readonly height: number | undefined;
}

/** What a moderator decides, of one comment or of many. */
export interface Ruling {
  readonly verdict: OwnVerdict;
  readonly reason: ModerationReason | null;
  readonly note: string | null;
  /** Ids of reports, by the id of the comment. */
  readonly badFaith?: Readonly<Record<string, readonly string[]>>;
}

const summaryLength = 160;

export const summaryOf = ({ item }: Entry): Summary => ({
  name: item?.person?.name ?? item?.comment.author?.name ?? null,
  text: (item?.bodyText ?? '').slice(0, summaryLength),
});

export const entryOf = (item: QueueItem): Entry => ({
  id: item.comment.id,
  itemId: item.id,
  state: { kind: 'waiting' },
  item,
  trouble: undefined,
  height: undefined,
});

export const isWaiting = ({ state }: Entry): boolean => state.kind === 'waiting';

/**
 * Where an entry is seen under its article: the comment itself if it is public; otherwise no list of the thread has it, and it is the
 * public comment that it answers, or the article.
 */
export function addressOf({ article, comment }: QueueItem): string | undefined {
  if (!article) return undefined;
  const shown = [comment, comment.parent].find((each) => each?.status === 'PUBLISHED');
  return paths.article(article.slug) + (shown ? commentHash(shown.id) : '');
}

/** Whether somebody else works on it now. @param me id of the viewer as an author @param now milliseconds */
export const isOthers = (item: QueueItem, me: string | undefined, now: number): boolean =>
  item.claimedBy !== null && item.claimedBy.author.id !== me && isClaimed(item, now);

export const isMine = (item: QueueItem, me: string | undefined, now: number): boolean =>
  item.claimedBy !== null && item.claimedBy.author.id === me && isClaimed(item, now);

const isClaimed = ({ claimedUntil }: QueueItem, now: number): boolean =>
  claimedUntil !== null && Date.parse(claimedUntil) > now;
