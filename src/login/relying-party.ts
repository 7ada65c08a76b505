import * as client from 'openid-client';
import type { OidcIssuer } from '../config/login-issuers.ts';
import type { Clock } from '../time/clock.ts';
import { boundedRequest, OtherServiceUnavailable } from '../http/bounded-request.ts';
import { type Claims, type Identity, identityOf, isSubject, valueOf } from './identity.ts';

/** Age at which an issuer's metadata are read again, in milliseconds. */
const freshMs = 3_600_000;

/** Least time between two readings, so that an issuer that is down is not asked by every request. */
const pauseMs = 10_000;

/** Longest time that one request to an issuer takes, in seconds; `boundedRequest` ends it at the same time. */
const timeoutSeconds = 5;

/** Most sign-ins of one issuer that are checked at a time: a slow issuer must not collect requests. */
const maxAtOnce = 32;

/** What one sign-in is recognised by, from its beginning to its end. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const authentications = { basic: client.ClientSecretBasic, post: client.ClientSecretPost } as const;

/** One OpenID provider. It is asked when somebody signs in, so that it may be down when the service starts. */
export class RelyingParty {
  readonly settings: OidcIssuer;
  readonly #clock: Clock;
  #found: { readonly configuration: client.Configuration; readonly at: number } | undefined;
  #reading: Promise<void> | undefined;
  #triedAt = -Infinity;
  #atOnce = 0;

  constructor(settings: OidcIssuer, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** The issuer's page on which the person signs in. @throws OtherServiceUnavailable */
  async begin(redirectUri: string, { state, nonce, verifier }: FlowSecrets): Promise<URL> {
    return client.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: redirectUri,
      scope: this.settings.scopes,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Whom the issuer vouches for.
   * @param returned the address to which the issuer has sent the browser back
   * @throws OtherServiceUnavailable; errors of `openid-client` for everything that is not as it should be
   */
  async finish(returned: URL, { state, nonce, verifier }: FlowSecrets): Promise<Identity> {
    if (this.#atOnce >= maxAtOnce) throw new OtherServiceUnavailable('Too many sign-ins are being checked');
    this.#atOnce += 1;
    try {
      const configuration = await this.#configuration();
      const tokens = await client.authorizationCodeGrant(configuration, returned, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims: Claims = tokens.claims() ?? {};
      const { sub } = claims;
      if (!isSubject(sub)) throw new TypeError('The ID token has no `sub` that can be stored');
      const told = await this.#complete(configuration, claims, tokens.access_token);
      return identityOf(this.settings, { ...told, sub });
    } finally {
      this.#atOnce -= 1;
    }
  }

  /** Claims of the ID token, and what it leaves out as the issuer tells it elsewhere. */
  async #complete(configuration: client.Configuration, claims: Claims, accessToken: string): Promise<Claims> {
    const { roles } = this.settings;
    const isComplete =
      claims.email !== undefined &&
      claims.name !== undefined &&
      (!roles || valueOf(roles.claim, claims) !== undefined);
    if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    const told: Claims = await client.fetchUserInfo(configuration, accessToken, String(claims.sub));
    // An address and whether it is confirmed come from one place.
    const { email, email_verified } = claims.email === undefined ? told : claims;
    return { ...told, ...claims, email, email_verified };
  }

  async #configuration(): Promise<client.Configuration> {
    const now = this.#clock.now().getTime();
    if (!this.#found || now - this.#found.at >= freshMs) await this.#read(now);
    // An issuer whose metadata cannot be read again is asked at the addresses of before.
    if (!this.#found) throw new OtherServiceUnavailable('The metadata of the issuer can’t be read');
    return this.#found.configuration;
  }

  async #read(now: number): Promise<void> {
    if (!this.#reading && now - this.#triedAt >= pauseMs) {
      this.#triedAt = now;
      this.#reading = this.#discover().then(
        (configuration) => {
          this.#found = { configuration, at: now };
          this.#reading = undefined;
        },
        () => {
          this.#reading = undefined;
        },
      );
    }
    await this.#reading;
  }

  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, clientAuth } = this.settings;
    const authentication =
      clientSecret === undefined ? client.None() : authentications[clientAuth](clientSecret);
    return client.discovery(new URL(issuer), clientId, undefined, authentication, {
      // The settings allow unencrypted requests within this machine only.
      execute: [
        client.enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
      timeout: timeoutSeconds,
      [client.customFetch]: boundedRequest,
    });
  }
}
