/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphqlAnswer, type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { giveByline, setArticle } from '../../support/article-states.ts';
import { done } from '../../support/comments.ts';

const operation = `query ($status: [CommentStatus!], $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  viewer { comments(status: $status, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { id bodyText status article { slug } author { name } } }
    pageInfo { hasNextPage hasPreviousPage } } } }`;

describe('one’s own comments', () => {
  const service = useApp();
  let app: TestApp;
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;
  let articles: { id: string; articleId: string; slug: string }[];

  const ask = (user: TestUser, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer> =>
    app.query(operation, variables, { token: user.token });
  const list = async (user: TestUser, variables: Record<string, unknown> = {}): Promise<any> => {
    const answer = await ask(user, variables);
    expect(answer.errors).toBeUndefined();
    return answer.data.viewer.comments;
  };
  const texts = async (user: TestUser, status?: string[]): Promise<(string | null)[]> => {
    const { edges, totalCount } = await list(user, { status });
    expect(totalCount).toBe(edges.length);
    return edges.map((edge: any) => edge.node.bodyText);
  };

  beforeAll(async () => {
    app = service();
    author = await app.signUp('Author Example');
    other = await app.signUp('Other Example');
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
    articles = [];
    for (const slug of ['open', 'held', 'hidden']) {
      articles.push(
        await app.addArticle({ journalist: { slug: `j-${slug}`, name: 'J' }, article: { slug } }),
      );
    }
    const [open, held, hidden] = articles;
    if (!open || !held || !hidden) throw new Error('no articles');
    await app.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE slug = 'held'`);
    const write = async (user: TestUser, articleId: string, body: string, parentId?: string) => {
      const { comment } = await app.addComment(user, { articleId, body, ...(parentId ? { parentId } : {}) });
      return comment?.id ?? '';
    };
    await write(author, open.id, 'first');
    const waits = await write(author, held.id, 'waits');
    const rejected = await write(author, held.id, 'rejected');
    const replied = await write(author, open.id, 'replied to');
    await write(other, open.id, 'a reply', replied);
    const vanishing = await write(author, open.id, 'vanishes');
    await write(author, hidden.id, 'under a hidden article');
    await write(author, open.id, 'last');
    await done(app, 'removeComment', { commentId: replied }, author);
    await done(app, 'removeComment', { commentId: vanishing }, author);
    await app.app.db.query(
      `UPDATE comment SET status = 'REJECTED' WHERE article_id = $1 AND body_text = 'rejected'`,
      [held.articleId],
    );
    await setArticle(app, hidden.articleId, { status: 'UNPUBLISHED' });
    expect([waits, rejected]).not.toContain('');
  });

  it('are all published, pending and rejected ones, newest first, under any article', async () => {
    expect(await texts(author)).toEqual(['last', 'rejected', 'waits', 'first']);
    expect(await texts(other)).toEqual(['a reply']);
    expect(await texts(moderator)).toEqual([]);
  });

  it('are filtered by status; tombstones are listed only on request, and vanished comments never', async () => {
    expect(await texts(author, ['PENDING'])).toEqual(['waits']);
    expect(await texts(author, ['REJECTED', 'PENDING', 'PENDING'])).toEqual(['rejected', 'waits']);
    expect(await texts(author, ['PUBLISHED'])).toEqual(['last', 'first']);
    const { edges, totalCount } = await list(author, { status: ['REMOVED'] });
    expect(totalCount).toBe(1);
    expect(edges).toMatchObject([{ node: { bodyText: null, author: null, status: 'REMOVED' } }]);
    expect((await ask(author, { status: [] })).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('are listed only under articles that their author may see', async () => {
    const { slug } = articles[2] ?? {};
    await giveByline(app, 'j-hidden', author.accountId);
    expect(await texts(author)).not.toContain('under a hidden article');
    await app.app.db.query(`UPDATE account SET roles = '{READER,JOURNALIST}' WHERE id = $1`, [
      author.accountId,
    ]);
    expect(await texts(author)).toContain('under a hidden article');
    expect((await list(author)).edges.map((edge: any) => edge.node.article.slug)).toContain(slug);
    await app.app.db.query(`UPDATE journalist SET account_id = NULL WHERE slug = 'j-hidden'`);
    expect(await texts(author)).not.toContain('under a hidden article');
  });

  it('are paged in both directions with exact page flags, by cursors of one account and filter', async () => {
    const { edges } = await list(author);
    const bodies = edges.map((edge: any) => edge.node.bodyText);
    for (const [at, { cursor }] of edges.entries()) {
      for (const size of [1, 2, 100]) {
        const next = await list(author, { first: size, after: cursor });
        expect(next.edges.map((edge: any) => edge.node.bodyText)).toEqual(
          bodies.slice(at + 1, at + 1 + size),
        );
        expect(next.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: at + 1 + size < bodies.length });
        expect(next.totalCount).toBe(bodies.length);
        const back = await list(author, { last: size, before: cursor });
        expect(back.edges.map((edge: any) => edge.node.bodyText)).toEqual(
          bodies.slice(Math.max(0, at - size), at),
        );
        expect(back.pageInfo).toEqual({ hasPreviousPage: at - size > 0, hasNextPage: true });
      }
    }
    const after = edges[0].cursor;
    for (const answer of [await ask(other, { after }), await ask(author, { after, status: ['PUBLISHED'] })]) {
      expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    const same = ['REJECTED', 'PUBLISHED', 'PENDING'];
    expect((await ask(author, { after, status: same })).errors).toBeUndefined();
  });

  it('are distinguished where two articles have comments with the same ordinal', async () => {
    const user = await app.signUp('Twin Example');
    const [open, held] = articles;
    for (const article of [open, held]) {
      for (const body of ['a', 'b']) await app.addComment(user, { articleId: article?.id ?? '', body });
    }
    await app.app.db.query(`UPDATE comment SET ordinal = 1 + (body_text = 'b')::int WHERE account_id = $1`, [
      user.accountId,
    ]);
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const { edges, pageInfo } = await list(user, { first: 1, after });
      seen.push(...edges.map((edge: any) => edge.node.id));
      if (!pageInfo.hasNextPage) break;
      after = edges[0].cursor;
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
  });
});
