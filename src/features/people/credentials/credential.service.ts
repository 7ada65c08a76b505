import type { HashingQueue } from '../../../platform/auth/hashing-queue.ts';
import { hashPassword, noPassword } from '../../../platform/auth/password.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { AccountMails } from '../mailed-links/account-mails.ts';
import {
  deleteLoginsOf,
  deletePasskeysOf,
  holdAddress,
  type LockedAccountRow,
  lockAccountById,
  lockAddress,
  revokeTokensOf,
  selectAccounts,
  selectCredential,
  updateEmail,
  updateEraseAt,
  updateName,
  updatePassword,
  updatePendingEmail,
  updateProven,
} from '../account/account.queries.ts';
import { isForLinks, requireEmail, requirePassword, maxNameLength } from '../account/account.rules.ts';
import { deleteDevices } from '../account/device.queries.ts';
import { noteDevice } from '../account/devices.ts';
import { accountAsks, askerOf } from '../mailed-links/mail-asker.ts';
import {
  deleteEmailLinksOf,
  deleteLinksOf,
  lockMailedLink,
  selectLinkedAddress,
} from '../mailed-links/mailed-link.queries.ts';
import { keepMailedLink } from '../mailed-links/mailed-links.ts';
import { hashMailedToken, newMailedToken } from '../mailed-links/mailed-token.ts';
import { scopeOf } from '../account/account-scope.ts';
import { requireSent, restsOnWord } from './own-password.ts';
import type { Proofs } from './proof.service.ts';
import { hasOtherAdministrator, lockAdministrators } from '../account/sanction.queries.ts';
import { selectVouchedBy, updateSessionsRevoked } from '../sessions/session.queries.ts';
import type { SessionService, SignedIn, SignInClient } from '../sessions/session.service.ts';

const hourMs = 3_600_000;

/** How long an erasure can be taken back. */
const erasureDelayMs = 24 * hourMs;

export interface CredentialServiceOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
  readonly sessions: SessionService;
  readonly proofs: Proofs;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
  /** Whether links are mailed that sign in. */
  readonly mailsLinks: boolean;
  /** Whether staff have to prove a second factor. */
  readonly staffSecondFactor: boolean;
  readonly clock: Clock;
}

/** Commands on what an account is known by: its password, its address and its name; and its end. */
export class CredentialService {
  constructor(private readonly options: CredentialServiceOptions) {}

