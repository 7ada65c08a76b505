import * as client from 'openid-client';
import { proofMs } from '../mailed-links/proof.policy.ts';
import type { OidcIssuer } from '../../../platform/config/login-issuers.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { isLoopback } from '../../../platform/config/login-issuers.ts';
import { ClientPlaces } from '../../../platform/fairness/client-places.ts';
import {
  boundedRequest,
  OtherServiceUnavailable,
  type RequestParts,
} from '../../../platform/http/bounded-request.ts';
import { verifyIssuerToken, WrongToken } from './issuer-token.ts';
import { KeySet } from './key-set.ts';
import {
  type LogoutNotice,
  maxNoticeLength,
  noticeMaxAgeSeconds,
  readLogoutNotice,
} from './logout-notice.ts';
import { type Claims, type Identity, identityOf, isSubject, valueOf } from './identity.ts';

/** Age up to which an issuer's metadata end a sign-in, in milliseconds. */
const freshMs = 3_600_000;

/** Age up to which they begin one: an older answer does not say that the issuer is there, and the browser would find out alone. */
const reachableMs = 30_000;

/** Least time between two readings, so that an issuer that is down is not asked by every request. */
const pauseMs = 10_000;

/** Longest time that one request to an issuer takes, in seconds; `boundedRequest` ends it at the same time. */
const timeoutSeconds = 5;

/** Longest time that all requests of one sign-in take, in milliseconds. */
const maxFinishMs = 10_000;

/** Most sign-ins of one issuer that are checked at a time, shared by their clients: a slow issuer must not collect requests. */
const maxAtOnce = 32;

/** What one sign-in is recognised by, from its beginning to its end. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** When the issuer was told to ask the person to sign in anew, in milliseconds since 1970; null: it was not told so. */
  readonly askedAt: number | null;
}

const authentications = { basic: client.ClientSecretBasic, post: client.ClientSecretPost } as const;

/** An issuer's metadata and keys. */
interface Found {
  readonly configuration: client.Configuration;
  readonly keys: KeySet;
  /** When the issuer has answered with them, in milliseconds. */
  readonly at: number;
}

/** One OpenID provider. It is asked when somebody signs in, so that it may be down when the service starts. */
export class RelyingParty {
  readonly settings: OidcIssuer;
  readonly #clock: Clock;
  #found: Found | undefined;
  #reading: Promise<void> | undefined;
  #triedAt = -Infinity;
  readonly #places = new ClientPlaces({ most: maxAtOnce, mostOfAddress: maxAtOnce });

