import type { Tx } from '../db/database.ts';
import type { Clock } from '../time/clock.ts';
import { familyHashOf, hashToken, newRefreshToken, newSuccessorSalt, successorOf } from './refresh-token.ts';
import {
  insertTokenFamily,
  type IssuedToken,
  lockLegacyToken,
  lockTokenFamily,
  type RefreshedSession,
  selectSaltBehind,
  type TokenFamilyRow,
  updateLegacyTokenUsed,
  updateSessionRevoked,
  updateTokenFamily,
} from './session.queries.ts';

/**
 * How long an exchanged refresh token gets the same answer again: the first answer may have been lost on the way, and two
 * tabs may exchange at once. The session's token changes no sooner than that either, so within these seconds no token but
 * the one before is spent, and any other one was spent earlier.
 */
const leewayMs = 30_000;

export interface TokenFamilyLimits {
  /** How long a refresh token is good for. */
  readonly refreshTtlSeconds: number;
  /** How long a session lasts from its sign-in, however often it is refreshed. */
  readonly maxSessionSeconds: number;
}

/** A session that goes on, and the refresh token that its client has from now on. */
export interface Exchanged {
  readonly accountId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** Absolute end of the session. */
  readonly endsAt: Date;
}

/** Refresh tokens of all sessions: `refresh-token.ts` explains how they are made. */
export class TokenFamilies {
  readonly #limits: TokenFamilyLimits;
  readonly #clock: Clock;

  constructor(limits: TokenFamilyLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Begins the family of a new session. */
  async begin(tx: Tx, sessionId: string): Promise<Pick<Exchanged, 'refreshToken' | 'endsAt'>> {
    const refreshToken = newRefreshToken();
    const now = this.#clock.now();
    await insertTokenFamily(tx, sessionId, this.#issued(refreshToken, { createdAt: now, now }));
    return { refreshToken, endsAt: this.#endOf(now) };
  }

  /**
   * Exchanges a refresh token for the next one, and ends the session of one that was spent too long ago: somebody else
   * holds a copy.
   * @returns undefined for a token that is unknown, expired, spent, or whose session has ended
   */
  async exchange(tx: Tx, token: string): Promise<Exchanged | undefined> {
    const familyHash = familyHashOf(token);
    const family = familyHash && (await lockTokenFamily(tx, familyHash));
    return family ? this.#exchange(tx, token, family) : this.#exchangeLegacy(tx, token);
  }

  async #exchange(tx: Tx, token: string, family: TokenFamilyRow): Promise<Exchanged | undefined> {
    const now = this.#clock.now();
    if (this.#isOver(family, now)) return undefined;
    const hash = hashToken(token);
    const { previousHash, successorSalt } = family;
    const isSettled = previousHash === null || now.getTime() - family.issuedAt.getTime() > leewayMs;
    if (hash.equals(family.hash)) {
      return this.#goOn(family, isSettled ? await this.#rotate(tx, token, { family, now }) : token);
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
    { family, now }: { family: TokenFamilyRow; now: Date },
  ): Promise<string> {
    const salt = newSuccessorSalt();
    const successor = successorOf(token, salt);
    const { createdAt } = family;
    await updateTokenFamily(tx, this.#issued(successor, { createdAt, now, from: { token, salt } }));
    return successor;
  }

  /** A token of the version before: its successor begins a family. */
  async #exchangeLegacy(tx: Tx, token: string): Promise<Exchanged | undefined> {
    const now = this.#clock.now();
    const hash = hashToken(token);
    const legacy = await lockLegacyToken(tx, hash);
    if (!legacy || this.#isOver(legacy, now)) return undefined;
    const { sessionId, createdAt, usedAt } = legacy;
    if (usedAt && now.getTime() - usedAt.getTime() > leewayMs) {
      await updateSessionRevoked(tx, sessionId, now);
      return undefined;
    }
    // A node of the version before may have been the one that it was used at: then there is none.
    const known = usedAt ? await selectSaltBehind(tx, sessionId, hash) : undefined;
    const salt = known ?? newSuccessorSalt();
    const successor = successorOf(token, salt);
    if (!known) {
      await updateLegacyTokenUsed(tx, hash, now);
      await insertTokenFamily(
        tx,
        sessionId,
        this.#issued(successor, { createdAt, now, from: { token, salt } }),
      );
    }
    return this.#goOn(legacy, successor);
  }

  #goOn({ accountId, sessionId, createdAt }: RefreshedSession, refreshToken: string): Exchanged {
    return { accountId, sessionId, refreshToken, endsAt: this.#endOf(createdAt) };
  }

  #isOver({ revokedAt, expiresAt, createdAt }: RefreshedSession, now: Date): boolean {
    return revokedAt !== null || expiresAt <= now || this.#endOf(createdAt) <= now;
  }

  #endOf(createdAt: Date): Date {
    return new Date(createdAt.getTime() + this.#limits.maxSessionSeconds * 1000);
  }

  #issued(
    token: string,
    { createdAt, now, from }: { createdAt: Date; now: Date; from?: { token: string; salt: Buffer } },
  ): IssuedToken {
    const familyHash = familyHashOf(token);
    if (!familyHash) throw new Error('A token that was made here has the form of one');
    const end = now.getTime() + this.#limits.refreshTtlSeconds * 1000;
    return {
      familyHash,
      hash: hashToken(token),
      previousHash: from ? hashToken(from.token) : null,
      successorSalt: from?.salt ?? null,
      issuedAt: now,
      expiresAt: new Date(Math.min(end, this.#endOf(createdAt).getTime())),
    };
  }
}
