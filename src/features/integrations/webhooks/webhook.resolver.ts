import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { articleById } from '../../articles/article/article.loader.ts';
import { Article } from '../../articles/article/article.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError, type Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsProof, NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { serviceAccountById } from '../../people/tokens/token.loader.ts';
import { ServiceAccount } from '../../people/tokens/token.type.ts';
import {
  CreateWebhookInput,
  CreateWebhookPayload,
  DeleteWebhookInput,
  DeleteWebhookPayload,
  KeepWebhookInput,
  KeepWebhookPayload,
  RedeliverWebhookInput,
  RedeliverWebhookPayload,
  RotateWebhookSecretInput,
  RotateWebhookSecretPayload,
  TestWebhookInput,
  TestWebhookPayload,
  UpdateWebhookInput,
  UpdateWebhookPayload,
} from './webhook.input.ts';
import { allWebhooks, attemptsByWebhookId, nextAttemptByWebhookId, webhookById } from './webhook.loader.ts';
import { canManageWebhooks, maxListedAttempts, maxWebhooks } from './webhook.policy.ts';
import type { WebhookService, WithSecret } from './webhook.service.ts';
import { Webhook, WebhookAttempt } from './webhook.type.ts';

async function loadWebhook({ loaders, viewer }: Context, id: string): Promise<Webhook | null> {
  if (!canManageWebhooks(viewer)) return null;
  const row = await loaders.get(webhookById).load(id);
  return row ? Webhook.from(row) : null;
}

/** Finds an endpoint, for administrators. */
export const findWebhookNode = nodeFinder(1, ([id = ''], context) => loadWebhook(context, id));

/** Commands on endpoints. */
@Resolver()
export class WebhookMutationResolver {
  constructor(private readonly webhooks: WebhookService) {}

  @NeedsProof('ADMINISTER')
  @AccountCommand(CreateWebhookPayload, {
    description:
      'Adds an endpoint, to which the events of the site, or of moderation, from now on are sent. One that a machine token makes ends with the token (`Webhook.madeByToken`). For administrators; a service has 50 at most.',
    input: [CreateWebhookInput, 'The endpoint.'],
  })
  async createWebhook(
    input: CreateWebhookInput,
    viewer: Viewer,
    context: Context,
  ): Promise<CreateWebhookPayload> {
    const [serviceAccountId] = requireKeys('ServiceAccount', 1, input.serviceAccountId);
    const [articleId = null] = input.articleId == null ? [] : requireKeys('Article', 1, input.articleId);
    const result = await this.webhooks.createWebhook(viewer, {
      ...input,
      serviceAccountId,
      articleId,
      eventKinds: input.eventKinds ?? null,
      actionKinds: input.actionKinds ?? null,
      idempotencyKey: input.idempotencyKey?.toLowerCase(),
    });
    return withSecret(result, context);
  }

  @NeedsScope('ADMINISTER')
  @AccountCommand(UpdateWebhookPayload, {
    description:
      'Changes an endpoint, stops it, or goes on; with a machine token, only one that it has made. For administrators. From a session it takes a recent proof (PROOF_REQUIRED) if it says where or what is sent, or makes the endpoint active.',
    input: [UpdateWebhookInput, 'The change.'],
  })
  async updateWebhook(
    input: UpdateWebhookInput,
    viewer: Viewer,
    context: Context,
  ): Promise<UpdateWebhookPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    const { name, url, document, eventKinds, actionKinds, isActive, endOldSecret } = input;
    const result = await this.webhooks.updateWebhook(viewer, id, {
      ...(name == null ? {} : { name }),
      ...(url == null ? {} : { url }),
      ...(document == null ? {} : { document }),
      ...(eventKinds === undefined ? {} : { eventKinds }),
      ...(actionKinds === undefined ? {} : { actionKinds }),
      isActive: isActive ?? undefined,
      endOldSecret: endOldSecret ?? false,
    });
    return toPayload(result, context);
  }

  @NeedsProof()
  @AccountCommand(RotateWebhookSecretPayload, {
    description:
      'Makes another secret; both sign for a while, so that the endpoint can change over. For administrators.',
    input: [RotateWebhookSecretInput, 'The endpoint.'],
  })
  async rotateWebhookSecret(
    input: RotateWebhookSecretInput,
    viewer: Viewer,
    context: Context,
  ): Promise<RotateWebhookSecretPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    return withSecret(await this.webhooks.rotateSecret(viewer, id, input.overlapHours ?? 24), context);
  }

  @NeedsScope('ADMINISTER')
  @AccountCommand(DeleteWebhookPayload, {
    description: 'Deletes an endpoint with all that waits for it. For administrators.',
    input: [DeleteWebhookInput, 'The endpoint.'],
  })
  async deleteWebhook(
    input: DeleteWebhookInput,
    viewer: Viewer,
    context: Context,
  ): Promise<DeleteWebhookPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    return toPayload(await this.webhooks.deleteWebhook(viewer, id), context);
  }

  @NeedsProof()
  @AccountCommand(KeepWebhookPayload, {
    description:
      'Has an endpoint that a machine token has made (`madeByToken`) end with the token no more, also after the token has ended; then `updateWebhook` makes it active again. The program that has made it knows its secret: `rotateWebhookSecret` makes another one. For administrators.',
    input: [KeepWebhookInput, 'The endpoint.'],
  })
  async keepWebhook(input: KeepWebhookInput, viewer: Viewer, context: Context): Promise<KeepWebhookPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    return toPayload(await this.webhooks.keepWebhook(viewer, id), context);
  }

  @NeedsScope('ADMINISTER')
  @AccountCommand(RedeliverWebhookPayload, {
    description:
      'Sends all events behind a position, or since a time, again, whatever became of them before, in their order and with the same ids. For administrators.',
    input: [RedeliverWebhookInput, 'From where on.'],
  })
  async redeliverWebhook(
    input: RedeliverWebhookInput,
    viewer: Viewer,
    context: Context,
  ): Promise<RedeliverWebhookPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    return toPayload(await this.webhooks.redeliver(viewer, id, input), context);
  }

  @NeedsScope('ADMINISTER')
  @AccountCommand(TestWebhookPayload, {
    description:
      'Sends a `SiteCheckpoint` to the endpoint, whatever its state, and says how it answered, after 15 seconds at the latest. For administrators.',
    input: [TestWebhookInput, 'The endpoint.'],
  })
  async testWebhook(input: TestWebhookInput, viewer: Viewer, context: Context): Promise<TestWebhookPayload> {
    const [id] = requireKeys('Webhook', 1, input.webhookId);
    const result = await this.webhooks.testWebhook(viewer, id);
    if (!result.ok) return { webhook: null, httpStatus: null, fault: null, userErrors: result.userErrors };
    context.loaders.reset();
    const { httpStatus, fault } = result.value;
    return { webhook: await loadWebhook(context, id), httpStatus, fault, userErrors: [] };
  }
}

