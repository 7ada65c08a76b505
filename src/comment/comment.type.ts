import { Field, Int, ObjectType } from 'type-graphql';
import { isModerator } from '../auth/viewer.ts';
import { pathText } from '../db/ordinal.ts';
import { countedConnectionType, edgeType } from '../graphql/connection.ts';
import { graphqlEnum } from '../graphql/enum.ts';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { Node } from '../graphql/node.ts';
import { CommentText } from '../graphql/price.ts';
import { DateTimeScalar, PartialDateTimeScalar, UrlScalar } from '../graphql/scalars.ts';
import { maskAddresses } from '../text/addresses.ts';
import type { PartialDateTime } from '../time/partial-date-time.ts';
import type { CommentFacts, CommentStatus } from './comment.policy.ts';
import type { CommentRow } from './comment.queries.ts';

export const CommentStatusEnum = graphqlEnum<CommentStatus>('CommentStatus', 'Whether a comment is public.', {
  PUBLISHED: 'Public.',
  PENDING: 'Waits for a moderator; only its author and moderators see it.',
  REJECTED: 'Not let through; only its author and moderators see it.',
  REMOVED: 'A tombstone: text and author are gone, its place and its replies stay.',
});

export type CommentOrder = 'NEWEST' | 'OLDEST' | 'TOP';
export const CommentOrderEnum = graphqlEnum<CommentOrder>(
  'CommentOrder',
  'The order of comments on one level.',
  {
    NEWEST: 'Newest first.',
    OLDEST: 'Oldest first.',
    TOP: 'By reactions: likes and insightful ones less disagreements; among equals the newest first. A comment whose score changes between two pages may be shown twice or missed.',
  },
);

export type AllCommentsOrder = 'THREADED' | 'NEWEST' | 'OLDEST';
export const AllCommentsOrderEnum = graphqlEnum<AllCommentsOrder>(
  'AllCommentsOrder',
  'The order of comments of all levels.',
  {
    THREADED: 'As one reads: newest threads first, replies under their comment, oldest first.',
    NEWEST: 'Newest first, whatever they reply to.',
    OLDEST: 'Oldest first, whatever they reply to.',
  },
);

export type Badge = 'JOURNALIST' | 'ARTICLE_AUTHOR' | 'MODERATOR';
const BadgeEnum = graphqlEnum<Badge>('Badge', 'What readers should know of a commenter.', {
  JOURNALIST: 'Publishes here.',
  ARTICLE_AUTHOR: 'Wrote the article above.',
  MODERATOR: 'Moderates the comments.',
});

/** Author of a comment. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'Who wrote a comment: an account, or just the name that an imported comment came with.',
})
export class CommentAuthor extends Node {
  @Field(() => String, { description: 'As they call themselves.' })
  name!: string;

  @Field(() => UrlScalar, { nullable: true, description: 'A picture.' })
  avatarUrl!: string | null;

  static ofAccount(account: { id: string; name: string; avatarUrl: string | null }): CommentAuthor {
    const { id, name, avatarUrl } = account;
    return Object.assign(new CommentAuthor(), {
      id: encodeGlobalId('CommentAuthor', id),
      name: maskAddresses(name),
      avatarUrl,
    });
  }

  /** @returns null for a tombstone and for a comment without an author's name */
  static of(row: CommentRow): CommentAuthor | null {
    if (row.status === 'REMOVED' || row.authorName === null) return null;
    const { articleId, id, accountId, authorName: name, avatarUrl } = row;
    if (accountId !== null) return CommentAuthor.ofAccount({ id: accountId, name, avatarUrl });
    const globalId = encodeGlobalId('CommentAuthor', articleId, id);
    return Object.assign(new CommentAuthor(), { id: globalId, name: maskAddresses(name), avatarUrl: null });
  }
}

function badgesOf(row: CommentRow): Badge[] {
  const badges: [Badge, boolean][] = [
    ['JOURNALIST', row.authorIsJournalist],
    ['ARTICLE_AUTHOR', row.authorWroteArticle],
    ['MODERATOR', isModerator(row.authorRoles && { roles: row.authorRoles })],
  ];
  return badges.filter(([, has]) => has).map(([badge]) => badge);
}

/** One contribution to an article’s thread. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'One contribution to an article’s thread.',
})
export class Comment extends Node {
  /** The row, for rules and loaders; no field of a tombstone may be resolved from it. */
  readonly row!: CommentRow;

  @Field(() => Int, { description: 'How deep it is nested: 0 for a comment on the article itself.' })
  depth!: number;

  @Field(() => String, {
    description:
      'Where it stands: the byte order of these strings is the THREADED order, so a live comment finds its place among those loaded. A reply’s begins with its parent’s.',
  })
  threadPosition!: string;

  @Field(() => CommentAuthor, {
    nullable: true,
    description: 'Null when no name was ever given or it was erased, and for a tombstone.',
  })
  author!: CommentAuthor | null;

  @Field(() => [BadgeEnum], { description: 'What readers should know of its author.' })
  authorBadges!: Badge[];

  @CommentText()
  @Field(() => String, { nullable: true, description: 'The text as sanitised HTML; null for a tombstone.' })
  bodyHtml!: string | null;

  @CommentText()
  @Field(() => String, { nullable: true, description: 'The text without markup; null for a tombstone.' })
  bodyText!: string | null;

  @Field(() => CommentStatusEnum, { description: 'Whether it is public.' })
  status!: CommentStatus;

  @Field(() => Int, { description: 'Grows with every edit, from 1.' })
  revision!: number;

  @Field(() => PartialDateTimeScalar, { description: 'When it was written, as exact as it is known.' })
  createdAt!: PartialDateTime;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last edited; null if never.' })
  editedAt!: Date | null;

  @Field(() => Int, { description: 'Published replies to this comment itself. Exact at every moment.' })
  replyCount!: number;

  @Field(() => String, { nullable: true, description: 'Its key in the document that it was imported from.' })
  importKey!: string | null;

  /** The only place that shows a comment, and that turns a removed one into a tombstone. */
  static from(row: CommentRow): Comment {
    const removed = row.status === 'REMOVED';
    return Object.assign(new Comment(), {
      row,
      id: encodeGlobalId('Comment', row.articleId, row.id),
      depth: row.depth,
      threadPosition: pathText(row.path),
      author: CommentAuthor.of(row),
      authorBadges: removed ? [] : badgesOf(row),
      bodyHtml: removed ? null : row.bodyHtml,
      bodyText: removed ? null : row.bodyText,
      status: row.status,
      revision: removed ? 1 : row.revision,
      createdAt: { at: row.createdAt, precision: row.createdPrecision },
      editedAt: removed ? null : row.editedAt,
      replyCount: row.replyCount,
      importKey: removed ? null : row.importKey,
    });
  }
}

/** By row, because each field about the viewer needs them. */
const known = new WeakMap<CommentRow, CommentFacts>();

/** The facts about a comment on which its rules depend, from its row. */
export function commentFacts(row: CommentRow): CommentFacts {
  let facts = known.get(row);
  if (facts === undefined) known.set(row, (facts = factsOf(row)));
  return facts;
}

function factsOf(row: CommentRow): CommentFacts {
  const { status, listed, depth, accountId, createdAt, commentPolicy, ownerAccountId } = row;
  const article = { status: row.articleStatus, commentPolicy, ownerAccountId };
  return { article, status, listed, depth, accountId, createdAt };
}

export const CommentEdge = edgeType(Comment, 'Comment');
export const CommentConnection = countedConnectionType(Comment, CommentEdge, 'Comment', {
  isStored: true,
  description: 'How many edges the whole list has, tombstones among them.',
});
