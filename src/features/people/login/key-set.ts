import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../platform/time/clock.ts';
import { boundedRequest } from '../../../platform/http/bounded-request.ts';

/** Age at which keys are read again, in milliseconds. */
const freshMs = 600_000;

/** Age up to which keys are used while they cannot be read again. */
const staleMs = 3_600_000;

/** Least time between two readings of keys that are old or absent, so that a site that is down is not asked by every token. */
const pauseMs = 30_000;

/**
 * Least time between two readings for the sake of an unknown key. A new key is read at once with the first token that names it, and
 * tokens with made-up key ids cause a request in five seconds at most: so long they can keep a new key from being known.
 */
const unknownKeyPauseMs = 5_000;

/** Most keys of a set: each is tried for a token that names none. */
const maxKeys = 50;

interface Keys {
  readonly find: JWTVerifyGetKey;
  readonly readAt: number;
}

/** The keys of a set could not be read. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The public keys at an address, read when they are needed. A token that names an unknown key has them read again at once, however
 * new they are, unless another one has just done so.
 */
export class KeySet {
  /** Address of the keys. */
  readonly url: string;
  readonly #clock: Clock;
  #keys: Keys | undefined;
  #reading: Promise<void> | undefined;
  #triedAt = -Infinity;
  #triedForUnknownAt = -Infinity;

  constructor(url: string, clock: Clock) {
    this.url = url;
    this.#clock = clock;
  }

  /** Finds the key of a token. @throws KeysUnavailable, JWKSNoMatchingKey */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#age >= freshMs && this.#now - this.#triedAt >= pauseMs) await this.#read();
    else await this.#reading;
    try {
      return await this.#current().find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#readForUnknown())) throw error;
      return this.#current().find(header, token);
    }
  };

  get #now(): number {
    return this.#clock.now().getTime();
  }

  get #age(): number {
    return this.#now - (this.#keys?.readAt ?? -Infinity);
  }

  #current(): Keys {
    if (!this.#keys || this.#age >= staleMs)
      throw new KeysUnavailable('The keys of the site can’t be read at the moment.');
    return this.#keys;
  }

  /** @returns whether the keys were read or tried now */
  async #readForUnknown(): Promise<boolean> {
    if (!this.#reading) {
      if (this.#now - this.#triedForUnknownAt < unknownKeyPauseMs) return false;
      this.#triedForUnknownAt = this.#now;
    }
    await this.#read();
    return true;
  }

  /** Reads the keys; all that need them at a time share one request. */
  async #read(): Promise<void> {
    this.#triedAt = this.#now;
    this.#reading ??= this.#fetch().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Keeps the keys of before if there are no new ones. */
  async #fetch(): Promise<void> {
    try {
      const answer = await boundedRequest(this.url, { headers: { accept: 'application/json' } });
      const set = (await answer.json()) as JSONWebKeySet;
      if (answer.status !== 200 || set.keys.length > maxKeys) return;
      this.#keys = { find: createLocalJWKSet(set), readAt: this.#now };
    } catch {
      // `#current` says so once the keys of before are too old.
    }
  }
}
