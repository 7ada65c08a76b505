import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import type { Clock } from '../../../platform/time/clock.ts';
import type { FlowSecrets } from './relying-party.ts';

/** How long a person may take on the issuer's page, in seconds. */
export const flowSeconds = 600;

/** A sign-in under way in a browser. */
export interface Flow extends FlowSecrets {
  /** The id of the issuer in the settings. */
  readonly issuerId: string;
  /** Hash of the page's secret, in base64url. */
  readonly challenge: string;
}

const keyOf = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'sign-ins at other sites', 32));

/**
 * Encrypts what a sign-in is recognised by, for a cookie: the service stores nothing until an issuer has vouched for
 * somebody, and any node can finish what another began.
 */
export class FlowCookies {
  readonly #keys: readonly Uint8Array[];
  readonly #clock: Clock;

  /** @param secrets the first one encrypts; the others are accepted while nodes change from one to another */
  constructor(secrets: readonly string[], clock: Clock) {
    this.#keys = secrets.map(keyOf);
    this.#clock = clock;
  }

  seal({ issuerId, challenge, askedAt, state, nonce, verifier }: Flow): Promise<string> {
    const now = Math.floor(this.#clock.now().getTime() / 1000);
    const [key = new Uint8Array()] = this.#keys;
    return new EncryptJWT({ issuerId, challenge, askedAt, state, nonce, verifier })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(now + flowSeconds)
      .encrypt(key);
  }

  /** @returns undefined for a text that is no flow of this service, or that has expired */
  async open(sealed: string): Promise<Flow | undefined> {
    for (const key of this.#keys) {
      try {
        const { payload } = await jwtDecrypt<Flow>(sealed, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
          currentDate: this.#clock.now(),
        });
        return payload;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return undefined;
  }
}
