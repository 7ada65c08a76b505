import { beforeAll, describe, expect, it } from '@jest/globals';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { buffersOf, explain, nodesOf, type PlanNode } from '../../support/plans.ts';
import { Random } from '../../../harness/random.ts';
import { recordStatements } from '../../support/statements.ts';

/*
 * The work of the database for pages of a thread of 20,000 comments: the statements that the service sends, run with
 * their values under EXPLAIN. A page deep inside the thread has the plan of the first page and reads as much.
 */

const pageSize = 20;
/** Index pages that a deep page of a list may read in addition to those of the first page: the levels of the tree. */
const more = 12;

interface ImportedComment {
  readonly key: string;
  readonly parentKey?: string;
  readonly body: string;
  readonly createdAt: string;
}

/** The numbers of the comment with the most replies, and of the comment with the deepest thread. */
const popular = 2500;
const deep = 2600;

/** 5,000 comments on the first level; 4,500 replies to one; 6,000 in another one's thread, 60 levels deep; the rest anywhere. */
function largeThread(): ImportedComment[] {
  const random = new Random(20_260_301);
  const comments: ImportedComment[] = [];
  const add = (parent?: number): number => {
    const index = comments.length;
    const createdAt = new Date(Date.parse('2024-01-01') + index * 1000).toISOString();
    const parentKey = parent === undefined ? {} : { parentKey: `c${parent}` };
    comments.push({ key: `c${index}`, ...parentKey, body: `Comment ${index}`, createdAt });
    return index;
  };
  for (let count = 0; count < 5000; count++) add();
  for (let count = 0; count < 4500; count++) add(popular);
  const depths = new Map([[deep, 0]]);
  for (let count = 0; count < 6000; count++) {
    const open = [...depths.keys()];
    // Most replies are to one of the latest comments, so that threads get long.
    const last = open.slice(-8).filter((index) => (depths.get(index) ?? 0) < 60);
    const parent =
      (random.chance(0.7) ? random.pick(last) : undefined) ?? random.pick(open.slice(0, 40)) ?? deep;
    depths.set(add(parent), (depths.get(parent) ?? 0) + 1);
  }
  while (comments.length < 20_000) add(Math.floor(random.next() * comments.length));
  return comments;
}

/** A row of the table of comments, with `path` in hexadecimal digits, which sort as its bytes do. */
interface Row {
  readonly id: string;
  readonly key: string;
  readonly parentId: string | null;
  readonly ordinal: string;
  readonly depth: number;
  readonly path: string;
  readonly score: number;
}

interface List {
  readonly name: string;
  /** Selects the list with these arguments under the alias `list`, on the object of `$slug`, `$popular` or `$deep`. */
  readonly field: (args: string) => string;
  readonly holds: (row: Row, named: Record<'popular' | 'deep', Row>) => boolean;
  readonly order: 'THREADED' | 'NEWEST' | 'OLDEST' | 'TOP';
  readonly maxDepth?: number;
}

const [newest, oldest, top, threaded] = ['NEWEST', 'OLDEST', 'TOP', 'THREADED'] as const;

const lists: List[] = [
  ...[newest, oldest, top].map((order): List => ({
    name: `comments ${order}`,
    field: (args) => `article(slug: $slug) { list: comments(orderBy: ${order} ${args}) { PAGE } }`,
    holds: ({ depth }) => depth === 0,
    order,
  })),
  ...[newest, oldest, top].map((order): List => ({
    name: `replies ${order}`,
    field: (args) => `comment(id: $popular) { list: replies(orderBy: ${order} ${args}) { PAGE } }`,
    holds: ({ parentId }, named) => parentId === named.popular.id,
    order,
  })),
  ...[threaded, newest, oldest].flatMap((order) =>
    [undefined, 0, 2, 20].map((maxDepth): List => ({
      name: `allComments ${order}${maxDepth === undefined ? '' : ` down to ${maxDepth}`}`,
      field: (args) => `article(slug: $slug) {
        list: allComments(orderBy: ${order} maxDepth: ${maxDepth ?? null} ${args}) { PAGE } }`,
      holds: ({ depth }) => depth <= (maxDepth ?? 250),
      order,
      ...(maxDepth === undefined ? {} : { maxDepth }),
    })),
  ),
  ...(['popular', 'deep'] as const).flatMap((which) =>
    [undefined, 1, 15].map((maxDepth): List => ({
      name: `descendants of the ${which} one${maxDepth === undefined ? '' : ` down to ${maxDepth}`}`,
      field: (args) =>
        `comment(id: $${which}) { list: descendants(maxDepth: ${maxDepth ?? null} ${args}) { PAGE } }`,
      holds: ({ path, depth }, named) =>
        path !== named[which].path && path.startsWith(named[which].path) && depth <= (maxDepth ?? 250),
      order: threaded,
      ...(maxDepth === undefined ? {} : { maxDepth }),
    })),
  ),
];

