import { defineFeature, type Parts, resolver } from '../feature/feature.ts';
import { deliveredLogs } from './delivered-log.ts';
import { pruneDeliveries } from './delivery.queries.ts';
import { DeliveryService } from './delivery.service.ts';
import { WebhookAttemptEntity, WebhookDeliveryEntity, WebhookEntity } from './webhook.entity.ts';
import { deleteWebhooksOf } from './webhook.queries.ts';
import { findWebhookNode, WebhookMutationResolver, WebhookResolver } from './webhook.resolver.ts';
import { WebhookService } from './webhook.service.ts';
import { WebhookWorker } from './webhook-worker.ts';

const deliveriesOf = ({ db, clock, config, eventShower, measures }: Parts): DeliveryService =>
  new DeliveryService({
    db,
    clock,
    show: (text, item, viewer) => eventShower().show({ text }, item, viewer),
    allowPrivate: config.webhookPrivateNetworks,
    timeoutMs: config.webhookTimeoutMs,
    onAttempt: measures.countWebhookAttempt,
  });

const fields = Object.values(deliveredLogs).map(({ field }) => field);

/** Endpoints elsewhere, to which the events of the site or of moderation are sent. */
export const webhookFeature = defineFeature({
  name: 'webhook',
  tables: [WebhookEntity, WebhookDeliveryEntity, WebhookAttemptEntity],
  resolvers: [
    resolver(WebhookMutationResolver, (parts) => [
      new WebhookService({
        db: parts.db,
        clock: parts.clock,
        deliveries: deliveriesOf(parts),
        check: (text, viewerOf) => parts.eventShower().check({ text, fields }, viewerOf),
        allowPrivate: parts.config.webhookPrivateNetworks,
      }),
    ]),
    resolver(WebhookResolver),
  ],
  types: [],
  nodes: { Webhook: findWebhookNode },
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [{ name: 'webhook deliveries', step: pruneDeliveries }],
  background: (parts) => [
    new WebhookWorker({
      service: deliveriesOf(parts),
      onGrown: (listener) => {
        const ends = Object.values(deliveredLogs).map(({ key }) => parts.bus.watch(key, listener));
        return () => ends.forEach((end) => end());
      },
      intervalMs: parts.config.webhookPollMs,
      onError: (error) => parts.warn(error, 'events could not be sent to endpoints; it is tried again'),
    }),
  ],
  erasure: () => ({ close: deleteWebhooksOf, finish: deleteWebhooksOf }),
  personalData: [],
});
