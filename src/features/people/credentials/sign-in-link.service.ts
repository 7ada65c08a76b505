import { accountSubject, type Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { AccountMails } from '../mailed-links/account-mails.ts';
import { lockAccountById, lockAddress, mailbox, updateEmail } from '../account/account.queries.ts';
import { isForLinks, requireEmail } from '../account/account.rules.ts';
import { askerOf } from '../mailed-links/mail-asker.ts';
import { deleteSignInLinksOf, hasMailedLink, lockMailedLink } from '../mailed-links/mailed-link.queries.ts';
import { keepMailedLink } from '../mailed-links/mailed-links.ts';
import { hashMailedToken, newMailedToken } from '../mailed-links/mailed-token.ts';
import type { IssuedSession, SessionService, SignInClient } from '../sessions/session.service.ts';

export interface SignInLinkServiceOptions {
  readonly db: Database;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
  /** Whether the operator has it mail links that sign in. */
  readonly isOn: boolean;
  readonly clock: Clock;
}

/** A link that was mailed before counts if it is still valid for this long, in milliseconds. */
const ofUseMs = 5 * 60_000;

/**
 * Signs readers in by links that are mailed. Whoever reads their mails could have a password made for the account as well, so this gives
 * nobody more.
 */
export class SignInLinkService {
  constructor(private readonly options: SignInLinkServiceOptions) {}

  /**
   * Mails a link that signs in; to an account that is not for such links, or to an address without an account, what to do instead. The
   * work and the answer are alike.
   * @returns when the link expires
   */
  request(address: string, client: SignInClient): Promise<Result<Date>> {
    return refusable(async () => {
      const { db, mails, isOn, clock } = this.options;
      if (!mails) throw new Refusal('MAIL_OFF');
      if (!isOn) throw new Refusal('WRONG_STATUS', undefined, 'This site mails no links that sign in.');
      const email = requireEmail(address);
      return db.transactionFor({ client: client.address }, async (tx) => {
        const found = await lockAddress(tx, email);
        const account = found?.isErasing ? undefined : found;
        const now = clock.now();
        const isLinked = account !== undefined && isForLinks(account);
        const link = { kind: 'SIGN_IN', accountId: isLinked ? account.id : null, email } as const;
        const hasLink = await hasMailedLink(tx, link, new Date(now.getTime() + ofUseMs));
        const lacksLink = isLinked && !hasLink;
        const asker = { ...(await askerOf(tx, account?.id, client, now)), lacksLink };
        const token = newMailedToken();
        const answer = isLinked
          ? await mails.signInLink(tx, email, token, asker)
          : account
            ? await mails.signInOtherwise(tx, email, asker)
            : await mails.noAccount(tx, email, 'SIGN_IN', asker);
        return keepMailedLink(tx, answer, now, { ...link, token });
      });
    });
  }

  /** Begins a session by a link that was mailed. All such links of the account end. */
  signIn(token: string, client: SignInClient): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const { db, sessions, isOn, clock } = this.options;
      const hash = hashMailedToken(token);
      const scope = { client: client.address };
      const accountId = await db.transactionFor(scope, async (tx) => {
        const link = await lockMailedLink(tx, 'SIGN_IN', hash, clock.now());
        return link?.accountId;
      });
      if (!isOn || accountId == null) throw new Refusal('LINK_INVALID', ['token']);
      return db.transactionFor({ ...scope, subject: accountSubject(accountId) }, async (tx) => {
        const now = clock.now();
        // The account before its links, as in all other commands.
        const account = await lockAccountById(tx, accountId);
        const link = await lockMailedLink(tx, 'SIGN_IN', hash, now);
        if (!account || link?.email !== account.email || !isForLinks(account) || account.isErasing)
          throw new Refusal('LINK_INVALID', ['token']);
        await deleteSignInLinksOf(tx, accountId);
        if (account.emailVerifiedAt === null) await updateEmail(tx, accountId, link.email, now);
        return sessions.begin(tx, accountId, client, { vouchedBy: mailbox });
      });
    });
  }
}
