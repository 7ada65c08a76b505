/** @database either */
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WrittenComments } from '../../../src/features/comments/writing/written-comments.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { recordStatements } from '../../support/statements.ts';

const addComment = `mutation ($input: AddCommentInput!) { addComment(input: $input) {
  comment { id bodyHtml author { name } parent { id bodyHtml } }
  article { commentCount liveCursor }
  userErrors { code }
} }`;

describe('the answers to new comments', () => {
  const app = useApp();
  let user: TestUser;
  beforeAll(async () => {
    user = await app().signUp('Ada Example');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const post = (articleId: string, body: string, parentId?: string) =>
    app().data(addComment, { input: { articleId, parentId, body } }, user.token);

  it('are read together: first all articles, then each comment once, also the parent of several', async () => {
    const articles = await Promise.all([app().addArticle(), app().addArticle()]);
    const parents = await Promise.all(
      articles.map(({ id }) => app().addComment(user, { articleId: id, body: 'Parent' })),
    );
    const replies = await Promise.all(
      [0, 0, 1, 1].map((n) => post(articles[n]?.id ?? '', 'Reply', parents[n]?.comment?.id)),
    );
    const keyOf = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':');
    const wanted = replies.map(({ addComment: { comment } }) => {
      const [, articleId = '', id = ''] = keyOf(comment.id);
      const [, , parentId = ''] = keyOf(comment.parent.id);
      return { articleId, ids: [id, parentId] };
    });
    const written = new WrittenComments(app().app.db);
    const { sent, stop } = recordStatements();
    const rows = await Promise.all(wanted.map((one) => written.load(one)));
    stop();
    expect(rows.map((row) => row?.article.id)).toEqual(wanted.map(({ articleId }) => articleId));
    expect(rows.map((row) => row?.comments.map(({ id }) => id))).toEqual(wanted.map(({ ids }) => ids));
    const reads = sent.filter(({ text }) => /FROM article a|JOIN comment c /.test(text));
    expect(reads).toHaveLength(2);
    const [first, second] = reads;
    expect(first?.text).toContain('FROM article a');
    expect(second?.text).toContain('JOIN comment c ');
    // Four comments and their two parents.
    expect(second?.values).toMatchObject([{ length: 6 }, { length: 6 }]);
  });

  it('are read like any other if reading them together fails, or too many wait', async () => {
    const { id } = await app().addArticle();
    const load = jest.spyOn(WrittenComments.prototype, 'load');
    load.mockRejectedValueOnce(new Error('No connection'));
    load.mockResolvedValueOnce(undefined);
    for (const body of ['First', 'Second']) {
      expect((await post(id, body)).addComment).toMatchObject({
        comment: { bodyHtml: `<p dir="auto">${body}</p>`, author: { name: 'Ada Example' }, parent: null },
        userErrors: [],
      });
    }
    expect(load).toHaveBeenCalledTimes(2);
  });
});
