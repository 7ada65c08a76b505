/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { useApp } from '../../support/app.ts';

/** A reference whose title is repeated at each of its uses. */
function multiplying(length: number): string {
  const definition = `[a]: http://b.cc "${'&'.repeat(length / 2)}"\n\n`;
  const paragraph = `${'[a] '.repeat(100)}\n\n`;
  return definition + paragraph.repeat((length - definition.length) / paragraph.length);
}

describe('a text whose HTML is much longer than its source', () => {
  const service = useApp();

  it('is refused as a comment, new or edited', async () => {
    const app = service();
    const { id: articleId } = await app.addArticle();
    const user = await app.signUp();
    const body = multiplying(10_000);
    const added = await app.addComment(user, { articleId, body });
    expect(added).toMatchObject({
      comment: null,
      userErrors: [{ code: 'TOO_LONG', field: ['body'], message: expect.stringContaining('HTML') }],
    });
    const { comment } = await app.addComment(user, { articleId, body: 'Short' });
    const edited = await app.data(
      `mutation ($input: EditCommentInput!) {
        editComment(input: $input) { comment { id } userErrors { code field } }
      }`,
      { input: { commentId: comment?.id, body } },
      user.token,
    );
    expect(edited.editComment).toEqual({
      comment: null,
      userErrors: [{ code: 'TOO_LONG', field: ['body'] }],
    });
  });

  it('is refused as an article, new or changed', async () => {
    const app = service();
    const user = await app.signUp('Bo Example', 'JOURNALIST');
    const mutations = `mutation ($create: CreateArticleInput!) {
      createArticle(input: $create) { article { id } userErrors { code field message } }
    }`;
    const create = (body: string) =>
      app.data(mutations, { create: { title: 'Long', body } }, user.token).then((data) => data.createArticle);
    const refused = {
      article: null,
      userErrors: [{ code: 'TOO_LONG', field: ['body'], message: expect.stringContaining('HTML') }],
    };
    expect(await create(multiplying(200_000))).toEqual(refused);
    const { article } = await create('Short');
    const changed = await app.data(
      `mutation ($input: UpdateArticleInput!) {
        updateArticle(input: $input) { article { id } userErrors { code field message } }
      }`,
      { input: { articleId: article.id, body: multiplying(200_000) } },
      user.token,
    );
    expect(changed.updateArticle).toEqual(refused);
  });
});