async function toPayload(result: Result<string>, context: Context): Promise<UpdateWebhookPayload> {
  if (!result.ok) return { webhook: null, userErrors: result.userErrors };
  context.loaders.reset();
  return { webhook: await loadWebhook(context, result.value), userErrors: [] };
}

async function withSecret(result: Result<WithSecret>, context: Context): Promise<CreateWebhookPayload> {
  if (!result.ok) return { webhook: null, secret: null, userErrors: result.userErrors };
  context.loaders.reset();
  const { id, secret = null } = result.value;
  return { webhook: await loadWebhook(context, id), secret, userErrors: [] };
}

/** Endpoints as administrators see them. */
@Resolver(() => Webhook)
export class WebhookResolver {
  @NeedsScope('ADMINISTER')
  @Bounded(maxWebhooks)
  @Query(() => [Webhook], {
    nullable: true,
    description: 'The endpoints to which events of the site are sent, oldest first. For administrators.',
  })
  async webhooks(@Ctx() context: Context): Promise<Webhook[]> {
    if (!canManageWebhooks(requireViewer(context)))
      throw new RequestError('FORBIDDEN', 'Only administrators see endpoints.');
    return (await context.loaders.get(allWebhooks).load('all')).map((row) => Webhook.from(row));
  }

  @FieldResolver(() => ServiceAccount, {
    nullable: true,
    description: 'The service account as which events are shown.',
  })
  async serviceAccount(
    @Root() { accountId }: Webhook,
    @Ctx() { loaders }: Context,
  ): Promise<ServiceAccount | null> {
    const row = await loaders.get(serviceAccountById).load(accountId);
    return row ? ServiceAccount.from(row) : null;
  }

  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The only article whose events are sent; null: all are, or the article is not public any more.',
  })
  async article(@Root() { articleKey }: Webhook, @Ctx() { loaders }: Context): Promise<Article | null> {
    const row = articleKey === null ? undefined : await loaders.get(articleById).load(articleKey);
    return row?.status === 'PUBLISHED' ? Article.from(row) : null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'The time of the next attempt; one that has passed: it is due, or under way. Null: nothing waits, or the endpoint is not active.',
  })
  nextAttemptAt(@Root() { webhookId }: Webhook, @Ctx() { loaders }: Context): Promise<Date | null> {
    return loaders.get(nextAttemptByWebhookId).load(webhookId);
  }

  @Bounded(maxListedAttempts)
  @FieldResolver(() => [WebhookAttempt], {
    description: 'The last 50 requests to the endpoint, newest first.',
  })
  async attempts(
    @Root() { webhookId, log }: Webhook,
    @Ctx() { loaders }: Context,
  ): Promise<WebhookAttempt[]> {
    const rows = await loaders.get(attemptsByWebhookId).load(webhookId);
    return rows.map((row) => WebhookAttempt.from(row, log));
  }
}
