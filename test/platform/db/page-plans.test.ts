/**
 * @seconds 60
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Client } from 'pg';
import { generateData } from '../../../harness/data/generate.ts';
import { TestApp } from '../../support/app.ts';
import { createTestDatabase, onDatabase, type TestDatabase } from '../../support/database.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { explainGeneric, nodesOf, type PlanNode } from '../../support/plans.ts';
import { recordStatements, type SentStatement } from '../../support/statements.ts';

/*
 * The plans of all statements behind the pages that are read most, before and after PostgreSQL knows the tables,
 * and with statistics that are wrong. They must be kept, and must find rows by index. See docs/decisions/plans.md.
 */

const size = {
  accounts: 4000,
  journalists: 60,
  articles: 2000,
  comments: 20_000,
  longestThread: 10_000,
  endorsements: 6000,
};

/** Tables that grow with readers and articles. Bylines, tags and the row of `event_log` are few, and may be read whole. */
const grown = [
  'account',
  'article',
  'article_counter',
  'article_event',
  'article_search',
  'article_tag',
  'article_text',
  'comment',
  'comment_counter',
  'endorsement',
  'signature',
];

/** The most rows of a page: twenty comments with three replies each, and one more of each list. */
const pageRows = 100;

const cardFields = 'edges { cursor node { id title author { id name } tags { id } commentCount } }';

const golden = (name: string) => readFile(new URL(`../../golden/${name}.graphql`, import.meta.url), 'utf8');

const keeping = ['Hash', 'Sort', 'Incremental Sort', 'Materialize'];

/** PostgreSQL's default `jit_above_cost`: it compiles dearer plans at each execution, for some 25 ms. */
const costOfCompiling = 100_000;

const rowsOf = (node: PlanNode): number => node['Actual Rows'] * node['Actual Loops'];

/** Faults of a plan: a table read whole, or more rows read by key, kept, sorted or passed over than the page shows. */
function faultsOf(plan: PlanNode): string[] {
  return nodesOf(plan).flatMap((node) => {
    const { 'Node Type': type, 'Relation Name': table = '', Plans: below = [] } = node;
    if (grown.includes(table)) {
      if (type === 'Seq Scan') return [`Seq Scan on ${table}`];
      const passedOver = (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'];
      // Counts read an index alone, however long the thread.
      const read = passedOver + (type === 'Index Scan' ? rowsOf(node) : 0);
      if (read > pageRows) return [`${type} over ${read} rows of ${table}`];
    }
    // A limit above a sort hides how many rows are sorted.
    const kept = keeping.includes(type) ? below.reduce((sum, child) => sum + rowsOf(child), 0) : 0;
    return kept > pageRows ? [`${type} of ${kept} rows`] : [];
  });
}

describe('the statements of a page', () => {
  let app: TestApp;
  let database: TestDatabase;
  let checkLeaks: () => Promise<void>;
  let statements: SentStatement[];

  /** Records what the service sends for an operation. */
  async function record(
    operation: string,
    variables: Record<string, unknown>,
    token?: string,
  ): Promise<SentStatement[]> {
    const recorder = recordStatements();
    await app.data(operation, variables, token).finally(recorder.stop);
    return recorder.sent;
  }

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    database = await createTestDatabase();
    await onDatabase(database.url, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(relname) AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
      );
      for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
    });
    await generateData({
      databaseUrl: database.url,
      size,
      seed: 1,
      leavesVacuum: true,
      onProgress: () => undefined,
    });
    app = await TestApp.start({}, { database });
    const reader = await app.signUp();
    const [longest] = await app.app.db.query<{ slug: string; around: string }>(
      `SELECT a.slug, 'Comment:' || c.article_id || ':' || c.id AS around
       FROM article_counter n JOIN article a ON a.id = n.article_id JOIN comment c ON c.article_id = a.id
       ORDER BY n.comment_count DESC, c.path OFFSET 5000 LIMIT 1`,
    );
    const slug = longest?.slug;
    const around = Buffer.from(longest?.around ?? '').toString('base64url');
    const permalink = (
      maxDepth: number | null,
    ) => `query ($slug: String!, $around: ID!) { article(slug: $slug) {
      allComments(around: $around, first: 50, orderBy: THREADED, maxDepth: ${maxDepth}) { nodes { id bodyHtml } } } }`;
    const sent = [
      await record(await golden('article-page-signed-out'), { slug }),
      await record(await golden('article-page-signed-in'), { slug }, reader.token),
      await record(permalink(null), { slug, around }),
      await record(permalink(8), { slug, around }),
      // Without the tags beside the articles: their order counts the uses of all tags.
      await record(`{ articles(first: 20) { ${cardFields} } }`, {}),
      await record(
        `{ journalist(slug: "journalist-7") { id articleCount articles(first: 20) { ${cardFields} } } }`,
        {},
      ),
    ].flat();
    statements = [...new Map(sent.map((statement) => [statement.text, statement])).values()];
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
    await checkLeaks();
  });

  /** Faults of all statements' plans, with the statements. */
  async function findFaults(client: Client): Promise<string[]> {
    const found: string[] = [];
    for (const statement of statements) {
      const plan = await explainGeneric(client, statement);
      const faults = faultsOf(plan);
      if (plan['Total Cost'] > costOfCompiling) faults.push(`Compiled for a cost of ${plan['Total Cost']}`);
      found.push(...faults.map((fault) => `${fault}: ${statement.text}`));
    }
    return found;
  }

  /** Statements that are planned again for every execution. */
  async function findReplanned(client: Client): Promise<string[]> {
    for (const [index, { text, values }] of statements.entries())
      for (let run = 0; run < 8; run++)
        await client.query({ name: `statement ${index}`, text, values: [...values] });
    const { rows } = await client.query<{ statement: string }>(
      `SELECT statement FROM pg_prepared_statements WHERE custom_plans > 5 ORDER BY name`,
    );
    return rows.map(({ statement }) => statement);
  }

  const expectTwoArticles = ['comment', 'comment_counter', 'endorsement']
    .map((table) => `ALTER TABLE ${table} ALTER COLUMN article_id SET (n_distinct = 2)`)
    .join('; ');

  // In this order: what PostgreSQL knows can't be taken from it.
  it.each([
    ['before VACUUM and ANALYZE', []],
    ['after ANALYZE', ['ANALYZE']],
    ['after VACUUM ANALYZE', ['VACUUM ANALYZE']],
    ['where everything seems to be under two articles', [expectTwoArticles, 'ANALYZE']],
  ])('are planned once, and find rows by index, %s', async (_, prepare) => {
    expect(statements.length).toBeGreaterThan(12);
    await onDatabase(database.url, async (client) => {
      for (const step of prepare) await client.query(step);
      expect(await findFaults(client)).toEqual([]);
      expect(await findReplanned(client)).toEqual([]);
    });
  });
});
