/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphqlAnswer, type TestApp, useApp } from '../../support/app.ts';
import { globalId, setArticle } from '../../support/article-states.ts';

const operation = `query ($filter: ArticleFilter, $order: ArticleOrder, $first: Int, $after: Cursor) {
  articles(filter: $filter, orderBy: $order, first: $first, after: $after) { edges { cursor node { slug } } } }`;

describe('a filter of articles', () => {
  const service = useApp();
  let app: TestApp;
  let slugs: string[];

  const ask = (filter: unknown, more: Record<string, unknown> = {}): Promise<GraphqlAnswer> =>
    app.query(operation, { filter, ...more });
  const found = async (filter: unknown): Promise<string[]> => {
    const answer = await ask(filter);
    expect(answer.errors).toBeUndefined();
    return answer.data.articles.edges.map((edge: any) => edge.node.slug);
  };

  beforeAll(async () => {
    app = service();
    slugs = [];
    for (const publishedAt of ['2024', '2024-01-01T00:00:00.001Z', '2024-06-01']) {
      const { slug, articleId } = await app.addArticle({
        article: { publishedAt, tags: ['Ferries', 'kelp'] },
      });
      await setArticle(app, articleId, {
        publishedAt: undefined,
        updatedAt: '2024-07-01',
        lastEventAt: '2024-08-01',
      });
      slugs.unshift(slug);
    }
  });

  it('that is absent, null or empty finds all articles', async () => {
    for (const filter of [undefined, null, {}, { tagNames: null, publishedAfter: null, status: null }]) {
      expect(await found(filter)).toEqual(slugs);
    }
  });

  it('includes its own instant in `…After`, and excludes it from `…Before`', async () => {
    const [newest, middle, oldest] = slugs;
    expect(await found({ publishedAfter: '2024-01-01T00:00:00.001Z' })).toEqual([newest, middle]);
    expect(await found({ publishedBefore: '2024-01-01T00:00:00.001Z' })).toEqual([oldest]);
    // A partial date counts as its beginning: a window of one year finds articles of which only that year is known.
    expect(
      await found({ publishedAfter: '2024-01-01T00:00:00Z', publishedBefore: '2025-01-01T00:00:00Z' }),
    ).toEqual(slugs);
    expect(await found({ publishedBefore: '2024-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ updatedAfter: '2024-07-01T00:00:00Z' })).toEqual(slugs);
    expect(await found({ updatedAfter: '2024-07-01T00:00:00.001Z' })).toEqual([]);
    expect(await found({ activeAfter: '2024-08-01T02:00:00+02:00' })).toEqual(slugs);
    expect(await found({ activeAfter: '2024-08-01T00:00:00.001Z' })).toEqual([]);
  });

  it('accepts any instant that can be written', async () => {
    expect(await found({ publishedAfter: '0001-01-01T00:00:00Z' })).toEqual(slugs);
    expect(await found({ publishedBefore: '9999-12-31T23:59:59.999Z' })).toEqual(slugs);
    for (const time of ['0000-01-01T00:00:00Z', '2024-02-30T00:00:00Z', '2024', 5]) {
      const answer = await ask({ publishedAfter: time });
      const codes = answer.errors?.map((error) => error.extensions.code) ?? [];
      expect(codes.filter((code) => code !== 'BAD_USER_INPUT')).toEqual([]);
    }
  });

  it('accepts tag names as people write them, even repeatedly', async () => {
    expect(await found({ tagNames: ['##FERRIES', 'ferries', ' Ferries '] })).toEqual(slugs);
    expect(await found({ tagNames: ['unknown', 'kelp'] })).toEqual(slugs);
    for (const name of [
      'unknown',
      '',
      '#',
      ' ',
      'x'.repeat(61),
      'x'.repeat(1000),
      '\u0000',
      '%',
      "' OR 1=1",
    ]) {
      expect(await found({ tagNames: [name] })).toEqual([]);
    }
  });

  it('finds nothing for an unknown journalist', async () => {
    expect(await found({ journalistIds: [globalId('Journalist', '9223372036854775807')] })).toEqual([]);
  });

  it.each(['journalistIds', 'tagNames', 'status'])('takes 1 to 50 values in `%s`', async (name) => {
    const value = { journalistIds: globalId('Journalist', '1'), tagNames: 'kelp', status: 'PUBLISHED' }[name];
    for (const count of [0, 51]) {
      const answer = await ask({ [name]: Array.from({ length: count }, () => value) });
      expect(answer.data.articles).toBeNull();
      expect(answer.errors).toMatchObject([
        {
          message: `\`${name}\` takes 1 to 50 values, not ${count}.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
    expect((await ask({ [name]: Array.from({ length: 50 }, () => value) })).errors).toBeUndefined();
  });

  it('refuses ids of anything but journalists', async () => {
    for (const id of ['', 'x', globalId('Article', '1'), globalId('Journalist', '1', '2')]) {
      expect((await ask({ journalistIds: [id] })).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
  });

  it('binds cursors to its own list, and to that of an equivalent filter', async () => {
    const cursorOf = async (filter: unknown, order = 'NEWEST') =>
      (await ask(filter, { order, first: 1 })).data.articles.edges[0].cursor as string;
    const filters = [
      {},
      { tagNames: ['kelp'] },
      { tagNames: ['kelp', 'ferries'] },
      { publishedAfter: '2020-01-01T00:00:00Z' },
      { updatedAfter: '2020-01-01T00:00:00Z' },
      { status: ['PUBLISHED', 'DRAFT'] },
    ];
    for (const filter of filters) {
      const after = await cursorOf(filter);
      for (const other of filters) {
        const answer = await ask(other, { after });
        expect({ filter, other, codes: answer.errors?.map((error) => error.extensions.code) }).toEqual({
          filter,
          other,
          codes: filter === other ? undefined : ['BAD_USER_INPUT'],
        });
      }
      expect((await ask(filter, { after, order: 'RECENTLY_UPDATED' })).errors).toHaveLength(1);
    }
    const after = await cursorOf({ tagNames: ['kelp', 'ferries'] });
    expect((await ask({ tagNames: ['#Ferries', 'kelp', 'KELP'] }, { after })).errors).toBeUndefined();
    expect(after.length).toBeLessThan(128);
  });

  it('by `activeAfter` finds an event that was being committed at the last request if it goes back a minute', async () => {
    const { slug, articleId } = await app.addArticle();
    const { db } = app.app;
    const minuteBefore = (time: string) => new Date(Date.parse(time) - 60_000).toISOString();
    let asked = '';
    await db.transaction(async (tx) => {
      await tx.query('UPDATE article_counter SET last_event_at = clock_timestamp() WHERE article_id = $1', [
        articleId,
      ]);
      const [row] = await db.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      // Behind the event also where the microseconds are cut off.
      asked = new Date(row!.now.getTime() + 1).toISOString();
      // The article is older than the event, which nobody sees yet.
      expect(await found({ activeAfter: asked })).toEqual([]);
    });
    expect(await found({ activeAfter: asked })).toEqual([]);
    expect(await found({ activeAfter: minuteBefore(asked) })).toContain(slug);
  });
});
