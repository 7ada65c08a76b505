import { randomUUID } from 'node:crypto';
import type { AccessTokens } from '../auth/access-token.ts';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import { checkPassword } from '../auth/password.ts';
import { clientOf, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import type { TransactionScope } from '../db/work-shares.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { ModerationLog } from '../moderation-log/moderation-log.ts';
import type { Clock } from '../time/clock.ts';
import { type CredentialRow, lockAccount, selectCredential, selectHasSecondStep } from './account.queries.ts';
import { givenPassword, normaliseEmail } from './account.rules.ts';
import {
  deleteSessions,
  insertSession,
  type OwnSessionRow,
  selectOwnSessions,
  selectSurplusSessions,
  updateOwnSessionRevoked,
  updateSessionRevoked,
  updateSessionsRevoked,
} from './session.queries.ts';
import { hashToken } from './refresh-token.ts';
import type { AwaitedSecondStep, SecondSteps } from './second-step.ts';
import { type Exchanged, TokenFamilies, type TokenFamilyLimits } from './token-family.service.ts';

/** The tokens of a session, as issued to a client. */
export interface IssuedSession {
  readonly accountId: string;
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
  /** Tells of sign-ins of staff. */
  readonly moderationLog: ModerationLog;
}

/** Who begins a session: the address by which its work is counted, and the name of its program. */
export interface SignInClient {
  readonly address: string;
  readonly userAgent?: string | null | undefined;
  /** The session with which the request came: it ends with the one that begins (OWASP ASVS 7.2.4). */
  readonly endsSessionId?: string | undefined;
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
  readonly #moderationLog: ModerationLog;

  constructor({ db, tokens, hashing, limits, secondSteps, clock, moderationLog }: SessionServiceOptions) {
    this.#db = db;
    this.#tokens = tokens;
    this.#hashing = hashing;
    this.#families = new TokenFamilies(limits, clock);
    this.#maxPerAccount = limits.maxSessionsPerAccount;
    this.#secondSteps = secondSteps;
    this.#clock = clock;
    this.#moderationLog = moderationLog;
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
      const scope = { client: client.address, subject: `account:${credential.id}` };
      return this.#db.transactionFor(scope, async (tx) => {
        // Sign-ins of one account run one at a time, so that they count each other's sessions.
        if (!(await lockAccount(tx, credential))) throw new Refusal('WRONG_CREDENTIALS');
        return this.beginByPassword(tx, credential, client);
      });
    });
  }

  /**
   * Exchanges a refresh token. A token that was exchanged too long ago ends its session, because somebody else holds a
   * copy.
   */
  refreshSession(refreshToken: string): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const subject = `refresh-token:${hashToken(refreshToken).toString('base64')}`;
      const exchanged = await this.#db.transactionFor({ ...refreshScope, subject }, (tx) =>
        this.#families.exchange(tx, refreshToken),
      );
      if (!exchanged) throw new Refusal('SESSION_ENDED', ['refreshToken']);
      return this.#issue(exchanged);
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
      const { accountId } = viewer;
      const db = this.#db.of(clientOf(viewer));
      if (!(await updateOwnSessionRevoked(db, { accountId, sessionId }, this.#clock.now())))
        throw new Refusal('NOT_FOUND', ['sessionId']);
    });
  }

  /** Ends all sessions of the viewer but the present one. @returns how many */
  endOtherSessions({ accountId, sessionId, ...viewer }: Viewer): Promise<number> {
    const db = this.#db.of(clientOf({ accountId, ...viewer }));
    return updateSessionsRevoked(db, { accountId, except: sessionId }, this.#clock.now());
  }

  /** Ends the viewer's session; its tokens are invalid from now on. */
  signOut(viewer: Viewer): Promise<Date> {
    return updateSessionRevoked(this.#db.of(clientOf(viewer)), viewer.sessionId, this.#clock.now());
  }

  /** Begins a session of an account whose password was proven, or says what has to follow. The account is locked. */
  async beginByPassword(tx: Tx, credential: CredentialRow, client: SignInClient): Promise<SignedIn> {
    if (this.#secondSteps && (await selectHasSecondStep(tx, credential.id)))
      return { secondStep: this.#secondSteps.issue(credential) };
    return this.begin(tx, credential.id, client);
  }

  /**
   * Begins a session, in the transaction that has proven whose it is. One of an account with a role of staff is in the log of
   * moderation, whose lock comes last: a caller does little after this.
   * @param factors how many were proven: with one, rights of staff may be withheld
   */
  async begin(
    tx: Tx,
    accountId: string,
    { userAgent = null, endsSessionId }: SignInClient,
    factors: 1 | 2 = 1,
  ): Promise<IssuedSession> {
    const secondFactor = factors === 2;
    const session = { id: randomUUID(), accountId, createdAt: this.#clock.now(), userAgent, secondFactor };
    const isOfStaff = await insertSession(tx, session);
    const begun = await this.#families.begin(tx, session.id);
    if (endsSessionId !== undefined) await updateSessionRevoked(tx, endsSessionId, session.createdAt);
    const surplus = await selectSurplusSessions(tx, session, this.#maxPerAccount);
    if (surplus.length > 0) await deleteSessions(tx, surplus);
    if (isOfStaff) {
      const actor = { kind: 'PERSON', accountId } as const;
      await this.#moderationLog.append(tx, [
        { kind: 'SIGNED_IN', actor, subjectId: accountId, detail: { factors } },
      ]);
    }
    return this.#issue({ accountId, sessionId: session.id, ...begun });
  }

  async #issue({ accountId, sessionId, refreshToken, endsAt }: Exchanged): Promise<IssuedSession> {
    const { token, expiresAt } = await this.#tokens.sign(accountId, sessionId, endsAt);
    return { accountId, accessToken: token, refreshToken, expiresAt };
  }
}
