/**
 * @database either
 * @seconds 20
 */
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { type TestApp, useApp } from '../../../support/app.ts';
import { done } from '../../../support/comments.ts';
import { siteLog } from '../../../../src/features/integrations/site-log/site-log.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Received, useReceivers } from '../../../support/receiver.ts';
import { addWebhook, sendWebhookMutation, webhookOf } from '../../../support/webhooks.ts';

const app = useApp({
  SITE_LOG_POLL_MS: '100',
  WEBHOOK_POLL_MS: '100',
  // Long enough that a busy machine delivers in time.
  WEBHOOK_TIMEOUT_MS: '3000',
  WEBHOOK_PRIVATE_NETWORKS: 'on',
  MODERATION_HOOK_PRIVATE_NETWORKS: 'on',
});
const openReceiver = useReceivers();

const text = ({ message }: Received): string => message.data.siteEvents.event?.comment?.bodyText ?? '';
/** The comments in messages. One that was sent again while its attempt was under way counts once, as its id says. */
const texts = (received: readonly Received[]): string[] =>
  [...new Map(received.map((each) => [each.headers['webhook-id'], text(each)])).values()].filter(
    (body) => body !== '',
  );

/** Waits until an endpoint has received so many comments. */
const comments = (receiver: { received: Received[] }, count: number): Promise<string[]> =>
  eventually(
    () => `${count} comments; has ${JSON.stringify(receiver.received.map(({ body }) => body))}`,
    () => texts(receiver.received).length >= count && texts(receiver.received),
  );

/** Lets what waits after a failure be due. */
const makeDue = ({ app: { db } }: TestApp) =>
  db.transaction(async (tx) => {
    // As `lockDeliveries` does: rows that are locked in no order are a deadlock with the service.
    await tx.query('SELECT 1 FROM webhook ORDER BY id FOR UPDATE');
    await tx.query(`UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING'`);
  });

