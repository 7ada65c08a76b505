import type { Tx } from '../../../platform/db/database.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { familyHashOf, hashToken, newRefreshToken, newSuccessorSalt, successorOf } from './refresh-token.ts';
import {
  insertTokenFamily,
  type IssuedToken,
  lockTokenFamily,
  type RefreshedSession,
  type TokenFamilyRow,
  updateSessionRevoked,
  updateTokenFamily,
} from './session.queries.ts';

/**
 * How long the exchange of a refresh token can be repeated with the same result, in milliseconds: the first response
 * may have been lost, and two tabs may exchange the token at once. A session's token does not change again within that
 * time, so the previous token is the only one that can have been exchanged within it; any other token was exchanged
 * earlier.
 */
const leewayMs = 30_000;

export interface TokenFamilyLimits {
  /** Lifetime of a refresh token. */
  readonly refreshTtlSeconds: number;
  /** Maximum duration of a session from its sign-in, however often it is refreshed. */
  readonly maxSessionSeconds: number;
}

/** A continued session, and the client's new refresh token. */
export interface Exchanged {
  readonly accountId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** The absolute end of the session. */
  readonly endsAt: Date;
}

/** The refresh tokens of all sessions; `refresh-token.ts` explains the scheme. */
export class TokenFamilies {
  constructor(
    private readonly limits: TokenFamilyLimits,
    private readonly clock: Clock,
  ) {}

  /** Creates the token family of a new session. */
  async begin(
    tx: Tx,
    sessionId: string,
    network: string | null,
  ): Promise<Pick<Exchanged, 'refreshToken' | 'endsAt'>> {
    const refreshToken = newRefreshToken();
    const now = this.clock.now();
    await insertTokenFamily(tx, sessionId, this.#issued(refreshToken, { createdAt: now, now, network }));
    return { refreshToken, endsAt: this.#endOf(now) };
  }

  /**
   * Exchanges a refresh token for the next one. A token that was exchanged too long ago ends its session, because
   * somebody else holds a copy.
   * @returns undefined for a token that is unknown, expired or exchanged too long ago, or whose session has ended
   */
  async exchange(tx: Tx, token: string, network: string | null): Promise<Exchanged | undefined> {
    const familyHash = familyHashOf(token);
    const family = familyHash && (await lockTokenFamily(tx, familyHash));
    const now = this.clock.now();
    if (!family || this.#isOver(family, now)) return undefined;
    const hash = hashToken(token);
    const { previousHash, successorSalt } = family;
    const isSettled = previousHash === null || now.getTime() - family.issuedAt.getTime() > leewayMs;
    if (hash.equals(family.hash)) {
      return this.#goOn(family, isSettled ? await this.#rotate(tx, token, { family, now, network }) : token);
    }
    if (!isSettled && successorSalt && hash.equals(previousHash)) {
      return this.#goOn(family, successorOf(token, successorSalt));
    }
    await updateSessionRevoked(tx, family.sessionId, now);
    return undefined;
  }

  async #rotate(
    tx: Tx,
    token: string,
    { family, now, network }: { family: TokenFamilyRow; now: Date; network: string | null },
  ): Promise<string> {
    const salt = newSuccessorSalt();
    const successor = successorOf(token, salt);
    const { createdAt } = family;
    await updateTokenFamily(tx, this.#issued(successor, { createdAt, now, network, from: { token, salt } }));
    return successor;
  }

  #goOn({ accountId, sessionId, createdAt }: RefreshedSession, refreshToken: string): Exchanged {
    return { accountId, sessionId, refreshToken, endsAt: this.#endOf(createdAt) };
  }

  #isOver({ revokedAt, expiresAt, createdAt }: RefreshedSession, now: Date): boolean {
    return revokedAt !== null || expiresAt <= now || this.#endOf(createdAt) <= now;
  }

  #endOf(createdAt: Date): Date {
    return new Date(createdAt.getTime() + this.limits.maxSessionSeconds * 1000);
  }

  #issued(
    token: string,
    {
      createdAt,
      now,
      network,
      from,
    }: { createdAt: Date; now: Date; network: string | null; from?: { token: string; salt: Buffer } },
  ): IssuedToken {
    const familyHash = familyHashOf(token);
    if (!familyHash) throw new Error('A token that was made here has the form of one');
    const end = now.getTime() + this.limits.refreshTtlSeconds * 1000;
    return {
      familyHash,
      hash: hashToken(token),
      previousHash: from ? hashToken(from.token) : null,
      successorSalt: from?.salt ?? null,
      issuedAt: now,
      network,
      expiresAt: new Date(Math.min(end, this.#endOf(createdAt).getTime())),
    };
  }
}
