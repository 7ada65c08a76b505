import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { idleFeatures, TestApp, type TestUser } from '../support/app.ts';
import { fundingWorker, noFundingWork } from '../support/funding-worker.ts';
import { addCampaign, back, campaignInput } from '../support/funding.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { recordStatements } from '../support/statements.ts';

/*
 * The article page as an operation, its response and the exact SQL. `UPDATE_GOLDEN=1 npm test -- test/golden` rewrites the
 * responses and the SQL, and the diff shows the changes.
 */

const update = process.env.UPDATE_GOLDEN === '1';
const now = new Date('2024-05-02T12:00:00Z');

/** Maximum for one page, including the session of a signed-in viewer, the clock and the sources of own comments. */
const maxStatements = 12;

const fileOf = (name: string) => new URL(`./${name}`, import.meta.url);

/** Compares a text with a golden file byte for byte, or updates the file first. */
async function expectGolden(name: string, actual: string): Promise<void> {
  if (update) await writeFile(fileOf(name), actual);
  expect(actual).toBe(await readFile(fileOf(name), 'utf8'));
}

/** A response in which ids and cursors are decoded for human readers, and everything else is unchanged. */
function legible(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(legible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const opaque = typeof field === 'string' && (key === 'id' || /cursor$/i.test(key));
      if (key === 'permalink') {
        const [page, id] = String(field).split('#comment-');
        return [key, id === undefined ? page : `${page}#comment-<${decoded(id)}>`];
      }
      return [key, opaque ? `<${decoded(field)}>` : legible(field)];
    }),
  );
}

const textOf = (statements: readonly string[]): string =>
  `${statements.map((sql) => sql.trim()).join(';\n\n')};\n`;

const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();

const minute = (index: number): string => new Date(now.getTime() - index * 60_000).toISOString();

/** An open letter with everything that a page can have, and with the given numbers of comments and endorsements. */
function letter(size: { roots: number; replies: number; endorsements: number }) {
  const roots = Array.from({ length: size.roots }, (_, index) => ({
    key: `r${index}`,
    authorName: index % 4 === 3 ? null : `Reader ${index}`,
    body: `Comment ${index}, see <https://example.org/${index}>.`,
    createdAt: index % 5 === 4 ? '2019' : minute(10 + 10 * index),
  }));
  const replies = roots.flatMap((root, index) =>
    Array.from({ length: size.replies }, (_, reply) => ({
      key: `${root.key}.${reply}`,
      parentKey: root.key,
      authorName: `Replier ${reply}`,
      body: `*Reply* ${reply} to ${index}`,
      createdAt: minute(9 + 10 * index - reply),
    })),
  );
  const below = {
    key: 'r0.0.0',
    parentKey: 'r0.0',
    authorName: 'Replier 0',
    body: 'Below a reply',
    createdAt: minute(3),
  };
  return {
    journalist: {
      slug: 'ada-example',
      name: 'Ada Example',
      location: 'LONDON, UK',
      photoUrl: 'https://example.org/ada.jpg',
      bio: 'Writes about **ships**.',
    },
    article: {
      title: 'Keep the ferry',
      standfirst: 'An open letter.',
      body: 'We *ask* you, as [others](https://example.org/others) did.\n\n> Keep it.\n\nWrite to keep@example.org.',
      publishedAt: '2024-05-01',
      canonicalUrl: null,
      tags: ['ferries', 'open letters'],
      signatures: [
        { name: 'Bo Example', role: 'Skipper', organisation: 'The Ferry' },
        { name: 'Cy Example', role: null, organisation: null },
      ],
    },
    endorsements: Array.from({ length: size.endorsements }, (_, index) => ({
      key: `e${index}`,
      displayName: `Supporter ${index}`,
      affiliation: index % 2 === 0 ? 'Islander' : null,
      statement: index % 3 === 0 ? 'I need it.' : null,
      createdAt: minute(100 + index),
    })),
    comments: [...roots, ...replies, below],
  };
}

