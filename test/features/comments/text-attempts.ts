import { done } from '../../support/comments.ts';
import type { TextAttempts, Writers } from '../../support/text-attempts.ts';

/** Adds a comment of the reader. @returns its global id */
export async function addedComment({ app, reader }: Writers): Promise<string> {
  const { id: articleId } = await app.addArticle();
  return (await done(app, 'addComment', { articleId, body: 'A comment.' }, reader)).comment.id as string;
}

export const commentTexts: TextAttempts = {
  addComment: async ({ app, reader }) => ({
    by: reader,
    input: { articleId: (await app.addArticle()).id },
  }),
  editComment: async (writers) => ({
    by: writers.reader,
    input: { commentId: await addedComment(writers) },
  }),
};
