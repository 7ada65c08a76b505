import type { TextAttempts } from '../../support/text-attempts.ts';

const signatures = [{ name: 'S. Example' }];

export const articleTexts: TextAttempts = {
  createArticle: ({ editor }) => ({ by: editor, input: { title: 'A title', body: 'A text.', signatures } }),
  updateArticle: async ({ app, editor }) => ({
    by: editor,
    input: { articleId: (await app.addArticle()).id, signatures },
  }),
};
