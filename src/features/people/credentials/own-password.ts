import type { HashingQueue } from '../../../platform/auth/hashing-queue.ts';
import { checkPassword } from '../../../platform/auth/password.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, RequestError } from '../../../platform/errors/errors.ts';
import type { MailAnswer } from '../../../platform/mail/mail-outbox.ts';
import { type CredentialRow, selectCredential } from '../account/account.queries.ts';
import { givenPassword } from '../account/account.rules.ts';

/*
 * What changes of an account's credentials have in common: the proof of the password, the order of the changes, and the
 * bound of their mails.
 */

/**
 * Checks the password of the viewer's account. The transaction of the change calls `lockAccount` with the answer, because the
 * password may change meanwhile.
 * @throws Refusal WRONG_CREDENTIALS
 */
export async function requireOwnPassword(
  { db, hashing }: { readonly db: Database; readonly hashing: HashingQueue },
  { email, password, client }: { email: string; password: string; client: string },
): Promise<CredentialRow> {
  const credential = await hashing.run(client, async () => {
    const found = await selectCredential(db.of(client), email);
    return (await checkPassword(found?.passwordHash, givenPassword(password))) ? found : undefined;
  });
  if (!credential) throw wrongPassword();
  return credential;
}

export const wrongPassword = (): Refusal =>
  new Refusal('WRONG_CREDENTIALS', ['password'], 'This is not the password of this account.');

/** A session that rests on another site's word neither takes nor replaces what rests on more: the word may be taken back, or be wrong. */
export const restsOnWord = (path?: readonly string[]): Refusal =>
  new Refusal(
    'WRONG_STATUS',
    path,
    'Another site’s word alone does not suffice for this: sign in with a password, which you get by mail, with a passkey, or by a mailed link where the site offers one.',
  );

/** An account that sends too many mails is told so: that says nothing about others. */
export function requireSent(answer: MailAnswer): void {
  if (answer !== 'TOO_MANY_BY_SENDER') return;
  throw new RequestError('RATE_LIMITED', 'Too many mails in the last hour: try again later.', {
    policy: 'mails',
    retryAfterSeconds: 3600,
  });
}
