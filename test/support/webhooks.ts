import type { TestApp, TestUser } from './app.ts';
import { addServiceAccount } from './tokens.ts';

/** What most tests are sent of an event. */
export const webhookDocument = `subscription { siteEvents { __typename
  ... on SiteArticleEvent { articleId event { __typename sequence ... on CommentEvent { comment { bodyText } } } }
  ... on SiteReset { resetReason } } }`;

const fields =
  'id url status pendingCount failingSince oldSecretUntil nextAttemptAt attempts { cursor before httpStatus fault answer milliseconds }';

/** Sends one mutation of endpoints. @returns its payload, with `webhook` */
export async function sendWebhookMutation(
  app: TestApp,
  administrator: Pick<TestUser, 'token'>,
  name: string,
  input: Record<string, unknown>,
  more = '',
): Promise<any> {
  const inputType = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const data = await app.data(
    `mutation ($input: ${inputType}!) { ${name}(input: $input) {
      webhook { ${fields} } ${more} userErrors { code message field } } }`,
    { input },
    administrator.token,
  );
  return data[name];
}

export interface TestWebhook {
  readonly id: string;
  /** The key of its row. */
  readonly webhookId: string;
  readonly secret: string;
  readonly administrator: TestUser;
}

/** Makes an administrator, a service account and an endpoint. */
export async function addWebhook(
  app: TestApp,
  input: { readonly url: string; readonly [field: string]: unknown },
): Promise<TestWebhook> {
  const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
  const { id: serviceAccountId } = await addServiceAccount(app, administrator, { name: 'Indexer' });
  const { webhook, secret, userErrors } = await sendWebhookMutation(
    app,
    administrator,
    'createWebhook',
    { name: 'Index', document: webhookDocument, serviceAccountId, ...input },
    'secret',
  );
  if (!webhook) throw new Error(JSON.stringify(userErrors));
  const webhookId = Buffer.from(webhook.id, 'base64url').toString().split(':')[1] ?? '';
  return { id: webhook.id, webhookId, secret, administrator };
}

/** An endpoint as its administrator sees it. */
export async function webhookOf(app: TestApp, { id, administrator }: TestWebhook): Promise<any> {
  const { node } = await app.data(
    `query ($id: ID!) { node(id: $id) { ... on Webhook { ${fields} } } }`,
    { id },
    administrator.token,
  );
  return node;
}
