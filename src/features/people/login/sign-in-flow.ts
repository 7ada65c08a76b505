import { randomBytes, timingSafeEqual } from 'node:crypto';
import { errors } from 'jose';
import { AuthorizationResponseError } from 'openid-client';
import type { OidcIssuer } from '../../../platform/config/login-issuers.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { OtherServiceUnavailable } from '../../../platform/http/bounded-request.ts';
import { NoPlace } from '../../../platform/fairness/client-places.ts';
import { FlowCookies, flowSeconds } from './flow-cookie.ts';
import type { Identity } from './identity.ts';
import { WrongToken } from './issuer-token.ts';
import { KeysUnavailable } from './key-set.ts';
import type { KeptSignIn } from './login.service.ts';
import type { LogoutNotice } from './logout-notice.ts';
import { RelyingParty } from './relying-party.ts';

/** Why a sign-in at another site has come to nothing, as the page is told. */
export type FlowFault = 'cancelled' | 'expired' | 'failed' | 'unavailable';

/** Where the browser goes next, and the cookie that it takes along; an empty one is deleted. */
export interface NextStep {
  readonly location: string;
  readonly cookie: { readonly value: string; readonly maxAgeSeconds: number };
}

export interface SignInFlowOptions {
  readonly issuers: readonly OidcIssuer[];
  /** Encrypt flows; the first one is the present secret. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** The time from which notices of an issuer end a sign-in under way. */
  readonly timeOf: (client: string) => Promise<Date>;
  /** Keeps whom an issuer vouches for until the page asks. @returns the code by which it does; undefined: the person has signed out */
  readonly keep: (identity: Identity, kept: KeptSignIn) => Promise<string | undefined>;
  /** Ends the sessions that a notice of an issuer is about. @returns false if the notice was used before */
  readonly endSessions: (notice: LogoutNotice) => Promise<boolean>;
  /** The address to which an issuer sends browsers after they have signed out there. */
  readonly signedOutPage: () => string;
  /** The address to which an issuer sends browsers back. */
  readonly callbackOf: (issuerId: string) => string;
  /** The address of the page that ends a sign-in. @param result what follows its `#` */
  readonly resultPage: (result: string) => string;
  /** Hears of sign-ins that fail for a reason that the operator can change. */
  readonly onFault: (issuerId: string, reason: string) => void;
}

/** SHA-256 in base64url. */
const challengeForm = /^[\w-]{43}$/;

const random = (): string => randomBytes(32).toString('base64url');

function isSame(text: string, other: string): boolean {
  const [one, two] = [Buffer.from(text), Buffer.from(other)];
  return one.length === two.length && timingSafeEqual(one, two);
}

/**
 * The way of a browser to an issuer and back. Three things bind its steps together: a cookie that only the browser has
 * which began (state, nonce and PKCE verifier, encrypted); the address of the issuer's own callback and the `iss` of its
 * answer, so that no issuer answers for another; and a secret of the page, whose hash came with the beginning, so that a
 * code signs in nobody else's browser. Nothing that a request contains decides where an answer leads.
 */
export class SignInFlow {
  readonly #options: SignInFlowOptions;
  readonly #parties: ReadonlyMap<string, RelyingParty>;
  readonly #cookies: FlowCookies;

  constructor(options: SignInFlowOptions) {
    const { issuers, clock, secrets } = options;
    this.#options = options;
    this.#parties = new Map(issuers.map((settings) => [settings.id, new RelyingParty(settings, clock)]));
    this.#cookies = new FlowCookies(secrets, clock);
  }

  has(issuerId: string): boolean {
    return this.#parties.has(issuerId);
  }

