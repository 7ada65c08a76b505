import { RequestError } from '../errors/errors.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import type { Viewer } from './viewer.ts';

/** A viewer, and the expiry of the credential that proved the identity. */
export interface Authenticated {
  readonly viewer: Viewer;
  readonly expiresAt: Date;
}

/** Turns a credential into a viewer. */
export class Authenticator {
  readonly #tokens: AccessTokens;
  readonly #findViewer: (claims: AccessClaims) => Promise<Viewer | undefined>;

  /** @param findViewer finds the account of a session that is still live */
  constructor(tokens: AccessTokens, findViewer: (claims: AccessClaims) => Promise<Viewer | undefined>) {
    this.#tokens = tokens;
    this.#findViewer = findViewer;
  }

  /**
   * @param authorization the value of an Authorization header, `Bearer …`
   * @returns null without a header: signed out
   * @throws RequestError UNAUTHENTICATED for an invalid credential, which never counts as signed out
   */
  async authenticate(authorization: string | undefined): Promise<Authenticated | null> {
    if (authorization === undefined) return null;
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? [];
    if (token === undefined)
      throw new RequestError(
        'UNAUTHENTICATED',
        'Authorization takes `Bearer ` and an access token behind it.',
      );
    const claims = await this.#tokens.verify(token);
    const viewer = claims && (await this.#findViewer(claims));
    if (!viewer)
      throw new RequestError('UNAUTHENTICATED', 'The access token is wrong, expired, or its session ended.');
    return { viewer, expiresAt: claims.expiresAt };
  }
}
