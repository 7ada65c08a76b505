/**
 * @database either
 * @seconds 80
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client } from 'pg';
import { generateData } from '../../harness/data/generate.ts';
import { dataSizes, skewedShares } from '../../harness/data/size.ts';
import { LatencyCounts } from '../../bench/live/latencies.ts';
import { packageOf, summarise } from '../../bench/profile.ts';
import { parseOptions } from '../../bench/options.ts';
import { UsageError } from '../../harness/options.ts';
import { describeInBrowserByHand } from '../support/browser.ts';
import { createTestDatabase, onDatabase, serverUrl } from '../support/database.ts';
import { buildPackages } from '../support/program.ts';
import { checkInvariants } from '../../harness/invariants.ts';

/*
 * Tests that the benches measure what they claim: the data is consistent, both sides answer the same, and figures are
 * produced. The figures themselves are not checked.
 */

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const size = dataSizes.small;

const queryable = (client: Client) => ({
  query: async <Row>(statement: string, values: readonly unknown[] = []) =>
    (await client.query(statement, [...values])).rows as Row[],
});

/** Generates the data in a new database, and inspects it. */
async function withData<T>(seed: number, look: (client: Client) => Promise<T>): Promise<T> {
  const database = await createTestDatabase();
  try {
    await generateData({ databaseUrl: database.url, size, seed, onProgress: () => undefined });
    return await onDatabase(database.url, look);
  } finally {
    await database.drop();
  }
}

const digest = (client: Client) =>
  client
    .query<{ digest: string }>(
      `SELECT md5(string_agg(md5(row(article_id, id, parent_id, path, account_id, body_html, created_at)::text), ''
         ORDER BY id)) AS digest FROM comment`,
    )
    .then(({ rows }) => rows[0]?.digest);

beforeAll(async () => {
  await buildPackages();
  await run('npx', ['tsc', '-p', 'tsconfig.bench.json'], { cwd: root });
}, 240_000);

