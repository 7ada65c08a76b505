import { randomUUID } from 'node:crypto';
import type { AccessTokens } from '../../../platform/auth/access-token.ts';
import type { HashingQueue } from '../../../platform/auth/hashing-queue.ts';
import { checkPassword } from '../../../platform/auth/password.ts';
import { clientOf, type RightsRules, type Role, type Viewer } from '../../../platform/auth/viewer.ts';
import {
  accountSubject,
  type Database,
  type TransactionScope,
  type Tx,
} from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { ModerationLog } from '../../../platform/screening/moderation-log.ts';
import { roleEvents } from '../../../platform/screening/role-events.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { networkOf } from '../../../platform/http/client-address.ts';
import type { AccountMails } from '../mailed-links/account-mails.ts';
import {
  type CredentialRow,
  lockAccount,
  selectAccounts,
  selectCredential,
  selectHasSecondStep,
  selectViewers,
  type SessionKey,
} from '../account/account.queries.ts';
import { givenPassword, normaliseEmail } from '../account/account.rules.ts';
import { noteDevice, recogniseDevice } from '../account/devices.ts';
import {
  deleteSessions,
  insertSession,
  type IssuerLogin,
  type OwnSessionRow,
  selectOwnSessions,
  selectSurplusSessions,
  updateOwnSessionRevoked,
  updateSessionRevoked,
  updateSessionsRevoked,
} from './session.queries.ts';
import { scopeOf } from '../account/account-scope.ts';
import { hashToken } from './refresh-token.ts';
import type { AwaitedSecondStep, SecondSteps } from './second-step.ts';
import { type Exchanged, TokenFamilies, type TokenFamilyLimits } from './token-family.service.ts';

/** The tokens of a session, as issued to a client. */
export interface IssuedSession {
  /** The session, and what counts in it. */
  readonly viewer: Viewer;
  readonly accessToken: string;
  /** Can be exchanged for the next pair of tokens. */
  readonly refreshToken: string;
  /** Expiry of the access token. */
  readonly expiresAt: Date;
}

/** The answer to a password: a session, or what has to follow first. */
export type SignedIn = IssuedSession | { readonly secondStep: AwaitedSecondStep };

export interface SessionLimits extends TokenFamilyLimits {
  /** The most sessions of one account: a further sign-in deletes the session whose last refresh was longest ago. */
  readonly maxSessionsPerAccount: number;
}

/**
 * The account of a token is known only after the exchange, so all exchanges share one client's quota, and turns are
 * taken by token.
 */
const refreshScope: TransactionScope = { client: 'refreshes' };

export interface SessionServiceOptions {
  readonly db: Database;
  readonly tokens: AccessTokens;
  readonly hashing: HashingQueue;
  readonly limits: SessionLimits;
  /** What follows the passwords of staff; undefined: nothing. */
  readonly secondSteps: SecondSteps | undefined;
  readonly clock: Clock;
  readonly rights: RightsRules;
  /** Tells of sign-ins of staff. */
  readonly moderationLog: ModerationLog;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
}

/** Who begins a session: the address by which its work is counted, the name of its program, and by what it is recognised. */
export interface SignInClient {
  readonly address: string;
  readonly userAgent?: string | null | undefined;
  /** The token that its browser keeps. */
  readonly device?: string | undefined;
  /** The session with which the request came: it ends with the one that begins (OWASP ASVS 7.2.4). */
  readonly endsSessionId?: string | undefined;
}

/** How the holder of an account was proven at a sign-in. */
export interface SignInEvidence {
  /** How many factors were proven (1): with one, rights of staff may be withheld. */
  readonly factors?: 1 | 2;
  /** The other site, or `mailbox`, on whose word alone the sign-in rests (none): rights of staff may be withheld then. */
  readonly vouchedBy?: string | null;
  /** When the holder was proven (now); null: not so that what takes a recent proof may rest on it. */
  readonly provenAt?: Date | null;
  /** The login of another site that begins the session. */
  readonly login?: IssuerLogin;
  /** Roles that the account has lost in the same transaction (none): the log tells of them. */
  readonly lostRoles?: readonly Role[];
}

