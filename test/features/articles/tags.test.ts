/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxTagLength, normaliseTagName, tagNameToFind } from '../../../src/platform/text/tag-name.ts';
import { importDocument } from '../../../src/features/import/document.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';

describe('the name of a tag', () => {
  it.each([
    ['#Foo', 'foo'],
    ['##  Open   Letters ', 'open letters'],
    ['# # x', 'x'],
    ['C#', 'c#'],
    ['E\u0301VIAN', 'évian'],
    ['İstanbul', 'i̇stanbul'],
    ['STRASSE', 'strasse'],
    ['a\u200bb', 'ab'],
    ['#', ''],
    ['\ufeff', ''],
  ])('%j is stored as %j', (name, kept) => {
    expect(normaliseTagName(name)).toBe(kept);
  });

  it('is stored in a form that normalising again does not change', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (name) => {
        const kept = normaliseTagName(name);
        expect(normaliseTagName(kept)).toBe(kept);
        expect(kept.normalize('NFC')).toBe(kept);
      }),
      { numRuns: 2000 },
    );
  });

  it('is looked up in its stored form, unless no tag can have it', () => {
    expect(tagNameToFind('##Foo ')).toBe('foo');
    for (const name of ['', '#', ' ', 'x'.repeat(maxTagLength + 1), ' '.repeat(241)])
      expect(tagNameToFind(name)).toBeUndefined();
  });

  it('is refused in an import document when its stored form is empty or too long', () => {
    const document = (tags: string[]) => ({
      journalist: { slug: 'a', name: 'A' },
      article: { slug: 'a', title: 'A', body: 'A', publishedAt: '2024', tags },
    });
    for (const name of ['#', '# ', '\u200b', 'x'.repeat(61)])
      expect(importDocument.safeParse(document([name])).error?.issues).toMatchObject([
        { path: ['article', 'tags', 0] },
      ]);
    expect(importDocument.parse(document([`#${'x'.repeat(60)}`])).article.tags).toEqual(['x'.repeat(60)]);
  });
});

describe('tags', () => {
  const service = useApp();
  let app: TestApp;
  const use: Record<string, number> = { b: 3, a: 2, c: 2, 'zebra crossings': 1, ä: 1, 'b-side': 1 };
  const sorted = () =>
    app.app.db
      .query<{ name: string }>('SELECT name FROM tag WHERE name = ANY($1) ORDER BY name', [Object.keys(use)])
      .then((rows) => rows.map((row) => row.name).sort((x, y) => (use[y] ?? 0) - (use[x] ?? 0)));

  beforeAll(async () => {
    app = service();
    for (let round = 0; round < 3; round++) {
      await app.addArticle({
        article: { tags: Object.keys(use).filter((name) => (use[name] ?? 0) > round) },
      });
    }
    const { articleId } = await app.addArticle({ article: { tags: ['c', 'draft only'] } });
    await setArticle(app, articleId, { status: 'DRAFT' });
    const { articleId: gone } = await app.addArticle({ article: { tags: ['c', 'gone'] } });
    await setArticle(app, gone, { status: 'UNPUBLISHED' });
  });

  it('are those of published articles, most used first and then by name, with exact counts', async () => {
    const { tags } = await app.data('{ tags { nodes { name articleCount articles { nodes { slug } } } } }');
    expect(tags.nodes.map((tag: any) => [tag.name, tag.articleCount, tag.articles.nodes.length])).toEqual(
      (await sorted()).map((name) => [name, use[name], use[name]]),
    );
  });

  it('are paged in both directions with exact page flags', async () => {
    const names = await sorted();
    const operation = `query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
      tags(first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }`;
    const { edges } = (await app.data(operation)).tags;
    for (const [at, { cursor }] of edges.entries()) {
      for (const size of [1, 2, 3]) {
        const { tags: next } = await app.data(operation, { first: size, after: cursor });
        expect(next.totalCount).toBe(names.length);
        expect(next.edges.map((edge: any) => edge.node.name)).toEqual(names.slice(at + 1, at + 1 + size));
        expect(next.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: at + 1 + size < names.length });
        const { tags: back } = await app.data(operation, { last: size, before: cursor });
        expect(back.edges.map((edge: any) => edge.node.name)).toEqual(
          names.slice(Math.max(0, at - size), at),
        );
        expect(back.pageInfo).toEqual({ hasPreviousPage: at - size > 0, hasNextPage: true });
      }
    }
  });

  it('of drafts do not reveal their place in the list through a made-up cursor', async () => {
    const [row] = await app.app.db.query<{ id: string }>(
      `SELECT id::text AS id FROM tag WHERE name = 'draft only'`,
    );
    const page = async (id: string) => {
      const after = Buffer.from(`tags|-1|${id}.`).toString('base64url');
      return app.query('query ($after: Cursor) { tags(after: $after) { nodes { name } } }', { after });
    };
    expect(await page(row?.id ?? '')).toMatchObject({ data: (await page('999999')).data });
    expect((await page(row?.id ?? '')).data).toEqual({ tags: { nodes: [] } });
  });

  it('are found by any spelling of their name, and by id', async () => {
    const operation = 'query ($name: String!) { tag(name: $name) { id name articleCount } }';
    for (const name of ['zebra crossings', '#Zebra  Crossings', ' ##ZEBRA CROSSINGS']) {
      const { tag } = await app.data(operation, { name });
      expect(tag).toMatchObject({ name: 'zebra crossings', articleCount: 1 });
      expect(await app.data('query ($id: ID!) { node(id: $id) { id } }', { id: tag.id })).toEqual({
        node: { id: tag.id },
      });
    }
    expect((await app.data(operation, { name: 'A\u0308' })).tag.name).toBe('ä');
    for (const name of ['', '#', 'none', 'draft only', 'gone', 'x'.repeat(1000), '\u0000', '%'])
      expect(await app.data(operation, { name })).toEqual({ tag: null });
  });

  it('of a draft are shown to those who may see it, with counts and lists of published articles only', async () => {
    const editor = await app.signUp('Editor Example', 'EDITOR');
    const { articles } = await app.data(
      `{ articles(first: 5, filter: { status: [DRAFT] }) { nodes { tags { name articleCount articles { nodes { slug } } } } } }`,
      {},
      editor.token,
    );
    expect(articles.nodes).toEqual([
      {
        tags: [
          { name: 'c', articleCount: 2, articles: { nodes: [expect.anything(), expect.anything()] } },
          { name: 'draft only', articleCount: 0, articles: { nodes: [] } },
        ],
      },
    ]);
  });
});
