import type { TextAttempts } from '../../support/text-attempts.ts';
import { addServiceAccount } from '../../support/tokens.ts';
import { addWebhook, webhookDocument } from '../../support/webhooks.ts';

const url = 'https://hooks.example.org/';

export const integrationTexts: TextAttempts = {
  createWebhook: async ({ app, administrator }) => {
    const { id: serviceAccountId } = await addServiceAccount(app, administrator, { name: 'Indexer' });
    return { by: administrator, input: { document: webhookDocument, serviceAccountId, url } };
  },
  updateWebhook: async ({ app }) => {
    const { id, administrator } = await addWebhook(app, { url });
    return { by: administrator, input: { webhookId: id } };
  },
};
