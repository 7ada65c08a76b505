import type { HashingQueue } from '../auth/hashing-queue.ts';
import { hashPassword } from '../auth/password.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { MailAnswer } from '../mail/mail-outbox.ts';
import { requireLine } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import { type AccountMails, linkHours } from './account-mails.ts';
import {
  type CredentialRow,
  deleteLoginsOf,
  deletePasskeysOf,
  lockAccount,
  lockAccountById,
  lockAddress,
  revokeTokensOf,
  selectAccounts,
  updateEmail,
  updateEraseAt,
  updateName,
  updatePassword,
  updatePendingEmail,
  updateProven,
} from './account.queries.ts';
import { requireEmail, requirePassword } from './account.rules.ts';
import type { MailedLinkKind } from './mailed-link.entity.ts';
import {
  deleteEmailLinksOf,
  deleteLinksOf,
  insertMailedLink,
  lockMailedLink,
} from './mailed-link.queries.ts';
import { hashMailedToken, newMailedToken } from './mailed-token.ts';
import { requireOwnPassword, requireSent, scopeOf, wrongPassword } from './own-password.ts';
import { hasOtherAdministrator, lockAdministrators } from './sanction.queries.ts';
import { updateSessionsRevoked } from './session.queries.ts';
import type { SessionService, SignedIn, SignInClient } from './session.service.ts';

const hourMs = 3_600_000;

/** How long an erasure can be taken back. */
const erasureDelayMs = 24 * hourMs;

export interface CredentialServiceOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
  /** Whether staff have to prove a second factor. */
  readonly staffSecondFactor: boolean;
  readonly clock: Clock;
}

/** Commands on what an account is known by: its password, its address and its name; and its end. */
export class CredentialService {
  readonly #options: CredentialServiceOptions;

  constructor(options: CredentialServiceOptions) {
    this.#options = options;
  }