describe('the article page', () => {
  const provider = new ProviderDouble();
  const settings = { PUBLIC_URL: 'https://standfirst.example', ...noFundingWork };
  const clock = { now: () => now };
  let app: TestApp;
  let journalist: TestUser;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    app = await TestApp.start(settings, { clock, payments: provider, features: idleFeatures });
    journalist = await app.signUp('Ada Example', 'JOURNALIST');
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  /**
   * Imports the letter, with a comment, a reply and an endorsement of the journalist's own account, and with a
   * tombstone. Values that would differ from run to run are pinned.
   */
  async function addLetter(slug: string, size: Parameters<typeof letter>[0]): Promise<void> {
    const document = letter(size);
    const { articleId } = await app.addArticle({ ...document, article: { ...document.article, slug } });
    const run = (sql: string, ...values: unknown[]) => app.app.db.query(sql, values);
    await run('UPDATE journalist SET account_id = $1', journalist.accountId);
    await run(
      `UPDATE comment SET account_id = $2, author_name = NULL WHERE article_id = $1 AND import_key IN ('r0', 'r0.0')`,
      articleId,
      journalist.accountId,
    );
    await run(
      `UPDATE endorsement SET account_id = $2, identity = $3, featured = true
       WHERE article_id = $1 AND import_key = 'e0'`,
      articleId,
      journalist.accountId,
      `account:${journalist.accountId}`,
    );
    await run('UPDATE article SET updated_at = $2 WHERE id = $1', articleId, now);
    await run('UPDATE article_counter SET last_event_at = $2 WHERE article_id = $1', articleId, now);
    await run(`UPDATE event_log SET epoch = '00000000-0000-4000-8000-000000000000'`);
    if (size.roots < 20) return;
    await run(
      `UPDATE comment SET status = 'REMOVED', removed_at = $2, removed_status = 'PUBLISHED' WHERE article_id = $1 AND import_key = 'r1'`,
      articleId,
      now,
    );
    await run(
      'UPDATE article_counter SET comment_count = comment_count - 1 WHERE article_id = $1',
      articleId,
    );
  }

  /** Adds a campaign that has reached its first milestone, with times that are pinned. */
  async function addLetterWithCampaign(slug: string): Promise<void> {
    await addLetter(slug, { roots: 3, replies: 1, endorsements: 2 });
    const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { id } }', { slug });
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const milestones = [
      { title: 'The journey', goal: 10_000 },
      { title: 'A second journey', goal: 50_000 },
    ];
    const campaignId = await addCampaign(app, editor, campaignInput(article.id, milestones, now));
    for (const amount of ['4000', '6000'])
      await back(app, provider, await app.signUp('Bo Example'), { campaignId, amount });
    await fundingWorker(app, provider, { clock }).run();
    const key = decoded(article.id).split(':')[1];
    const run = (sql: string, ...values: unknown[]) => app.app.db.query(sql, values);
    await run('UPDATE campaign SET launched_at = $2 WHERE article_id = $1', key, now);
    await run(
      `UPDATE milestone SET reached_at = $2, settled_at = $2 WHERE article_id = $1 AND position = 1`,
      key,
      now,
    );
    await run('UPDATE article_counter SET last_event_at = $2 WHERE article_id = $1', key, now);
  }

  /** Requests the page. @returns the response's data, and the statements that were sent for it */
  async function read(name: string, slug: string, token?: string, node = app) {
    const operation = await readFile(fileOf(`${name}.graphql`), 'utf8');
    const { statements, stop } = recordStatements();
    try {
      return { data: await node.data(operation, { slug }, token), statements };
    } finally {
      stop();
    }
  }

  /** Opens the connections that a page takes: to open them would change the order of the statements. */
  async function openConnections(name: string, token?: string): Promise<void> {
    const slug = `another-${name}`;
    await addLetter(slug, { roots: 1, replies: 1, endorsements: 1 });
    await read(name, slug, token);
  }

  const full = { roots: 25, replies: 4, endorsements: 12 };

  it.each([
    { name: 'article-page-signed-out', signedIn: false },
    { name: 'article-page-signed-in', signedIn: true },
  ])('equals the golden files of $name: the response and the statements', async ({ name, signedIn }) => {
    const token = signedIn ? journalist.token : undefined;
    await openConnections(name, token);
    const slug = `keep-the-ferry-${name}`;
    await addLetter(slug, full);
    const [first, second] = [await read(name, slug, token), await read(name, slug, token)];
    await expectGolden(`${name}.json`, `${JSON.stringify(legible(first.data), null, 2)}\n`);
    await expectGolden(`${name}.sql`, textOf(first.statements));
    await expectGolden(`${name}-again.sql`, textOf(second.statements));
    expect(second.data).toEqual(first.data);
  });

  it('needs one statement more for a campaign, and none without one', async () => {
    for (const slug of ['any', 'plain', 'without-a-campaign'])
      await addLetter(slug, { roots: 3, replies: 1, endorsements: 2 });
    await addLetterWithCampaign('with-a-campaign');
    // A node that has read nothing of these articles.
    const node = await TestApp.start(settings, { clock, database: app.database, features: idleFeatures });
    const readAnew = (name: string, slug: string) => read(name, slug, undefined, node);
    await readAnew('campaign-page', 'any');
    const plain = await readAnew('article-page-signed-out', 'plain');
    const none = await readAnew('campaign-page', 'without-a-campaign');
    const one = await readAnew('campaign-page', 'with-a-campaign');
    await node.close();
    expect(none.data.article.campaign).toBeNull();
    expect(none.statements).toEqual(plain.statements);
    const ofCampaign = one.statements.filter((statement) => statement.includes('FROM campaign'));
    expect(ofCampaign).toHaveLength(1);
    expect(one.statements.filter((statement) => !ofCampaign.includes(statement))).toEqual(plain.statements);
    expect(one.statements.length).toBeLessThanOrEqual(maxStatements);
    await expectGolden('campaign-page.json', `${JSON.stringify(legible(one.data), null, 2)}\n`);
    await expectGolden('campaign-page.sql', textOf(one.statements));
  });

  it.each([
    { name: 'article-page-signed-out', signedIn: false },
    { name: 'article-page-signed-in', signedIn: true },
  ])('needs the same statements for a hundred comments as for a few: $name', async ({ name, signedIn }) => {
    const token = signedIn ? journalist.token : undefined;
    const small = `small-${name}`;
    const large = `large-${name}`;
    await addLetter(small, { roots: 1, replies: 1, endorsements: 1 });
    await addLetter(large, { roots: 25, replies: 4, endorsements: 20 });
    // An import changes the byline, so that the next page reads the names of all bylines.
    await addLetter(`before-${name}`, { roots: 1, replies: 1, endorsements: 1 });
    await read(name, `before-${name}`, token);
    const [few, many] = [await read(name, small, token), await read(name, large, token)];
    expect(many.data.article.comments.edges).toHaveLength(20);
    expect(many.statements).toEqual(few.statements);
    expect(many.statements.length).toBeLessThanOrEqual(maxStatements);
  });
});
