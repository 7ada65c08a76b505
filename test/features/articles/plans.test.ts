import { beforeAll, describe, expect, it } from '@jest/globals';
import { nothingKept, type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { recordStatements, type SentStatement } from '../../support/statements.ts';

/*
 * Plans by which PostgreSQL finds pages among many articles: with the index that has the order of the page.
 * `PLAN_ARTICLES` sets the number of articles, `PLAN_SHOW=1` prints the plans with their times.
 */

const articles = Number(process.env.PLAN_ARTICLES ?? 5000);

const fill = `
INSERT INTO journalist (slug, name) SELECT 'j-' || i, 'Journalist ' || i FROM generate_series(1, ${articles} / 10) i;
INSERT INTO tag (name) SELECT 'tag ' || i FROM generate_series(1, 200) i;
INSERT INTO article (journalist_id, slug, title, status, published_at, published_precision, updated_at)
  SELECT (SELECT min(id) FROM journalist) + i % (${articles} / 10), 'a-' || i, 'Title ' || i,
    CASE WHEN i % 20 = 0 THEN 'UNPUBLISHED' ELSE 'PUBLISHED' END,
    timestamptz '2020-01-01' + i * 7919 % ${articles} * interval '1 hour', 'INSTANT',
    timestamptz '2022-01-01' + i * 6101 % ${articles} * interval '1 hour'
  FROM generate_series(1, ${articles}) i;
INSERT INTO article_text (article_id, body_markdown, body_html, body_text) SELECT id, '', '', '' FROM article;
INSERT INTO article_counter (article_id, comment_count, endorsement_count, last_event_at)
  SELECT id, id * 7919 % 500, id * 6101 % 90, timestamptz '2023-01-01' + id * 4409 % ${articles} * interval '1 hour'
  FROM article;
INSERT INTO article_tag (article_id, position, tag_id)
  SELECT a.id, p, (SELECT min(id) FROM tag) + (a.id * 31 + p * 17) % (CASE p WHEN 0 THEN 5 ELSE 200 END)
  FROM article a, generate_series(0, 2) p ON CONFLICT DO NOTHING;
INSERT INTO article_search (article_id, head, document)
  SELECT id, setweight(to_tsvector('standfirst', title), 'A'),
    setweight(to_tsvector('standfirst', title || ' everywhere and rare' || id % 499
      || (SELECT string_agg(' ' || md5((id * w)::text), '') FROM generate_series(1, 60) w)), 'D') FROM article
  WHERE status = 'PUBLISHED';
INSERT INTO search_word SELECT 'word' || i FROM generate_series(1, 5000) i;
INSERT INTO endorsement (article_id, ordinal, account_id, display_name, listed, created_at, created_precision)
  SELECT a.id, a.id * 256 + u.id, u.id, u.name, true, now(), 'INSTANT' FROM article a, account u WHERE a.id % 3 = u.id % 3;
INSERT INTO comment (article_id, id, root_id, depth, ordinal, path, account_id, status, listed, body_markdown, body_html,
    body_text, created_at, created_precision)
  SELECT a.id, a.id * 10 + u.id, a.id * 10 + u.id, 0, a.id * 256 + u.id, int8send(a.id * 256 + u.id), u.id, 'PUBLISHED',
    true, '', '', '', now(), 'INSTANT' FROM article a, account u;
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed)
  SELECT article_id, id, 0, ordinal, true FROM comment;
`;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe(`pages among ${articles} articles`, () => {
  const service = useApp({ DATABASE_STATEMENT_TIMEOUT_MS: '60000', ...nothingKept });
  let app: TestApp;
  let user: TestUser;
  let editor: TestUser;

  beforeAll(async () => {
    app = service();
    user = await app.signUp('User Example');
    await app.signUp('Second Example');
    editor = await app.signUp('Editor Example', 'EDITOR');
    for (const statement of fill.split(';\n').filter((part) => part.trim() !== ''))
      await app.app.db.query(statement);
    await app.app.db.query('VACUUM ANALYZE');
  }, 240_000);

  /** Sends the operation, and explains the one of its statements whose text contains the marker. */
  async function explain(operation: string, marker: string, token?: string): Promise<Plan[]> {
    const { sent, stop } = recordStatements();
    try {
      await app.data(operation, {}, token);
    } finally {
      stop();
    }
    const { text, values } = sent.find((one) => one.text.includes(marker)) ?? ({ text: '' } as SentStatement);
    const [row] = await app.app.db.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      values,
    );
    if (process.env.PLAN_SHOW) {
      const shown = await app.app.db.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ${text}`,
        values,
      );
      process.stdout.write(`${operation}\n${shown.map((line) => line['QUERY PLAN']).join('\n')}\n\n`);
    }
    const plan = row?.['QUERY PLAN'][0].Plan;
    if (!plan) throw new Error('No plan');
    return nodesOf(plan);
  }

  /** The operation for the page after the first one. */
  async function behind(wrap: (args: string) => string, token?: string): Promise<string> {
    const find = (value: any): string | undefined =>
      value === null || typeof value !== 'object'
        ? undefined
        : (value.pageInfo?.endCursor ?? Object.values(value).map(find).find(Boolean));
    const first = await app.data(wrap('first: 20'), {}, token);
    return wrap(`first: 20, after: "${find(first)}"`);
  }

  const selection = '{ nodes { id } pageInfo { endCursor } }';
  const plain = (args: string) => (more: string) => `{ articles(${args} ${more}) ${selection} }`;
  const ofJournalist = (args: string) => (more: string) =>
    `{ journalist(slug: "j-7") { articles(${args} ${more}) ${selection} } }`;
  const ofTag = (args: string) => (more: string) =>
    `{ tag(name: "tag 150") { articles(${args} ${more}) ${selection} } }`;
  const ofViewer = (field: string) => (more: string) => `{ viewer { ${field}(${more}) ${selection} } }`;

  it.each([
    ['NEWEST', plain('orderBy: NEWEST'), 'article_published_idx'],
    ['OLDEST', plain('orderBy: OLDEST'), 'article_published_idx'],
    ['RECENTLY_UPDATED', plain('orderBy: RECENTLY_UPDATED'), 'article_updated_idx'],
    [
      'a window of time',
      plain('filter: { publishedAfter: "2020-02-01T00:00:00Z", publishedBefore: "2020-02-08T00:00:00Z" }'),
      'article_published_idx',
    ],
    ['a journalist’s', ofJournalist('orderBy: NEWEST'), 'article_journalist_idx'],
    ['a journalist’s, oldest first', ofJournalist('orderBy: OLDEST'), 'article_journalist_idx'],
    ['a tag’s', ofTag('orderBy: NEWEST'), 'article_tag_key'],
  ])('%s: read from an index', async (_, wrap, index) => {
    for (const operation of [wrap('first: 20'), await behind(wrap)]) {
      const nodes = await explain(operation, 'sort_key');
      expect(nodes.map((node) => node['Index Name'])).toContain(index);
      // Among a few thousand articles, PostgreSQL may well find those with a tag by reading all of them.
      if (index === 'article_tag_key') continue;
      expect(
        nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
      ).not.toContain('article');
    }
  });

  it.each([
    ['comments', 'comment_own_idx', 'comment c'],
    ['endorsements', 'endorsement_own_idx', 'endorsement e'],
  ])('the viewer’s own %s: read from an index', async (field, index, marker) => {
    const wrap = ofViewer(field);
    for (const operation of [wrap('first: 20'), await behind(wrap, user.token)]) {
      const nodes = await explain(operation, marker, user.token);
      expect(nodes.map((node) => node['Index Name'])).toContain(index);
      expect(
        nodes.filter(
          (node) =>
            ['comment', 'endorsement', 'article'].includes(node['Relation Name'] ?? '') &&
            node['Node Type'] === 'Seq Scan',
        ),
      ).toEqual([]);
    }
  });

  it('journalists: read from an index', async () => {
    const wrap = (more: string) => `{ journalists(${more}) ${selection} }`;
    for (const operation of [wrap('first: 20'), await behind(wrap)]) {
      const nodes = await explain(operation, 'FROM journalist x');
      expect(nodes.map((node) => node['Index Name'])).toContain('journalist_name_idx');
    }
  });

  it('search: words and their corrections are found by an index', async () => {
    const found = await explain('{ search(query: "rare7") { nodes { id } } }', 'websearch_to_tsquery');
    expect(found.map((node) => node['Index Name'])).toContain('article_search_document_idx');
    const meant = await explain('{ search(query: "wrod4711") { nodes { id } } }', 'levenshtein');
    expect(meant.map((node) => node['Index Name'])).toContain('search_word_similar_idx');
  });

  it('orders without an index: sorted once, within the statement timeout', async () => {
    for (const operation of [
      plain('orderBy: MOST_DISCUSSED')('first: 20'),
      plain('orderBy: MOST_ENDORSED')('first: 20'),
      plain('orderBy: RECENTLY_ACTIVE')('first: 20'),
      await behind(plain('orderBy: MOST_DISCUSSED')),
      plain('filter: { tagNames: ["tag 3", "tag 150"] }')('first: 20'),
    ]) {
      const nodes = await explain(operation, 'sort_key');
      // One `Limit`, rather than one for every row of the page.
      expect(nodes.filter((node) => node['Node Type'] === 'Limit')).toHaveLength(1);
    }
    await explain('{ tags(first: 20) { nodes { id } } }', 'used AS');
    await explain('{ search(query: "everywhere") { nodes { id } } }', 'websearch_to_tsquery');
    const drafts = plain('filter: { status: [UNPUBLISHED] }')('first: 20');
    expect((await explain(drafts, 'sort_key', editor.token)).length).toBeGreaterThan(1);
  });
});
