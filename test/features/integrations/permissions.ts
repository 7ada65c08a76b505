import {
  alike,
  missing,
  nothingInTheWorld,
  shownTo,
  type Permissions,
} from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';

export const integrationsPermissions = {
  queries: {
    events: {
      gates: is.everybody,
      needs: ['READ'],
      tried: 'test/features/integrations/site-log/site-events.test.ts',
    },
    webhooks: {
      gates: is.activeAdministrators,
      needs: ['ADMINISTER'],
      tried: 'test/features/integrations/webhooks',
    },
  },
  mutations: {
    ...alike(
      {
        gates: is.administrators,
        kind: 'LASTING',
        needs: ['ADMINISTER'],
        tried: 'test/features/integrations/webhooks',
      },
      {
        createWebhook: {
          input: () => ({ name: '', url: '', document: '', serviceAccountId: missing('ServiceAccount') }),
        },
        updateWebhook: { input: () => ({ webhookId: missing('Webhook') }) },
      },
    ),
    ...alike(
      { gates: is.administrators, kind: 'RIGHTS', tried: 'test/features/integrations/webhooks' },
      {
        rotateWebhookSecret: { input: () => ({ webhookId: missing('Webhook') }) },
        keepWebhook: { input: () => ({ webhookId: missing('Webhook') }) },
      },
    ),
    ...alike(
      {
        gates: is.administrators,
        kind: 'WORK',
        needs: ['ADMINISTER'],
        tried: 'test/features/integrations/webhooks',
      },
      {
        deleteWebhook: { input: () => ({ webhookId: missing('Webhook') }) },
        redeliverWebhook: { input: () => ({ webhookId: missing('Webhook'), after: 'none' }) },
        testWebhook: { input: () => ({ webhookId: missing('Webhook') }) },
      },
    ),
  },
  subscriptions: {
    siteEvents: { gates: is.everybody, needs: ['READ'], tried: 'test/features/integrations/site-log' },
  },
  types: {
    ...shownTo('administrators who are not suspended', 'Webhook', 'WebhookToken', 'WebhookAttempt'),
    ...shownTo('everybody', 'SiteEvent', 'SiteEventPage', 'SiteCheckpoint', 'SiteReset'),
    SiteArticleEvent:
      'everybody; the article and the event only while the article is public, to its journalist and editors as well',
  },
  fields: {},
  privateScopes: {
    Webhook: ['ADMINISTER'],
  },
  predictions: {},
  world: nothingInTheWorld,
} satisfies Permissions;
