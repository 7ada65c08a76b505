import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../time/clock.ts';

/** Claims of an access token: account, session, expiry. */
export interface AccessClaims {
  readonly accountId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** Number of verified tokens that are cached, so that a signature is checked once and not with every request. */
const maxKnownTokens = 20_000;

export interface AccessTokenOptions {
  /** Signs tokens. */
  readonly secret: string;
  /** Tokens that were signed with one of these are valid as well, while nodes change from one secret to another. */
  readonly acceptedSecrets?: readonly string[];
  readonly ttlSeconds: number;
  readonly clock: Clock;
}

interface SigningKey {
  /** Names the key in the header of tokens (`kid`), and reveals nothing of it. */
  readonly id: string;
  readonly key: KeyObject;
}

const signingKey = (secret: string): SigningKey => ({
  id: createHmac('sha256', secret).update('standfirst signing key').digest('base64url').slice(0, 16),
  key: createSecretKey(Buffer.from(secret)),
});

/** Signs and verifies access tokens: JWT, HS256, valid for minutes, useless once their session has ended. */
export class AccessTokens {
  readonly #signing: SigningKey;
  /** The keys of which tokens are valid; the first one signs. */
  readonly #keys: readonly SigningKey[];
  readonly #ttlSeconds: number;
  readonly #clock: Clock;
  /** Verified tokens, most recently used last. Expiry is checked at each use. */
  readonly #known = new Map<string, AccessClaims>();

  constructor(options: AccessTokenOptions) {
    this.#signing = signingKey(options.secret);
    this.#keys = [this.#signing, ...(options.acceptedSecrets ?? []).map(signingKey)];
    this.#ttlSeconds = options.ttlSeconds;
    this.#clock = options.clock;
  }

  /** @param until end of the session, which the token never outlives; undefined: the session has no end */
  async sign(
    accountId: string,
    sessionId: string,
    until?: Date,
  ): Promise<{ token: string; expiresAt: Date }> {
    const now = Math.floor(this.#clock.now().getTime() / 1000);
    const end = until ? Math.floor(until.getTime() / 1000) : Number.POSITIVE_INFINITY;
    const expires = Math.min(now + this.#ttlSeconds, end);
    const token = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: this.#signing.id })
      .setSubject(accountId)
      .setAudience('standfirst')
      .setIssuedAt(now)
      .setExpirationTime(expires)
      .sign(this.#signing.key);
    return { token, expiresAt: new Date(expires * 1000) };
  }

  /** @returns undefined for a token that this service did not sign, that was changed, or that has expired */
  async verify(token: string): Promise<AccessClaims | undefined> {
    const claims = this.#known.get(token) ?? (await this.#check(token));
    this.#known.delete(token);
    if (!claims || claims.expiresAt <= this.#clock.now()) return undefined;
    this.#known.set(token, claims);
    if (this.#known.size > maxKnownTokens) this.#forgetOldest();
    return claims;
  }

  #forgetOldest(): void {
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  async #check(token: string): Promise<AccessClaims | undefined> {
    for (const key of this.#keysOf(token)) {
      const claims = await this.#checkWith(key, token);
      if (claims) return claims;
    }
    return undefined;
  }

  /** The keys that a token may have been signed with: all, where it names none, as tokens of earlier versions. */
  #keysOf(token: string): readonly SigningKey[] {
    try {
      const { kid } = decodeProtectedHeader(token);
      return kid === undefined ? this.#keys : this.#keys.filter(({ id }) => id === kid);
    } catch {
      // It is no token.
      return [];
    }
  }

  async #checkWith({ key }: SigningKey, token: string): Promise<AccessClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        audience: 'standfirst',
        requiredClaims: ['sub', 'sid', 'exp'],
        currentDate: this.#clock.now(),
      });
      const { sub, sid, exp } = payload;
      if (typeof sub !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') return undefined;
      // A token with a valid signature may come from another version: malformed keys must not reach the database.
      if (!/^[1-9]\d{0,17}$/.test(sub) || !/^[0-9a-f-]{36}$/.test(sid)) return undefined;
      return { accountId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