  /**
   * @param challenge the SHA-256 of the page's secret, in base64url
   * @param prompt `login`: the person is asked to sign in anew at the issuer
   */
  async begin(issuerId: string, challenge: string, prompt?: 'login'): Promise<NextStep> {
    const party = this.#parties.get(issuerId);
    if (!party || !challengeForm.test(challenge)) return this.#fail('expired');
    const askedAt = prompt === 'login' ? this.#options.clock.now().getTime() : null;
    const flow = { issuerId, challenge, askedAt, state: random(), nonce: random(), verifier: random() };
    try {
      const page = await party.begin(this.#options.callbackOf(issuerId), flow);
      const value = await this.#cookies.seal(flow);
      return { location: page.href, cookie: { value, maxAgeSeconds: flowSeconds } };
    } catch (error) {
      return this.#failFor(issuerId, error);
    }
  }

  /**
   * @param cookie the cookie of `begin`
   * @param parameters what the issuer has sent along, as the query of the callback's address
   * @param client whose work it is, as everywhere
   * @param count called before the issuer is asked. @throws RequestError RATE_LIMITED
   */
  async finish(
    issuerId: string,
    { cookie, parameters, client }: { cookie: string; parameters: URLSearchParams; client: string },
    count: () => Promise<void>,
  ): Promise<NextStep> {
    const flow = await this.#cookies.open(cookie);
    const party = this.#parties.get(issuerId);
    const isOurs = flow?.issuerId === issuerId && isSame(flow.state, parameters.get('state') ?? '');
    if (!flow || !party || !isOurs) return this.#fail('expired');
    await count();
    const returned = new URL(this.#options.callbackOf(issuerId));
    returned.search = parameters.toString();
    const since = await this.#options.timeOf(client);
    let identity: Identity;
    try {
      identity = await party.finish(returned, flow, client);
    } catch (error) {
      return this.#failFor(issuerId, error);
    }
    const secretHash = Buffer.from(flow.challenge, 'base64url');
    const code = await this.#options.keep(identity, { secretHash, since, client });
    return code === undefined ? this.#fail('expired') : this.#end(`code=${code}`);
  }

  /** Where the browser signs out at an issuer; the page of this site if it can't. */
  async leave(issuerId: string): Promise<string> {
    const here = this.#options.signedOutPage();
    try {
      return (await this.#parties.get(issuerId)?.signOutPage(here))?.href ?? here;
    } catch (error) {
      this.#options.onFault(issuerId, reasonOf(error));
      return here;
    }
  }

  /** Takes an issuer's notice that a person has signed out there: OpenID Connect Back-Channel Logout 1.0. */
  async takeLogout(issuerId: string, token: string): Promise<'ended' | 'refused' | 'unavailable'> {
    const party = this.#parties.get(issuerId);
    if (!party) return 'refused';
    try {
      return (await this.#options.endSessions(await party.readLogout(token))) ? 'ended' : 'refused';
    } catch (error) {
      if (!isOfIssuer(error)) throw error;
      this.#options.onFault(issuerId, reasonOf(error));
      return isUnavailable(error) ? 'unavailable' : 'refused';
    }
  }

  /** The answer where the client has none left of what it may try. */
  refuse(): NextStep {
    return this.#end('error=busy');
  }

  #end(result: string): NextStep {
    return { location: this.#options.resultPage(result), cookie: { value: '', maxAgeSeconds: 0 } };
  }

  #fail(fault: FlowFault): NextStep {
    return this.#end(`error=${fault}`);
  }

  #failFor(issuerId: string, error: unknown): NextStep {
    const answer = error instanceof AuthorizationResponseError ? error.error : undefined;
    if (answer === 'access_denied') return this.#fail('cancelled');
    this.#options.onFault(issuerId, reasonOf(error));
    const isDown = isUnavailable(error) || answer === 'temporarily_unavailable' || answer === 'server_error';
    return this.#fail(isDown ? 'unavailable' : 'failed');
  }
}

/** A code or a name alone: errors of the libraries contain codes and tokens. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}

/** Whether an error is about a token or an issuer, and no fault of this service. */
const isOfIssuer = (error: unknown): boolean =>
  error instanceof WrongToken || error instanceof errors.JOSEError || isUnavailable(error);

/** Whether an issuer did not answer, in time or at all. */
function isUnavailable(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return [error, cause].some(
    (each) =>
      each instanceof OtherServiceUnavailable || each instanceof KeysUnavailable || each instanceof NoPlace,
  );
}
