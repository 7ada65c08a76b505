import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onConnection } from '../../harness/database.ts';
import { findViolations } from '../../harness/invariants.ts';
import { sessionSecret } from '../../harness/processes/service.ts';
import { checkBooks } from '../funding/books.ts';
import { selectBooks } from '../funding/books.queries.ts';
import { type Deaths, liveThrough } from '../funding/life.ts';
import { OutsideProvider } from '../funding/outside-provider.ts';
import { FundingRig, fundingSettings, type Moment } from '../funding/rig.ts';
import type { FundingStep } from '../preload/funding-points.ts';
import type { Form, Scenario } from '../scenario.ts';
import type { World } from '../world/world.ts';

/** Steps that change something at the provider, and those that only read from it. */
const writing: readonly FundingStep[] = ['setUp', 'collect', 'refund', 'transfer'];
const reading: readonly FundingStep[] = ['complete', 'reversal'];

const at = (steps: readonly FundingStep[], moment: Moment): Deaths =>
  Object.fromEntries(steps.map((step) => [step, moment]));

/** Deaths around a provider that is no part of the nodes. */
const around: readonly Moment[] = [
  'before-call',
  'after-answer',
  'before-commit',
  'during-commit',
  'after-commit',
];

/** Every step at every moment, in one life for each moment. */
const outsideLives: readonly Deaths[] = [
  ...around.flatMap((moment) => [
    at([...writing, ...reading], moment),
    // Beside the collection of payments that are charged.
    at(['cancel'], moment),
  ]),
  at(writing, 'in-call'),
  at(['cancel'], 'in-call'),
];

/** Deaths in the middle of the provider's work, where it is a part of the nodes. */
const insideLives: readonly Deaths[] = (['in-provider', 'after-provider'] as const).flatMap((moment) => [
  at(writing, moment),
  at(['cancel'], moment),
]);

/** The short form: every step once, each at another moment. */
const shortLife: Deaths = {
  setUp: 'after-answer',
  complete: 'before-commit',
  collect: 'in-call',
  refund: 'after-answer',
  transfer: 'before-call',
  reversal: 'after-commit',
};

const noticeFaults = { lost: 0.3, doubled: 0.3, late: 0.4 };

/** Longest time without progress while readers catch up between two parts. */
const standstillMs = 30_000;

/** Lives without deaths, whose notices are spoiled all the same. */
const quietLives = 4;

/** Makes published articles without comments. @returns their keys */
async function makeArticles(world: World, count: number): Promise<string[]> {
  return onConnection(world.postgres.url, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `WITH made AS (
         INSERT INTO article (journalist_id, slug, title, standfirst, status, published_at, published_precision)
         SELECT journalist_id, 'campaign-' || n || '-' || $2, title, standfirst, status, published_at,
           published_precision
         FROM article, generate_series(1, $1::int) AS n WHERE id = 1
         RETURNING id
       ), texts AS (
         INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
         SELECT m.id, body_markdown, body_html, body_text, contact_addresses FROM made m, article_text
         WHERE article_id = 1
       ), counters AS (INSERT INTO article_counter (article_id) SELECT id FROM made)
       SELECT id::text AS id FROM made ORDER BY id`,
      [count, randomUUID()],
    );
    return rows.map(({ id }) => id);
  });
}

