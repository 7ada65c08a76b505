import { randomUUID } from 'node:crypto';
import { addPasskey, Authenticator, passkeys } from '../../support/authenticator.ts';
import type { TextAttempts } from '../../support/text-attempts.ts';

export const peopleTexts: TextAttempts = {
  signUp: () => ({ input: { email: `${randomUUID()}@example.org`, password: 'correct horse battery' } }),
  changeName: ({ reader }) => ({ by: reader, input: {} }),
  createServiceAccount: ({ administrator }) => ({ by: administrator, input: {} }),
  createToken: async ({ app }) => ({
    by: await app.signUp(),
    input: { scopes: ['READ'], expiresAt: new Date(Date.now() + 60_000) },
  }),
  addPasskey: async ({ app }) => {
    const by = await app.signUp();
    const { options } = await passkeys(app, 'beginAddPasskey', undefined, by.token);
    return { by, input: { response: new Authenticator(app.url).create(options).response } };
  },
  renamePasskey: async ({ app }) => {
    const by = await app.signUp();
    const { id } = await addPasskey(app, by, new Authenticator(app.url));
    return { by, input: { passkeyId: id } };
  },
};