  constructor(settings: OidcIssuer, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /**
   * The issuer's page on which the person signs in.
   * @throws OtherServiceUnavailable
   */
  async begin(redirectUri: string, { state, nonce, verifier, askedAt }: FlowSecrets): Promise<URL> {
    const { configuration } = await this.#metadata(reachableMs);
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.settings.scopes,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // With `max_age` the issuer has to say when it has asked.
      ...(askedAt === null ? {} : { prompt: 'login', max_age: String(proofMs / 1000) }),
    });
  }

  /**
   * Whom the issuer vouches for.
   * @param returned the address to which the issuer has sent the browser back
   * @param address the client, whose place is taken
   * @throws OtherServiceUnavailable, KeysUnavailable, NoPlace; WrongToken, errors of `openid-client` and `jose` for everything that is not as it
   * should be
   */
  async finish(returned: URL, secrets: FlowSecrets, address: string): Promise<Identity> {
    const work = this.#places.run(address, () => this.#finish(returned, secrets));
    const late = AbortSignal.timeout(maxFinishMs);
    return Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        late.onabort = () => reject(new OtherServiceUnavailable('The sign-in takes too long'));
      }),
    ]);
  }

  async #finish(returned: URL, { state, nonce, verifier, askedAt }: FlowSecrets): Promise<Identity> {
    const { configuration, keys } = await this.#metadata();
    const tokens = await client.authorizationCodeGrant(configuration, returned, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    // The library has compared the nonce and the times; it would read a rotated key after a minute only.
    const claims: Claims = await this.#verify(keys, tokens.id_token ?? '');
    const { sub } = claims;
    if (!isSubject(sub)) throw new WrongToken('sub');
    const told = await this.#complete(configuration, claims, tokens.access_token);
    // The session and the time of the sign-in are those of the ID token, which is signed.
    const identity = identityOf(this.settings, {
      ...told,
      sub,
      sid: claims.sid,
      auth_time: claims.auth_time,
    });
    return { ...identity, askedAt: askedAt === null ? null : new Date(askedAt) };
  }

  /**
   * Checks the issuer's notice that a person has signed out there.
   * @throws OtherServiceUnavailable, KeysUnavailable; WrongToken and errors of `jose`
   */
  async readLogout(token: string): Promise<LogoutNotice> {
    if (token.length > maxNoticeLength) throw new WrongToken('length');
    const { keys } = await this.#metadata();
    return readLogoutNotice(this.settings.issuer, await this.#verify(keys, token, noticeMaxAgeSeconds));
  }

  /**
   * The issuer's page on which the person signs out there.
   * @returns undefined if it has none
   * @throws OtherServiceUnavailable
   */
  async signOutPage(returnTo: string): Promise<URL | undefined> {
    const { configuration } = await this.#metadata(reachableMs);
    const { end_session_endpoint: page } = configuration.serverMetadata();
    if (page === undefined) return undefined;
    requireSafe(page, this.settings.issuer);
    return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo });
  }

  #verify({ find }: KeySet, token: string, maxAgeSeconds?: number): Promise<Claims> {
    const { issuer, clientId } = this.settings;
    const age = maxAgeSeconds === undefined ? {} : { maxAgeSeconds };
    return verifyIssuerToken(token, { issuer, clientId, findKey: find, now: this.#clock.now(), ...age });
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

  /**
   * @param reachable age up to which the issuer counts as there. Absent: if the metadata cannot be read again, the issuer is asked at
   * the addresses of before
   */
  async #metadata(reachable?: number): Promise<Found> {
    const now = this.#clock.now().getTime();
    if (!this.#found || now - this.#found.at >= (reachable ?? freshMs)) await this.#read(now);
    const isThere = this.#found && (reachable === undefined || now - this.#found.at < reachable);
    if (!this.#found || !isThere)
      throw new OtherServiceUnavailable('The metadata of the issuer can’t be read');
    return this.#found;
  }

  async #read(now: number): Promise<void> {
    if (!this.#reading && now - this.#triedAt >= pauseMs) {
      this.#triedAt = now;
      const settle = (): void => {
        this.#reading = undefined;
      };
      this.#reading = this.#find(now).then(settle, settle);
    }
    await this.#reading;
  }

  async #find(at: number): Promise<void> {
    const configuration = await this.#discover();
    const { jwks_uri: url = '' } = configuration.serverMetadata();
    requireSafe(url, this.settings.issuer);
    const known = this.#found?.keys;
    const keys = known?.url === url ? known : new KeySet(url, this.#clock);
    this.#found = { configuration, keys, at };
  }

  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, clientAuth } = this.settings;
    const authentication =
      clientSecret === undefined ? client.None() : authentications[clientAuth](clientSecret);
    return client.discovery(new URL(issuer), clientId, undefined, authentication, {
      // The settings allow unencrypted requests within this machine only.
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
      timeout: timeoutSeconds,
      [client.customFetch]: requestIssuer,
    });
  }
}

/** An issuer whose servers fail is one that does not answer. */
async function requestIssuer(url: string, parts: RequestParts): Promise<Response> {
  const answer = await boundedRequest(url, parts);
  if (answer.status >= 500 || answer.status === 429)
    throw new OtherServiceUnavailable(`An issuer has answered ${answer.status}`);
  return answer;
}

/** Addresses of an issuer's metadata are encrypted, or stay on this machine as the issuer does. @throws TypeError */
function requireSafe(url: string, issuer: string): void {
  const { protocol, hostname } = new URL(url);
  const isLocal = protocol === 'http:' && issuer.startsWith('http:') && isLoopback(hostname);
  if (protocol !== 'https:' && !isLocal) throw new TypeError('An address of the metadata is not encrypted');
}