/** Commands to sign in and out, and to refresh a session. */
export class SessionService {
  readonly #db: Database;
  readonly #tokens: AccessTokens;
  readonly #hashing: HashingQueue;
  readonly #families: TokenFamilies;
  readonly #maxPerAccount: number;
  readonly #secondSteps: SecondSteps | undefined;
  readonly #clock: Clock;
  readonly #rights: RightsRules;
  readonly #moderationLog: ModerationLog;
  readonly #mails: AccountMails | undefined;

  constructor({
    db,
    tokens,
    hashing,
    limits,
    secondSteps,
    clock,
    rights,
    moderationLog,
    mails,
  }: SessionServiceOptions) {
    this.#db = db;
    this.#tokens = tokens;
    this.#hashing = hashing;
    this.#families = new TokenFamilies(limits, clock);
    this.#maxPerAccount = limits.maxSessionsPerAccount;
    this.#secondSteps = secondSteps;
    this.#clock = clock;
    this.#rights = rights;
    this.#moderationLog = moderationLog;
    this.#mails = mails;
  }

  /** @throws RequestError RATE_LIMITED if too many passwords are queued for checking */
  signIn(input: { email: string; password: string }, client: SignInClient): Promise<Result<SignedIn>> {
    return refusable(async () => {
      // No account has an address or a password that violates the rules, so such input gets the same response.
      const email = normaliseEmail(input.email);
      const password = givenPassword(input.password);
      // The account is looked up within the queue, so a request that the queue refuses has cost no statement.
      const credential = await this.#hashing.run(client.address, async () => {
        const found =
          email === undefined ? undefined : await selectCredential(this.#db.of(client.address), email);
        return (await checkPassword(found?.passwordHash, password)) ? found : undefined;
      });
      if (!credential) throw new Refusal('WRONG_CREDENTIALS');
      const scope = { client: client.address, subject: accountSubject(credential.id) };
      return this.#db.transactionFor(scope, async (tx) => {
        // Sign-ins of one account run one at a time, so that they count each other's sessions.
        if (!(await lockAccount(tx, credential))) throw new Refusal('WRONG_CREDENTIALS');
        return this.beginByPassword(tx, credential, client);
      });
    });
  }

  /**
   * Whether the account with an address has signed in from this browser, by its token: network and system are those of many. Tells
   * nobody but the limit of guesses.
   */
  async knowsDevice(email: string, client: SignInClient): Promise<boolean> {
    const db = this.#db.of(client.address);
    const account = await selectCredential(db, email);
    if (!account) return false;
    return (await recogniseDevice(db, account.id, client, this.#clock.now())) === 'TOKEN';
  }

  /**
   * Exchanges a refresh token. A token that was exchanged too long ago ends its session, because somebody else holds a
   * copy.
   */
  refreshSession(refreshToken: string, address: string): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const subject = `refresh-token:${hashToken(refreshToken).toString('base64')}`;
      const issued = await this.#db.transactionFor({ ...refreshScope, subject }, async (tx) => {
        const exchanged = await this.#families.exchange(tx, refreshToken, networkOf(address));
        // Undefined also if the session has ended since.
        const viewer = exchanged && (await this.#viewerOf(tx, exchanged));
        return viewer && this.#issue(exchanged, viewer);
      });
      if (!issued) throw new Refusal('SESSION_ENDED', ['refreshToken']);
      return issued;
    });
  }

  /** The viewer's sessions, the one that was used last first. */
  list(viewer: Viewer): Promise<OwnSessionRow[]> {
    const { accountId } = viewer;
    const range = { now: this.#clock.now(), limit: this.#maxPerAccount };
    return selectOwnSessions(this.#db.of(clientOf(viewer)), accountId, range);
  }

  /** Ends one of the viewer's sessions; ending an ended one changes nothing. */
  endSession(viewer: Viewer, sessionId: string): Promise<Result<void>> {
    return refusable(async () => {
      const session = { accountId: viewer.accountId, sessionId };
      const isOwn = await this.#db.transactionFor(scopeOf(viewer), (tx) =>
        updateOwnSessionRevoked(tx, session, this.#clock.now()),
      );
      if (!isOwn) throw new Refusal('NOT_FOUND', ['sessionId']);
    });
  }

  /** Ends all sessions of the viewer but the present one. @returns how many */
  endOtherSessions(viewer: Viewer): Promise<number> {
    const { accountId, sessionId: except } = viewer;
    return this.#db.transactionFor(scopeOf(viewer), (tx) =>
      updateSessionsRevoked(tx, { accountId, except }, this.#clock.now()),
    );
  }

  /** Ends the viewer's session; its tokens are invalid from now on. */
  signOut(viewer: Viewer): Promise<Date> {
    return updateSessionRevoked(this.#db.of(clientOf(viewer)), viewer.sessionId, this.#clock.now());
  }

  /** Begins a session of an account whose password was proven, or says what has to follow. The account is locked. */
  async beginByPassword(
    tx: Tx,
    credential: CredentialRow,
    client: SignInClient,
    evidence: Pick<SignInEvidence, 'lostRoles'> = {},
  ): Promise<SignedIn> {
    if (this.#secondSteps && (await selectHasSecondStep(tx, credential.id)))
      return { secondStep: this.#secondSteps.issue(credential) };
    return this.begin(tx, credential.id, client, evidence);
  }

  /**
   * Begins a session, in the transaction that has proven whose it is. One of an account with a role of staff is in the log of
   * moderation, whose lock comes last: a caller does little after this.
   * @throws Refusal WRONG_CREDENTIALS if the account's erasure has begun
   */
  async begin(
    tx: Tx,
    accountId: string,
    client: SignInClient,
    { factors = 1, vouchedBy = null, provenAt, login, lostRoles = [] }: SignInEvidence = {},
  ): Promise<IssuedSession> {
    const { address, userAgent = null, endsSessionId } = client;
    const network = networkOf(address);
    const now = this.#clock.now();
    const session = {
      id: randomUUID(),
      accountId,
      createdAt: now,
      userAgent,
      network,
      secondFactor: factors === 2,
      vouchedBy,
      provenAt: provenAt === undefined ? now : provenAt,
      login: login ?? null,
    };
    const account = await insertSession(tx, session);
    if (!account) throw new Refusal('WRONG_CREDENTIALS');
    const { isOfStaff, isEstablished } = account;
    const begun = await this.#families.begin(tx, session.id, network);
    if (endsSessionId !== undefined) await updateSessionRevoked(tx, endsSessionId, now);
    const surplus = await selectSurplusSessions(tx, session, this.#maxPerAccount);
    if (surplus.length > 0) await deleteSessions(tx, surplus);
    const recognition = await noteDevice(tx, accountId, client, now);
    // Of an account of staff without a known device, somebody may be the first to guess or reset the password.
    const isStrange = recognition === 'FIRST' && isOfStaff && isEstablished;
    const device = isStrange ? 'UNKNOWN' : recognition;
    if (device === 'UNKNOWN') await this.#tellOfDevice(tx, accountId, client);
    const viewer = await this.#viewerOf(tx, { accountId, sessionId: session.id });
    if (!viewer) throw new Error('A session that has just begun is live');
    const actor = { kind: 'PERSON', accountId } as const;
    const signedIn = { kind: 'SIGNED_IN', actor, subjectId: accountId, detail: { factors, device } } as const;
    await this.#moderationLog.append(tx, [
      ...roleEvents(accountId, lostRoles, []),
      ...(isOfStaff ? [signedIn] : []),
    ]);
    return this.#issue({ accountId, sessionId: session.id, ...begun }, viewer);
  }

  /** Tells the owner of an account whose address is proven that it was signed in from an unknown device. */
  async #tellOfDevice(tx: Tx, accountId: string, client: SignInClient): Promise<void> {
    const [account] = await selectAccounts(tx, [accountId]);
    if (account?.emailVerifiedAt) await this.#mails?.newDevice(tx, account.email, client);
  }

  async #viewerOf(tx: Tx, key: SessionKey): Promise<Viewer | undefined> {
    return (await selectViewers(tx, [key], this.#rights)).get(key.sessionId);
  }

  async #issue(
    { accountId, sessionId, refreshToken, endsAt }: Exchanged,
    viewer: Viewer,
  ): Promise<IssuedSession> {
    const { token, expiresAt } = await this.#tokens.sign(accountId, sessionId, endsAt);
    return { viewer, accessToken: token, refreshToken, expiresAt };
  }
}
