import { Field, Int, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../graphql/connection.ts';
import { graphqlEnum } from '../graphql/enum.ts';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { Node } from '../graphql/node.ts';
import { DateTimeScalar, EventCursorScalar, PartialDateTimeScalar, UrlScalar } from '../graphql/scalars.ts';
import { encodeEventCursor } from '../events/event-cursor.ts';
import { maskAddresses } from '../text/addresses.ts';
import type { PartialDateTime } from '../time/partial-date-time.ts';
import type { ArticleFacts, ArticleStatus, CommentPolicy } from './article.policy.ts';
import type { JournalistRow } from '../journalist/journalist.queries.ts';
import type { ArticleOrder } from './article-list.queries.ts';
import type { ArticleRow } from './article.queries.ts';

export const ArticleStatusEnum = graphqlEnum<ArticleStatus>(
  'ArticleStatus',
  'Whether an article is public.',
  {
    DRAFT: 'Never published; its journalist and editors see it.',
    PUBLISHED: 'Public.',
    UNPUBLISHED: 'Taken back; its journalist and editors see it.',
  },
);

export const CommentPolicyEnum = graphqlEnum<CommentPolicy>(
  'CommentPolicy',
  'Whether and how an article takes comments.',
  {
    OPEN: 'A comment is public at once.',
    PREMODERATED: 'A comment waits for a moderator.',
    CLOSED: 'No new comments; those there are stay.',
  },
);

const moving = ' One for which that changes between two pages may repeat or be missed.';

export const ArticleOrderEnum = graphqlEnum<ArticleOrder>(
  'ArticleOrder',
  'The order of a list of articles; equal ones stand by when they were made.',
  {
    NEWEST: 'Published last comes first.',
    OLDEST: 'Published first comes first.',
    RECENTLY_UPDATED: 'Itself changed last comes first (`updatedAt`).' + moving,
    RECENTLY_ACTIVE: 'With the latest event first (`lastEventAt`).' + moving,
    MOST_DISCUSSED: 'With most published comments first (`commentCount`).' + moving,
    MOST_ENDORSED: 'With most endorsements first (`endorsementCount`).' + moving,
  },
);

/** A person who signed an article's text; not its author. */
@ObjectType({
  simpleResolvers: true,
  description: 'Who signed an article’s text, as an open letter is signed. Not its author.',
})
export class Signature {
  @Field(() => String, { description: 'A person’s name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What they are.' })
  role!: string | null;

  @Field(() => String, { nullable: true, description: 'For whom or where.' })
  organisation!: string | null;

  static from({ name, role, organisation }: Signature): Signature {
    return Object.assign(new Signature(), {
      name: maskAddresses(name),
      role: role === null ? null : maskAddresses(role),
      organisation: organisation === null ? null : maskAddresses(organisation),
    });
  }
}

/** An article or open letter. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'One published piece, open letters included.',
})
export class Article extends Node {
  readonly articleId!: string;
  readonly journalist!: JournalistRow;
  readonly facts!: ArticleFacts;
  readonly listedRootCount!: number;
  readonly listedCount!: number;

  @Field(() => String, { description: 'The name in addresses; unique.' })
  slug!: string;

  @Field(() => String, { description: 'The headline.' })
  title!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The paragraph under the headline that makes you read on.',
  })
  standfirst!: string | null;

  @Field(() => ArticleStatusEnum, { description: 'Whether it is public.' })
  status!: ArticleStatus;

  @Field(() => PartialDateTimeScalar, {
    nullable: true,
    description: 'As exact as it is known; null for a draft.',
  })
  publishedAt!: PartialDateTime | null;

  @Field(() => DateTimeScalar, { description: 'When the article itself was last changed.' })
  updatedAt!: Date;

  @Field(() => UrlScalar, { nullable: true, description: 'Where it was published first, if elsewhere.' })
  canonicalUrl!: string | null;

  @Field(() => Int, { description: 'Exact at every moment; withdrawn ones do not count.' })
  endorsementCount!: number;

  @Field(() => CommentPolicyEnum, { description: 'Whether it takes comments.' })
  commentPolicy!: CommentPolicy;

  @Field(() => Int, {
    description: 'Published comments at any depth; tombstones do not count. Exact at every moment.',
  })
  commentCount!: number;

  @Field(() => EventCursorScalar, {
    description:
      'Where to listen from: subscribe with `articleEvents(after:)` and miss nothing that this answer does not show.',
  })
  liveCursor!: string;

  @Field(() => DateTimeScalar, { description: 'When its last event happened.' })
  lastEventAt!: Date;

  static from(row: ArticleRow): Article {
    return Object.assign(new Article(), {
      id: encodeGlobalId('Article', row.id),
      articleId: row.id,
      journalist: row.journalist,
      facts: { status: row.status, commentPolicy: row.commentPolicy, ownerAccountId: row.ownerAccountId },
      listedRootCount: row.listedRootCount,
      listedCount: row.listedCount,
      slug: row.slug,
      title: maskAddresses(row.title),
      standfirst: row.standfirst === null ? null : maskAddresses(row.standfirst),
      status: row.status,
      publishedAt:
        row.publishedAt && row.publishedPrecision
          ? { at: row.publishedAt, precision: row.publishedPrecision }
          : null,
      updatedAt: row.updatedAt,
      canonicalUrl: row.canonicalUrl,
      endorsementCount: row.endorsementCount,
      commentPolicy: row.commentPolicy,
      commentCount: row.commentCount,
      liveCursor: encodeEventCursor({ epoch: row.epoch, articleId: row.id, sequence: row.sequence }),
      lastEventAt: row.lastEventAt,
    });
  }
}

export const ArticleEdge = edgeType(Article, 'Article');
export const ArticleConnection = countedConnectionType(Article, ArticleEdge, 'Article', {
  isStored: false,
  description: 'How many edges the whole list has.',
});
