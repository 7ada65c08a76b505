import { randomUUID } from 'node:crypto';
import type { AccessTokens } from '../auth/access-token.ts';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import { checkPassword, hashPassword, maxPasswordLength } from '../auth/password.ts';
import { clientOf, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import type { TransactionScope } from '../db/work-shares.ts';
import { Refusal, refusable, requireAll, type Result } from '../errors/errors.ts';
import { requireLine } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import { insertAccount, lockAccount, selectCredential } from './account.queries.ts';
import { normaliseEmail, requireEmail, requirePassword } from './account.rules.ts';
import {
  deleteSessions,
  insertSession,
  selectSurplusSessions,
  updateSessionRevoked,
} from './session.queries.ts';
import { hashToken } from './refresh-token.ts';
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
  readonly clock: Clock;
}

/**
 * Commands to sign up, to sign in and out, and to refresh a session. The parameter `client` is the address by which the
 * password hashing queue assigns turns.
 */
export class SessionService {
  readonly #db: Database;
  readonly #tokens: AccessTokens;
  readonly #hashing: HashingQueue;
  readonly #families: TokenFamilies;
  readonly #maxPerAccount: number;
  readonly #clock: Clock;

  constructor({ db, tokens, hashing, limits, clock }: SessionServiceOptions) {
    this.#db = db;
    this.#tokens = tokens;
    this.#hashing = hashing;
    this.#families = new TokenFamilies(limits, clock);
    this.#maxPerAccount = limits.maxSessionsPerAccount;
    this.#clock = clock;
  }

  /** @throws RequestError RATE_LIMITED if too many passwords are queued for hashing */
  signUp(
    input: { email: string; password: string; name: string },
    client: string,
  ): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const [email, name, password] = requireAll<[string, string, string]>(
        () => requireEmail(input.email),
        () => requireLine(input.name, { field: 'name', max: 80 }),
        () => requirePassword(input.password, [input.email, input.name]),
      );
      // The response tells whether the address is taken anyway, so its duration need not hide this.
      if (await selectCredential(this.#db.of(client), email)) throw new Refusal('EMAIL_TAKEN', ['email']);
      const passwordHash = await this.#hashing.run(client, () => hashPassword(password));
      return this.#db.transactionFor({ client }, async (tx) => {
        const accountId = await insertAccount(tx, { email, name, passwordHash, roles: ['READER'] });
        if (accountId === undefined) throw new Refusal('EMAIL_TAKEN', ['email']);
        return this.#begin(tx, accountId);
      });
    });
  }

  /** @throws RequestError RATE_LIMITED if too many passwords are queued for checking */
  signIn(input: { email: string; password: string }, client: string): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      // No account has an address or a password that violates the rules, so such input gets the same response.
      const email = normaliseEmail(input.email);
      const password = input.password.slice(0, 2 * maxPasswordLength);
      // The account is looked up within the queue, so a request that the queue refuses has cost no statement.
      const credential = await this.#hashing.run(client, async () => {
        const found = email === undefined ? undefined : await selectCredential(this.#db.of(client), email);
        return (await checkPassword(found?.passwordHash, password)) ? found : undefined;
      });
      if (!credential) throw new Refusal('WRONG_CREDENTIALS');
      const scope = { client, subject: `account:${credential.id}` };
      return this.#db.transactionFor(scope, async (tx) => {
        // Sign-ins of one account run one at a time, so that they count each other's sessions.
        if (!(await lockAccount(tx, credential))) throw new Refusal('WRONG_CREDENTIALS');
        return this.#begin(tx, credential.id);
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

  /** Ends the viewer's session; its tokens are invalid from now on. */
  signOut(viewer: Viewer): Promise<Date> {
    return updateSessionRevoked(this.#db.of(clientOf(viewer)), viewer.sessionId, this.#clock.now());
  }

  async #begin(tx: Tx, accountId: string): Promise<IssuedSession> {
    const session = { id: randomUUID(), accountId, createdAt: this.#clock.now() };
    await insertSession(tx, session);
    const begun = await this.#families.begin(tx, session.id);
    const surplus = await selectSurplusSessions(tx, session, this.#maxPerAccount);
    if (surplus.length > 0) await deleteSessions(tx, surplus);
    return this.#issue({ accountId, sessionId: session.id, ...begun });
  }

  async #issue({ accountId, sessionId, refreshToken, endsAt }: Exchanged): Promise<IssuedSession> {
    const { token, expiresAt } = await this.#tokens.sign(accountId, sessionId, endsAt);
    return { accountId, accessToken: token, refreshToken, expiresAt };
  }
}
