import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ArticleEventKindEnum } from '../../../platform/graphql/article-events.ts';
import type { ArticleEventKind } from '../../../platform/events/event.ts';
import { DateTimeScalar, EventCursorScalar, UuidScalar } from '../../../platform/graphql/scalars.ts';
import { ModerationActionKindEnum } from '../../../platform/screening/moderation-action-kind.type.ts';
import type { ModerationEventKind } from '../../../platform/screening/moderation-event-kinds.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { Webhook } from './webhook.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNameLength, maxUrlLength, maxDocumentLength } from './webhook.policy.ts';

const documentText =
  'A subscription to `siteEvents` or `moderationEvents` without variables, whose result for an event is sent; within the limits of live connections.';

@InputType({ description: 'A new endpoint.' })
export class CreateWebhookInput {
  @MaxLength(maxNameLength)
  @Field(() => String, { description: 'A name by which to recognise the endpoint.' })
  name!: string;

  @MaxLength(maxUrlLength)
  @Field(() => String, { description: 'Where events are sent: an https address in the public internet.' })
  url!: string;

  @MaxLength(maxDocumentLength)
  @Field(() => String, { description: documentText })
  document!: string;

  @Field(() => ID, {
    description:
      'The service account as which events are shown; for `moderationEvents` it needs the role MODERATOR.',
  })
  serviceAccountId!: string;

  @Field(() => ID, { nullable: true, description: 'The only article whose events are sent; absent: all.' })
  articleId?: string | null;

  @Field(() => [ArticleEventKindEnum.type], {
    nullable: true,
    description: 'The only kinds of events that are sent, if the document shows `siteEvents`; absent: all.',
  })
  eventKinds?: ArticleEventKind[] | null;

  @Field(() => [ModerationActionKindEnum], {
    nullable: true,
    description:
      'The only kinds of actions that are sent, if the document shows `moderationEvents`; absent: all.',
  })
  actionKinds?: ModerationEventKind[] | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this endpoint and sent with every retry, so that retries make no second one. A retry does not show the secret again.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A change of an endpoint. What is absent stays as it is.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: 'The endpoint.' })
  webhookId!: string;

  @MaxLength(maxNameLength)
  @Field(() => String, { nullable: true, description: 'As in `CreateWebhookInput`.' })
  name?: string | null;

  @MaxLength(maxUrlLength)
  @Field(() => String, { nullable: true, description: 'As in `CreateWebhookInput`.' })
  url?: string | null;

  @MaxLength(maxDocumentLength)
  @Field(() => String, { nullable: true, description: documentText })
  document?: string | null;

  @Field(() => [ArticleEventKindEnum.type], {
    nullable: true,
    description: 'The only kinds of events that are sent, if the document shows `siteEvents`; null: all.',
  })
  eventKinds?: ArticleEventKind[] | null;

  @Field(() => [ModerationActionKindEnum], {
    nullable: true,
    description:
      'The only kinds of actions that are sent, if the document shows `moderationEvents`; null: all.',
  })
  actionKinds?: ModerationEventKind[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether events are sent. An endpoint that is made active is tried at once.',
  })
  isActive?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the secret before the present one stops signing now.',
  })
  endOldSecret?: boolean | null;
}

@InputType()
abstract class WebhookIdInput {
  @Field(() => ID, { description: 'The endpoint.' })
  webhookId!: string;
}

@InputType({ description: 'An endpoint to delete.' })
export class DeleteWebhookInput extends WebhookIdInput {}

@InputType({ description: 'An endpoint to keep.' })
export class KeepWebhookInput extends WebhookIdInput {}

@InputType({ description: 'An endpoint to try.' })
export class TestWebhookInput extends WebhookIdInput {}

@InputType({ description: 'An endpoint that gets another secret.' })
export class RotateWebhookSecretInput extends WebhookIdInput {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 24,
    description: 'Hours for which the present secret signs as well: 0 to 168.',
  })
  overlapHours?: number | null;
}

@InputType({ description: 'An endpoint to which events are sent again.' })
export class RedeliverWebhookInput extends WebhookIdInput {
  @Field(() => EventCursorScalar, {
    nullable: true,
    description:
      'The position of the endpoint’s log behind which all events are sent again, with the same ids. Either this or `since`.',
  })
  after?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'All events that came into the log at this time or later are sent again, as far as they are kept.',
  })
  since?: Date | null;
}

/** The payload of mutations that change an endpoint. */
@ObjectType()
abstract class WebhookPayload extends Payload {
  @Field(() => Webhook, { nullable: true, description: 'The endpoint; null when refused, or deleted.' })
  webhook!: Webhook | null;
}

/** The payload of mutations that make a secret. */
@ObjectType()
abstract class WebhookSecretPayload extends WebhookPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'The secret that signs, by Standard Webhooks. It is shown only now; null when refused, and when an idempotency key is repeated.',
  })
  secret!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `createWebhook`.' })
export class CreateWebhookPayload extends WebhookSecretPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `rotateWebhookSecret`.' })
export class RotateWebhookSecretPayload extends WebhookSecretPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `updateWebhook`.' })
export class UpdateWebhookPayload extends WebhookPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `deleteWebhook`.' })
export class DeleteWebhookPayload extends WebhookPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `keepWebhook`.' })
export class KeepWebhookPayload extends WebhookPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `redeliverWebhook`.' })
export class RedeliverWebhookPayload extends WebhookPayload {}

@ObjectType({ simpleResolvers: true, description: 'The payload of `testWebhook`.' })
export class TestWebhookPayload extends WebhookPayload {
  @Field(() => Int, { nullable: true, description: 'The status of the answer; null: there was none.' })
  httpStatus!: number | null;

  @Field(() => String, { nullable: true, description: 'Why there was no answer; null: there was one.' })
  fault!: string | null;
}
