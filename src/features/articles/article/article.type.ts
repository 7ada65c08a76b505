import { Field, Int, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import {
  DateTimeScalar,
  EventCursorScalar,
  PartialDateTimeScalar,
  UrlScalar,
} from '../../../platform/graphql/scalars.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import { articleLog } from '../../../platform/events/log.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import type { ArticleFacts, ArticleStatus, CommentPolicy } from './article.policy.ts';
import { Journalist } from '../journalist/journalist.type.ts';
import type { ArticleOrder } from './article-list.queries.ts';
import type { ArticleRow, ShortArticleRow } from './article.queries.ts';

export const ArticleStatusEnum = graphqlEnum<ArticleStatus>(
  'ArticleStatus',
  'Whether an article is public.',
  {
    DRAFT: 'Never published; visible only to its journalist and to editors.',
    PUBLISHED: 'Public.',
    UNPUBLISHED: 'No longer public; visible only to its journalist and to editors.',
  },
);

export const CommentPolicyEnum = graphqlEnum<CommentPolicy>(
  'CommentPolicy',
  'Whether an article accepts comments, and whether a moderator has to approve them.',
  {
    OPEN: 'A new comment is public at once.',
    PREMODERATED: 'A new comment waits for a moderator’s approval.',
    CLOSED: 'No new comments are accepted; existing comments stay.',
  },
);

const moving = ' An article whose value changes between two pages may be listed twice or missed.';

export const ArticleOrderEnum = graphqlEnum<ArticleOrder>(
  'ArticleOrder',
  'The order of a list of articles; ties are sorted by the time of creation.',
  {
    NEWEST: 'Latest publication first.',
    OLDEST: 'Earliest publication first.',
    RECENTLY_UPDATED: 'Latest change first (`updatedAt`).' + moving,
    RECENTLY_ACTIVE: 'Latest event first (`lastEventAt`).' + moving,
    MOST_DISCUSSED: 'Most published comments first (`commentCount`).' + moving,
    MOST_ENDORSED: 'Most endorsements first (`endorsementCount`).' + moving,
  },
);

/** A person who signed an article's text; not its author. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A signature under an article’s text, as under an open letter. The person who signed is not the article’s `author`.',
})
export class Signature {
  @Field(() => String, { description: 'The person’s name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'The person’s profession or position.' })
  role!: string | null;

  @Field(() => String, { nullable: true, description: 'The person’s organisation or place.' })
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
@ObjectType({ simpleResolvers: true, implements: Node, description: 'An article or an open letter.' })
export class Article extends Node {
  readonly articleId!: string;
  readonly facts!: ArticleFacts;
  /** Short where a list has read no more, which shows no more. */
  readonly row!: ShortArticleRow | ArticleRow;

  @Field(() => String, { description: 'The name of the article in its address; unique.' })
  slug!: string;

  @Field(() => String, { description: 'The headline.' })
  title!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The introductory paragraph under the headline, as plain text; null if there is none.',
  })
  standfirst!: string | null;

  @Field(() => ArticleStatusEnum, { description: 'Whether the article is public.' })
  status!: ArticleStatus;

  @Field(() => PartialDateTimeScalar, {
    nullable: true,
    description: 'The time of publication, as exactly as it is known; null for a draft.',
  })
  publishedAt!: PartialDateTime | null;

  @Field(() => DateTimeScalar, {
    description: 'The time of the last change of the article itself, not of its comments or endorsements.',
  })
  get updatedAt(): Date {
    return this.wholeRow.updatedAt;
  }

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'The address of the first publication; null if that was here.',
  })
  get canonicalUrl(): string | null {
    return this.wholeRow.canonicalUrl;
  }

  @Field(() => Int, { description: 'The number of endorsements, without withdrawn ones. Always exact.' })
  endorsementCount!: number;

  @Field(() => Journalist, { description: 'The journalist under whose byline the article is published.' })
  get author(): Journalist {
    return Journalist.from(this.row.journalist);
  }

  @Field(() => CommentPolicyEnum, {
    description: 'Whether the article accepts comments, and whether a moderator has to approve them.',
  })
  commentPolicy!: CommentPolicy;

  @Field(() => Int, {
    description: 'The number of published comments at all depths, without tombstones. Always exact.',
  })
  commentCount!: number;

  @Field(() => EventCursorScalar, {
    description:
      'The current position in the article’s events: a subscription to `articleEvents` with it as `after` delivers every event that this answer does not show.',
  })
  get liveCursor(): string {
    const { epoch, sequence } = this.wholeRow;
    return encodeEventCursor({ epoch, log: articleLog.keyOf(this.articleId), sequence });
  }

  @Field(() => DateTimeScalar, {
    description: 'The time of the article’s last event, a moment before it was committed.',
  })
  get lastEventAt(): Date {
    return this.wholeRow.lastEventAt;
  }

  /** @throws Error where a list has not read all of it */
  get wholeRow(): ArticleRow {
    if (!('epoch' in this.row)) throw new Error('A list has not read this of its articles');
    return this.row;
  }

  static from(row: ShortArticleRow | ArticleRow): Article {
    return Object.assign(new Article(), {
      row,
      id: encodeGlobalId('Article', row.id),
      articleId: row.id,
      facts: { status: row.status, commentPolicy: row.commentPolicy, ownerAccountId: row.ownerAccountId },
      slug: row.slug,
      title: maskAddresses(row.title),
      standfirst: row.standfirst === null ? null : maskAddresses(row.standfirst),
      status: row.status,
      publishedAt:
        row.publishedAt && row.publishedPrecision
          ? { at: row.publishedAt, precision: row.publishedPrecision }
          : null,
      endorsementCount: row.endorsementCount,
      commentPolicy: row.commentPolicy,
      commentCount: row.commentCount,
    });
  }
}

export const ArticleEdge = edgeType(Article, 'Article');
export const ArticleConnection = countedConnectionType(Article, ArticleEdge, 'Article', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
