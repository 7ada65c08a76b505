import type { Tx } from '../../../platform/db/database.ts';
import type { MailAnswer } from '../../../platform/mail/mail-outbox.ts';
import { linkHours } from './account-mails.ts';
import type { MailedLinkKind } from './mailed-link.entity.ts';
import { insertMailedLink } from './mailed-link.queries.ts';
import { hashMailedToken } from './mailed-token.ts';

/** A link to an account's address, or to one that no account has. */
export interface AccountLink {
  readonly kind: Exclude<MailedLinkKind, 'SIGN_UP'>;
  readonly token: string;
  readonly accountId: string | null;
  readonly email: string;
}

/** Keeps a link, unless its mail is beyond a bound. @returns when it expires */
export async function keepMailedLink(
  tx: Tx,
  answer: MailAnswer,
  now: Date,
  { token, ...link }: AccountLink,
): Promise<Date> {
  const expiresAt = new Date(now.getTime() + linkHours[link.kind] * 3_600_000);
  if (answer === 'ADDED')
    await insertMailedLink(tx, { ...link, hash: hashMailedToken(token), signUp: null, expiresAt });
  return expiresAt;
}
