import { createHash, randomBytes } from 'node:crypto';
import type { AccountMails } from '../mailed-links/account-mails.ts';
import {
  deleteLoginsOf,
  deletePasskeysOf,
  insertAccount,
  lockAccountById,
  lockAddress,
  revokeTokensOf,
  updateProven,
} from '../account/account.queries.ts';
import { deleteDevices } from '../account/device.queries.ts';
import { deleteLinksOf, deleteLinksTo } from '../mailed-links/mailed-link.queries.ts';
import { lockAccountsOfIssuer, updateIssuerProofsEnded } from '../credentials/proof.queries.ts';
import { updateIssuerSessionsRevoked, updateSessionsRevoked } from '../sessions/session.queries.ts';
import type { IssuedSession, SessionService, SignInClient } from '../sessions/session.service.ts';
import { noPassword } from '../../../platform/auth/password.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { IssuerTrust } from '../../../platform/config/login-issuers.ts';
import type { Database, Queryable, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { ModerationLog, NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { roleEvents } from '../../../platform/screening/role-events.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { HostTokens } from './host-token.ts';
import type { Identity } from './identity.ts';
import { linksByAddress, maxLogins, proofBySignIn, rolesAfter } from './login.policy.ts';
import {
  type FoundLoginRow,
  insertLogin,
  lockLogin,
  lockSubject,
  type Subject,
  selectLogins,
  updateLoginRoles,
  updateLoginUsed,
} from './login.queries.ts';
import { type LogoutNotice, noticeMaxAgeSeconds } from './logout-notice.ts';
import {
  deletePendingLoginsBy,
  hasSignedOutSince,
  holdPendingLogin,
  insertPendingLogin,
  lockNotices,
  lockOutNotices,
  noteSignedOut,
  selectTime,
  spendHostToken,
  selectPendingSubject,
  takePendingLogin,
  type PendingKey,
} from './pending-login.queries.ts';

/** How long a sign-in waits for its browser, in milliseconds: long enough to type a password beside it. */
const pendingMs = 300_000;

/** The code of a sign-in that waits, and the secret of the page that began it. */
export interface SignInProof {
  readonly code: string;
  readonly secret: string;
}

/** The hash by which codes are found and secrets compared. */
export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const keyOf = ({ code, secret }: SignInProof): PendingKey => ({
  hash: hashOf(code),
  secretHash: hashOf(secret),
});

/** What is kept with a sign-in, and by what it may have ended meanwhile. */
export interface KeptSignIn {
  /** The hash of the secret that its page has kept. */
  readonly secretHash: Buffer;
  /** As `timeOf` told before the issuer was asked. */
  readonly since: Date;
  readonly client: string;
}

type IssuerLogin = Pick<Identity, 'issuer' | 'session'> & { readonly subject: string | null };

/** Names whom a notice is about: a person, or one of the issuer's sessions, as `deletePendingLoginsBy` has it. */
const signOutOf = ({ issuer, subject, session }: IssuerLogin): Buffer =>
  hashOf(JSON.stringify(['signed out', issuer, subject, subject === null ? session : null]));

/** Names all notices that end a sign-in. */
const signOutsOf = ({ issuer, subject, session }: Identity): Buffer[] => [
  signOutOf({ issuer, subject, session: null }),
  ...(session === null ? [] : [signOutOf({ issuer, subject: null, session })]),
];

export interface LoginServiceOptions {
  readonly db: Database;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
  readonly hostTokens: HostTokens;
  /** The issuers of the settings. */
  readonly issuers: readonly IssuerTrust[];
  readonly moderationLog: ModerationLog;
  readonly clock: Clock;
}

/** Signs people in for whom another site vouches. */
export class LoginService {
  constructor(private readonly options: LoginServiceOptions) {}

  /** The time from which notices count that end a sign-in under way: read it before the issuer is asked whom it vouches for. */
  timeOf(client: string): Promise<Date> {
    return selectTime(this.options.db.of(client));
  }

  /**
   * Keeps a sign-in until the browser fetches it that began it.
   * @returns the code by which it is fetched; undefined if its person has signed out at the issuer since `since`
   */
  keep(identity: Identity, { secretHash, since, client }: KeptSignIn): Promise<string | undefined> {
    const { db, clock } = this.options;
    const code = randomBytes(32).toString('base64url');
    const expiresAt = new Date(clock.now().getTime() + pendingMs);
    return db.transactionFor({ client }, async (tx) => {
      // A notice either comes after this, and finds the sign-in, or is found here.
      await lockOutNotices(tx, identity.issuer);
      if (await hasSignedOutSince(tx, signOutsOf(identity), since)) return undefined;
      await insertPendingLogin(tx, { hash: hashOf(code), secretHash }, identity, expiresAt);
      return code;
    });
  }

  /** Begins the session of a sign-in that waits. */
  finishSignIn(proof: SignInProof, client: SignInClient): Promise<Result<IssuedSession>> {
    const { db } = this.options;
    return refusable(() =>
      db.transactionFor({ client: client.address }, async (tx) => {
        const identity = await this.take(tx, proof);
        const asked = proofBySignIn(identity, this.options.clock.now());
        return this.#begin(tx, identity, client, 'at' in asked ? asked.at : null);
      }),
    );
  }

  /** Begins a session by a host site's token, which is used up by it. */
  signInWithToken(token: string, client: SignInClient): Promise<Result<IssuedSession>> {
    const { db, hostTokens } = this.options;
    return refusable(async () => {
      const { identity, id, forgetAt } = await hostTokens.verify(token);
      return db.transactionFor({ client: client.address }, async (tx) => {
        if (!(await spendHostToken(tx, hashOf(`${identity.issuer} ${id}`), forgetAt)))
          throw new Refusal('TOKEN_INVALID', ['token'], 'A token with this `jti` was used before.');
        return this.#begin(tx, identity, client, null);
      });
    });
  }

  /** Ends the sessions that an issuer's notice is about, and sign-ins that wait or are under way. @returns false if the notice was used before */
  endSessions(notice: LogoutNotice): Promise<boolean> {
    const { db, clock } = this.options;
    return db.transactionFor({ client: `issuer:${notice.issuer}` }, async (tx) => {
      const now = clock.now();
      const forgetAt = new Date(now.getTime() + 2 * noticeMaxAgeSeconds * 1000);
      await lockNotices(tx, notice.issuer);
      if (!(await spendHostToken(tx, hashOf(`logout ${notice.issuer} ${notice.id}`), forgetAt))) return false;
      await noteSignedOut(tx, signOutOf(notice));
      await deletePendingLoginsBy(tx, notice);
      await lockAccountsOfIssuer(tx, notice);
      await updateIssuerSessionsRevoked(tx, notice, now);
      await updateIssuerProofsEnded(tx, notice);
      return true;
    });
  }

  /** Whose sign-in waits. @throws Refusal LOGIN_EXPIRED */
  async subjectOf(db: Queryable, proof: SignInProof): Promise<Subject> {
    const subject = await selectPendingSubject(db, keyOf(proof));
    if (!subject) throw new Refusal('LOGIN_EXPIRED', ['code']);
    return subject;
  }

  /**
   * Holds a sign-in that waits, and then its person, in the order of `finishSignIn`. Both statements are sent together: they come before
   * the viewer's account.
   */
  async hold(tx: Tx, proof: SignInProof, subject: Subject): Promise<void> {
    await Promise.all([holdPendingLogin(tx, keyOf(proof)), lockSubject(tx, subject)]);
  }

  /** Takes a sign-in that waits. @throws Refusal LOGIN_EXPIRED */
  async take(tx: Tx, proof: SignInProof): Promise<Identity> {
    const identity = await takePendingLogin(tx, keyOf(proof), this.options.clock.now());
    if (!identity) throw new Refusal('LOGIN_EXPIRED', ['code']);
    return identity;
  }

  /**
   * Gives an account what a sign-in gives: the time of its use, and the roles of the claims.
   * @returns what the log of moderation has to say, at the end of the transaction
   */
  async use(tx: Tx, login: FoundLoginRow, identity: Identity): Promise<readonly NewModerationEvent[]> {
    const before = await updateLoginUsed(tx, login.id, this.options.clock.now());
    // Its account has unlinked it, or is erased, since it was found.
    if (!before) throw new Refusal('LOGIN_EXPIRED', ['code']);
    const after = rolesAfter(before, identity.roles);
    if (after.roles.join() !== before.roles.join() || after.given.join() !== before.given.join())
      await updateLoginRoles(tx, login, after);
    return roleEvents(login.accountId, before.roles, after.roles);
  }

  /**
   * Adds a login to a locked account.
   * @param vouchedBy the other site on whose word that is done; null: on none's
   * @throws Refusal LIMIT_REACHED
   */
  async add(
    tx: Tx,
    { issuer, subject }: Identity,
    { accountId, vouchedBy }: { readonly accountId: string; readonly vouchedBy: string | null },
  ): Promise<FoundLoginRow> {
    if ((await selectLogins(tx, [accountId])).length >= maxLogins)
      throw new Refusal('LIMIT_REACHED', ['code'], `An account has at most ${maxLogins} logins.`);
    const at = this.options.clock.now();
    const id = await insertLogin(tx, { issuer, subject, accountId, vouchedBy, at });
    return { id, accountId, vouchedBy };
  }

  /** @param at when the person was proven; null: not so that what takes a recent proof may rest on it */
  async #begin(tx: Tx, identity: Identity, client: SignInClient, at: Date | null): Promise<IssuedSession> {
    const { sessions, moderationLog } = this.options;
    const known = await lockLogin(tx, identity);
    const { login, lostRoles } = known ? { login: known, lostRoles: [] } : await this.#link(tx, identity);
    // The account before its logins, in the order of an erasure.
    if (known) await lockAccountById(tx, known.accountId);
    const events = await this.use(tx, login, identity);
    const session = await sessions.begin(tx, login.accountId, client, {
      vouchedBy: login.vouchedBy,
      provenAt: at,
      lostRoles,
      login: identity,
    });
    await moderationLog.append(tx, events);
    return session;
  }

  /**
   * Links a person to the account with the confirmed address, which is opened if there is none.
   * @throws Refusal LOGIN_UNVERIFIED, LOGIN_NOT_LINKED
   */
  async #link(
    tx: Tx,
    identity: Identity,
  ): Promise<{ readonly login: FoundLoginRow; readonly lostRoles: readonly Role[] }> {
    const { mails, clock, issuers } = this.options;
    const { email, name, issuer } = identity;
    if (email === null) throw new Refusal('LOGIN_UNVERIFIED');
    const at = clock.now();
    const holder = await lockAddress(tx, email);
    // Whoever comes back once it is erased is somebody new.
    if (holder?.isErasing) throw new Refusal('LOGIN_EXPIRED', ['code']);
    const trust = issuers.find((each) => each.issuer === issuer);
    if (holder && !(trust && linksByAddress(trust, email, holder))) throw new Refusal('LOGIN_NOT_LINKED');
    const accountId = holder?.id ?? (await this.#open(tx, email, name, at));
    let lostRoles: readonly Role[] = [];
    if (holder && !holder.emailVerifiedAt) {
      // Nobody has proven that the account is theirs: it belongs to whoever owns the address.
      await deleteLinksOf(tx, accountId);
      await updateProven(tx, accountId, { passwordHash: noPassword, name, at });
      await updateSessionsRevoked(tx, { accountId, except: null }, at);
      await revokeTokensOf(tx, accountId);
      await deleteDevices(tx, accountId);
      await deletePasskeysOf(tx, accountId);
      lostRoles = await deleteLoginsOf(tx, accountId);
    }
    if (holder?.emailVerifiedAt) await mails?.loginLinked(tx, email);
    return { login: await this.add(tx, identity, { accountId, vouchedBy: issuer }), lostRoles };
  }

  async #open(tx: Tx, email: string, name: string, at: Date): Promise<string> {
    await deleteLinksTo(tx, email);
    const account = { email, name, passwordHash: noPassword, roles: ['READER'] as const, verifiedAt: at };
    const id = await insertAccount(tx, account);
    // Another version's node may have given the address away without its lock.
    if (id === undefined) throw new Refusal('LOGIN_EXPIRED', ['code']);
    return id;
  }
}
