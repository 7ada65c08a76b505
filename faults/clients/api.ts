/** The operations of the harness's clients, and the parsing of the answers. */

export const listenOperation = `subscription Listen($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename
    sequence
    cursor
    occurredAt
    ... on CommentEvent { comment { id revision bodyText author { name } } }
    ... on ArticleReset { resetReason }
  }
}`;

/** The same of the events of the whole site. */
export const listenToSiteOperation = `subscription ListenToSite($after: EventCursor) {
  siteEvents(after: $after) {
    __typename
    position
    cursor
    occurredAt
    ... on SiteArticleEvent {
      event { __typename ... on CommentEvent { comment { id revision bodyText author { name } } } }
    }
    ... on SiteReset { resetReason }
  }
}`;

/** The same of the log of moderation. */
export const listenToModerationOperation = `subscription ListenToModeration($after: EventCursor) {
  moderationEvents(after: $after) {
    __typename
    sequence
    cursor
    occurredAt
    ... on CommentAction { commentId item { bodyText } }
    ... on CommentClaimed { claimedUntil }
    ... on DecisionAction { decisionId }
    ... on ModerationReset { resetReason }
  }
}`;

/** As `listenOperation`, with ten times as much data per event. */
export const greedyOperation = listenOperation.replace(
  'revision',
  `revision ${Array.from({ length: 10 }, (_, copy) => `copy${copy}: bodyText`).join(' ')}`,
);

export const addCommentOperation = `mutation AddComment($input: AddCommentInput!) {
  addComment(input: $input) { comment { id } userErrors { code message } }
}`;

export const editCommentOperation = `mutation EditComment($input: EditCommentInput!) {
  editComment(input: $input) { comment { id } userErrors { code message } }
}`;

export const snapshotOperation = `query Snapshot($id: ID!, $after: Cursor) {
  node(id: $id) {
    ... on Article {
      liveCursor
      commentCount
      allComments(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
    }
  }
}`;

/** An event with the fields of `listenOperation`. */
export interface EventAnswer {
  readonly __typename: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly occurredAt: string;
  readonly comment?: { readonly id: string };
  readonly resetReason?: string;
}

/** An event with the fields of `listenToSiteOperation`. */
interface SiteEventAnswer extends Omit<EventAnswer, 'sequence'> {
  readonly position: number;
  /** Null: its article is not public. */
  readonly event?: Pick<EventAnswer, '__typename' | 'comment'> | null;
}

/** An event of a stream of the site in the form of one of an article's stream, with the number that it has there. */
function ofSite({ position, event, ...shared }: SiteEventAnswer): EventAnswer {
  const typename = event?.__typename ?? shared.__typename.replace(/^Site(?=Checkpoint|Reset)/, 'Article');
  return { ...shared, ...event, __typename: typename, sequence: position };
}

/** An event with the fields of `listenToModerationOperation`. */
interface ModerationEventAnswer extends Omit<EventAnswer, 'comment'> {
  readonly commentId?: string;
  readonly decisionId?: string | null;
  readonly claimedUntil?: string | null;
}

/** The GraphQL types of actions whose names differ from those of their kinds. */
const kindsOfActions: Readonly<Record<string, string>> = {
  CommentHeld: 'HELD',
  CommentReported: 'REPORTED',
  CommentClaimed: 'CLAIMED',
  CommentWithdrawn: 'WITHDRAWN',
  DecisionMade: 'DECIDED',
  DecisionUndone: 'UNDONE',
  PersonSanctioned: 'SANCTIONED',
  DecisionAppealed: 'APPEALED',
  PersonNoted: 'NOTE_ADDED',
  ModerationSettingsChanged: 'SETTINGS_CHANGED',
  StaffSignedIn: 'SIGNED_IN',
};

/** An event of moderation in the form of one of an article's stream: the key of its decision stands for that of a comment. */
function ofModeration({ __typename, commentId, decisionId, ...event }: ModerationEventAnswer): EventAnswer {
  const kind = kindsOfActions[__typename] ?? __typename.replace(/^Moderation(?=Checkpoint|Reset)/, 'Article');
  const id = commentId ?? decisionId;
  return {
    ...event,
    __typename: kind === 'CLAIMED' && event.claimedUntil == null ? 'RELEASED' : kind,
    ...(id == null ? {} : { comment: { id } }),
  };
}

/** The event in the data of a result; undefined: there is none. */
export function eventIn(data: unknown): EventAnswer | undefined {
  const { articleEvents, siteEvents, moderationEvents } = (data ?? {}) as {
    articleEvents?: EventAnswer;
    siteEvents?: SiteEventAnswer;
    moderationEvents?: ModerationEventAnswer;
  };
  if (moderationEvents) return ofModeration(moderationEvents);
  return siteEvents ? ofSite(siteEvents) : articleEvents;
}

export const globalId = (...parts: readonly string[]): string =>
  Buffer.from(parts.join(':')).toString('base64url');

/** The last part of a global id: the key of an article, or of a comment. */
export const keyOf = (id: string): string => Buffer.from(id, 'base64url').toString().split(':').at(-1) ?? '';

/** A response over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly data: Data | null | undefined;
  /** The codes of its errors. */
  readonly codes: readonly string[];
}

/** Parses a response body. @throws SyntaxError for anything but JSON */
export function readAnswer<Data>(status: number, text: string): Answer<Data> {
  const { data, errors } = JSON.parse(text) as {
    data?: Data | null;
    errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  };
  return { status, data, codes: (errors ?? []).map((error) => error.extensions?.code ?? 'none') };
}
