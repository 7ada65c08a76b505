import { Field, ID, Int, ObjectType } from 'type-graphql';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { ArticleEventKind } from '../../../platform/events/event.ts';
import { ArticleEventKindEnum } from '../../../platform/graphql/article-events.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar, EventCursorScalar, UrlScalar } from '../../../platform/graphql/scalars.ts';
import { ModerationActionKindEnum } from '../../../platform/screening/moderation-action-kind.type.ts';
import {
  type ModerationEventKind,
  moderationEventKinds,
} from '../../../platform/screening/moderation-event-kinds.ts';
import { deliveredLogs } from './delivered-log.ts';
import type { WebhookStatus } from './webhook.policy.ts';
import type { AttemptRow, WebhookRow } from './webhook.queries.ts';

export const WebhookStatusEnum = graphqlEnum<WebhookStatus>('WebhookStatus', 'The state of an endpoint.', {
  ACTIVE: 'Events are sent.',
  PAUSED:
    'An administrator has stopped it. What happens meanwhile is sent once it is active again, as far as it is kept.',
  ENDED:
    'It has answered 410, "gone", or the machine token that has made it has ended (`madeByToken`). What waits is sent if an administrator makes it active again; one whose token has ended is kept first (`keepWebhook`).',
});

@ObjectType({
  simpleResolvers: true,
  description: 'One request to an endpoint. Kept for seven days.',
})
export class WebhookAttempt {
  @Field(() => EventCursorScalar, {
    nullable: true,
    description: 'The position behind the event that was sent; null: it was a test.',
  })
  cursor!: string | null;

  @Field(() => EventCursorScalar, {
    nullable: true,
    description:
      'The position before the event: `redeliverWebhook` sends from there on again, this event first. Null: it was a test.',
  })
  before!: string | null;

  @Field(() => DateTimeScalar, { description: 'The time at which the request began.' })
  begunAt!: Date;

  @Field(() => Int, { description: 'How long it took, in milliseconds.' })
  milliseconds!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'The status of the answer; 200 to 299 is a success. Null: there was none.',
  })
  httpStatus!: number | null;

  @Field(() => String, { nullable: true, description: 'Why there was no answer; null: there was one.' })
  fault!: string | null;

  @Field(() => String, { nullable: true, description: 'The first 200 characters of the answer.' })
  answer!: string | null;

  /** @param at the endpoint's log: its epoch and key */
  static from(row: AttemptRow, at: { readonly epoch: string; readonly log: string }): WebhookAttempt {
    const { sequence, begunAt, milliseconds, httpStatus, fault, answer } = row;
    const cursorOf = (number: number) => encodeEventCursor({ ...at, sequence: number });
    const cursor = sequence === null ? null : cursorOf(Number(sequence));
    const before = sequence === null ? null : cursorOf(Number(sequence) - 1);
    return Object.assign(new WebhookAttempt(), {
      cursor,
      before,
      begunAt,
      milliseconds,
      httpStatus,
      fault,
      answer,
    });
  }
}

@NeedsScope('ADMINISTER')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'An endpoint elsewhere to which events of the site, or of moderation, are sent, by Standard Webhooks. Visible to administrators.',
})
export class Webhook extends Node {
  readonly webhookId!: string;
  readonly accountId!: string;
  readonly tokenId!: string | null;
  readonly articleKey!: string | null;
  readonly log!: { readonly epoch: string; readonly log: string };

  @Field(() => String, { description: 'The name that an administrator gave it.' })
  name!: string;

  @Field(() => UrlScalar, { description: 'Where events are sent.' })
  url!: string;

  @Field(() => String, {
    description:
      'The subscription to `siteEvents` or `moderationEvents` that selects what is sent of an event.',
  })
  document!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id of the only article whose events are sent, also if the article is not public any more; null: all are.',
  })
  articleId!: string | null;

  @Bounded(() => Object.keys(ArticleEventKindEnum.type).length)
  @Field(() => [ArticleEventKindEnum.type], {
    nullable: true,
    description:
      'The only kinds of events of the site that are sent; null: all, or the document shows another log.',
  })
  eventKinds!: readonly ArticleEventKind[] | null;

  @Bounded(moderationEventKinds.length)
  @Field(() => [ModerationActionKindEnum], {
    nullable: true,
    description:
      'The only kinds of actions of moderation that are sent; null: all, or the document shows another log.',
  })
  actionKinds!: readonly ModerationEventKind[] | null;

  @Field(() => WebhookStatusEnum, { description: 'The state of the endpoint.' })
  status!: WebhookStatus;

  @Field(() => EventCursorScalar, {
    description: 'The position up to which events were taken from the log.',
  })
  cursor!: string;

  @Field(() => Int, { description: 'Events that wait to be delivered, 10,000 at most.' })
  pendingCount!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time since which every attempt has failed; null if the last one did not.',
  })
  failingSince!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time until which the secret before the present one signs as well; null: there is none.',
  })
  oldSecretUntil!: Date | null;

  @Field(() => DateTimeScalar, { description: 'The time at which the endpoint was made.' })
  createdAt!: Date;

  static from(row: WebhookRow): Webhook {
    const { id, log, epoch, sequence, accountId, tokenId, articleId, kinds, pending, ...shown } = row;
    const here = { epoch, log: deliveredLogs[log].log.keyOf() };
    return Object.assign(new Webhook(), shown, {
      id: encodeGlobalId('Webhook', id),
      webhookId: id,
      accountId,
      tokenId,
      articleKey: articleId,
      articleId: articleId === null ? null : encodeGlobalId('Article', articleId),
      eventKinds: log === 'SITE' ? kinds : null,
      actionKinds: log === 'MODERATION' ? kinds : null,
      log: here,
      cursor: encodeEventCursor({ ...here, sequence: Number(sequence) }),
      pendingCount: pending,
    });
  }
}
