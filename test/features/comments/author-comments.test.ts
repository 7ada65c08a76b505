/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { done } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { explain, nodesOf } from '../../support/plans.ts';
import { recordStatements } from '../../support/statements.ts';

const operation = `query ($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) { node(id: $id) {
  ... on CommentAuthor { name comments(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id bodyText article { slug } } } pageInfo { hasNextPage hasPreviousPage } } } } }`;

describe('the comments of an author', () => {
  const service = useApp();
  let app: TestApp;
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;
  let articles: Record<'open' | 'held' | 'hidden', { id: string; articleId: string; slug: string }>;

  const idOf = ({ accountId }: TestUser): string =>
    Buffer.from(`CommentAuthor:${accountId}`).toString('base64url');
  const ask = async (user: TestUser, variables: Record<string, unknown> = {}, token?: string): Promise<any> =>
    (await app.data(operation, { id: idOf(user), ...variables }, token)).node?.comments;
  const texts = async (user: TestUser, token?: string): Promise<string[]> =>
    (await ask(user, {}, token)).edges.map((edge: any) => edge.node.bodyText);
  const list = (user: TestUser, listsComments: boolean) =>
    app.data(
      `mutation ($input: ChangeCommentListInput!) {
        changeCommentList(input: $input) { viewer { listsComments } userErrors { code } } }`,
      { input: { listsComments } },
      user.token,
    );
  const write = async (user: TestUser, articleId: string, body: string, parentId?: string) => {
    const { comment } = await app.addComment(user, { articleId, body, ...(parentId ? { parentId } : {}) });
    return comment?.id ?? '';
  };

  beforeAll(async () => {
    app = service();
    author = await app.signUp('Author Example');
    other = await app.signUp('Other Example');
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
    const add = (slug: string) =>
      app.addArticle({ journalist: { slug: `j-${slug}`, name: 'J' }, article: { slug } });
    articles = { open: await add('open'), held: await add('held'), hidden: await add('hidden') };
    const { open, held, hidden } = articles;
    await write(author, held.id, 'under another article');
    await app.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE slug = 'held'`);
    await write(author, open.id, 'first');
    await write(author, held.id, 'waits');
    const replied = await write(author, open.id, 'replied to');
    await write(other, open.id, 'a reply', replied);
    const vanishing = await write(author, open.id, 'vanishes');
    await write(author, hidden.id, 'under a hidden article');
    await write(author, open.id, 'last');
    await done(app, 'removeComment', { commentId: replied }, author);
    await done(app, 'removeComment', { commentId: vanishing }, author);
    await setArticle(app, hidden.articleId, { status: 'UNPUBLISHED' });
  });

  it('are the public ones, newest first, the same for everybody', async () => {
    const expected = ['last', 'first', 'under another article'];
    expect(await texts(author)).toEqual(expected);
    expect(await texts(author, author.token)).toEqual(expected);
    expect(await texts(author, moderator.token)).toEqual(expected);
    expect(await texts(other)).toEqual(['a reply']);
  });

  it('are paged both ways, by cursors that no other list takes', async () => {
    const first = await ask(author, { first: 2 });
    expect(first.edges.map((edge: any) => edge.node.bodyText)).toEqual(['last', 'first']);
    expect(first.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false });
    const next = await ask(author, { first: 2, after: first.edges[1].cursor });
    expect(next.edges.map((edge: any) => edge.node.bodyText)).toEqual(['under another article']);
    expect(next.pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true });
    const back = await ask(author, { last: 1, before: next.edges[0].cursor });
    expect(back.edges.map((edge: any) => edge.node.bodyText)).toEqual(['first']);
    const foreign = await app.query(operation, { id: idOf(other), after: first.edges[0].cursor });
    expect(foreign.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('follow what happens to a comment and to its article', async () => {
    const id = await write(author, articles.open.id, 'newest');
    expect((await texts(author))[0]).toBe('newest');
    await done(app, 'removeComment', { commentId: id }, moderator);
    expect(await texts(author)).not.toContain('newest');
    await setArticle(app, articles.hidden.articleId, { status: 'PUBLISHED' });
    expect(await texts(author)).toContain('under a hidden article');
    await setArticle(app, articles.hidden.articleId, { status: 'UNPUBLISHED' });
    expect(await texts(author)).not.toContain('under a hidden article');
  });

  it('are listed for nobody, the author included, once the author has turned the list off', async () => {
    expect((await list(author, false)).changeCommentList).toEqual({
      viewer: { listsComments: false },
      userErrors: [],
    });
    expect(await ask(author)).toBeNull();
    expect(await ask(author, {}, author.token)).toBeNull();
    expect(await ask(author, {}, moderator.token)).toBeNull();
    // The comments themselves stay where they are.
    const { article } = await app.data('{ article(slug: "open") { allComments { nodes { bodyText } } } }');
    expect(article.allComments.nodes.map((node: any) => node.bodyText)).toContain('first');
    await list(author, true);
    expect(await texts(author)).toContain('first');
  });

  it('are null for an author without an account', async () => {
    const { slug } = await app.addArticle({
      comments: [
        { key: 'i', authorName: 'Imported Example', body: 'imported', createdAt: '2024-05-02T10:00:00Z' },
      ],
    });
    const { article } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { comments { nodes { author { name comments { nodes { id } } } } } } }',
      { slug },
    );
    expect(article.comments.nodes).toEqual([{ author: { name: 'Imported Example', comments: null } }]);
  });

  it('are gone with the account', async () => {
    await erasureOf(app).erase(other.email);
    expect((await app.data(operation, { id: idOf(other) })).node).toBeNull();
  });

  it('are read by their index, whatever else the account has written', async () => {
    await app.app.db.query(
      `INSERT INTO comment (article_id, root_id, id, depth, ordinal, path, account_id, status, listed,
        body_markdown, body_html, body_text, created_at, created_precision, removed_at, removed_status)
      SELECT $1, 1000000 + i, 1000000 + i, 0, 9000000000000000 + i, int8send(9000000000000000 + i), $2, 'REMOVED', true, '', '', '', now(),
        'INSTANT', now(), 'PUBLISHED' FROM generate_series(1, 5000) i`,
      [articles.open.articleId, author.accountId],
    );
    await app.app.db.query('ANALYZE comment');
    const recorder = recordStatements();
    expect(await texts(author).finally(recorder.stop)).toContain('first');
    const [statement, ...more] = recorder.sent.filter(({ text }) => text.includes(') page ON true'));
    if (!statement) throw new Error('No statement for a page');
    expect(more).toEqual([]);
    const scans = nodesOf(await explain(app.app.db, statement)).filter(({ Alias }) => Alias === 'x');
    expect(scans).toMatchObject([{ 'Index Name': 'comment_author_idx' }]);
    expect(scans[0]?.['Rows Removed by Filter'] ?? 0).toBe(0);
    expect(scans[0]?.['Actual Rows']).toBeLessThan(10);
  });
});
