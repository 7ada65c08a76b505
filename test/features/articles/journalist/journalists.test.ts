/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, useApp } from '../../../support/app.ts';
import { setArticle } from '../../../support/article-states.ts';

const operation = `query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  journalists(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { slug name articleCount } } nodes { slug } pageInfo { hasNextPage hasPreviousPage } } }`;

describe('journalists', () => {
  const service = useApp();
  let app: TestApp;
  let slugs: string[];

  beforeAll(async () => {
    app = service();
    // Equal names, a name that is the beginning of another, and names of the maximum length.
    const names = [
      'Bo',
      'Ada Example',
      'Bo',
      'Bo Example',
      'Ø',
      'z'.repeat(120),
      'Ada Example',
      '😀'.repeat(60),
    ];
    for (const [index, name] of names.entries()) {
      await app.addArticle({ journalist: { slug: `j-${index}`, name } });
      const { articleId } = await app.addArticle({ journalist: { slug: `j-${index}`, name } });
      await setArticle(app, articleId, { status: index % 2 === 0 ? 'DRAFT' : 'UNPUBLISHED' });
    }
    const rows = await app.app.db.query<{ slug: string }>('SELECT slug FROM journalist ORDER BY name, id');
    slugs = rows.map((row) => row.slug);
  });

  it('are sorted by name and then by age, and count their published articles', async () => {
    const { journalists } = await app.data(operation);
    expect(journalists.nodes.map((node: any) => node.slug)).toEqual(slugs);
    expect(slugs.indexOf('j-1')).toBeLessThan(slugs.indexOf('j-6'));
    expect(slugs.indexOf('j-0')).toBeLessThan(slugs.indexOf('j-2'));
    for (const { node } of journalists.edges) expect(node.articleCount).toBe(1);
  });

  it('are paged both ways with exact flags', async () => {
    const { edges } = (await app.data(operation)).journalists;
    for (const [at, { cursor }] of edges.entries()) {
      for (const size of [1, 3, 100]) {
        const { journalists: next } = await app.data(operation, { first: size, after: cursor });
        expect(next.totalCount).toBe(slugs.length);
        expect(next.nodes.map((node: any) => node.slug)).toEqual(slugs.slice(at + 1, at + 1 + size));
        expect(next.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: at + 1 + size < slugs.length });
        const { journalists: back } = await app.data(operation, { last: size, before: cursor });
        expect(back.nodes.map((node: any) => node.slug)).toEqual(slugs.slice(Math.max(0, at - size), at));
        expect(back.pageInfo).toEqual({ hasPreviousPage: at - size > 0, hasNextPage: true });
      }
    }
  });

  it('refuse a cursor that no journalist ever had', async () => {
    const after = Buffer.from('journalists|999999999.').toString('base64url');
    for (const variables of [{ after }, { before: after }]) {
      const answer = await app.query(operation, variables);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});
