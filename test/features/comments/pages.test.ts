import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';

/*
 * Compares random threads, paged through at random, with a model that sorts and slices arrays. `FC_SEED` and `FC_RUNS`
 * choose other threads; a failure prints the seed and path that repeat it.
 */

const seed = Number(process.env.FC_SEED ?? 20260301);
const numRuns = Number(process.env.FC_RUNS ?? 25);

/** Times that coincide: one instant, partial dates that begin with that instant, and other times between them. */
const times = [
  { text: '2019', at: '2019-01-01' },
  { text: '2019-01', at: '2019-01-01' },
  { text: '2019-01-01', at: '2019-01-01' },
  { text: '2019-01-01T00:00:00.000Z', at: '2019-01-01' },
  { text: '2019-01-01T00:00:00.001Z', at: '2019-01-01T00:00:00.001Z' },
  { text: '2019-05-03T10:00:00.000Z', at: '2019-05-03T10:00Z' },
  { text: '1650', at: '1650-01-01' },
  { text: '2020-02', at: '2020-02-01' },
];

/** A comment in the model. */
interface Entry {
  /** The global id. */
  readonly id: string;
  readonly parent: Entry | undefined;
  /** Sort key: the time, then the order in which the comments were added. */
  readonly place: readonly [time: number, turn: number];
  /** Absent for a comment that was made through the API. */
  readonly createdAt: string | undefined;
  everReplied: boolean;
  state: 'published' | 'tombstone' | 'vanished';
}

const isListed = (entry: Entry): boolean => entry.state !== 'vanished';
const older = (a: Entry, b: Entry): number => a.place[0] - b.place[0] || a.place[1] - b.place[1];
const newer = (a: Entry, b: Entry): number => older(b, a);

/** The direct replies to a comment, including the vanished ones. */
const below = (entries: readonly Entry[], parent: Entry | undefined): Entry[] =>
  entries.filter((entry) => entry.parent === parent);

/** In reading order: newest threads first, replies under their comment, oldest first. */
function threaded(entries: readonly Entry[], parent?: Entry): Entry[] {
  return below(entries, parent)
    .sort(parent ? older : newer)
    .flatMap((entry) => [entry, ...threaded(entries, entry)]);
}

const ancestorsOf = (entry: Entry): Entry[] =>
  entry.parent ? [...ancestorsOf(entry.parent), entry.parent] : [];

/** A list of the API with its entries in the model, vanished comments at their places. */
interface List {
  readonly operation: string;
  readonly variables: Record<string, unknown>;
  readonly entries: readonly Entry[];
}

const page =
  'totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const paging = 'first: $first, after: $after, last: $last, before: $before';
const declared = '$id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor';

function listsOf(articleId: string, entries: readonly Entry[]): List[] {
  const onArticle = (field: string, orderBy: string, ordered: Entry[]): List => ({
    operation: `query (${declared}) { node(id: $id) { ... on Article { list: ${field}(orderBy: ${orderBy}, ${paging}) { ${page} } } } }`,
    variables: { id: articleId },
    entries: ordered,
  });
  const onComment = (parent: Entry, orderBy: string, ordered: Entry[]): List => ({
    operation: `query (${declared}) { node: comment(id: $id) { list: replies(orderBy: ${orderBy}, ${paging}) { ${page} } } }`,
    variables: { id: parent.id },
    entries: ordered,
  });
  const parents = entries
    .filter(isListed)
    .sort((a, b) => below(entries, b).length - below(entries, a).length);
  return [
    onArticle('comments', 'NEWEST', below(entries, undefined).sort(newer)),
    onArticle('comments', 'OLDEST', below(entries, undefined).sort(older)),
    onArticle('allComments', 'THREADED', threaded(entries)),
    onArticle('allComments', 'NEWEST', [...entries].sort(newer)),
    onArticle('allComments', 'OLDEST', [...entries].sort(older)),
    // The comment with the most replies, and a comment with few or none.
    ...[...new Set([parents[0], parents.at(-1)])].flatMap((parent) =>
      parent
        ? [
            onComment(parent, 'OLDEST', below(entries, parent).sort(older)),
            onComment(parent, 'NEWEST', below(entries, parent).sort(newer)),
          ]
        : [],
    ),
  ];
}

/** One step of a walk through a list: on from the last page, or from the place of any comment. */
interface Step {
  readonly forward: boolean;
  readonly size: number;
  /** Index of the comment from whose place to go; undefined: the edge of the last page. */
  readonly from: number | undefined;
}

interface Thread {
  readonly comments: readonly { readonly parent: number; readonly time: number }[];
  /** The order of the comments in the document. */
  readonly shuffle: readonly number[];
  readonly live: readonly number[];
  readonly removals: readonly number[];
  readonly walks: readonly (readonly Step[])[];
}