describe('the data', () => {
  it('have the requested size, and all derived values are consistent', async () => {
    await withData(1, async (client) => {
      const { rows } = await client.query(
        `SELECT (SELECT count(*)::int FROM account) AS accounts, (SELECT count(*)::int FROM journalist) AS journalists,
           (SELECT count(*)::int FROM article) AS articles, (SELECT count(*)::int FROM comment) AS comments,
           (SELECT max(comment_count) FROM article_counter) AS "longestThread",
           (SELECT count(*)::int FROM endorsement) AS endorsements`,
      );
      expect(rows).toEqual([size]);
      await checkInvariants(queryable(client));
    });
  });

  it('are equal for equal seeds, and differ for different ones', async () => {
    const first = await withData(7, digest);
    expect(await withData(7, digest)).toBe(first);
    expect(await withData(8, digest)).not.toBe(first);
  });

  it('are distributed completely', () => {
    for (const [total, count] of [
      [10, 3],
      [180_000, 1999],
      [2, 5],
    ] as const) {
      const shares = skewedShares(total, count);
      expect(shares).toHaveLength(count);
      expect(shares.every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
      expect(shares.reduce((a, b) => a + b)).toBe(total);
    }
  });
});

describe('a run', () => {
  // Takes two minutes, too long for CI, which runs these benches by themselves.
  const itByHand = process.env.CI ? it.skip : it;

  itByHand(
    'compares equal answers, stores every comment once, delivers it to all subscribers, and leaves figures and no database',
    async () => {
      const out = await mkdtemp(join(tmpdir(), 'standfirst-bench-test-'));
      const options =
        'page pages post pledge live --part delivery --part return --size small --rounds 1 --seconds 0.3';
      try {
        const { stdout, stderr } = await run(
          process.execPath,
          ['dist/bench/bench/main.js', ...options.split(' '), '--out', out],
          { cwd: root, env: { PATH: process.env.PATH, DATABASE_URL: serverUrl() } },
        );
        expect(stderr.match(/pages are the same on both sides/g)).toHaveLength(7);
        expect(stderr).toMatch(/\d+ comments were acknowledged, and each is stored once/);
        expect(stderr).toMatch(/\d+ pledges were acknowledged, and each counts once/);
        const [, database] = /database (standfirst_bench_\w+)/.exec(stderr) ?? [];
        const { rows } = await onDatabase(serverUrl(), (client) =>
          client.query('SELECT FROM pg_database WHERE datname = $1', [database]),
        );
        expect(database).toBeDefined();
        expect(rows).toEqual([]);

        const report = JSON.parse(await readFile(join(out, 'page-pages-post-pledge-live.json'), 'utf8'));
        expect(report.comparisons.map((c: any) => c.sides.map((side: any) => side.name))).toEqual([
          ['Standfirst', 'rows kept', 'nothing kept', 'nothing kept, two workers', 'by hand'],
          ['Standfirst', 'rows kept', 'nothing kept', 'nothing kept, two workers', 'by hand'],
          ['Standfirst', 'rows kept', 'nothing kept', 'nothing kept, two workers', 'by hand'],
          ['Standfirst', 'by hand'],
          ['Standfirst', 'by hand'],
          ['Standfirst', 'by hand'],
          ['Standfirst', 'by hand'],
          ['Standfirst', 'bare pg', 'bare pg, statements sent together', 'Apollo alone'],
          ['Standfirst', 'bare pg', 'bare pg, statements sent together', 'Apollo alone'],
          ['Standfirst', 'bare pg', 'bare pg, statements sent together'],
          ['Standfirst', 'bare ws', 'stock recipe'],
          ['Standfirst', 'bare ws'],
        ]);
        for (const { columns, sides } of report.comparisons) {
          for (const { rounds } of sides) {
            expect(rounds).toHaveLength(1);
            expect(rounds[0][columns[0].key]).toBeGreaterThan(0);
          }
        }
        const [delivery] = report.comparisons.slice(-2);
        expect(delivery.sides.map((side: any) => side.rounds[0].deliveries)).toEqual([
          12 * 12,
          12 * 12,
          12 * 12,
        ]);
        expect(stdout.trim()).toBe(
          (await readFile(join(out, 'page-pages-post-pledge-live.md'), 'utf8')).trim(),
        );
        expect(stdout).toMatch(/\| Standfirst \/ by hand +\| +\d+\.\d\d \(\d+\.\d\d–\d+\.\d\d\) \|/);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    },
    240_000,
  );

  itByHand(
    'measures several workers as one side, with the CPU time of all of them',
    async () => {
      const out = await mkdtemp(join(tmpdir(), 'standfirst-bench-test-'));
      try {
        await run(
          process.execPath,
          [
            'dist/bench/bench/main.js',
            ...'page --with WORKERS=2 --size small --rounds 1 --seconds 0.3 --pool 8'.split(' '),
            '--out',
            out,
          ],
          { cwd: root, env: { PATH: process.env.PATH, DATABASE_URL: serverUrl() } },
        );
        const { comparisons } = JSON.parse(await readFile(join(out, 'page.json'), 'utf8'));
        for (const { sides } of comparisons) {
          expect(sides.map((side: any) => side.name)).toEqual([
            'Standfirst',
            'rows kept',
            'nothing kept',
            'nothing kept, two workers',
            'WORKERS=2',
            'by hand',
          ]);
          const [alone, , , , two] = sides.map((side: any) => side.rounds[0].serverCpu);
          // The primary alone takes next to nothing.
          expect(two).toBeGreaterThan(alone / 3);
        }
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    },
    240_000,
  );

  it('draws what threads of different lengths cost', async () => {
    const out = await mkdtemp(join(tmpdir(), 'standfirst-bench-'));
    try {
      await run(
        process.execPath,
        [
          'dist/bench/bench/main.js',
          ...'threads --size small --rounds 1 --seconds 0.3 --pool 4 --out'.split(' '),
          out,
        ],
        { cwd: root, env: { PATH: process.env.PATH, DATABASE_URL: serverUrl() } },
      );
      const { comparisons } = JSON.parse(await readFile(join(out, 'threads.json'), 'utf8'));
      expect(comparisons.map((c: any) => c.title)).toEqual([
        'fifty comments of a thread, cold: Standfirst',
        'fifty comments of a thread, cold: by hand',
      ]);
      for (const { sides } of comparisons) {
        const names: string[] = sides.map((side: any) => side.name);
        expect(names.map((name) => name.replace(/, depth .*/, ''))).toEqual([
          '100 comments',
          '1,000 comments',
          '1,000 comments',
        ]);
        // All lengths of about one shape, and one thread that is deeper.
        const [short = NaN, long = NaN, deep] = names.map((name) => Number(name.replace(/.* depth /, '')));
        expect(Math.abs(long - short)).toBeLessThan(1);
        expect(deep).toBeGreaterThan(1.5 * Math.max(short, long));
      }
      const svg = await readFile(join(out, 'thread-size.svg'), 'utf8');
      for (const text of ['>100<', '>1,000<', '>Standfirst<', '>by hand<'])
        expect(svg.split(text)).toHaveLength(2);
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 240_000);

  it.each([
    [['papers'], 'There is no bench called papers'],
    [['threads', 'page'], 'threads is measured alone'],
    [['--rounds', '0'], '--rounds takes a number above 0, not 0'],
    [['--rounds', '1.5'], '--rounds takes a whole number, not 1.5'],
    [['--size', 'huge'], '--size takes full or small, not huge'],
    [['--with', 'x'], '--with takes NAME=VALUE, not x'],
    [['live', '--part', 'x'], /--part takes delivery, .*, not x/],
    [['live', '--scale', '0'], '--scale takes a number above 0, not 0'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describeInBrowserByHand('a run in a browser', () => {
  it('loads the page, reads, scrolls and writes on it while others write, and does the same on a bare page', async () => {
    const out = await mkdtemp(join(tmpdir(), 'standfirst-bench-test-'));
    const options = 'browser --part load --part whole --part input --size small --rounds 1 --seconds 0.3';
    try {
      const { stderr } = await run(
        process.execPath,
        ['dist/bench/bench/main.js', ...options.split(' '), '--out', out],
        {
          cwd: root,
          env: { PATH: process.env.PATH, CHROMIUM: process.env.CHROMIUM, DATABASE_URL: serverUrl() },
        },
      );
      // Exceptions and errors of the page are reported on stderr.
      expect(stderr).not.toMatch(/the page (threw|says)/);
      const { comparisons } = JSON.parse(await readFile(join(out, 'browser.json'), 'utf8'));
      const sides = comparisons.map((c: any) => c.sides.map((side: any) => side.name));
      const beside = ['Standfirst', 'bare page'];
      // Two pages at this machine's speed and on a slow phone, the whole thread twice, and inputs.
      expect(sides).toEqual(Array.from({ length: 7 }, () => beside));
      for (const { columns, sides } of comparisons) {
        for (const { rounds } of sides) {
          expect(rounds).toHaveLength(1);
          expect(rounds[0][columns[0].key]).toBeGreaterThan(0);
        }
      }
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }, 240_000);
});

describe('latencies', () => {
  it('of several processes are ranked together, to a hundredth of a millisecond', () => {
    const [one, both] = [new LatencyCounts(), new LatencyCounts()];
    for (let ms = 1; ms <= 50; ms++) one.add(ms);
    both.addAll(one.list());
    for (let ms = 51; ms <= 99; ms++) both.add(ms);
    both.add(0.123);
    expect([0.01, 0.5, 0.99].map((part) => both.quantile(part))).toEqual([0.12, 49, 98]);
  });

  it('have no quantile when there are none', () => {
    expect(new LatencyCounts().quantile(0.5)).toBeNaN();
  });
});

describe('a profile', () => {
  it('is summed up by package and function, without idle time', () => {
    const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
    const { packages, functions } = summarise({
      nodes: [
        { id: 1, callFrame: frame('(idle)') },
        { id: 2, callFrame: frame('(garbage collector)') },
        { id: 3, callFrame: frame('execute', 'file:///app/node_modules/graphql/execution/execute.mjs') },
        {
          id: 4,
          callFrame: frame('from', 'file:///app/dist/bench/src/features/comments/thread/comment.type.js'),
        },
      ],
      samples: [1, 3, 4, 3, 2],
      timeDeltas: [900, 30, 40, 20, 10],
    });
    expect(packages).toEqual([
      { name: 'graphql', share: 0.5 },
      { name: 'src/features/comments', share: 0.4 },
      { name: '(garbage collector)', share: 0.1 },
    ]);
    expect(functions[0]).toEqual({ name: 'execute (graphql, execute.mjs:5)', share: 0.5 });
  });

  it.each([
    ['file:///app/node_modules/@apollo/server/dist/esm/x.js', 'f', '@apollo/server'],
    ['file:///app/node_modules/a/node_modules/b/x.js', 'f', 'b'],
    ['file:///app/dist/bench/src/features/comments/thread/x.js', 'f', 'src/features/comments'],
    ['file:///app/web/thread/x.tsx', 'f', 'web/thread'],
    ['file:///app/packages/graphql-plans/dist/x.js', 'f', 'packages/graphql-plans'],
    ['node:internal/streams/writable', 'f', 'node'],
    ['', 'writev', 'V8 and native code'],
  ])('finds the package of %s', (url, functionName, name) => {
    expect(packageOf(url, functionName)).toBe(name);
  });
});
