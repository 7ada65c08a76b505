import { Field, Int, ObjectType } from 'type-graphql';
import { noArticle } from '../imported-authors/imported-author.type.ts';
import { pathText } from '../../../platform/db/ordinal.ts';
import { connectionType, countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { DateTimeScalar, PartialDateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { ShownName } from '../../articles/journalist/name-marks.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import type { CommentFacts, CommentStatus } from './comment.policy.ts';
import type { CommentRow } from './comment.queries.ts';

export const CommentStatusEnum = graphqlEnum<CommentStatus>('CommentStatus', 'Whether a comment is public.', {
  PUBLISHED: 'Public.',
  PENDING: 'Waits for a moderator’s approval; visible only to its author and to moderators.',
  REJECTED: 'Rejected by a moderator; visible only to its author and to moderators.',
  REMOVED: 'Removed. A tombstone keeps its place and its replies, but has no text and no author.',
});

export type CommentOrder = 'NEWEST' | 'OLDEST' | 'TOP';
export const CommentOrderEnum = graphqlEnum<CommentOrder>(
  'CommentOrder',
  'The order of comments on one level.',
  {
    NEWEST: 'Newest first.',
    OLDEST: 'Oldest first.',
    TOP: 'Highest score first, equal scores newest first. The score is the number of LIKE and INSIGHTFUL reactions minus the number of DISAGREE. A comment whose score changes between two pages may be listed twice or missed.',
  },
);

export type AllCommentsOrder = 'THREADED' | 'NEWEST' | 'OLDEST';
export const AllCommentsOrderEnum = graphqlEnum<AllCommentsOrder>(
  'AllCommentsOrder',
  'The order of comments of all levels.',
  {
    THREADED: 'Reading order: first-level comments newest first, each followed by its replies, oldest first.',
    NEWEST: 'Newest first, at all depths.',
    OLDEST: 'Oldest first, at all depths.',
  },
);

export type Badge = 'JOURNALIST' | 'ARTICLE_AUTHOR' | 'MODERATOR';
const BadgeEnum = graphqlEnum<Badge>('Badge', 'A public role of a comment’s author.', {
  JOURNALIST: 'The author publishes articles here.',
  ARTICLE_AUTHOR: 'The author wrote the article that the comment is about.',
  MODERATOR: 'The author moderates comments.',
});

/** Author of a comment. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'The author of a comment: an account, an author of imported comments, or only a name.',
})
export class CommentAuthor extends Node {
  @Field(() => String, { description: 'The author’s display name.' })
  name!: string;

  /** Null: the author is only a name. */
  readonly accountId!: string | null;

  /** The address of the author's picture as it is stored. */
  readonly avatar!: string | null;
  /** The name as it is stored, and whose it is. */
  readonly shown!: ShownName;

  static ofAccount(account: { id: string; name: string; avatarUrl: string | null }): CommentAuthor {
    const { id, name, avatarUrl } = account;
    return Object.assign(new CommentAuthor(), {
      id: encodeGlobalId('CommentAuthor', id),
      accountId: id,
      name: maskAddresses(name),
      avatar: avatarUrl,
      shown: { accountId: id, name },
    });
  }

  /** An author of imported comments: one object for all of them, wherever they are. */
  static ofImport(author: { id: string; name: string }): CommentAuthor {
    return named(encodeGlobalId('CommentAuthor', noArticle, author.id), author.name);
  }

  /** @returns null for a tombstone and for a comment without an author's name */
  static of(row: CommentRow): CommentAuthor | null {
    if (row.status === 'REMOVED' || row.authorName === null) return null;
    const { articleId, id, accountId, importedAuthorId, authorName: name, avatarUrl } = row;
    if (accountId !== null) return CommentAuthor.ofAccount({ id: accountId, name, avatarUrl });
    return importedAuthorId === null
      ? named(encodeGlobalId('CommentAuthor', articleId, id), name)
      : CommentAuthor.ofImport({ id: importedAuthorId, name });
  }
}

/** An author without an account. */
function named(id: string, name: string): CommentAuthor {
  return Object.assign(new CommentAuthor(), {
    id,
    accountId: null,
    name: maskAddresses(name),
    avatar: null,
    shown: { accountId: null, name },
  });
}

function badgesOf(row: CommentRow): Badge[] {
  const badges: [Badge, boolean][] = [
    ['JOURNALIST', row.authorIsJournalist],
    ['ARTICLE_AUTHOR', row.authorWroteArticle],
    ['MODERATOR', row.authorIsModerator],
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

  @Field(() => Int, { description: 'The nesting depth: 0 for a comment on the article itself.' })
  depth!: number;

  @Field(() => String, {
    description:
      'The position in the thread: the byte order of these strings is the THREADED order, so that a client can insert a live comment among the loaded ones. The string of a reply begins with the string of its parent.',
  })
  threadPosition!: string;

  @Field(() => CommentAuthor, {
    nullable: true,
    description: 'The author; null if no name was ever given, if the name was erased, and for a tombstone.',
  })
  author!: CommentAuthor | null;

  @Field(() => [BadgeEnum], { description: 'The public roles of the author; empty for a tombstone.' })
  authorBadges!: Badge[];

  @CommentText()
  @Field(() => String, {
    nullable: true,
    description: 'The text as sanitised HTML, with `dir` on each block; null for a tombstone.',
  })
  get bodyHtml(): string | null {
    return (this.#bodyHtml ??= this.row.status === 'REMOVED' ? null : withDirections(this.row.bodyHtml));
  }

  /** Made when it is asked for, and once for all names under which it is. */
  #bodyHtml: string | null = null;

  @CommentText()
  @Field(() => String, { nullable: true, description: 'The text without markup; null for a tombstone.' })
  bodyText!: string | null;

  @Field(() => CommentStatusEnum, { description: 'Whether the comment is public.' })
  status!: CommentStatus;

  @Field(() => Int, {
    description: 'The revision number of the text; starts at 1 and grows with every edit.',
  })
  revision!: number;

  @Field(() => PartialDateTimeScalar, { description: 'The time of writing, as exactly as it is known.' })
  createdAt!: PartialDateTime;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time of the last edit; null if there was none, and for a tombstone.',
  })
  editedAt!: Date | null;

  @Field(() => Int, { description: 'The number of published replies to this comment itself. Always exact.' })
  replyCount!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The key of the comment in the document from which it was imported; null if it was not imported, and for a tombstone.',
  })
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
/** Without the length of the list: to count it takes as long as the list is. */
export const AuthorCommentConnection = connectionType(Comment, CommentEdge, 'AuthorComment');
export const CommentConnection = countedConnectionType(Comment, CommentEdge, 'Comment', {
  isStored: true,
  description: 'The number of edges in the whole list, including tombstones.',
});
