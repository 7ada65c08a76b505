import { randomUUID } from 'node:crypto';
import type { TextAttempts } from '../../support/text-attempts.ts';

export const endorsementTexts: TextAttempts = {
  endorse: async ({ app, reader }) => ({ by: reader, input: { articleId: (await app.addArticle()).id } }),
  requestEndorsement: async ({ app }) => ({
    input: {
      articleId: (await app.addArticle()).id,
      email: `${randomUUID()}@example.org`,
      displayName: 'E. Example',
    },
  }),
};
