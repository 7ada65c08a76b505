/**
 * @database either
 * @seconds 45
 */
import { describe, expect, it } from '@jest/globals';
import { useApp } from '../support/app.ts';

const article = `query ($slug: String!) {
  article(slug: $slug) {
    id title liveCursor commentCount
    comments(first: 5) { totalCount nodes { id bodyText replyCount replies(first: 3) { nodes { id bodyText } } } }
  }
}`;

describe('a reader', () => {
  const service = useApp();

  it('reads an article with its thread and replies, and another client receives the reply', async () => {
    const app = service();
    const { slug } = await app.addArticle({
      comments: [
        { key: 'c1', authorName: 'Bo Example', body: 'First', createdAt: '2024-05-01' },
        { key: 'c2', parentKey: 'c1', body: 'Second', createdAt: '2024-05-02' },
      ],
    });
    const { article: page } = await app.data(article, { slug });
    expect(page.commentCount).toBe(2);
    expect(page.comments.totalCount).toBe(1);
    const [first] = page.comments.nodes;
    expect(first.replies.nodes).toMatchObject([{ bodyText: 'Second' }]);

    const listener = app.live.events(page.id, page.liveCursor);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const user = await app.signUp('Cy Example');
    const { comment, userErrors } = await app.addComment(user, {
      articleId: page.id,
      parentId: first.id,
      body: 'I **disagree**.',
    });
    expect(userErrors).toEqual([]);
    const [event] = await listener.waitFor(1, 'CommentAdded');
    expect(event).toMatchObject({
      sequence: 1,
      comment: { id: comment?.id, bodyText: 'I disagree.', author: { name: 'Cy Example' } },
    });

    const { article: after } = await app.data(article, { slug });
    expect(after.commentCount).toBe(3);
    expect(after.comments.nodes[0].replyCount).toBe(2);
    expect(after.liveCursor).toBe(event?.cursor);
  });
});
