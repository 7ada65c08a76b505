import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../time/clock.ts';

/*
 * A challenge is 16 random bytes, the second of its expiry in 6 bytes, and an HMAC of both with what it is for. So it is
 * stored nowhere: whoever asks for a million challenges takes no space. The random bytes of a challenge that was met are kept
 * until its expiry, by whoever accepts it, so that each serves once.
 */

const nonceLength = 16;
const headLength = nonceLength + 6;
const macLength = 32;

/** Characters of a challenge, in base64url. */
const challengeLength = Math.ceil(((headLength + macLength) * 4) / 3);

/** What a challenge may be used for: one of one purpose serves no other. */
export type ChallengePurpose = 'sign in with a passkey' | 'prove a passkey' | 'add a passkey' | 'second step';

/** A challenge that this service has issued, and that has not expired. */
export interface OpenChallenge {
  /** Names the challenge among those that were used. */
  readonly nonce: Buffer;
  readonly expiresAt: Date;
}

export interface ChallengesOptions {
  readonly secret: string;
  /** Challenges that were signed with one of these are valid as well, as access tokens are. */
  readonly acceptedSecrets: readonly string[];
  readonly clock: Clock;
}

const keyOf = (secret: string): Buffer =>
  createHmac('sha256', secret).update('standfirst challenges').digest();

/** Issues challenges and recognises them. */
export class Challenges {
  readonly #keys: readonly [Buffer, ...Buffer[]];
  readonly #clock: Clock;

  constructor({ secret, acceptedSecrets, clock }: ChallengesOptions) {
    this.#keys = [keyOf(secret), ...acceptedSecrets.map(keyOf)];
    this.#clock = clock;
  }

  /** @param bound what it belongs to, such as an account and a session */
  issue(
    purpose: ChallengePurpose,
    bound: readonly string[],
    seconds: number,
  ): { readonly text: string; readonly expiresAt: Date } {
    const head = Buffer.alloc(headLength);
    randomBytes(nonceLength).copy(head);
    const expires = Math.floor(this.#clock.now().getTime() / 1000) + seconds;
    head.writeUIntBE(expires, nonceLength, 6);
    const text = Buffer.concat([head, macOf(this.#keys[0], head, [purpose, ...bound])]).toString('base64url');
    return { text, expiresAt: new Date(expires * 1000) };
  }

  /** @returns undefined for what was issued for something else, has expired, or is no challenge of this service */
  open(text: string, purpose: ChallengePurpose, bound: readonly string[]): OpenChallenge | undefined {
    if (text.length !== challengeLength) return undefined;
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length !== headLength + macLength) return undefined;
    const head = bytes.subarray(0, headLength);
    const mac = bytes.subarray(headLength);
    const isOurs = this.#keys.some((key) => timingSafeEqual(mac, macOf(key, head, [purpose, ...bound])));
    const expiresAt = new Date(head.readUIntBE(nonceLength, 6) * 1000);
    if (!isOurs || expiresAt <= this.#clock.now()) return undefined;
    return { nonce: head.subarray(0, nonceLength), expiresAt };
  }
}

const macOf = (key: Buffer, head: Buffer, bound: readonly string[]): Buffer =>
  createHmac('sha256', key).update(head).update(JSON.stringify(bound)).digest();