/** Runs `npm run funding reconcile`. @returns what it prints */
async function reconciled(databaseUrl: string): Promise<string> {
  const program = join(import.meta.dirname, '../../src/commands/funding.js');
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    SESSION_SECRET: sessionSecret,
    LOG_LEVEL: 'error',
  };
  return promisify(execFile)(process.execPath, [program, 'reconcile'], { env }).then(
    ({ stdout }) => stdout.trim(),
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`.trim(),
  );
}

interface Part {
  readonly lives: readonly Deaths[];
  /** Whether the provider is a part of the nodes. */
  readonly isInside: boolean;
}

function partsOf(form: Form): readonly Part[] {
  if (form === 'short') return [{ lives: [shortLife], isInside: false }];
  const quiet = Array.from({ length: quietLives }, (): Deaths => ({}));
  return [
    { lives: [...outsideLives, ...outsideLives, ...quiet], isInside: false },
    { lives: [...insideLives, ...insideLives], isInside: true },
  ];
}

/**
 * A node dies before a call to the provider, in the middle of it, and before and after what became of it is stored, at
 * each step of a pledge's money, while notices of the provider are lost, doubled and reordered. The provider, the tables,
 * the ledger and the readers have to agree in the end.
 */
export const funding: Scenario = {
  name: 'funding',
  title:
    'A node dies at each moment of saving, collecting, refunding and paying out, and notices are spoiled',
  needsRedis: true,
  ownNodes: true,
  async run(world, form) {
    const parts = partsOf(form);
    const articleIds = await makeArticles(world, parts.flatMap(({ lives }) => lives).length);
    await onConnection(world.postgres.url, (client) =>
      client.query(`UPDATE account SET roles = '{READER,EDITOR}' WHERE id = $1`, [
        world.signedIn.at(-1)?.accountId,
      ]),
    );
    const rigs: FundingRig[] = [];
    let number = 0;
    for (const { lives, isInside } of parts) {
      const rig = await openRig(world, isInside);
      rigs.push(rig);
      const own = articleIds.slice(number, number + lives.length);
      const some = form === 'long' ? { stock: 10, plain: 30 } : { stock: 2, plain: 4 };
      const crowd = await world.openCrowd({ urls: rig.urls, articleIds: own, ...some });
      for (const [index, articleId] of own.entries())
        await liveThrough(rig, { articleId, deaths: lives[index] ?? {}, number: number++ });
      await rig.provider.idle();
      if (rigs.length === parts.length) break;
      // Else these nodes would do the work of those of the next part.
      await crowd.settle(await world.logs(), standstillMs);
      for (const node of rig.nodes) await node.stop();
    }
    await expectEqualBooks(world, articleIds, rigs);
    const sum = (figure: (rig: FundingRig) => number): number =>
      rigs.reduce((total, rig) => total + figure(rig), 0);
    const spoiled = (kind: 'lost' | 'doubled' | 'late') => sum(({ provider }) => provider.spoiled[kind]);
    return {
      campaigns: articleIds.length,
      kills: sum(({ kills }) => kills),
      'slowest step after a death, ms': Math.round(Math.max(...rigs.map(({ slowest }) => slowest))),
      'requests repeated': sum(({ backers }) => backers.retries),
      notices: `${spoiled('lost')} lost, ${spoiled('doubled')} doubled, ${spoiled('late')} late`,
    };
  },
};

async function openRig(world: World, isInside: boolean): Promise<FundingRig> {
  const opened: { rig?: FundingRig } = {};
  const provider = await OutsideProvider.open({
    databaseUrl: world.postgres.url,
    nodes: () => opened.rig?.nodes ?? [],
    random: world.random,
    onError: (error) => world.expect(false, `the test provider failed: ${String(error)}`),
  });
  world.onClose(() => provider.close());
  provider.noticeFaults = noticeFaults;
  const { nodes } = await world.startPair({
    ...fundingSettings,
    ...(isInside ? {} : { OUTSIDE_PROVIDER: provider.setting }),
  });
  return (opened.rig = new FundingRig(world, nodes, provider));
}

async function expectEqualBooks(
  world: World,
  articleIds: readonly string[],
  rigs: readonly FundingRig[],
): Promise<void> {
  const { url } = world.postgres;
  await onConnection(url, async (client) => {
    const books = await selectBooks(client, articleIds);
    const expected = rigs.flatMap((rig) => rig.expected);
    for (const fault of checkBooks(books, expected)) world.expect(false, fault);
    const query = async <Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query(statement, [...values])).rows as Row[];
    for (const fault of await findViolations({ query })) world.expect(false, fault);
  });
  const answer = await reconciled(url);
  world.expect(/^0 differences in [1-9]\d* campaigns?$/.test(answer), `npm run funding reconcile: ${answer}`);
}
