import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';

/*
 * Compares lists in the order of reactions, paged through at random, with a sorted array. `FC_SEED` and `FC_RUNS`
 * choose other threads; a failure prints the seed and path that repeat it.
 */

const seed = Number(process.env.FC_SEED ?? 20260301);
const numRuns = Number(process.env.FC_RUNS ?? 12);

const kinds = ['LIKE', 'INSIGHTFUL', 'DISAGREE'] as const;

/** Mostly one time for all comments: those with equal scores keep the order in which they were added. */
const times = ['2020', '2020', '2020', '2021-05-03'];

const thread = fc.record({
  comments: fc.array(
    fc.record({
      time: fc.nat(times.length - 1),
      reactions: fc.array(fc.record({ user: fc.nat(2), kind: fc.constantFrom(...kinds) }), { maxLength: 3 }),
      // A tombstone has no score; a vanished comment is in no list.
      removed: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() }),
      replied: fc.boolean(),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  under: fc.boolean(),
  walks: fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 6 }), forward: fc.boolean(), turns: fc.array(fc.boolean()) }),
    { minLength: 3, maxLength: 3 },
  ),
});

const page = 'totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }';

describe('lists by reactions', () => {
  const service = useApp();
  let app: TestApp;
  let moderator: TestUser;
  let users: TestUser[];

  beforeAll(async () => {
    app = service();
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
    users = await Promise.all(['A', 'B', 'C'].map((name) => app.signUp(`${name} Example`)));
  });

  /** @returns the ids in the order of the model, and a function that requests a page */
  async function build({
    comments,
    under,
  }: {
    under: boolean;
    comments: (typeof thread extends fc.Arbitrary<infer T> ? T : never)['comments'];
  }) {
    const { id: articleId, articleId: key } = await app.addArticle({
      comments: [
        ...(under ? [{ key: 'root', body: 'Root', createdAt: '2019' }] : []),
        ...comments.map(({ time }, index) => ({
          key: `c${index}`,
          ...(under ? { parentKey: 'root' } : {}),
          body: `Comment ${index}`,
          createdAt: times[time],
        })),
        ...comments.flatMap(({ replied }, index) =>
          replied ? [{ key: `r${index}`, parentKey: `c${index}`, body: 'A reply', createdAt: '2022' }] : [],
        ),
      ],
    });
    const rows = await app.app.db.query<{ id: string; key: string }>(
      'SELECT id::text AS id, import_key AS key FROM comment WHERE article_id = $1',
      [key],
    );
    const idOf = (name: string): string => {
      const row = rows.find((one) => one.key === name);
      return Buffer.from(`Comment:${key}:${row?.id}`).toString('base64url');
    };
    const entries: { id: string; score: number; at: number; index: number }[] = [];
    for (const [index, { time, reactions, removed, replied }] of comments.entries()) {
      const id = idOf(`c${index}`);
      const distinct = new Map(reactions.map((one) => [`${one.user} ${one.kind}`, one]));
      for (const { user, kind } of distinct.values())
        await done(app, 'react', { commentId: id, kind }, users[user] ?? moderator);
      if (removed) await done(app, 'removeComment', { commentId: id }, moderator);
      if (removed && !replied) continue;
      const scores = [...distinct.values()].map(({ kind }): number => (kind === 'DISAGREE' ? -1 : 1));
      const score = removed ? 0 : scores.reduce((sum, one) => sum + one, 0);
      entries.push({ id, score, at: Date.parse(times[time] ?? ''), index });
    }
    entries.sort((a, b) => b.score - a.score || b.at - a.at || b.index - a.index);
    const field = under
      ? `comment(id: $id) { list: replies`
      : `node(id: $id) { ... on Article { list: comments`;
    const ask = async (args: string, cursor?: string): Promise<any> => {
      const { data, errors } = await app.query(
        `query ($id: ID!, $at: Cursor) { owner: ${field}(orderBy: TOP, ${args}) { ${page} } }${under ? '' : ' }'} }`,
        { id: under ? idOf('root') : articleId, at: cursor },
      );
      expect(errors).toBeUndefined();
      return data.owner.list;
    };
    return { ids: entries.map(({ id }) => id), ask };
  }

  it(`equal slices of a sorted array (seed ${seed}, ${numRuns} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(thread, async ({ comments, under, walks }) => {
        const { ids, ask } = await build({ comments, under });
        for (const { size, forward, turns } of walks) {
          // The position of the last page: the index of its first row, and the index after its last row.
          let [start, end] = forward ? [0, 0] : [ids.length, ids.length];
          let edges: { cursor: string; node: { id: string } }[] = [];
          for (const turn of [forward, ...turns.map((same) => (same ? forward : !forward))]) {
            const edge = turn ? edges.at(-1) : edges[0];
            if (edges.length > 0 && !edge) break;
            const list = turn
              ? await ask(`first: ${size}, after: $at`, edge?.cursor)
              : await ask(`last: ${size}, before: $at`, edge?.cursor);
            [start, end] = turn
              ? [edge ? end : 0, Math.min(ids.length, (edge ? end : 0) + size)]
              : [Math.max(0, (edge ? start : ids.length) - size), edge ? start : ids.length];
            expect({
              ids: list.edges.map((one: any) => one.node.id),
              count: list.totalCount,
              info: list.pageInfo,
            }).toEqual({
              ids: ids.slice(start, end),
              count: ids.length,
              info: { hasPreviousPage: start > 0, hasNextPage: end < ids.length },
            });
            ({ edges } = list);
            if (edges.length === 0) break;
          }
        }
      }),
      { seed, numRuns, interruptAfterTimeLimit: 60_000 },
    );
  }, 240_000);
});