describe('an endpoint', () => {
  it('is sent what its document selects of each event, signed by Standard Webhooks, in the order of the article', async () => {
    const receiver = await openReceiver();
    const webhook = await addWebhook(app(), { url: receiver.url });
    const reader = await app().signUp();
    const { id: articleId } = await app().addArticle();
    for (const body of ['One', 'Two', 'Three']) await app().addComment(reader, { articleId, body });
    expect(await comments(receiver, 3)).toEqual(['One', 'Two', 'Three']);
    const { headers, body, message } = receiver.received.at(-1)!;
    expect(new Webhook(webhook.secret).verify(body, headers)).toEqual(message);
    expect(message).toMatchObject({
      type: 'site.event',
      timestamp: expect.stringMatching(/Z$/),
      data: { siteEvents: { __typename: 'SiteArticleEvent', articleId, event: { sequence: 3 } } },
    });
    expect(new Set(receiver.ids).size).toBe(receiver.ids.length);
    // The cursor is one of the site's log, where everything can be read again.
    const { events } = await app().data(
      'query ($after: EventCursor) { events(after: $after) { events { position } } }',
      {
        after: message.cursor,
      },
    );
    expect(events).toEqual({ events: [] });
    await eventually('all to be delivered', async () => (await webhookOf(app(), webhook)).pendingCount === 0);
    expect((await webhookOf(app(), webhook)).attempts[0]).toMatchObject({
      cursor: message.cursor,
      httpStatus: 204,
      fault: null,
    });
  });

  it('is sent the chosen kinds of events of the chosen article', async () => {
    const receiver = await openReceiver();
    const [{ id: articleId }, other] = [await app().addArticle(), await app().addArticle()];
    await addWebhook(app(), { url: receiver.url, articleId, eventKinds: ['COMMENT_ADDED'] });
    const reader = await app().signUp();
    await app().addComment(reader, { articleId: other.id, body: 'Elsewhere' });
    await done(
      app(),
      'react',
      { commentId: (await app().addComment(reader, { articleId, body: 'Here' })).comment!.id, kind: 'LIKE' },
      await app().signUp(),
    );
    await app().addComment(reader, { articleId, body: 'Again' });
    expect(await comments(receiver, 2)).toEqual(['Here', 'Again']);
    expect(receiver.received).toHaveLength(2);
  });

  it('that fails for one article gets the events of the others, and then those of the article in their order', async () => {
    const receiver = await openReceiver();
    const [bad, good] = [await app().addArticle(), await app().addArticle()];
    receiver.answer = ({ message }, response) =>
      response.writeHead(message.data.siteEvents.articleId === bad.id ? 500 : 200).end('No');
    const webhook = await addWebhook(app(), { url: receiver.url });
    const reader = await app().signUp();
    for (const n of [1, 2, 3])
      for (const [name, { id: articleId }] of Object.entries({ bad, good }))
        await app().addComment(reader, { articleId, body: `${name} ${n}` });
    await eventually('the good ones', () => texts(receiver.received).includes('good 3'));
    expect(texts(receiver.received)).not.toContain('bad 2');
    expect((await webhookOf(app(), webhook)).attempts).toContainEqual(
      expect.objectContaining({ httpStatus: 500, answer: 'No' }),
    );
    // What waits behind the bad article's first event is due, and not tried before it.
    await eventually('the wait', async () => {
      const { nextAttemptAt, pendingCount } = await webhookOf(app(), webhook);
      return pendingCount >= 3 && Date.parse(nextAttemptAt) > Date.now() + 500;
    });
    receiver.accept();
    const before = receiver.received.length;
    await makeDue(app());
    await eventually('the bad ones', () => texts(receiver.received).includes('bad 3'));
    expect(texts(receiver.received.slice(before))).toEqual(['bad 1', 'bad 2', 'bad 3']);
    const badIds = receiver.received
      .filter((each) => text(each) === 'bad 1')
      .map(({ headers }) => headers['webhook-id']);
    expect(new Set(badIds).size).toBe(1);
  });

  it('that is away, slow or redirects is tried again, and what was removed meanwhile is not sent', async () => {
    const receiver = await openReceiver();
    const webhook = await addWebhook(app(), { url: receiver.url });
    const reader = await app().signUp();
    const { id: articleId } = await app().addArticle();
    const faults = async (): Promise<string> =>
      (await webhookOf(app(), webhook)).attempts
        .map(({ fault, httpStatus }: any) => fault ?? httpStatus)
        .join();
    await comments(receiver, 0);
    receiver.answer = (_received, response) =>
      response.writeHead(302, { location: `${receiver.url}/other` }).end();
    const { comment } = await app().addComment(reader, { articleId, body: 'A secret' });
    await eventually('a redirect', async () => (await faults()).includes('302'));
    receiver.answer = () => undefined;
    await makeDue(app());
    await eventually('no answer', async () => (await faults()).includes('No answer within 3 s.'));
    await receiver.close();
    await makeDue(app());
    await eventually('no connection', async () => (await faults()).includes('ECONNREFUSED'));
    await app().addComment(reader, { articleId, parentId: comment!.id, body: 'Why?' });
    await done(app(), 'removeComment', { commentId: comment!.id }, reader);
    const before = receiver.received.length;
    receiver.accept();
    await receiver.open();
    await eventually('the rest', async () => {
      await makeDue(app());
      return receiver.received.at(-1)?.message.data.siteEvents.event?.__typename === 'CommentRemoved';
    });
    expect(
      receiver.received
        .slice(before)
        .map(({ body }) => body)
        .join(),
    ).not.toContain('A secret');
    expect(texts(receiver.received.slice(before))).toEqual(['Why?']);
  });

  it('that is gone is left alone, until an administrator goes on', async () => {
    const receiver = await openReceiver();
    const webhook = await addWebhook(app(), { url: receiver.url });
    receiver.answer = (_received, response) => response.writeHead(410).end();
    const reader = await app().signUp();
    const { id: articleId } = await app().addArticle();
    await app().addComment(reader, { articleId, body: 'Lost?' });
    await eventually('the end', async () => (await webhookOf(app(), webhook)).status === 'ENDED');
    receiver.accept();
    const { webhook: active } = await sendWebhookMutation(app(), webhook.administrator, 'updateWebhook', {
      webhookId: webhook.id,
      isActive: true,
    });
    expect(active.status).toBe('ACTIVE');
    expect((await comments(receiver, 1)).at(-1)).toBe('Lost?');
  });

  it('is sent everything again from a cursor on, with the same ids', async () => {
    const receiver = await openReceiver();
    const webhook = await addWebhook(app(), { url: receiver.url });
    const reader = await app().signUp();
    const { id: articleId } = await app().addArticle();
    for (const body of ['One', 'Two']) await app().addComment(reader, { articleId, body });
    await comments(receiver, 2);
    const first = receiver.received.find((each) => text(each) === 'One')!;
    const sent = receiver.ids;
    const { userErrors } = await sendWebhookMutation(app(), webhook.administrator, 'redeliverWebhook', {
      webhookId: webhook.id,
      after: first.message.cursor,
    });
    expect(userErrors).toEqual([]);
    await eventually('the second one again', () => receiver.received.length > sent.length);
    expect(receiver.ids.slice(sent.length)).toEqual(sent.slice(-1));

    // Since a time: what came into the log before is not sent.
    await eventually('all to be delivered', async () => (await webhookOf(app(), webhook)).pendingCount === 0);
    const added = await app().app.db.query<{ at: Date; sequence: string }>(
      `SELECT date_trunc('milliseconds', added_at) AS at, sequence::text AS sequence FROM site_event e ORDER BY e.sequence`,
    );
    const from = (time: Date) => added.filter(({ at }) => at >= time);
    for (const { at } of added)
      expect(await siteLog.sequenceBefore(app().app.db, at)).toBe(Number(from(at)[0]!.sequence) - 1);
    expect(await siteLog.sequenceBefore(app().app.db, new Date(Date.now() + 60_000))).toBe(
      Number(added.at(-1)!.sequence),
    );
    const again = async (input: Record<string, unknown>): Promise<string[]> => {
      const count = receiver.ids.length;
      const { userErrors: errors } = await sendWebhookMutation(
        app(),
        webhook.administrator,
        'redeliverWebhook',
        { webhookId: webhook.id, ...input },
      );
      expect(errors).toEqual([]);
      await eventually('something again', () => receiver.ids.length > count);
      await eventually('all of it', async () => (await webhookOf(app(), webhook)).pendingCount === 0);
      return receiver.ids.slice(count);
    };
    const last = added.at(-1)!.at;
    expect(await again({ since: last.toISOString() })).toEqual(sent.slice(-from(last).length));
    const { attempts } = await webhookOf(app(), webhook);
    expect(await again({ after: attempts[0].before })).toEqual(sent.slice(-1));

    for (const input of [{}, { after: first.message.cursor, since: '2026-01-01T00:00:00Z' }])
      expect(
        await sendWebhookMutation(app(), webhook.administrator, 'redeliverWebhook', {
          webhookId: webhook.id,
          ...input,
        }),
      ).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT', field: ['after'] }] });
    // From a position that it has not come to, it goes on from its own.
    await sendWebhookMutation(app(), webhook.administrator, 'updateWebhook', {
      webhookId: webhook.id,
      isActive: false,
    });
    await app().addComment(reader, { articleId, body: 'Three' });
    const head = await eventually('its place in the log', async () => {
      const { events } = await app().data(
        'query ($after: EventCursor) { events(after: $after) { cursor events { cursor } } }',
        { after: receiver.received.at(-1)!.message.cursor },
      );
      return events.events.length > 0 && (events.cursor as string);
    });
    await sendWebhookMutation(app(), webhook.administrator, 'redeliverWebhook', {
      webhookId: webhook.id,
      after: head,
    });
    await sendWebhookMutation(app(), webhook.administrator, 'updateWebhook', {
      webhookId: webhook.id,
      isActive: true,
    });
    await eventually('what came meanwhile', () => texts(receiver.received).includes('Three'));
    const refused = await sendWebhookMutation(app(), webhook.administrator, 'redeliverWebhook', {
      webhookId: webhook.id,
      after: 'nonsense',
    });
    expect(refused.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['after'] }]);
  });

  it('is signed to by two secrets while they are rotated', async () => {
    const receiver = await openReceiver();
    const webhook = await addWebhook(app(), { url: receiver.url });
    const rotate = (overlapHours: number) =>
      sendWebhookMutation(
        app(),
        webhook.administrator,
        'rotateWebhookSecret',
        { webhookId: webhook.id, overlapHours },
        'secret',
      );
    const test = async (): Promise<Received> => {
      const { httpStatus } = await sendWebhookMutation(
        app(),
        webhook.administrator,
        'testWebhook',
        { webhookId: webhook.id },
        'httpStatus fault',
      );
      expect(httpStatus).toBe(204);
      return receiver.received.at(-1)!;
    };
    const { secret: next } = await rotate(24);
    await app().addComment(await app().signUp(), {
      articleId: (await app().addArticle()).id,
      body: 'Newest',
    });
    await comments(receiver, 1);
    const both = await test();
    // The newest event of the site has the same position.
    await test();
    expect(new Set(receiver.ids).size).toBe(receiver.ids.length);
    for (const secret of [webhook.secret, next])
      expect(new Webhook(secret).verify(both.body, both.headers)).toMatchObject({
        data: { siteEvents: { __typename: 'SiteCheckpoint' } },
      });
    // The old one can be ended before its time.
    const { webhook: ended } = await sendWebhookMutation(app(), webhook.administrator, 'updateWebhook', {
      webhookId: webhook.id,
      endOldSecret: true,
    });
    expect(ended.oldSecretUntil).toBeNull();
    const alone = await test();
    expect(new Webhook(next).verify(alone.body, alone.headers)).toBeDefined();
    expect(() => new Webhook(webhook.secret).verify(alone.body, alone.headers)).toThrow();
    const { secret: last } = await rotate(0);
    const one = await test();
    expect(new Webhook(last).verify(one.body, one.headers)).toBeDefined();
    for (const secret of [webhook.secret, next])
      expect(() => new Webhook(secret).verify(one.body, one.headers)).toThrow();
  });

  it('is refused with a document that shows no event, costs too much or asks for what no account of a program sees', async () => {
    const { administrator } = await addWebhook(app(), { url: 'http://127.0.0.1:1/' });
    const { serviceAccounts } = await app().data('{ serviceAccounts { id } }', {}, administrator.token);
    const input = { name: 'Index', url: 'http://127.0.0.1:1/', serviceAccountId: serviceAccounts[0].id };
    const refusals = async (change: Record<string, unknown>) =>
      (await sendWebhookMutation(app(), administrator, 'createWebhook', { ...input, ...change }, 'secret'))
        .userErrors;
    for (const document of [
      '{ articles { nodes { id } } }',
      'subscription { viewerEvents { cursor } }',
      'subscription ($after: EventCursor) { siteEvents(after: $after) { cursor } }',
      'subscription { siteEvents { nothing } }',
      'subscription { siteEvents { ... on SiteArticleEvent { article { comments(first: 100) { nodes { replies(first: 100) { nodes { bodyHtml } } } } } } } }',
    ])
      expect({ document, errors: await refusals({ document }) }).toMatchObject({
        document,
        errors: [{ code: 'INVALID_INPUT', field: ['document'] }],
      });
    const document = 'subscription { siteEvents { cursor } }';
    expect(await refusals({ document, url: 'ftp://example.org/' })).toMatchObject([{ field: ['url'] }]);
    expect(await refusals({ document, url: 'https://user:secret@example.org/' })).toMatchObject([
      { field: ['url'] },
    ]);
  });

  it('belongs to administrators alone', async () => {
    const { id: webhookId } = await addWebhook(app(), { url: 'http://127.0.0.1:1/' });
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const serviceAccountId = Buffer.from('ServiceAccount:1').toString('base64url');
    for (const [name, input] of Object.entries({
      createWebhook: { name: 'Index', url: 'http://127.0.0.1:1/', document: '', serviceAccountId },
      updateWebhook: { webhookId, isActive: false },
      rotateWebhookSecret: { webhookId },
      deleteWebhook: { webhookId },
      redeliverWebhook: { webhookId, after: '' },
      testWebhook: { webhookId },
    }))
      expect(await sendWebhookMutation(app(), editor, name, input)).toMatchObject({
        webhook: null,
        userErrors: [{ code: 'FORBIDDEN' }],
      });
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { id } }',
      { id: webhookId },
      editor.token,
    );
    expect(node).toBeNull();
  });
});