const byOrdinal = (a: Row, b: Row): number => Number(BigInt(a.ordinal) - BigInt(b.ordinal));
const orders: Record<List['order'], (a: Row, b: Row) => number> = {
  NEWEST: (a, b) => byOrdinal(b, a),
  OLDEST: byOrdinal,
  TOP: (a, b) => b.score - a.score || byOrdinal(b, a),
  THREADED: (a, b) => (a.path < b.path ? -1 : 1),
};

describe('a thread of 20,000 comments', () => {
  const service = useApp(nothingKept);
  let app: TestApp;
  let rows: Row[];
  let named: Record<'popular' | 'deep', Row>;
  let variables: Record<string, unknown>;
  let globalId: (row: Row) => string;

  beforeAll(async () => {
    app = service();
    const { slug, articleId } = await app.addArticle({
      comments: largeThread().map((comment) => ({ ...comment })),
    });
    // Scores with many ties, some of them below zero.
    await app.app.db.query(
      `UPDATE comment_counter SET like_count = comment_id % 7, disagree_count = comment_id % 5,
         score = comment_id % 7 - comment_id % 5 WHERE article_id = $1`,
      [articleId],
    );
    await app.app.db.query('VACUUM (ANALYZE)');
    rows = await app.app.db.query<Row>(
      `SELECT c.id::text AS id, c.import_key AS key, c.parent_id::text AS "parentId", c.ordinal::text AS ordinal, c.depth,
         encode(c.path, 'hex') AS path, k.score
       FROM comment c JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
       WHERE c.article_id = $1`,
      [articleId],
    );
    const numbered = (index: number): Row => {
      const row = rows.find(({ key }) => key === `c${index}`);
      if (!row) throw new Error(`No comment ${index}`);
      return row;
    };
    named = { popular: numbered(popular), deep: numbered(deep) };
    globalId = ({ id }) => Buffer.from(`Comment:${articleId}:${id}`).toString('base64url');
    variables = { slug, popular: globalId(named.popular), deep: globalId(named.deep) };
  });

  const page = 'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }';

  async function ask(list: List, args: string, values: { at?: string; id?: string } = {}): Promise<any> {
    const field = list.field(args).replace('PAGE', page);
    const types = { slug: 'String', popular: 'ID', deep: 'ID', at: 'Cursor', id: 'ID' };
    const declared = Object.entries(types).filter(([name]) => field.includes(`$${name}`));
    const operation = `query (${declared.map(([name, type]) => `$${name}: ${type}!`).join(', ')}) { ${field} }`;
    const data = await app.data(operation, { ...variables, ...values });
    return (data.article ?? data.comment).list;
  }

  /** Requests a page. @returns its ids, and the plan of the statement that found them */
  async function read(list: List, args: string, values: { at?: string; id?: string } = {}) {
    const recorder = recordStatements();
    let found: any;
    try {
      found = await ask(list, args, values);
    } finally {
      recorder.stop();
    }
    const statements = recorder.sent.filter(({ text }) => text.includes(') page ON true'));
    if (!statements[0] || statements.length > 1) throw new Error('Not one statement for a page');
    const ids: string[] = found.edges.map((edge: any) => edge.node.id);
    return { ids, edges: found.edges, plan: await explain(app.app.db, statements[0]) };
  }

  /** The nodes of a plan that find the page: all scans of the rows of the list, whose alias in the statements is `x`. */
  const scansOf = (plan: PlanNode): PlanNode[] =>
    nodesOf(plan).filter(({ Alias = '' }) => /^x(_\d+)?$/.test(Alias));

  const pageBuffers = (plan: PlanNode): number =>
    scansOf(plan).reduce((sum, scan) => sum + buffersOf(scan), 0);

  /** @param passesOver whether index rows of comments that are too deep are skipped one by one */
  function expectIndexOnly(plan: PlanNode, passesOver: boolean): void {
    const scans = scansOf(plan);
    expect(scans.length).toBeGreaterThan(0);
    for (const scan of scans) {
      expect(scan).toMatchObject({ 'Node Type': 'Index Only Scan', 'Heap Fetches': 0 });
      expect(scan.Filter).toBe(passesOver ? '(depth <= s.max_depth)' : undefined);
    }
    expect(nodesOf(plan).filter((node) => node['Node Type'].endsWith('Sort'))).toEqual([]);
  }

  /** Expects look-ups by index for the page's rows too. For many pages at once, a hash join can be faster. */
  function expectLookups(plan: PlanNode): void {
    const scans = nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan');
    expect(scans.filter((node) => node['Relation Name']?.startsWith('comment'))).toEqual([]);
  }

  /** In order of time, the index scan skips comments that are too deep: a condition would read the same entries. */
  const passesOver = (list: List): boolean => list.order !== 'THREADED' && (list.maxDepth ?? 0) > 0;

  /** All rows of a list, in its order. */
  const allOf = (list: List): Row[] => rows.filter((row) => list.holds(row, named)).sort(orders[list.order]);

  /** The cursor of a row, made from the cursor of another row of the same list. */
  const cursorOf = (list: List, row: Row, other: string): string => {
    const [scope] = Buffer.from(other, 'base64url').toString().split('|');
    const keys: Record<List['order'], (string | number)[]> = {
      THREADED: [row.id],
      TOP: [row.score, row.ordinal],
      NEWEST: [row.ordinal],
      OLDEST: [row.ordinal],
    };
    return Buffer.from(`${[scope, ...keys[list.order]].join('|')}.`).toString('base64url');
  };

  /** Index of the first row of page 200, or of the last page of a shorter list. */
  const deepStart = (all: readonly Row[]): number => Math.min(199 * pageSize, all.length - pageSize - 1);

  it.each(lists)(
    '$name: page 200 is found in the same way as the first page, in both directions',
    async (list) => {
      const all = allOf(list);
      for (const forward of [true, false]) {
        const ordered = forward ? all : all.toReversed();
        const inOrder = (part: Row[]) => (forward ? part : part.toReversed()).map(globalId);
        const size = forward ? `first: ${pageSize}` : `last: ${pageSize}`;
        const near = await read(list, size);
        expect(near.ids).toEqual(inOrder(ordered.slice(0, pageSize)));
        const start = deepStart(ordered);
        const last = ordered[start - 1];
        if (!last) throw new Error('A list too short');
        const at = cursorOf(list, last, near.edges[0].cursor);
        const far = await read(list, `${size} ${forward ? 'after: $at' : 'before: $at'}`, { at });
        expect(far.ids).toEqual(inOrder(ordered.slice(start, start + pageSize)));
        for (const { plan } of [near, far]) {
          expectIndexOnly(plan, passesOver(list));
          expectLookups(plan);
        }
        expect(pageBuffers(far.plan)).toBeLessThanOrEqual(pageBuffers(near.plan) + more);
      }
    },
  );

  it.each(lists.filter(({ name }) => !/^(comments|replies)/.test(name)))(
    '$name: a page around a comment deep inside is found in the same way as the first page',
    async (list) => {
      const all = allOf(list);
      const near = await read(list, `first: ${pageSize}`);
      const start = deepStart(all);
      const center = all[start + pageSize / 2];
      if (!center) throw new Error('A list too short');
      const around = await read(list, `first: ${pageSize} around: $id`, { id: globalId(center) });
      expect(around.ids).toEqual(all.slice(start, start + pageSize).map(globalId));
      expectIndexOnly(around.plan, passesOver(list));
      expectLookups(around.plan);
      // Both sides are read, backwards with two look-ups for each row of a list that skips threads.
      expect(pageBuffers(around.plan)).toBeLessThanOrEqual(3 * pageBuffers(near.plan) + more);
    },
  );

  it('finds the replies to a hundred comments, and their descendants, by one index range each', async () => {
    for (const field of [
      'replies(first: 20)',
      'descendants(first: 20)',
      'descendants(first: 20 maxDepth: 2)',
    ]) {
      const recorder = recordStatements();
      await app
        .data(
          `query ($slug: String!) { article(slug: $slug) { allComments(first: 100) { nodes { ${field} { nodes { id } } } } } }`,
          variables,
        )
        .finally(recorder.stop);
      const statements = recorder.sent.filter(({ text }) => text.includes(') page ON true'));
      expect(statements).toHaveLength(2);
      for (const statement of statements) {
        const plan = await explain(app.app.db, statement);
        expectIndexOnly(plan, false);
      }
    }
  });

  it('skips a thread of thousands in reading order at the cost of one look-up', async () => {
    const list = lists.find(({ name }) => name === 'allComments THREADED down to 0');
    if (!list) throw new Error('No such list');
    const { ids, plan } = await read(list, `first: ${pageSize} around: $id`, { id: globalId(named.deep) });
    expect(ids).toContain(globalId(named.deep));
    expect(rows.filter(({ path }) => path.startsWith(named.deep.path)).length).toBeGreaterThan(6000);
    // One look-up for each row forwards, two backwards; none reads more pages than the tree has levels.
    expect(pageBuffers(plan)).toBeLessThanOrEqual(4 * 3 * (pageSize + 2));
  });
});
