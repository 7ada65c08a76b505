/**
 * @seconds 20
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { personIdOf } from '../../support/moderation.ts';
import { buffersOf, explain, nodesOf } from '../../support/plans.ts';
import { recordStatements } from '../../support/statements.ts';

/** Events of the log, of which one in 20,000 is of the rarest kind. */
const rows = 60_000;
const rare = 20_000;

const kinds = ['HELD', 'REPORTED', 'CLAIMED', 'DECIDED', 'SIGNED_IN'];

const query = `query ($filter: ModerationHistoryFilter, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  moderationHistory(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { __typename sequence cursor } } nodes { sequence }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

interface Stored {
  readonly sequence: number;
  readonly kind: string;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly comment: string | null;
}

describe('the history of moderation', () => {
  const app = useApp();
  let mo: TestUser;
  let person: TestUser;
  let stored: readonly Stored[];
  let articleId: string;

  beforeAll(async () => {
    mo = await app().signUp('Mo Example', 'MODERATOR');
    person = await app().signUp('Ada Example');
    ({ articleId } = await app().addArticle());
    const { db } = app().app;
    // One moderator has done a third of everything, one person is what a tenth is about, and a comment has a thousandth.
    for (let from = 1; from <= rows; from += 50_000)
      await db.query(
        `INSERT INTO moderation_event (sequence, kind, actor_kind, actor_id, article_id, comment_id, subject_id, occurred_at)
       SELECT n, CASE WHEN n % ${rare} = 7 THEN 'SANCTIONED' ELSE ($2::text[])[1 + n % 5] END, 'PERSON',
         CASE WHEN n % 3 = 0 OR n % ${rare} = 7 THEN $3::bigint ELSE 1000000 + n % 50 END, $1::bigint, n % 1000,
         CASE WHEN n % 10 = 0 OR n % ${rare} = 7 THEN $4::bigint ELSE 1000000 + n % 5000 END,
         now() - make_interval(secs => ${rows} - n)
       FROM generate_series($5::int, least($5 + 49999, ${rows})) n`,
        [articleId, kinds, mo.accountId, person.accountId, from],
      );
    await db.query('UPDATE moderation_log SET sequence = $1', [rows]);
    await db.query('ANALYZE moderation_event');
    stored = await db.query<Stored>(
      `SELECT sequence::int, kind, actor_id::text AS actor, subject_id::text AS subject, comment_id::text AS comment
       FROM moderation_event ORDER BY sequence DESC`,
    );
  }, 240_000);

  const ask = (variables: object) => app().query(query, { ...variables }, { token: mo.token });
  const list = async (variables: object) => {
    const { data, errors } = await ask(variables);
    if (errors) throw new Error(JSON.stringify(errors));
    return data.moderationHistory;
  };

  /** Filters, each with the rows that it lists. */
  const lists = () => {
    const ofKinds = (some: readonly string[]) => (row: Stored) => some.includes(row.kind);
    const bySubject = ({ subject }: Stored) => subject === person.accountId;
    const byActor = ({ actor }: Stored) => actor === mo.accountId;
    const byComment = ({ comment }: Stored) => comment === '7';
    const commentId = encodeGlobalId('Comment', articleId, '7');
    const [personId, actorId] = [personIdOf(person), personIdOf(mo)];
    const [one, some] = [['SANCTIONED'], ['SANCTIONED', 'DECIDED', 'NOTE_ADDED']];
    return [
      [undefined, () => true],
      [{}, () => true],
      [{ kinds: one }, ofKinds(one)],
      [{ kinds: some }, ofKinds(some)],
      [{ personId }, bySubject],
      [{ actorId }, byActor],
      [{ commentId }, byComment],
      [{ personId, kinds: one }, (row) => bySubject(row) && ofKinds(one)(row)],
      [{ actorId, kinds: some }, (row) => byActor(row) && ofKinds(some)(row)],
      [{ commentId, kinds: one }, (row) => byComment(row) && ofKinds(one)(row)],
      // Nothing ends the scan of a page that is not full but the end of its list.
      [{ personId: encodeGlobalId('Person', '999') }, () => false],
      [{ commentId: encodeGlobalId('Comment', articleId, '1000') }, () => false],
    ] as readonly (readonly [Record<string, unknown> | undefined, (row: Stored) => boolean])[];
  };

  it('lists what each filter names, newest first, in pages forwards and backwards', async () => {
    for (const [filter, isListed] of lists()) {
      const expected = stored.filter(isListed).map(({ sequence }) => sequence);
      const first = await list({ filter, first: 7 });
      const numbers = (page: any) => page.nodes.map(({ sequence }: any) => sequence as number);
      expect(numbers(first)).toEqual(expected.slice(0, 7));
      expect(first.pageInfo).toMatchObject({ hasNextPage: expected.length > 7, hasPreviousPage: false });
      if (expected.length > 7) {
        const next = await list({ filter, first: 7, after: first.pageInfo.endCursor });
        expect(numbers(next)).toEqual(expected.slice(7, 14));
        const back = await list({ filter, last: 5, before: next.pageInfo.startCursor });
        expect(numbers(back)).toEqual(expected.slice(2, 7));
        expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
      }
      expect(numbers(await list({ filter, last: 3 }))).toEqual(expected.slice(-3));
    }
  });

  it('the cursor of an entry is that of the log, and of a list its own', async () => {
    const [edge] = (await list({ filter: { kinds: ['SANCTIONED'] }, first: 1 })).edges;
    const { moderationLog } = await app().data(
      'query ($after: EventCursor) { moderationLog(after: $after, first: 1) { events { sequence } } }',
      { after: edge.node.cursor },
      mo.token,
    );
    expect(moderationLog.events).toEqual([{ sequence: edge.node.sequence + 1 }]);
    // Kinds in another order, or twice, are the same list.
    const same = { kinds: ['DECIDED', 'SANCTIONED', 'DECIDED'] };
    const { pageInfo } = await list({ filter: { kinds: ['SANCTIONED', 'DECIDED'] }, first: 1 });
    expect((await list({ filter: same, first: 1, after: pageInfo.endCursor })).pageInfo.hasPreviousPage).toBe(
      true,
    );
    const { errors } = await ask({ filter: { kinds: ['HELD'] }, after: edge.cursor });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('filters that could not be answered by one index are refused', async () => {
    const [personId, actorId] = [personIdOf(person), personIdOf(mo)];
    for (const filter of [
      { personId, actorId },
      { kinds: [] },
      { personId: encodeGlobalId('Article', articleId) },
      { commentId: personId },
    ])
      expect((await ask({ filter })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('a page reads no more than its rows, whatever it lists and wherever it begins', async () => {
    for (const [filter] of lists()) {
      const newest = await list({ filter, first: 20 });
      const oldest = await list({ filter, last: 20 });
      const pages = [
        { first: 20 },
        { last: 20 },
        ...(newest.pageInfo.endCursor ? [{ first: 20, after: newest.pageInfo.endCursor }] : []),
        ...(oldest.pageInfo.startCursor ? [{ last: 20, before: oldest.pageInfo.startCursor }] : []),
      ];
      for (const page of pages) {
        const recorded = recordStatements();
        await list({ filter, ...page });
        recorded.stop();
        const sent = recorded.sent.filter(({ text }) => text.includes('moderation_event x'));
        expect(sent).toHaveLength(1);
        const plan = await explain(app().app.db, sent[0]!);
        const nodes = nodesOf(plan);
        expect(
          nodes.filter(
            (node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'moderation_event',
          ),
        ).toEqual([]);
        // Of the kinds of one comment's events, which are few, those of others are read as well.
        const removed = nodes.map((node) => (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops']);
        expect(Math.max(...removed)).toBeLessThanOrEqual(rows / 1000);
        expect([JSON.stringify({ filter, page }), buffersOf(plan) < 250]).toEqual([
          JSON.stringify({ filter, page }),
          true,
        ]);
      }
    }
  });
});
