/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readsTime } from '../../../src/platform/kept/noted-time.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import { onPerson, personId } from '../../support/persons.ts';
import { storeOf } from '../../support/stores.ts';

describe('what becomes wrong by the passing of time', () => {
  const service = useApp();
  let moderator: TestUser;
  let ada: TestUser;

  beforeAll(async () => {
    moderator = await service().signUp('Mo Example', 'MODERATOR');
    ada = await service().signUp('Ada Example');
  });

  /** Answers from memory to a document that the moderator sends several times. */
  async function hitsOf(query: string, variables: Record<string, unknown> = {}): Promise<number> {
    const { hits } = await storeOf(service(), 'answers');
    for (let n = 0; n < 5; n++) await service().data(query, variables, moderator.token);
    return (await storeOf(service(), 'answers')).hits - hits;
  }

  it('is not answered from memory: suspensions, claims, mailed links', async () => {
    const { id: articleId, articleId: key } = await service().addArticle();
    await service().app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [key]);
    await done(service(), 'addComment', { articleId, body: 'It waits.' }, ada);
    const person = { id: personId(ada.accountId) };
    for (const [query, variables] of [
      ['query ($id: ID!) { node(id: $id) { ... on Person { suspension { until } } } }', person],
      ['{ persons(first: 5, filter: { sanction: SUSPENSION }) { nodes { name } } }', {}],
      ['{ moderationQueue { items(first: 5) { nodes { claimedBy { name } claimedUntil } } } }', {}],
      [
        'query ($token: String!) { viewerMailedEndorsement(token: $token) { __typename } }',
        { token: 'none' },
      ],
    ] as const)
      expect([query, await hitsOf(query, variables)]).toEqual([query, 0]);
    // What only changes is kept.
    await eventually(
      'an answer from memory',
      async () => (await hitsOf('{ articles { nodes { title } } }')) > 0,
    );
  });

  it('is shown until then and no longer, while nothing else changes', async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Person { suspension { until } } }
      persons(first: 5, filter: { sanction: SUSPENSION }) { nodes { id } } }`;
    const look = async () => {
      const asked = Date.now();
      const { node, persons } = await service().data(query, { id: personId(ada.accountId) }, moderator.token);
      // Two statements: the end may come between them.
      return { asked, answered: Date.now(), shown: [node.suspension !== null, persons.nodes.length === 1] };
    };
    // The end has to be in the future when the command arrives.
    const until = await eventually('a suspension', async () => {
      const end = new Date(Date.now() + 2000).toISOString();
      const suspended = { personId: personId(ada.accountId), reason: 'SPAM', until: end };
      return (await onPerson(service(), moderator, 'suspendAccount', suspended)).refused === undefined && end;
    });
    const end = Date.parse(until);
    await eventually('the end of the suspension', async () => {
      const { asked, answered, shown } = await look();
      if (answered < end) expect(shown).toEqual([true, true]);
      if (asked > end) expect(shown).toEqual([false, false]);
      return asked > end;
    });
  });

  it('is known by the statement', () => {
    for (const reading of ['SELECT clock_timestamp()', 'x > statement_timestamp()', 'WHERE at <= now()'])
      expect([reading, readsTime(reading)]).toEqual([reading, true]);
    expect(readsTime('SELECT created_at, known FROM comment')).toBe(false);
  });

  it('is read by statements in no other way', async () => {
    const src = join(import.meta.dirname, '../../../src');
    const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'));
    const others = /\b(?:current_(?:timestamp|date|time)|localtime(?:stamp)?|timeofday)\b/i;
    const found: string[] = [];
    for (const name of files) if (others.test(await readFile(join(src, name), 'utf8'))) found.push(name);
    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });
});
