import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { giveByline, globalId, setArticle } from '../../support/article-states.ts';
import { Random } from '../../../harness/random.ts';

/*
 * Compares every list of articles, for every kind of viewer, with a model that filters, sorts and slices an array.
 * `FC_SEED` and `FC_RUNS` choose other articles and walks; a failure prints the seed and path that repeat it.
 */

const seed = Number(process.env.FC_SEED ?? 20260301);
const numRuns = Number(process.env.FC_RUNS ?? 150);

/** Times that coincide, some of them closer together than the precision of the API. */
const times = [
  '2023-06-01T00:00:00.000000Z',
  '2024-01-01T00:00:00.000000Z',
  '2024-01-01T00:00:00.000001Z',
  '2024-01-01T00:00:00.000999Z',
  '2024-01-01T00:00:00.001000Z',
  '2024-02-29T12:00:00.000000Z',
];
const instants = [
  '2023-06-01T00:00:00.000Z',
  '2024-01-01T00:00:00.000Z',
  '2024-01-01T00:00:00.001Z',
  '2025-01-01T00:00:00Z',
];

/** Microseconds since 1970. */
const micros = (time: string): bigint => {
  const fraction = /\.(\d{6})Z$/.exec(time)?.[1] ?? '000000';
  return BigInt(Date.parse(time.replace(/\.\d+Z$/, 'Z'))) * 1000n + BigInt(fraction);
};
const filterMicros = (time: string): bigint => BigInt(Date.parse(time)) * 1000n;

const statuses = ['DRAFT', 'PUBLISHED', 'UNPUBLISHED'] as const;
type Status = (typeof statuses)[number];
const tagNames = ['ferries', 'harbour', 'kelp', 'never published'];
const journalists = ['j0', 'j1', 'j2'];

interface Item {
  readonly id: string;
  readonly key: bigint;
  readonly journalist: number;
  readonly tags: readonly string[];
  readonly status: Status;
  readonly published: bigint | undefined;
  readonly created: bigint;
  readonly updated: bigint;
  readonly active: bigint;
  readonly comments: bigint;
  readonly endorsements: bigint;
}

const orders = {
  NEWEST: (item: Item) => item.published ?? item.created,
  OLDEST: (item: Item) => item.published ?? item.created,
  RECENTLY_UPDATED: (item: Item) => item.updated,
  RECENTLY_ACTIVE: (item: Item) => item.active,
  MOST_DISCUSSED: (item: Item) => item.comments,
  MOST_ENDORSED: (item: Item) => item.endorsements,
};
type Order = keyof typeof orders;

function sorted(items: readonly Item[], order: Order): Item[] {
  const key = orders[order];
  const way = order === 'OLDEST' ? 1n : -1n;
  return [...items].sort((a, b) =>
    Number(way * (key(a) === key(b) ? a.key - b.key : key(a) > key(b) ? 1n : -1n)),
  );
}

interface Filter {
  readonly journalistIds?: readonly number[];
  readonly tagNames?: readonly string[];
  readonly publishedAfter?: string;
  readonly publishedBefore?: string;
  readonly updatedAfter?: string;
  readonly activeAfter?: string;
  readonly status?: readonly Status[];
}

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

const filter: fc.Arbitrary<Filter> = fc
  .record({
    journalistIds: maybe(some([0, 1, 2, 99])),
    tagNames: maybe(some([...tagNames, 'unknown'])),
    publishedAfter: maybe(fc.constantFrom(...instants)),
    publishedBefore: maybe(fc.constantFrom(...instants)),
    updatedAfter: maybe(fc.constantFrom(...instants)),
    activeAfter: maybe(fc.constantFrom(...instants)),
    status: maybe(some(statuses)),
  })
  // Few conditions at a time: all together leave nothing.
  .chain((full) =>
    fc.subarray(Object.keys(full) as (keyof Filter)[], { maxLength: 3 }).map((names) => pick(full, names)),
  );

function pick(full: Filter, names: readonly (keyof Filter)[]): Filter {
  return Object.fromEntries(
    names.filter((name) => full[name] !== undefined).map((name) => [name, full[name]]),
  );
}