  /**
   * Mails a link to a new password, or to an address without an account that it has none; the work and the answer are alike.
   * @returns when the link expires
   */
  requestPasswordReset(address: string, client: SignInClient): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      const email = requireEmail(address);
      return this.options.db.transactionFor({ client: client.address }, async (tx) => {
        const found = await lockAddress(tx, email);
        const account = found?.isErasing ? undefined : found;
        const asker = await askerOf(tx, account?.id, client, this.options.clock.now());
        const token = newMailedToken();
        const answer = account
          ? await mails.resetPassword(tx, email, token, asker)
          : await mails.noAccount(tx, email, 'PASSWORD', asker);
        return keepMailedLink(tx, answer, this.options.clock.now(), {
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
      const { db, hashing, sessions, mails, clock, staffSecondFactor } = this.options;
      const hash = hashMailedToken(token);
      const scope = { client: client.address };
      const account = await db.transactionFor(scope, async (tx) => {
        const link = await lockMailedLink(tx, 'PASSWORD', hash, clock.now());
        return link?.accountId == null ? undefined : (await selectAccounts(tx, [link.accountId]))[0];
      });
      if (!account) throw new Refusal('LINK_INVALID', ['token']);
      requirePassword(password, [account.email, account.name]);
      const passwordHash = await hashing.run(client.address, () => hashPassword(password));
      return db.transactionFor({ ...scope, subject: accountSubject(account.id) }, async (tx) => {
        const now = clock.now();
        const before = await lockAccountById(tx, account.id);
        const link = await lockMailedLink(tx, 'PASSWORD', hash, now);
        if (!before || !link || link.email !== before.email) throw new Refusal('LINK_INVALID', ['token']);
        await updateProven(tx, account.id, { passwordHash, name: null, at: now });
        await revokeTokensOf(tx, account.id);
        await deleteDevices(tx, account.id);
        const keepsPasskeys =
          staffSecondFactor && before.emailVerifiedAt !== null && hasRole(before, ...staffRoles);
        if (!keepsPasskeys) await deletePasskeysOf(tx, account.id);
        // Without the logins that make it one of staff, the account would need no second factor now, and again have its rights later.
        const lostRoles = await deleteLoginsOf(tx, account.id, keepsPasskeys ? 'without roles' : 'all');
        await this.#endOthers(tx, { accountId: account.id, except: null }, now);
        const session = await sessions.beginByPassword(tx, { id: account.id, passwordHash }, client, {
          lostRoles,
        });
        await mails?.passwordChanged(tx, link.email, account.id);
        return session;
      });
    });
  }

  /**
   * Gives the viewer's account a new password, ends its other sessions, and forgets all devices but the client's. An account that has none gets one by mail: otherwise
   * another site that vouches for it would make itself a way in that does not end with its word.
   */
  changePassword(
    viewer: Viewer,
    { newPassword, email }: { newPassword: string; email: string },
    client: SignInClient,
  ): Promise<Result<void>> {
    return refusable(async () => {
      const { hashing, mails, clock, proofs } = this.options;
      requirePassword(newPassword, [email, viewer.name], 'newPassword');
      const passwordHash = await hashing.run(clientOf(viewer), () => hashPassword(newPassword));
      await this.options.db.transactionFor(scopeOf(viewer), async (tx) => {
        const account = await proofs.lockOwner(tx, viewer);
        if (account.passwordHash === noPassword)
          throw new Refusal('WRONG_STATUS', undefined, 'The account has no password: get one by mail.');
        const now = clock.now();
        await updatePassword(tx, account.id, passwordHash);
        await deleteDevices(tx, account.id);
        await noteDevice(tx, account.id, client, now);
        await this.#endOthers(tx, { accountId: account.id, except: viewer.sessionId }, now);
        if (mails) requireSent(await mails.passwordChanged(tx, account.email, account.id));
      });
    });
  }

  /**
   * Mails a link to another address, which the account gets when it is confirmed, and tells the present one. A session that rests on
   * another site's word changes no address: whoever has it would get a password by mail, which does not end with that word.
   * @returns when the link expires
   */
  changeEmail(viewer: Viewer, given: string, client: SignInClient): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      const email = requireEmail(given);
      const scope = { ...scopeOf(viewer), before: (tx: Tx) => holdAddress(tx, email) };
      return this.options.db.transactionFor(scope, async (tx) => {
        const other = await selectCredential(tx, email);
        const own = await this.options.proofs.lockOwner(tx, viewer);
        const { id, email: present } = own;
        if (email === present)
          throw new Refusal('INVALID_INPUT', ['email'], 'The account has this address already.');
        if ((await selectVouchedBy(tx, viewer.sessionId)) !== null) throw restsOnWord(['email']);
        await deleteEmailLinksOf(tx, id, email);
        const token = newMailedToken();
        const asker = accountAsks(id, client);
        await mails.hold(tx, [email, present]);
        const answer = other
          ? await mails.emailKnown(tx, email, asker, id)
          : await mails.confirmEmail(tx, email, token, asker, id);
        requireSent(answer);
        requireSent(await mails.emailToChange(tx, present, id, this.#isByLinks(own)));
        const until = await keepMailedLink(tx, answer, this.options.clock.now(), {
          kind: 'EMAIL',
          token,
          accountId: id,
          email,
        });
        await updatePendingEmail(tx, id, { email, until });
        return until;
      });
    });
  }

