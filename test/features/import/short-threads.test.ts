/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { TestApp } from '../../support/app.ts';
import { bringFrom, type Brought, type DisqusPost, disqusXml } from '../../support/exports.ts';
import { recordStatements } from '../../support/statements.ts';
import { watchForLeaks } from '../../support/leaks.ts';

let app: TestApp;
let checkLeaks: () => Promise<void>;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  app = await TestApp.start();
  await app.app.db.query(`INSERT INTO journalist (slug, name) VALUES ('desk', 'The Desk')`);
});

afterAll(async () => {
  await checkInvariants(app.app.db);
  await app.close();
  await checkLeaks();
});

let lastId = 0;

/** Threads of two comments each, of which the second replies to the first. */
function shortThreads(count: number): { links: string[]; posts: DisqusPost[] } {
  const links = Array.from({ length: count }, () => `https://example.org/short/${randomUUID()}`);
  const posts = links.flatMap((_, index): DisqusPost[] => {
    const [first, second] = [(lastId += 1), (lastId += 1)];
    const author = { name: `Reader ${index}`, username: `reader_${index}` };
    return [
      { id: first, thread: index + 1, author },
      { id: second, thread: index + 1, parent: first, author, createdAt: '2016-01-01T00:00:00Z' },
    ];
  });
  return { links, posts };
}

const bring = (links: readonly string[], posts: readonly DisqusPost[], title?: string): Promise<Brought> => {
  const xml = disqusXml(links, posts);
  const titled = title === undefined ? xml : xml.replace(/<title>Thread (\d+)</g, `<title>${title}<`);
  return bringFrom(app, 'disqus', titled, { createUnder: 'desk' });
};

/** What became of each article, in short. */
const outcomes = ({ articles }: Brought) =>
  articles.map(({ result }) =>
    'refused' in result ? result.refused : `${result.outcome}, ${result.addedComments} added`,
  );

const bodies = async (slug: string): Promise<string[]> => {
  const { article } = await app.data(
    'query ($slug: String!) { article(slug: $slug) { allComments(first: 20, orderBy: OLDEST) { nodes { bodyText } } } }',
    { slug },
  );
  return article.allComments.nodes.map(({ bodyText }: { bodyText: string }) => bodyText);
};

describe('short threads are imported together', () => {
  /** The statements of an import, its renewal with one more comment in each thread, and an import without any news. */
  async function statementsFor(count: number): Promise<string[][]> {
    const { links, posts } = shortThreads(count);
    const more = [
      ...posts,
      ...links.map((_, index): DisqusPost => ({ id: (lastId += 1), thread: index + 1, message: 'More' })),
    ];
    // Nothing else has slugs that are made of these.
    const title = `Boat ${randomUUID().slice(0, 8)} $1`;
    const all: string[][] = [];
    for (const given of [posts, more, more]) {
      const { statements, stop } = recordStatements();
      const report = await bring(links, given, title).finally(stop);
      expect(report.articles).toHaveLength(count);
      all.push(statements);
    }
    return all;
  }

  it('fifty take the statements of five, in one transaction, but for one statement for the log of each article that changes', async () => {
    const isOfLog = (statement: string) => statement.includes('INTO article_event');
    const [few, many] = [await statementsFor(5), await statementsFor(50)];
    const withoutLog = (all: string[][]) => all.map((sent) => sent.filter((text) => !isOfLog(text)));
    expect(withoutLog(many)).toEqual(withoutLog(few));
    expect(many.map((sent) => sent.filter(isOfLog).length)).toEqual([0, 50, 0]);
    expect(many.map((sent) => sent.filter((text) => text === 'COMMIT').length)).toEqual([1, 1, 1]);
  });

  it('those that are refused leave the others as they are, and each is told in its place, with the lines', async () => {
    const { links, posts } = shortThreads(7);
    await bring(links, posts);
    const changed = posts.map((post, index) =>
      index === 4 || index === 11
        ? { ...post, createdAt: '2014-01-01T00:00:00Z' }
        : { ...post, message: 'Edited' },
    );
    const report = await bring(links, changed);
    const refusal = (index: number, line: number) => [
      `line ${line}: comment disqus:${posts[index]?.id} is 201${index === 4 ? '5-07-25T10' : '6-01-01T00'}:00:00.000Z here, and a comment keeps its place`,
    ];
    const [first, second] = [report.articles[2]?.result, report.articles[5]?.result] as any[];
    expect(outcomes(report)).toEqual([
      'changed, 0 added',
      'changed, 0 added',
      refusal(4, Number(/line (\d+)/.exec(first.refused[0])?.[1])),
      'changed, 0 added',
      'changed, 0 added',
      refusal(11, Number(/line (\d+)/.exec(second.refused[0])?.[1])),
      'changed, 0 added',
    ]);
    expect(report.articles.map(({ name }) => name)).toHaveLength(7);
    for (const [index, { name }] of report.articles.entries())
      expect(await bodies(name)).toEqual(Array(2).fill(index === 2 || index === 5 ? 'A text' : 'Edited'));
  });

  it('articles with one title get slugs with numbers, and are found again', async () => {
    const { links, posts } = shortThreads(12);
    const title = `Tide ${randomUUID().slice(0, 8)}`;
    const made = await bring(links, posts, title);
    const base = title.toLowerCase().replace(' ', '-');
    expect(made.articles.map(({ result }: any) => result.slug)).toEqual(
      links.map((_, index) => (index === 0 ? base : `${base}-${index + 1}`)),
    );
    expect(outcomes(await bring(links, posts, title))).toEqual(links.map(() => 'unchanged, 0 added'));
  });

  it('threads that turn out to have one article are imported one after the other', async () => {
    const title = `Ferry ${randomUUID().slice(0, 8)}`;
    const slug = title.toLowerCase().replace(' ', '-');
    await app.addArticle({
      journalist: { slug: 'desk', name: 'The Desk' },
      article: { slug, title, body: 'A text', publishedAt: '2014', canonicalUrl: null },
      comments: [],
    });
    const { links } = shortThreads(2);
    const report = await bring(
      links,
      [
        { id: (lastId += 1), message: 'One' },
        { id: (lastId += 1), thread: 2, message: 'Two' },
      ],
      title,
    );
    expect(report.articles.map(({ result }: any) => [result.slug, result.outcome, result.events])).toEqual([
      [slug, 'changed', 1],
      [slug, 'changed', 1],
    ]);
    expect(await bodies(slug)).toEqual(['One', 'Two']);
  });

  it('an author of several has the name of the last comment in all', async () => {
    const { links, posts } = shortThreads(3);
    const names = ['Old', 'Newest', 'Newer'];
    const times = ['2015-01-01T00:00:00Z', '2017-01-01T00:00:00Z', '2016-01-01T00:00:00Z'];
    const username = `author_${randomUUID().slice(0, 8)}`;
    const told = posts
      .filter((_, index) => index % 2 === 0)
      .map((post, index) => ({
        ...post,
        author: { name: names[index]!, username },
        createdAt: times[index]!,
      }));
    await bring(links, told);
    const rows = await app.app.db.query(
      `SELECT a.name, count(*)::int AS comments FROM imported_author a JOIN comment c ON c.imported_author_id = a.id
       WHERE a.key = $1 GROUP BY a.name`,
      [`disqus:${username}`],
    );
    expect(rows).toEqual([{ name: 'Newest', comments: 3 }]);
  });
});