const matches = (item: Item, by: Filter): boolean =>
  (by.journalistIds?.includes(item.journalist) ?? true) &&
  (by.tagNames?.some((name) => item.tags.includes(name)) ?? true) &&
  (by.publishedAfter === undefined ||
    (item.published !== undefined && item.published >= filterMicros(by.publishedAfter))) &&
  (by.publishedBefore === undefined ||
    (item.published !== undefined && item.published < filterMicros(by.publishedBefore))) &&
  (by.updatedAfter === undefined || item.updated >= filterMicros(by.updatedAfter)) &&
  (by.activeAfter === undefined || item.active >= filterMicros(by.activeAfter));

const viewers = ['nobody', 'reader', 'owner', 'editor', 'suspended', 'former'] as const;
type ViewerName = (typeof viewers)[number];

/** Whether a viewer sees an article: the owner has the byline j0, a suspended journalist j1, a former journalist j2. */
const sees = (viewer: ViewerName, item: Item): boolean =>
  item.status === 'PUBLISHED' || viewer === 'editor' || (viewer === 'owner' && item.journalist === 0);

const lists = ['everybody', 'journalist', 'tag', 'own'] as const;

const declared =
  '$filter: ArticleFilter, $order: ArticleOrder, $first: Int, $after: Cursor, $last: Int, $before: Cursor';
