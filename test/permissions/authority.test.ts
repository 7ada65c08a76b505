/**
 * No machine token makes, widens or keeps rights.
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { type GraphQLEnumType, type GraphQLField } from 'graphql';
import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import type { Scope } from '../../src/platform/auth/scopes.ts';
import { scopesOf } from '../../src/platform/feature/gather.ts';
import { scopesOfField } from '../../src/platform/graphql/needs-scope.ts';
import { type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { onPerson, personId } from '../support/persons.ts';
import { addServiceAccount, addToken } from '../support/tokens.ts';
import { addWebhook, sendWebhookMutation, webhookDocument } from '../support/webhooks.ts';
import { kinds, type MutationKind } from './declaration.ts';
import { documentOf } from './mutation-documents.ts';
import { mutations as declared, privateScopes, queries, scopesOfMutation, subscriptions } from './table.ts';

const schema = buildApiSchema(features);
const scopes = Object.keys(scopesOf(features)) as Scope[];
const mutationType = schema.getMutationType();
const mutations: Readonly<Record<string, GraphQLField<unknown, unknown>>> = mutationType?.getFields() ?? {};
const ofKind = (wanted: (kind: MutationKind) => boolean): string[] =>
  Object.entries(declared).flatMap(([name, { kind }]) => (wanted(kind) ? [name] : []));
const forPeople = ofKind((kind) => !kinds[kind].forTokens);

describe('the kinds of mutations', () => {
  it('are named for every mutation: one that is new says what it has to do with rights', () => {
    expect(Object.keys(declared).sort()).toEqual(Object.keys(mutations).sort());
  });

  it('are enforced where scopes are, and told in the description', () => {
    for (const [name, field] of Object.entries(mutations)) {
      const needed = mutationType && scopesOfField(schema, mutationType, field);
      const { forTokens } = kinds[declared[name]?.kind ?? 'WORK'];
      expect([name, (needed?.length ?? 0) > 0]).toEqual([name, forTokens]);
      const sentence = forTokens
        ? `A machine token needs ${(needed ?? []).map((scope) => `\`${scope}\``).join(' or ')}.`
        : 'For people alone, never for a machine token.';
      expect([name, field.description]).toEqual([name, expect.stringContaining(sentence)]);
    }
  });
});

describe('the description of a scope', () => {
  // The tables are written by hand: what a scope gains is added there, on purpose.
  it.each(scopes)('%s names all that it opens, and nothing else', (scope) => {
    const opened = [
      ...Object.entries({ ...queries, ...subscriptions }).map(([name, { needs }]) => [name, needs] as const),
      ...Object.entries(declared).map(([name, row]) => [name, scopesOfMutation(row)] as const),
      ...Object.entries(privateScopes),
    ].filter(([name, needed]) => !name.startsWith('_') && needed.includes(scope));
    const { description } = (schema.getType('TokenScope') as GraphQLEnumType).getValue(scope) ?? {};
    const named = [...(description ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    expect(named.sort()).toEqual(opened.map(([name]) => name).sort());
  });
});

describe('a token of every scope', () => {
  const service = useApp({ WEBHOOK_PRIVATE_NETWORKS: 'on' });
  let administrator: TestUser;
  let secret: string;

  beforeAll(async () => {
    administrator = await service().signUp('Al Example', 'ADMINISTRATOR');
    ({ secret } = await addToken(service(), administrator, { scopes }));
  });

  /** All that the database holds, but for the last uses of tokens. */
  async function everyRow(): Promise<Record<string, string>> {
    const { db } = service().app;
    const tables = await db.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    const rows: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await db.query<{ all: string }>(
        `SELECT md5(coalesce(string_agg(x, '|' ORDER BY x), '')) AS all
         FROM (SELECT (to_jsonb(t) - 'last_used_at')::text AS x FROM "${name}" t) y`,
      );
      rows[name] = row?.all ?? '';
    }
    return rows;
  }

  it('runs no mutation that is for people alone, nor does one bound to them: nothing changes', async () => {
    const app = service();
    const user = await app.signUp();
    const { id: serviceAccountId } = await addServiceAccount(app, administrator, { name: 'A bot' });
    const webhook = await addWebhook(app, { url: 'http://127.0.0.1:9/' });
    const made = await sendWebhookMutation(app, { token: secret }, 'createWebhook', {
      name: 'Made by the token',
      url: 'http://127.0.0.1:9/',
      document: webhookDocument,
      serviceAccountId,
    });
    const other = await addToken(app, user, { scopes: ['READ'] });
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    /** What a person could do. */
    const effective: Record<string, object> = {
      grantRole: { personId: personId(user.accountId), role: 'ADMINISTRATOR' },
      revokeRole: { personId: personId(webhook.administrator.accountId), role: 'ADMINISTRATOR' },
      createToken: { name: 'Another', scopes, expiresAt, serviceAccountId },
      revokeToken: { tokenId: other.id },
      createServiceAccount: { name: 'Another', roles: ['ADMINISTRATOR'] },
      rotateWebhookSecret: { webhookId: webhook.id },
      keepWebhook: { webhookId: made.webhook.id },
      changeName: { name: 'Another' },
    };
    const bound: string[] = [];
    for (let from = 0; from < forPeople.length; from += 50) {
      const documents = forPeople
        .slice(from, from + 50)
        .map((name) => createHash('sha256').update(documentOf(name)).digest('hex'));
      bound.push((await addToken(app, administrator, { documents })).secret);
    }
    const before = await everyRow();
    for (const [at, name] of forPeople.entries()) {
      const input = effective[name] ?? declared[name]?.input?.({ articleId: '', commentId: '' });
      expect([name, input !== undefined]).toEqual([name, mutations[name]?.args.length === 1]);
      for (const token of [secret, bound[Math.floor(at / 50)] ?? '']) {
        const { data, errors } = await app.query(documentOf(name), { input }, { token });
        expect([name, data ?? null, errors?.[0]?.extensions.code, errors?.[0]?.message]).toEqual([
          name,
          null,
          'FORBIDDEN',
          `No token may select \`${name}\`: sign in to do this.`,
        ]);
      }
    }
    expect(await everyRow()).toEqual(before);
  });

  it('decides about no account of staff: its administrator does', async () => {
    const app = service();
    const staff = await app.signUp('Mo Example', 'MODERATOR');
    const personKey = personId(staff.accountId);
    const byToken = { ...administrator, token: secret };
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const about = { personId: personKey, reason: 'OTHER' as const };
    const commands = {
      suspendAccount: { ...about, until },
      banAccount: about,
      premoderateAccount: about,
      liftSanction: { personId: personKey, kind: 'PREMODERATION' },
      removeCommentsSince: { ...about, since: new Date(Date.now() - 1000).toISOString() },
    } as const;
    for (const name of Object.keys(commands) as (keyof typeof commands)[]) {
      const before = await everyRow();
      expect([name, (await onPerson(app, byToken, name, commands[name])).refused]).toEqual([
        name,
        'FORBIDDEN',
      ]);
      expect(await everyRow()).toEqual(before);
      expect((await onPerson(app, administrator, name, commands[name])).refused).toBeUndefined();
    }
    // The suspension of a moderator is neither undone by a token, nor is an appeal against it answered.
    const { viewer } = await app.data(
      '{ viewer { decisions(first: 9) { nodes { decisionId kind } } } }',
      {},
      staff.token,
    );
    const decision = viewer.decisions.nodes.find(({ kind }: { kind: string }) => kind === 'BANNED');
    const send = async (token: string, name: string, input: object) => {
      const data = await app.data(documentOf(name), { input }, token);
      return data[name].userErrors.map(({ code }: { code: string }) => code);
    };
    expect(
      await send(staff.token, 'appealDecision', { decisionId: decision.decisionId, text: 'No.' }),
    ).toEqual([]);
    const second = await app.signUp('Bea Example', 'ADMINISTRATOR');
    const secondToken = (await addToken(app, second, { scopes })).secret;
    const [appeal] = (await app.data('{ moderationAppeals(first: 9) { nodes { id } } }', {}, second.token))
      .moderationAppeals.nodes;
    // A job goes on with the removal, and changes its row.
    await eventually('the removal', async () => {
      const going = await app.app.db.query('SELECT FROM comment_removal WHERE look_at IS NOT NULL');
      return going.length === 0;
    });
    const before = await everyRow();
    expect(await send(secondToken, 'undoDecision', { decisionId: decision.decisionId })).toEqual([
      'FORBIDDEN',
    ]);
    for (const outcome of ['OVERTURNED', 'UPHELD'])
      expect(await send(secondToken, 'answerAppeal', { appealId: appeal.id, outcome })).toEqual([
        'FORBIDDEN',
      ]);
    expect(await everyRow()).toEqual(before);
    expect(await send(second.token, 'answerAppeal', { appealId: appeal.id, outcome: 'OVERTURNED' })).toEqual(
      [],
    );
    // What the test tries is every mutation of the kind.
    expect([...Object.keys(commands), 'undoDecision', 'answerAppeal'].sort()).toEqual(
      ofKind((kind) => kind === 'STAFF').sort(),
    );
  });
});