const thread: fc.Arbitrary<Thread> = fc
  .array(fc.record({ parent: fc.integer({ min: -1, max: 30 }), time: fc.nat(times.length - 1) }), {
    maxLength: 24,
  })
  .chain((comments) =>
    fc.record({
      comments: fc.constant(comments),
      shuffle: fc.shuffledSubarray(
        comments.map((_, index) => index),
        { minLength: comments.length },
      ),
      live: fc.array(fc.integer({ min: -1, max: 30 }), { maxLength: 3 }),
      removals: fc.array(fc.nat(30), { maxLength: 8 }),
      walks: fc.array(
        fc.array(
          fc.record({
            forward: fc.boolean(),
            size: fc.oneof(
              { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
              { weight: 1, arbitrary: fc.constant(100) },
            ),
            from: fc.option(fc.nat(30), { nil: undefined }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        { minLength: 9, maxLength: 9 },
      ),
    }),
  );

describe('pages of comments', () => {
  const service = useApp();
  let app: TestApp;
  let moderator: TestUser;

  beforeAll(async () => {
    app = service();
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
  });

  /** Imports a thread, and makes its model. */
  async function build(plan: Thread): Promise<{ articleId: string; entries: Entry[] }> {
    const parentOf = (index: number): number => {
      const { parent = -1 } = plan.comments[index] ?? {};
      return index === 0 || parent < 0 ? -1 : parent % index;
    };
    const { id: articleId, articleId: key } = await app.addArticle({
      comments: plan.shuffle.map((index) => ({
        key: `c${index}`,
        ...(parentOf(index) < 0 ? {} : { parentKey: `c${parentOf(index)}` }),
        authorName: index % 3 === 0 ? null : `Author ${index}`,
        body: `Comment ${index}`,
        createdAt: times[plan.comments[index]?.time ?? 0]?.text,
      })),
    });
    const rows = await app.app.db.query<{ id: string; key: string }>(
      'SELECT id::text AS id, import_key AS key FROM comment WHERE article_id = $1',
      [key],
    );
    const ids = new Map(rows.map((row) => [row.key, row.id]));
    const entries: Entry[] = [];
    plan.comments.forEach(({ time }, index) => {
      const parent = entries[parentOf(index)];
      const { text = '', at = '' } = times[time] ?? {};
      if (parent) parent.everReplied = true;
      entries.push({
        id: Buffer.from(`Comment:${key}:${ids.get(`c${index}`)}`).toString('base64url'),
        parent,
        place: [Date.parse(at), plan.shuffle.indexOf(index)],
        createdAt: text,
        everReplied: false,
        state: 'published',
      });
    });
    for (const [turn, wanted] of plan.live.entries()) {
      const parent = wanted < 0 || entries.length === 0 ? undefined : entries[wanted % entries.length];
      const { comment } = await app.addComment(moderator, {
        articleId,
        ...(parent ? { parentId: parent.id } : {}),
      });
      if (parent) parent.everReplied = true;
      entries.push({
        id: comment?.id ?? '',
        parent,
        place: [Date.parse('2100-01-01'), turn],
        createdAt: undefined,
        everReplied: false,
        state: 'published',
      });
    }
    return { articleId, entries };
  }

  async function remove(entry: Entry): Promise<void> {
    const { removeComment } = await app.data(
      `mutation ($id: ID!) { removeComment(input: { commentId: $id }) { vanishedCommentId userErrors { code } } }`,
      { id: entry.id },
      moderator.token,
    );
    if (entry.state === 'published') entry.state = entry.everReplied ? 'tombstone' : 'vanished';
    expect(removeComment).toEqual({
      vanishedCommentId: entry.state === 'vanished' ? entry.id : null,
      userErrors: [],
    });
  }

  const ask = async (list: List, args: Record<string, unknown>): Promise<any> =>
    (await app.data(list.operation, { ...list.variables, ...args })).node.list;

  /** The answer of the model to a request for a page. */
  function expected(list: List, step: Step, from: Entry | undefined) {
    const at = from === undefined ? undefined : list.entries.indexOf(from);
    const listed = (start: number, end?: number) => list.entries.slice(start, end).filter(isListed);
    const total = listed(0).length;
    if (step.forward) {
      const rest = at === undefined ? listed(0) : listed(at + 1);
      return {
        ids: rest.slice(0, step.size).map((entry) => entry.id),
        hasNextPage: rest.length > step.size,
        hasPreviousPage: total > rest.length,
        total,
      };
    }
    const rest = at === undefined ? listed(0) : listed(0, at);
    return {
      ids: rest.slice(-step.size).map((entry) => entry.id),
      hasNextPage: total > rest.length,
      hasPreviousPage: rest.length > step.size,
      total,
    };
  }

  /** Goes through a list step by step and compares every page with the model. */
  async function walk(list: List, steps: readonly Step[], cursors: ReadonlyMap<string, string>) {
    const byId = new Map(list.entries.map((entry) => [entry.id, entry]));
    let edges: { cursor: string; node: { id: string } }[] = [];
    for (const step of steps) {
      const edge = step.forward ? edges.at(-1) : edges[0];
      const picked =
        step.from === undefined || list.entries.length === 0
          ? byId.get(edge?.node.id ?? '')
          : list.entries[step.from % list.entries.length];
      const cursor = picked && cursors.get(picked.id);
      const found = await ask(
        list,
        step.forward ? { first: step.size, after: cursor } : { last: step.size, before: cursor },
      );
      edges = found.edges;
      const ids = edges.map((one) => one.node.id);
      expect({
        ids,
        hasNextPage: found.pageInfo.hasNextPage,
        hasPreviousPage: found.pageInfo.hasPreviousPage,
        total: found.totalCount,
      }).toEqual(expected(list, step, picked));
      expect(found.nodes.map((node: { id: string }) => node.id)).toEqual(ids);
      expect(edges.map((one) => one.cursor)).toEqual(ids.map((id) => cursors.get(id)));
      expect(found.pageInfo.startCursor).toBe(edges[0]?.cursor ?? null);
      expect(found.pageInfo.endCursor).toBe(edges.at(-1)?.cursor ?? null);
    }
  }

  /** Checks the place of every listed comment in its thread, and its counts. */
  async function checkFacts(articleId: string, entries: readonly Entry[]): Promise<void> {
    const { node } = await app.data(
      `query ($id: ID!) { node(id: $id) { ... on Article { commentCount allComments(first: 30) { nodes {
        id status depth threadPosition createdAt parent { id } ancestors { id } replyCount descendantCount
        replies(first: 1) { totalCount } } } } } }`,
      { id: articleId },
    );
    const isPublished = (entry: Entry) => entry.state === 'published';
    expect(node.commentCount).toBe(entries.filter(isPublished).length);
    const nodes: any[] = node.allComments.nodes;
    expect(nodes.map(({ threadPosition: _, createdAt: __, ...facts }) => facts)).toEqual(
      threaded(entries)
        .filter(isListed)
        .map((entry) => {
          const above = ancestorsOf(entry);
          const replies = below(entries, entry);
          return {
            id: entry.id,
            status: isPublished(entry) ? 'PUBLISHED' : 'REMOVED',
            depth: above.length,
            parent: entry.parent ? { id: entry.parent.id } : null,
            ancestors: above.map(({ id }) => ({ id })),
            replyCount: replies.filter(isPublished).length,
            descendantCount: threaded(entries, entry).filter(isPublished).length,
            replies: { totalCount: replies.filter(isListed).length },
          };
        }),
    );
    const positions: string[] = nodes.map(({ threadPosition }) => threadPosition);
    const bytes = positions.map((position) => Buffer.from(position));
    expect([...bytes].sort((a, b) => Buffer.compare(a, b))).toEqual(bytes);
    expect(new Set(positions).size).toBe(positions.length);
    const byId = new Map(nodes.map((one) => [one.id, one]));
    for (const one of nodes) {
      if (one.parent)
        expect(one.threadPosition.startsWith(byId.get(one.parent.id).threadPosition)).toBe(true);
      const { createdAt } = entries.find((entry) => entry.id === one.id) ?? {};
      if (createdAt !== undefined) expect(one.createdAt).toBe(createdAt);
    }
  }

  it(`equal slices of a sorted array (seed ${seed}, ${numRuns} runs)`, async () => {
    const cover = { tombstones: 0, vanished: 0, deepest: 0 };
    await fc.assert(
      fc.asyncProperty(thread, async (plan) => {
        const { articleId, entries } = await build(plan);
        // The cursor of every comment in every list, before any removal: a cursor outlives its comment.
        const cursors: Map<string, string>[] = [];
        const lists = listsOf(articleId, entries);
        for (const list of lists) {
          const { edges } = await ask(list, { first: 100 });
          expect(edges).toHaveLength(list.entries.length);
          cursors.push(new Map(edges.map((edge: any) => [edge.node.id, edge.cursor])));
        }
        for (const index of plan.removals) {
          const entry = entries[index % Math.max(entries.length, 1)];
          if (entry && entry.state !== 'vanished') await remove(entry);
        }
        await checkFacts(articleId, entries);
        for (const [index, list] of lists.entries()) {
          // A vanished comment has no list of replies.
          const parent = entries.find((entry) => entry.id === list.variables.id);
          if (parent && !isListed(parent)) continue;
          await walk(list, plan.walks[index] ?? [], cursors[index] ?? new Map());
        }
        cover.tombstones += entries.filter((entry) => entry.state === 'tombstone').length;
        cover.vanished += entries.filter((entry) => entry.state === 'vanished').length;
        cover.deepest = Math.max(cover.deepest, ...entries.map((entry) => ancestorsOf(entry).length));
      }),
      // The search for a smaller failing thread ends in time to show the one that was found.
      { seed, numRuns, interruptAfterTimeLimit: 90_000 },
    );
    // The threads must have covered enough tombstones, vanished comments and levels.
    expect(cover.tombstones).toBeGreaterThan(numRuns / 4);
    expect(cover.vanished).toBeGreaterThan(numRuns / 4);
    expect(cover.deepest).toBeGreaterThan(2);
  }, 240_000);
});
