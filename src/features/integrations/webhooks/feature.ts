import { mayBeGone } from '../../../platform/idempotency/idempotency.queries.ts';
import { accountName } from '../../people/account/account.rules.ts';
import { proofsOf } from '../../people/credentials/account-services.ts';
import { tokenName } from '../../people/tokens/token.type.ts';
import { defineFeature, type Parts, resolver } from '../../../platform/feature/feature.ts';
import { holding } from '../../../platform/text/written-text.ts';
import { issuerRolesOf } from '../../people/login/login.policy.ts';
import { deliveredLogs } from './delivered-log.ts';
import { pruneDeliveries } from './delivery.queries.ts';
import { DeliveryService } from './delivery.service.ts';
import { WebhookAttemptEntity, WebhookDeliveryEntity, WebhookEntity } from './webhook.entity.ts';
import { webhookName } from './webhook.policy.ts';
import { deleteWebhooksOf } from './webhook.queries.ts';
import { findWebhookNode, WebhookMutationResolver, WebhookResolver } from './webhook.resolver.ts';
import { WebhookMails } from './webhook-mails.ts';
import type { TokenRules } from './webhook-token.queries.ts';
import { TokenWebhooksResolver, WebhookTokenResolver } from './webhook-token.resolver.ts';
import { WebhookService } from './webhook.service.ts';
import { WebhookJob } from './webhook-job.ts';
import { pageRoutes } from '../../../platform/http/paths.ts';
import { scriptedPages } from '../../../platform/page/served.ts';

const rulesOf = (config: Parts['config']): TokenRules => ({
  staffSecondFactor: config.staffSecondFactor,
  issuerRoles: issuerRolesOf([...config.oidcIssuers, ...config.hostTokenIssuers]),
});

const deliveriesOf = ({ db, clock, leases, config, eventShower, measures }: Parts): DeliveryService =>
  new DeliveryService({
    db,
    clock,
    processId: leases.processId,
    show: (text, item, viewer) => eventShower().show({ text }, item, viewer),
    reach: {
      SITE: { allowPrivate: config.webhookPrivateNetworks, ownPorts: config.ownPorts },
      MODERATION: { allowPrivate: config.moderationHookPrivateNetworks, ownPorts: config.ownPorts },
    },
    timeoutMs: config.webhookTimeoutMs,
    rules: rulesOf(config),
    onAttempt: measures.countWebhookAttempt,
  });

const fields = Object.values(deliveredLogs).map(({ field }) => field);

/** Endpoints elsewhere, to which the events of the site or of moderation are sent. */
export const webhookFeature = defineFeature({
  name: 'webhook',
  migrations: [],
  tables: [WebhookEntity, WebhookDeliveryEntity, WebhookAttemptEntity],
  resolvers: [
    resolver(WebhookMutationResolver, (parts) => [
      new WebhookService({
        db: parts.db,
        clock: parts.clock,
        deliveries: deliveriesOf(parts),
        proofs: proofsOf(parts),
        mails: parts.mail && new WebhookMails(parts.mail.outbox, parts.links),
        rules: rulesOf(parts.config),
        check: (text, viewerOf) => parts.eventShower().check({ text, fields }, viewerOf),
        allowPlain: parts.config.webhookPrivateNetworks || parts.config.moderationHookPrivateNetworks,
      }),
    ]),
    resolver(WebhookResolver),
    resolver(WebhookTokenResolver),
    resolver(TokenWebhooksResolver),
  ],
  types: [],
  nodes: { Webhook: findWebhookNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: { webhook_id_seq: mayBeGone('webhook_id_seq') },
  errorCodes: {},
  scopes: {},
  texts: {
    ...holding(webhookName, 'Webhook.name', 'CreateWebhookInput.name', 'UpdateWebhookInput.name'),
    'Token.webhookNames': webhookName,
    'WebhookToken.accountName': accountName,
    'WebhookToken.name': tokenName,
    'WebhookAttempt.answer': 'QUOTED',
    ...holding(
      'NO_TEXT',
      'Webhook.document',
      'CreateWebhookInput.document',
      'UpdateWebhookInput.document',
      'CreateWebhookInput.url',
      'UpdateWebhookInput.url',
      'CreateWebhookPayload.secret',
      'RotateWebhookSecretPayload.secret',
      'TestWebhookPayload.fault',
      'WebhookAttempt.fault',
    ),
  },
  invariants: {},
  pruning: () => [{ name: 'webhook deliveries', step: pruneDeliveries }],
  jobs: (parts) => {
    const service = deliveriesOf(parts);
    const everyMs = parts.config.webhookPollMs;
    return [
      new WebhookJob({
        service,
        leases: parts.leases,
        onGrown: (listener) => {
          const ends = Object.values(deliveredLogs).map(({ log }) => parts.bus.watch(log.keyOf(), listener));
          return () => ends.forEach((end) => end());
        },
        everyMs,
        onError: (error) => parts.onJobError('webhooks', error),
      }),
      {
        name: 'webhooks of ended tokens',
        due: undefined,
        everyMs: 10 * everyMs,
        step: async () => {
          await service.endOutlived();
          return 'idle';
        },
      },
    ];
  },
  routes: () => [],
  served: { pages: scriptedPages(pageRoutes.webhooks, pageRoutes.webhook), parts: {}, texts: {} },
  erasure: () => ({ close: deleteWebhooksOf, finish: deleteWebhooksOf }),
  personalData: [],
});
