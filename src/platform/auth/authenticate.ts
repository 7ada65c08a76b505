import { RequestError } from '../errors/errors.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import { hashMachineToken, isMachineToken, isWellFormed } from './machine-token.ts';
import type { Viewer } from './viewer.ts';

/** A viewer, and the expiry of the credential that proved the identity. */
export interface Authenticated {
  readonly viewer: Viewer;
  readonly expiresAt: Date;
}

export interface AuthenticatorOptions {
  readonly tokens: AccessTokens;
  /** Finds the account of a session that is still live. */
  readonly findViewer: (claims: AccessClaims) => Promise<Viewer | undefined>;
  /** Finds the account of a machine token that is still valid, by the token's hash. */
  readonly findTokenViewer: (hash: Buffer) => Promise<Authenticated | undefined>;
}

/** Turns a credential into a viewer. */
export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

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
    return isMachineToken(token) ? this.#authenticateMachine(token) : this.#authenticateSession(token);
  }

  async #authenticateSession(token: string): Promise<Authenticated> {
    const { tokens, findViewer } = this.options;
    const claims = await tokens.verify(token);
    const viewer = claims && (await findViewer(claims));
    if (!viewer)
      throw new RequestError('UNAUTHENTICATED', 'The access token is wrong, expired, or its session ended.');
    return { viewer, expiresAt: claims.expiresAt };
  }

  async #authenticateMachine(token: string): Promise<Authenticated> {
    if (!isWellFormed(token))
      throw new RequestError(
        'UNAUTHENTICATED',
        'The token is mistyped or incomplete: its checksum is wrong.',
      );
    const found = await this.options.findTokenViewer(hashMachineToken(token));
    if (!found) throw new RequestError('UNAUTHENTICATED', 'The token is unknown, expired or revoked.');
    return found;
  }
}
