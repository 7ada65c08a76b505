import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AccessTokens } from '../auth/access-token.ts';
import { checkPassword, hashPassword, maxPasswordLength } from '../auth/password.ts';
import type { Viewer } from '../auth/viewer.ts';
import { type Database, sqlState, type Tx } from '../db/database.ts';
import { Refusal, refusable, requireAll, type Result } from '../errors.ts';
import { requireLine } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import { AccountEntity } from './account.entity.ts';
import {
  lockRefreshToken,
  selectCredential,
  updateRefreshTokenUsed,
  updateSessionRevoked,
} from './account.queries.ts';
import { normaliseEmail, requireEmail, requirePassword } from './account.rules.ts';
import { RefreshTokenEntity, SessionEntity } from './session.entity.ts';

/** What a client holds while it is signed in. */
export interface IssuedSession {
  readonly accountId: string;
  readonly accessToken: string;
  /** Good for one exchange. */
  readonly refreshToken: string;
  /** When the access token expires. */
  readonly expiresAt: Date;
}

/**
 * How long after its use a refresh token may be used again: the answer to the first exchange may have been lost on
 * the way, and two tabs may exchange at once. Later, a used token can only be a stolen one.
 */
const reuseLeewayMs = 30_000;

const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export interface SessionServiceOptions {
  readonly db: Database;
  readonly tokens: AccessTokens;
  readonly refreshTtlSeconds: number;
  readonly clock: Clock;
}

/** Signing up, in and out. */
export class SessionService {
  readonly #db: Database;
  readonly #tokens: AccessTokens;
  readonly #refreshTtlSeconds: number;
  readonly #clock: Clock;

  constructor(options: SessionServiceOptions) {
    this.#db = options.db;
    this.#tokens = options.tokens;
    this.#refreshTtlSeconds = options.refreshTtlSeconds;
    this.#clock = options.clock;
  }

  signUp(input: { email: string; password: string; name: string }): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const [email, name, password] = requireAll<[string, string, string]>(
        () => requireEmail(input.email),
        () => requireLine(input.name, { field: 'name', max: 80 }),
        () => requirePassword(input.password),
      );
      const passwordHash = await hashPassword(password);
      try {
        return await this.#db.transaction(async (tx) => {
          const { identifiers } = await tx.manager.insert(AccountEntity, { email, name, passwordHash });
          return this.#issue(tx, String(identifiers[0]?.id));
        });
      } catch (error) {
        if (sqlState(error) === '23505') throw new Refusal('EMAIL_TAKEN', ['email']);
        throw error;
      }
    });
  }

  signIn(input: { email: string; password: string }): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      // No account has an address or a password that breaks the rules, so these get the same answer.
      const email = normaliseEmail(input.email);
      const credential = email === undefined ? undefined : await selectCredential(this.#db, email);
      const password = input.password.slice(0, 2 * maxPasswordLength);
      if (!(await checkPassword(credential?.passwordHash, password)) || !credential) {
        throw new Refusal('WRONG_CREDENTIALS');
      }
      return this.#db.transaction((tx) => this.#issue(tx, credential.id));
    });
  }

  /** Exchanges a refresh token. One that was used before ends its session: somebody else holds a copy. */
  refreshSession(refreshToken: string): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const hash = hashToken(refreshToken);
      const now = this.#clock.now();
      const issued = await this.#db.transaction(async (tx) => {
        const found = await lockRefreshToken(tx, hash);
        if (!found || found.revokedAt || found.expiresAt <= now) return undefined;
        if (found.usedAt && now.getTime() - found.usedAt.getTime() > reuseLeewayMs) {
          await updateSessionRevoked(tx, found.sessionId, now);
          return undefined;
        }
        await updateRefreshTokenUsed(tx, hash, now);
        return this.#issue(tx, found.accountId, found.sessionId);
      });
      if (!issued) throw new Refusal('SESSION_ENDED', ['refreshToken']);
      return issued;
    });
  }

  /** Ends the viewer's session: its tokens are worth nothing from now on. */
  signOut(viewer: Viewer): Promise<Date> {
    return updateSessionRevoked(this.#db, viewer.sessionId, this.#clock.now());
  }

  async #issue(tx: Tx, accountId: string, sessionId?: string): Promise<IssuedSession> {
    const id = sessionId ?? randomUUID();
    if (sessionId === undefined) await tx.manager.insert(SessionEntity, { id, accountId });
    const refreshToken = randomBytes(32).toString('base64url');
    const refreshUntil = new Date(this.#clock.now().getTime() + this.#refreshTtlSeconds * 1000);
    await tx.manager.insert(RefreshTokenEntity, {
      hash: hashToken(refreshToken),
      sessionId: id,
      issuedAt: this.#clock.now(),
      expiresAt: refreshUntil,
    });
    const { token, expiresAt } = await this.#tokens.sign(accountId, id);
    return { accountId, accessToken: token, refreshToken, expiresAt };
  }
}
