/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';

const operation = `query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  viewer { endorsements(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { displayName article { slug } } } pageInfo { hasNextPage hasPreviousPage } } } }`;

describe('one’s own endorsements', () => {
  const service = useApp();
  let app: TestApp;
  let user: TestUser;
  let other: TestUser;
  const slugs = ['a', 'b', 'c', 'd', 'e'];

  const list = async (who: TestUser, variables: Record<string, unknown> = {}): Promise<any> =>
    (await app.data(operation, variables, who.token)).viewer.endorsements;
  const send = (name: string, who: TestUser, id: string) =>
    app.data(
      `mutation ($id: ID!) { ${name}(input: { articleId: $id }) { userErrors { code } } }`,
      { id },
      who.token,
    );

  beforeAll(async () => {
    app = service();
    user = await app.signUp('Supporter Example');
    other = await app.signUp('Other Example');
    for (const slug of [...slugs, 'withdrawn', 'hidden', 'again']) {
      const { id, articleId } = await app.addArticle({
        article: { slug },
        endorsements: [{ key: 'x', displayName: 'Imported', createdAt: '2024' }],
      });
      await send('endorse', user, id);
      if (slug === 'a') await send('endorse', other, id);
      if (slug === 'withdrawn' || slug === 'again') await send('withdrawEndorsement', user, id);
      if (slug === 'again') await send('endorse', user, id);
      if (slug === 'hidden') await setArticle(app, articleId, { status: 'UNPUBLISHED' });
    }
  });

  it('are those that are not withdrawn, newest first, of published articles', async () => {
    const { edges, totalCount } = await list(user);
    expect(edges.map((edge: any) => edge.node.article.slug)).toEqual(['again', ...[...slugs].reverse()]);
    expect(totalCount).toBe(slugs.length + 1);
    expect(edges[0].node.displayName).toBe('Supporter Example');
    expect(await list(other)).toMatchObject({ totalCount: 1, edges: [{ node: { article: { slug: 'a' } } }] });
  });

  it('are paged in both directions with exact page flags', async () => {
    const { edges } = await list(user);
    const found = (page: any) => page.edges.map((edge: any) => edge.cursor);
    const cursors = edges.map((edge: any) => edge.cursor);
    for (const [at, cursor] of cursors.entries()) {
      for (const size of [1, 2, 100]) {
        const next = await list(user, { first: size, after: cursor });
        expect(found(next)).toEqual(cursors.slice(at + 1, at + 1 + size));
        expect(next.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: at + 1 + size < cursors.length });
        const back = await list(user, { last: size, before: cursor });
        expect(found(back)).toEqual(cursors.slice(Math.max(0, at - size), at));
        expect(back.pageInfo).toEqual({ hasPreviousPage: at - size > 0, hasNextPage: true });
      }
    }
    const foreign = await app.query(operation, { after: cursors[0] }, { token: other.token });
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