const page = `articles(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
  totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
const operations: Readonly<Record<(typeof lists)[number], string>> = {
  everybody: `query (${declared}) { ${page} }`,
  journalist: `query (${declared}) { on: journalist(slug: "j0") { ${page} } }`,
  tag: `query (${declared}) { on: tag(name: "#Ferries") { ${page} } }`,
  own: `query (${declared}) { on: viewer { ${page} } }`,
};

const walk = fc.array(
  fc.record({
    forward: fc.boolean(),
    size: fc.integer({ min: 1, max: 7 }),
    from: fc.option(fc.nat(40), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('pages of articles', () => {
  const service = useApp();
  let app: TestApp;
  const items: Item[] = [];
  const users: Partial<Record<ViewerName, TestUser>> = {};
  const journalistKeys = new Map<number, string>();

  beforeAll(async () => {
    app = service();
    const random = new Random(seed);
    const time = () => random.pick(times) ?? '';
    for (let index = 0; index < 40; index++) {
      const journalist = Math.floor(random.next() * 3);
      const status = random.pick(statuses) ?? 'DRAFT';
      const tags = tagNames.slice(0, 3).filter(() => random.chance(0.4));
      if (status !== 'PUBLISHED' && random.chance(0.5)) tags.push('never published');
      const slug = journalists[journalist] ?? '';
      const { id, articleId } = await app.addArticle({
        journalist: { slug, name: `${slug} Example` },
        article: { tags },
      });
      const state = {
        status,
        publishedAt: time(),
        createdAt: time(),
        updatedAt: time(),
        lastEventAt: time(),
        commentCount: Math.floor(random.next() * 3),
        endorsementCount: Math.floor(random.next() * 3),
      };
      await setArticle(app, articleId, state);
      items.push({
        id,
        key: BigInt(articleId),
        journalist,
        tags,
        status,
        published: status === 'DRAFT' ? undefined : micros(state.publishedAt),
        created: micros(state.createdAt),
        updated: micros(state.updatedAt),
        active: micros(state.lastEventAt),
        comments: BigInt(state.commentCount),
        endorsements: BigInt(state.endorsementCount),
      });
    }
    const rows = await app.app.db.query<{ id: string; slug: string }>(
      'SELECT id::text AS id, slug FROM journalist',
    );
    for (const { id, slug } of rows) journalistKeys.set(journalists.indexOf(slug), id);
    users.reader = await app.signUp('Reader Example');
    users.owner = await app.signUp('Owner Example', 'JOURNALIST');
    users.editor = await app.signUp('Editor Example', 'EDITOR');
    users.suspended = await app.signUp('Suspended Example', 'JOURNALIST');
    await giveByline(app, 'j0', users.owner.accountId);
    await giveByline(app, 'j1', users.suspended.accountId);
    users.former = await app.signUp('Former Example');
    await giveByline(app, 'j2', users.former.accountId);
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [
      users.suspended.accountId,
    ]);
  });

  function listOf(list: (typeof lists)[number], viewer: ViewerName, by: Filter): Item[] {
    const byline = { owner: 0, suspended: 1, former: 2 } as Partial<Record<ViewerName, number>>;
    const owned = {
      everybody: () => true,
      journalist: (item: Item) => item.journalist === 0,
      tag: (item: Item) => item.tags.includes('ferries'),
      own: (item: Item) => item.journalist === byline[viewer],
    }[list];
    const shown = by.status ?? (list === 'own' ? statuses : ['PUBLISHED']);
    return items.filter(
      (item) => owned(item) && matches(item, by) && shown.includes(item.status) && sees(viewer, item),
    );
  }

  it(`equal slices of a sorted array (seed ${seed}, ${numRuns} runs)`, async () => {
    const cover = { rows: 0, unpublished: 0, empty: 0 };
    const plan = fc.record({
      list: fc.constantFrom(...lists),
      viewer: fc.constantFrom(...viewers),
      order: fc.constantFrom(...(Object.keys(orders) as Order[])),
      filter,
      walk,
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ list, viewer, order, filter: by, walk: steps }) => {
        fc.pre(list !== 'own' || viewer !== 'nobody');
        const expected = sorted(listOf(list, viewer, by), order);
        const sent = {
          ...by,
          ...(by.journalistIds && {
            journalistIds: by.journalistIds.map((index) =>
              globalId('Journalist', journalistKeys.get(index) ?? '999999'),
            ),
          }),
        };
        const ask = async (args: Record<string, unknown>): Promise<any> => {
          const data = await app.data(
            operations[list],
            { filter: sent, order, ...args },
            users[viewer]?.token,
          );
          return (data.on ?? data).articles;
        };
        const whole = await ask({ first: 100 });
        expect(whole.edges.map((edge: any) => edge.node.id)).toEqual(expected.map((item) => item.id));
        expect(whole.totalCount).toBe(expected.length);
        expect((await ask({ first: 1 })).totalCount).toBe(expected.length);
        const cursors: string[] = whole.edges.map((edge: any) => edge.cursor);
        expect(new Set(cursors).size).toBe(expected.length);
        cover.rows += expected.length;
        cover.unpublished += expected.filter((item) => item.status !== 'PUBLISHED').length;
        if (expected.length === 0) cover.empty += 1;

        let edge: { start: number; end: number } | undefined;
        for (const { forward, size, from } of steps) {
          const at =
            expected.length === 0
              ? undefined
              : from === undefined
                ? forward
                  ? edge && edge.end - 1
                  : edge?.start
                : from % expected.length;
          const cursor = at === undefined || at < 0 ? undefined : cursors[at];
          const found = await ask(forward ? { first: size, after: cursor } : { last: size, before: cursor });
          const start = forward ? (cursor === undefined ? 0 : (at ?? 0) + 1) : undefined;
          const end = forward ? undefined : cursor === undefined ? expected.length : at;
          const first = start ?? Math.max(0, (end ?? 0) - size);
          const behind = end ?? Math.min(expected.length, first + size);
          expect({
            ids: found.nodes.map((node: any) => node.id),
            cursors: found.edges.map((one: any) => one.cursor),
            pageInfo: found.pageInfo,
          }).toEqual({
            ids: expected.slice(first, behind).map((item) => item.id),
            cursors: cursors.slice(first, behind),
            pageInfo: {
              hasPreviousPage: first > 0,
              hasNextPage: behind < expected.length,
              startCursor: cursors.slice(first, behind)[0] ?? null,
              endCursor: cursors.slice(first, behind).at(-1) ?? null,
            },
          });
          edge = first < behind ? { start: first, end: behind } : undefined;
        }
      }),
      { seed, numRuns, interruptAfterTimeLimit: 90_000 },
    );
    // The walks must have covered enough articles.
    expect(cover.rows).toBeGreaterThan(numRuns);
    expect(cover.unpublished).toBeGreaterThan(numRuns / 4);
    expect(cover.empty).toBeLessThan(numRuns * 0.75);
  }, 240_000);
});
