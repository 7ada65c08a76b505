/**
 * Who may have events sent on and on: a person with a recent proof, or a machine token by its scope; and that all administrators are told.
 * @database either
 * @seconds 10
 */
import { beforeEach, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../../support/app.ts';
import { setProven } from '../../../support/authenticator.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';
import { addToken } from '../../../support/tokens.ts';
import { addWebhook, type TestWebhook, webhookDocument } from '../../../support/webhooks.ts';

const app = useApp({ ...noMailWork, WEBHOOK_PRIVATE_NETWORKS: 'on' }, { mailTransport: noTransport });
const url = 'http://127.0.0.1:9/';
const elsewhere = 'http://127.0.0.1:9/elsewhere';
let webhook: TestWebhook;
let administrator: TestUser;

beforeEach(async () => {
  await app().app.db.query(`UPDATE account SET roles = '{READER}' WHERE 'ADMINISTRATOR' = ANY(roles)`);
  await app().app.db.query('DELETE FROM mail');
  webhook = await addWebhook(app(), { url });
  ({ administrator } = webhook);
});

/** Sends a mutation of the endpoint. @returns the code of its error or refusal; undefined: it has done its work */
async function outcomeOf(name: string, input: object, token = administrator.token): Promise<unknown> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const { data, errors } = await app().query(
    `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`,
    { input: { webhookId: webhook.id, ...input } },
    { token },
  );
  return errors?.[0]?.extensions.code ?? data[name].userErrors[0]?.code;
}

const changes: Readonly<Record<string, object>> = {
  'another address': { url: elsewhere },
  'another document': { document: `${webhookDocument} ` },
  'all kinds of events': { eventKinds: null },
  'all kinds of actions': { actionKinds: null },
  'going on': { isActive: true },
};

it.each(Object.keys(changes))('a session has to prove who it is for %s', async (what) => {
  await setProven(app(), administrator.token, null);
  const rows = () => app().app.db.query('SELECT url, document, status FROM webhook ORDER BY id');
  const before = await rows();
  expect(await outcomeOf('updateWebhook', { name: 'Renamed', ...changes[what] })).toBe('PROOF_REQUIRED');
  expect(await rows()).toEqual(before);
  await setProven(app(), administrator.token, new Date());
  expect(await outcomeOf('updateWebhook', { ...changes[what] })).not.toBe('PROOF_REQUIRED');
});

it('a session stops an endpoint, renames it and ends its old secret without a proof, since none of these sends more', async () => {
  await setProven(app(), administrator.token, null);
  for (const change of [{ isActive: false }, { name: 'Renamed' }, { endOldSecret: true }])
    expect(await outcomeOf('updateWebhook', change)).toBeUndefined();
});

it('a machine token makes and changes its own endpoints without a proof, as its scopes say', async () => {
  const { secret } = await addToken(app(), administrator, { scopes: ['READ', 'ADMINISTER'] });
  await setProven(app(), administrator.token, null);
  const [row] = await app().app.db.query<{ id: string }>('SELECT max(account_id)::text AS id FROM webhook');
  const serviceAccountId = Buffer.from(`ServiceAccount:${row?.id}`).toString('base64url');
  const { createWebhook } = await app().data(
    'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } userErrors { code } } }',
    { input: { name: 'Index', url, document: webhookDocument, serviceAccountId } },
    secret,
  );
  expect(createWebhook.userErrors).toEqual([]);
  const { id: webhookId } = createWebhook.webhook;
  expect(await outcomeOf('updateWebhook', { webhookId, url: elsewhere }, secret)).toBeUndefined();
  for (const name of ['rotateWebhookSecret', 'keepWebhook'])
    expect(await outcomeOf(name, { webhookId }, secret)).toBe('FORBIDDEN');
});

it('all administrators are told of an endpoint that is new, and of one that is sent something else or elsewhere', async () => {
  const other = await app().signUp('Bea Example', 'ADMINISTRATOR');
  await app().signUp('Cy Example', 'EDITOR');
  const told = async (): Promise<string[]> => {
    const rows = await app().app.db.query<{ recipient: string; text: string }>(
      `WITH gone AS (DELETE FROM mail WHERE kind = 'WEBHOOK_CHANGED' RETURNING recipient, text)
       SELECT recipient, text FROM gone ORDER BY recipient`,
    );
    return rows.map(({ recipient, text }) => `${recipient}: ${text.split('\n\n')[1]?.replace(/\s+/g, ' ')}`);
  };
  const both = (text: string): string[] =>
    [administrator.email, other.email].sort().map((address) => `${address}: ${text}`);
  expect(await told()).toEqual([
    `${administrator.email}: “Root Example” has added the webhook “Index”. It sends events to 127.0.0.1:9.`,
  ]);
  for (const change of [{ name: 'Renamed' }, { isActive: false }, { url }]) {
    expect(await outcomeOf('updateWebhook', change)).toBeUndefined();
    expect(await told()).toEqual([]);
  }
  for (const change of [{ url: 'http://127.0.0.2:9/' }, { document: `${webhookDocument} ` }]) {
    expect(await outcomeOf('updateWebhook', change)).toBeUndefined();
    expect(await told()).toEqual(
      both(
        '“Root Example” has changed what the webhook “Renamed” sends, or where. It sends events to 127.0.0.2:9.',
      ),
    );
  }
});