  /** Mails a link to the viewer's present address, which nobody has proven yet. @returns when the link expires */
  requestEmailConfirmation(viewer: Viewer, client: SignInClient): Promise<Result<Date>> {
    return refusable(async () => {
      const mails = this.#requireMails();
      return this.options.db.transactionFor(scopeOf(viewer), async (tx) => {
        const account = await lockAccountById(tx, viewer.accountId);
        if (!account || account.emailVerifiedAt)
          throw new Refusal('WRONG_STATUS', undefined, 'The address is confirmed already.');
        await deleteEmailLinksOf(tx, account.id, account.email);
        await updatePendingEmail(tx, account.id, null);
        const token = newMailedToken();
        const answer = await mails.confirmEmail(
          tx,
          account.email,
          token,
          accountAsks(account.id, client),
          account.id,
        );
        requireSent(answer);
        return keepMailedLink(tx, answer, this.options.clock.now(), {
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
      const { db, clock } = this.options;
      const { accountId } = viewer;
      const hash = hashMailedToken(token);
      const email = await selectLinkedAddress(db.of(clientOf(viewer)), { hash, accountId });
      if (email === undefined) throw new Refusal('LINK_INVALID', ['token']);
      const scope = { ...scopeOf(viewer), before: (tx: Tx) => holdAddress(tx, email) };
      await db.transactionFor(scope, async (tx) => {
        const now = clock.now();
        const account = await lockAccountById(tx, accountId);
        const link = await lockMailedLink(tx, 'EMAIL', hash, now);
        if (!link || !account) throw new Refusal('LINK_INVALID', ['token']);
        const holder = await selectCredential(tx, email);
        if (holder && holder.id !== accountId) throw new Refusal('EMAIL_TAKEN', ['token']);
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
      const name = requireLine(given, { field: 'name', max: maxNameLength });
      await this.options.db.transactionFor(scopeOf(viewer), (tx) => updateName(tx, viewer.accountId, name));
    });
  }

  /** Has the viewer's account erased a day from now, unless it is the last administrator's. @returns the time */
  requestErasure(viewer: Viewer): Promise<Result<Date>> {
    return refusable(async () => {
      const { db, mails, clock, proofs } = this.options;
      // A role may be withheld in this request; the account has it all the same.
      const isWithheld = viewer.lacksSecondFactor === true || viewer.lacksOwnProof === true;
      const mayLead = viewer.roles.includes('ADMINISTRATOR') || isWithheld;
      const scope = { ...scopeOf(viewer), before: mayLead ? lockAdministrators : undefined };
      return db.transactionFor(scope, async (tx) => {
        const own = await proofs.lockOwner(tx, viewer);
        const { id, email, roles } = own;
        const now = clock.now();
        const [before] = await selectAccounts(tx, [id]);
        if (before?.eraseAt) return before.eraseAt;
        if (roles.includes('ADMINISTRATOR') && !(await hasOtherAdministrator(tx, id)))
          throw new Refusal('LAST_ADMINISTRATOR', undefined, 'Give somebody else the role first.');
        const at = new Date(now.getTime() + erasureDelayMs);
        await updateEraseAt(tx, id, { at, now });
        if (mails)
          requireSent(await mails.erasureRequested(tx, email, { at, byLinks: this.#isByLinks(own) }, id));
        return at;
      });
    });
  }

  /** Takes an erasure back that has not begun. */
  cancelErasure(viewer: Viewer): Promise<Result<void>> {
    return refusable(async () => {
      const { db, clock } = this.options;
      const now = clock.now();
      const isBack = await db.transactionFor(scopeOf(viewer), (tx) =>
        updateEraseAt(tx, viewer.accountId, { at: null, now }),
      );
      if (!isBack) throw new Refusal('WRONG_STATUS', undefined, 'The erasure has begun.');
    });
  }

  #isByLinks(account: LockedAccountRow): boolean {
    return this.options.mailsLinks && isForLinks(account);
  }

  /** @throws Refusal MAIL_OFF */
  #requireMails(): AccountMails {
    const { mails } = this.options;
    if (!mails) throw new Refusal('MAIL_OFF');
    return mails;
  }

  /** What a changed credential ends: other sessions, and links that were mailed before. */
  async #endOthers(tx: Tx, sessions: { accountId: string; except: string | null }, now: Date): Promise<void> {
    await deleteLinksOf(tx, sessions.accountId);
    await updateSessionsRevoked(tx, sessions, now);
  }
}
