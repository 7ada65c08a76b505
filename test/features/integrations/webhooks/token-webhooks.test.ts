/**
 * What a machine token makes that lasts ends with it.
 * @database either
 * @seconds 30
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Scope } from '../../../../src/platform/auth/scopes.ts';
import { pruneEndedTokens } from '../../../../src/features/people/tokens/token-data.queries.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { eventually } from '../../../support/eventually.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { type Receiver, useReceivers } from '../../../support/receiver.ts';
import { addServiceAccount, addToken, revokeToken } from '../../../support/tokens.ts';
import { addWebhook, sendWebhookMutation, webhookDocument } from '../../../support/webhooks.ts';

const clock = new PinnedClock();
const app = useApp(
  {
    SITE_LOG_POLL_MS: '100',
    WEBHOOK_POLL_MS: '100',
    WEBHOOK_TIMEOUT_MS: '3000',
    WEBHOOK_PRIVATE_NETWORKS: 'on',
    MODERATION_HOOK_PRIVATE_NETWORKS: 'on',
  },
  { clock },
);
const openReceiver = useReceivers();

const day = 24 * 3600 * 1000;
const texts = ({ received }: Receiver): string[] =>
  received.map(({ message }) => message.data.siteEvents.event?.comment?.bodyText ?? '');

describe('an endpoint that a token has made', () => {
  let other: TestUser;
  let serviceAccountId: string;
  /** Of a person: whatever it has received, another endpoint could have. */
  let witness: Receiver;

  beforeAll(async () => {
    other = await app().signUp('Bea Example', 'ADMINISTRATOR');
    ({ id: serviceAccountId } = await addServiceAccount(app(), other, { name: 'Indexer' }));
  });

  interface Made {
    readonly id: string;
    readonly owner: TestUser;
    readonly token: { readonly id: string; readonly secret: string };
    readonly receiver: Receiver;
  }

  const create = (token: string, url: string, input: object = {}) =>
    sendWebhookMutation(
      app(),
      { token },
      'createWebhook',
      { name: 'Index', url, document: webhookDocument, serviceAccountId, ...input },
      'secret',
    );

  async function make(expiresAt = new Date(clock.now().getTime() + day)): Promise<Made> {
    const receiver = await openReceiver();
    witness = await openReceiver();
    await addWebhook(app(), { url: witness.url });
    const owner = await app().signUp('Al Example', 'ADMINISTRATOR');
    const token = await addToken(app(), owner, { name: 'A bot', scopes: ['READ', 'ADMINISTER'], expiresAt });
    const { webhook } = await create(token.secret, receiver.url);
    return { id: webhook.id, owner, token, receiver };
  }

  /** An endpoint as another administrator sees it. */
  const shown = async ({ id }: Pick<Made, 'id'>): Promise<any> =>
    (
      await app().data(
        `query ($id: ID!) { node(id: $id) { ... on Webhook { name status
          madeByToken { tokenId name accountName expiresAt revokedAt } } } }`,
        { id },
        other.token,
      )
    ).node;

  const say = async (body: string): Promise<void> => {
    const article = await app().addArticle();
    await app().addComment(await app().signUp(), { articleId: article.id, body });
    await eventually('the witness', () => texts(witness).includes(body));
  };

  const send = (by: { token: string }, name: string, id: string, input: object = {}) =>
    sendWebhookMutation(app(), by, name, { webhookId: id, ...input });
  const codes = ({ userErrors }: { userErrors: { code: string }[] }) => userErrors.map(({ code }) => code);

  it('names the token, and the token names it', async () => {
    const made = await make();
    expect(await shown(made)).toMatchObject({
      status: 'ACTIVE',
      madeByToken: { tokenId: made.token.id, name: 'A bot', accountName: 'Al Example', revokedAt: null },
    });
    const { viewer } = await app().data('{ viewer { tokens { webhookNames } } }', {}, made.owner.token);
    expect(viewer.tokens).toEqual([{ webhookNames: ['Index'] }]);
    const { id } = await addWebhook(app(), { url: witness.url });
    expect((await shown({ id })).madeByToken).toBeNull();
  });

  const admin = async (sql: string, { accountId }: TestUser): Promise<void> => {
    await app().app.db.query(`UPDATE account SET ${sql} WHERE id = $1`, [accountId]);
  };

  const ends: Readonly<Record<string, (made: Made) => Promise<unknown>>> = {
    'is revoked': ({ owner, token }) => revokeToken(app(), owner, token.id),
    expires: () => Promise.resolve(clock.advance(60)),
    'has an account that is suspended': ({ owner }) => admin('suspended_at = now()', owner),
    'has an account that is no administrator any more': ({ owner }) =>
      admin(`roles = '{READER,EDITOR}'`, owner),
    'lacks a proof of its account that is demanded by now': async ({ token }) => {
      const id = Buffer.from(token.id, 'base64url').toString().split(':')[1];
      await app().app.db.query(`UPDATE token SET vouched_by = 'https://issuer.example.org' WHERE id = $1`, [
        id,
      ]);
    },
  };

  it.each(Object.keys(ends))('is sent nothing any more when the token %s', async (end) => {
    const made = await make(new Date(clock.now().getTime() + 60_000));
    await say('before');
    await eventually('the event', () => texts(made.receiver).includes('before'));
    await ends[end]?.(made);
    // Also what is sent at once, before any worker has looked.
    const { fault, httpStatus } = await sendWebhookMutation(
      app(),
      other,
      'testWebhook',
      { webhookId: made.id },
      'fault httpStatus',
    );
    expect([fault, httpStatus]).toEqual(['The token that has made the endpoint has ended.', null]);
    await eventually('the end', async () => (await shown(made)).status === 'ENDED');
    await say('after');
    expect(texts(made.receiver)).not.toContain('after');
  });

  it('goes with the account of the token when that is erased, and with the token’s row', async () => {
    const made = await make();
    await erasureOf(app()).erase(made.owner.email);
    expect(await shown(made)).toBeNull();
    const second = await make();
    await revokeToken(app(), second.owner, second.token.id);
    const later = new Date(clock.now().getTime() + 31 * day);
    await app().app.db.transaction((tx) => pruneEndedTokens(tx, later));
    expect(await shown(second)).toBeNull();
  });

  it('is kept by a person alone, and then goes on with all that has waited', async () => {
    const made = await make();
    await revokeToken(app(), made.owner, made.token.id);
    await eventually('the end', async () => (await shown(made)).status === 'ENDED');
    await say('meanwhile');
    expect(codes(await send(other, 'updateWebhook', made.id, { isActive: true }))).toEqual(['WRONG_STATUS']);
    const { webhook } = await send(other, 'keepWebhook', made.id);
    expect(webhook.status).toBe('ENDED');
    expect((await shown(made)).madeByToken).toBeNull();
    expect(codes(await send(other, 'updateWebhook', made.id, { isActive: true }))).toEqual([]);
    await eventually('what has waited', () => texts(made.receiver).includes('meanwhile'));
  });

  it('is changed by its token and by persons, and by no other token; what persons have made, by persons alone', async () => {
    const made = await make();
    const scopes: Scope[] = ['READ', 'ADMINISTER'];
    const second = await addToken(app(), made.owner, { name: 'Another', scopes });
    const rename = { name: 'Renamed' };
    expect(codes(await send({ token: second.secret }, 'updateWebhook', made.id, rename))).toEqual([
      'FORBIDDEN',
    ]);
    expect(codes(await send({ token: made.token.secret }, 'updateWebhook', made.id, rename))).toEqual([]);
    const ofPerson = await addWebhook(app(), { url: witness.url });
    for (const change of [rename, { url: made.receiver.url }, { isActive: false }, { endOldSecret: true }])
      expect(codes(await send({ token: second.secret }, 'updateWebhook', ofPerson.id, change))).toEqual([
        'FORBIDDEN',
      ]);
    for (const [mutation, more] of [
      ['redeliverWebhook', { since: '2024-05-01T10:00:00Z' }],
      ['deleteWebhook', {}],
    ] as const)
      expect(codes(await send({ token: second.secret }, mutation, ofPerson.id, more))).toEqual(['FORBIDDEN']);
    expect((await shown(ofPerson)).name).toBe('Index');
    expect(codes(await send(other, 'updateWebhook', made.id, rename))).toEqual([]);
    // It goes on ending with its token.
    expect((await shown(made)).madeByToken).not.toBeNull();
  });

  it('is sent nothing that the token may not read itself', async () => {
    const { owner, receiver } = await make();
    const refusalOf = async (input: Parameters<typeof addToken>[2], webhook: object = {}) => {
      const { secret } = await addToken(app(), owner, input);
      const { userErrors } = await create(secret, receiver.url, webhook);
      return userErrors.map(({ code, message }: { code: string; message: string }) => `${code} ${message}`);
    };
    expect(await refusalOf({ scopes: ['ADMINISTER'] })).toEqual([
      'FORBIDDEN A token needs READ, too, to have this log sent.',
    ]);
    const document = 'subscription { moderationEvents { __typename } }';
    const { id: moderator } = await addServiceAccount(app(), other, { name: 'Hook', roles: ['MODERATOR'] });
    const ofModeration = { document, serviceAccountId: moderator };
    expect(await refusalOf({ scopes: ['READ', 'ADMINISTER'] }, ofModeration)).toEqual([
      'FORBIDDEN A token needs MODERATE, too, to have this log sent.',
    ]);
    expect(await refusalOf({ scopes: ['READ', 'MODERATE', 'ADMINISTER'] }, ofModeration)).toEqual([]);
  });

  it('sends no document that a token bound to documents does not run', async () => {
    const { owner, receiver } = await make();
    const mutation = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) {
      webhook { id } userErrors { code field } } }`;
    const outcomeOf = async (...documents: string[]) => {
      const hashes = documents.map((text) => createHash('sha256').update(text).digest('hex'));
      const { secret } = await addToken(app(), owner, { documents: hashes });
      const input = { name: 'Index', url: receiver.url, document: webhookDocument, serviceAccountId };
      return (await app().data(mutation, { input }, secret)).createWebhook.userErrors;
    };
    expect(await outcomeOf(mutation)).toEqual([{ code: 'FORBIDDEN', field: ['document'] }]);
    expect(await outcomeOf(mutation, webhookDocument)).toEqual([]);
  });
});