  /**
   * Mails a link to a new password, or to an address without an account that it has none; the work and the answer are alike.
   * @returns when the link expires
   */
  requestPasswordReset(address: string, client: string): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      const email = requireEmail(address);
      return this.#options.db.transactionFor({ client }, async (tx) => {
        const account = await lockAddress(tx, email);
        const token = newMailedToken();
        const answer = account
          ? await mails.resetPassword(tx, email, token)
          : await mails.resetUnknown(tx, email);
        return this.#insertLink(tx, answer, {
          kind: 'PASSWORD',
          token,
          accountId: account?.id ?? null,
          email,
        });
      });
    });
  }

  /**
   * Gives an account a new password by a link that was mailed, or that an operator has made, ends all of its sessions, and
   * begins one. Its passkeys end as well, since whoever had the account may have added one; but where staff have to prove a
   * second factor, the mail is only the first.
   */
  resetPassword(
    { token, password }: { token: string; password: string },
    client: SignInClient,
  ): Promise<Result<SignedIn>> {
    return refusable(async () => {
      const { db, hashing, sessions, mails, clock, staffSecondFactor } = this.#options;
      const hash = hashMailedToken(token);
      const scope = { client: client.address };
      const account = await db.transactionFor(scope, async (tx) => {
        const link = await lockMailedLink(tx, 'PASSWORD', hash, clock.now());
        return link?.accountId == null ? undefined : (await selectAccounts(tx, [link.accountId]))[0];
      });
      if (!account) throw new Refusal('LINK_INVALID', ['token']);
      requirePassword(password, [account.email, account.name]);
      const passwordHash = await hashing.run(client.address, () => hashPassword(password));
      return db.transactionFor({ ...scope, subject: `account:${account.id}` }, async (tx) => {
        const now = clock.now();
        const before = await lockAccountById(tx, account.id);
        const link = await lockMailedLink(tx, 'PASSWORD', hash, now);
        if (!before || !link || link.email !== before.email) throw new Refusal('LINK_INVALID', ['token']);
        await updateProven(tx, account.id, { passwordHash, name: null, at: now });
        await revokeTokensOf(tx, account.id);
        const keepsPasskeys =
          staffSecondFactor && before.emailVerifiedAt !== null && hasRole(before, ...staffRoles);
        if (!keepsPasskeys) await deletePasskeysOf(tx, account.id);
        // Without the logins that make it one of staff, the account would need no second factor now, and again have its rights later.
        await deleteLoginsOf(tx, account.id, keepsPasskeys ? 'without roles' : 'all');
        await this.#endOthers(tx, { accountId: account.id, except: null }, now);
        const session = await sessions.beginByPassword(tx, { id: account.id, passwordHash }, client);
        await mails?.passwordChanged(tx, link.email, account.id);
        return session;
      });
    });
  }

  /** Gives the viewer's account a new password, and ends its other sessions. */
  changePassword(
    viewer: Viewer,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    email: string,
  ): Promise<Result<void>> {
    return refusable(async () => {
      const { hashing, mails, clock } = this.#options;
      const client = clientOf(viewer);
      requirePassword(newPassword, [email, viewer.name], 'newPassword');
      const credential = await this.#requireCredential(email, currentPassword, client);
      const passwordHash = await hashing.run(client, () => hashPassword(newPassword));
      await this.#options.db.transactionFor(scopeOf(viewer), async (tx) => {
        if (!(await lockAccount(tx, credential))) throw wrongPassword();
        await updatePassword(tx, credential.id, passwordHash);
        await this.#endOthers(tx, { accountId: credential.id, except: viewer.sessionId }, clock.now());
        if (mails) requireSent(await mails.passwordChanged(tx, email, credential.id));
      });
    });
  }

  /**
   * Mails a link to another address, which the account gets when it is confirmed, and tells the present one.
   * @returns when the link expires
   */
  changeEmail(
    viewer: Viewer,
    { email: given, currentPassword }: { email: string; currentPassword: string },
    present: string,
  ): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      const email = requireEmail(given);
      if (email === present)
        throw new Refusal('INVALID_INPUT', ['email'], 'The account has this address already.');
      const credential = await this.#requireCredential(present, currentPassword, clientOf(viewer));
      return this.#options.db.transactionFor(scopeOf(viewer), async (tx) => {
        const other = await lockAddress(tx, email);
        if (!(await lockAccount(tx, credential))) throw wrongPassword();
        await deleteEmailLinksOf(tx, credential.id);
        const token = newMailedToken();
        const answer = other
          ? await mails.emailKnown(tx, email, credential.id)
          : await mails.confirmEmail(tx, email, token, credential.id);
        requireSent(answer);
        requireSent(await mails.emailToChange(tx, present, credential.id));
        const until = await this.#insertLink(tx, answer, {
          kind: 'EMAIL',
          token,
          accountId: credential.id,
          email,
        });
        await updatePendingEmail(tx, credential.id, { email, until });
        return until;
      });
    });
  }

  /** Mails a link to the viewer's present address, which nobody has proven yet. @returns when the link expires */
  requestEmailConfirmation(viewer: Viewer): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      return this.#options.db.transactionFor(scopeOf(viewer), async (tx) => {
        const account = await lockAccountById(tx, viewer.accountId);
        if (!account || account.emailVerifiedAt)
          throw new Refusal('WRONG_STATUS', undefined, 'The address is confirmed already.');
        await deleteEmailLinksOf(tx, account.id);
        await updatePendingEmail(tx, account.id, null);
        const token = newMailedToken();
        const answer = await mails.confirmEmail(tx, account.email, token, account.id);
        requireSent(answer);
        return this.#insertLink(tx, answer, {
          kind: 'EMAIL',
          token,
          accountId: account.id,
          email: account.email,
        });
      });
    });
  }

  /**
   * Confirms the viewer's present or next address by a mailed link. It must be the viewer's own: whoever reads a mail that
   * somebody else has asked for confirms nothing for them.
   */
  confirmEmail(viewer: Viewer, token: string): Promise<Result<void>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      const { db, clock } = this.#options;
      const hash = hashMailedToken(token);
      await db.transactionFor(scopeOf(viewer), async (tx) => {
        const now = clock.now();
        const link = await lockMailedLink(tx, 'EMAIL', hash, now);
        if (!link || link.accountId !== viewer.accountId) throw new Refusal('LINK_INVALID', ['token']);
        const holder = await lockAddress(tx, link.email);
        if (holder && holder.id !== viewer.accountId) throw new Refusal('EMAIL_TAKEN', ['token']);
        const account = holder ?? (await lockAccountById(tx, viewer.accountId));
        if (!account) throw new Refusal('LINK_INVALID', ['token']);
        await updateEmail(tx, account.id, link.email, now);
        if (account.email === link.email) return deleteEmailLinksOf(tx, account.id);
        await this.#endOthers(tx, { accountId: account.id, except: viewer.sessionId }, now);
        requireSent(await mails.emailChanged(tx, account.email, account.id));
      });
    });
  }

  /** Changes the name of the viewer's comments, and of later endorsements: what was signed keeps its name. */
  changeName(viewer: Viewer, given: string): Promise<Result<void>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const name = requireLine(given, { field: 'name', max: 80 });
      await updateName(this.#options.db.of(clientOf(viewer)), viewer.accountId, name);
    });
  }

  /** Has the viewer's account erased a day from now, unless it is the last administrator's. @returns the time */
  requestErasure(viewer: Viewer, currentPassword: string, email: string): Promise<Result<Date>> {
    return refusable(async () => {
      const { db, mails, clock } = this.#options;
      const credential = await this.#requireCredential(email, currentPassword, clientOf(viewer));
      // Without a second factor the role does not count in this request; the account has it all the same.
      const mayLead = viewer.roles.includes('ADMINISTRATOR') || viewer.lacksSecondFactor === true;
      return db.transactionFor(scopeOf(viewer), async (tx) => {
        if (mayLead) await lockAdministrators(tx);
        if (!(await lockAccount(tx, credential))) throw wrongPassword();
        const now = clock.now();
        const [before] = await selectAccounts(tx, [credential.id]);
        if (before?.eraseAt) return before.eraseAt;
        if (
          before?.roles.includes('ADMINISTRATOR') === true &&
          !(await hasOtherAdministrator(tx, credential.id))
        )
          throw new Refusal('LAST_ADMINISTRATOR', undefined, 'Give somebody else the role first.');
        const at = new Date(now.getTime() + erasureDelayMs);
        await updateEraseAt(tx, credential.id, { at, now });
        if (mails) requireSent(await mails.erasureRequested(tx, email, at, credential.id));
        return at;
      });
    });
  }

  /** Takes an erasure back that has not begun. */
  cancelErasure(viewer: Viewer): Promise<Result<void>> {
    return refusable(async () => {
      const { db, clock } = this.#options;
      const isBack = await updateEraseAt(db.of(clientOf(viewer)), viewer.accountId, {
        at: null,
        now: clock.now(),
      });
      if (!isBack) throw new Refusal('WRONG_STATUS', undefined, 'The erasure has begun.');
    });
  }

  /** @throws Refusal MAIL_OFF */
  #requireMails(): AccountMails {
    const { mails } = this.#options;
    if (!mails) throw new Refusal('MAIL_OFF');
    return mails;
  }

  #requireCredential(email: string, password: string, client: string): Promise<CredentialRow> {
    return requireOwnPassword(this.#options, { email, password, client });
  }

  /** What a changed credential ends: other sessions, and links that were mailed before. */
  async #endOthers(tx: Tx, sessions: { accountId: string; except: string | null }, now: Date): Promise<void> {
    await deleteLinksOf(tx, sessions.accountId);
    await updateSessionsRevoked(tx, sessions, now);
  }

  /** Keeps a link, unless its mail is beyond a bound. @returns when it expires */
  async #insertLink(
    tx: Tx,
    answer: MailAnswer,
    link: {
      kind: Exclude<MailedLinkKind, 'SIGN_UP'>;
      token: string;
      accountId: string | null;
      email: string;
    },
  ): Promise<Date> {
    const expiresAt = new Date(this.#options.clock.now().getTime() + linkHours[link.kind] * hourMs);
    if (answer === 'ADDED')
      await insertMailedLink(tx, { ...link, hash: hashMailedToken(link.token), signUp: null, expiresAt });
    return expiresAt;
  }
}
