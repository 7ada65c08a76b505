import { randomBytes, timingSafeEqual } from 'node:crypto';
import { AuthorizationResponseError } from 'openid-client';
import type { OidcIssuer } from '../config/login-issuers.ts';
import type { Clock } from '../time/clock.ts';
import { OtherServiceUnavailable } from '../http/bounded-request.ts';
import { FlowCookies, flowSeconds } from './flow-cookie.ts';
import type { Identity } from './identity.ts';
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
  /** Keeps whom an issuer vouches for until the page asks. @returns the code by which it does */
  readonly keep: (identity: Identity, secretHash: Buffer, client: string) => Promise<string>;
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

  /** @param challenge the SHA-256 of the page's secret, in base64url */
  async begin(issuerId: string, challenge: string): Promise<NextStep> {
    const party = this.#parties.get(issuerId);
    if (!party || !challengeForm.test(challenge)) return this.#fail('expired');
    const flow = { issuerId, challenge, state: random(), nonce: random(), verifier: random() };
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
    let identity: Identity;
    try {
      identity = await party.finish(returned, flow);
    } catch (error) {
      return this.#failFor(issuerId, error);
    }
    const secretHash = Buffer.from(flow.challenge, 'base64url');
    return this.#end(`code=${await this.#options.keep(identity, secretHash, client)}`);
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
    if (error instanceof AuthorizationResponseError && error.error === 'access_denied')
      return this.#fail('cancelled');
    // Names alone: errors of the library contain codes and tokens.
    const { code, name } = error as { code?: unknown; name?: unknown };
    this.#options.onFault(issuerId, typeof code === 'string' ? code : String(name));
    return this.#fail(isUnavailable(error) ? 'unavailable' : 'failed');
  }
}

/** Whether an issuer did not answer, in time or at all. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof OtherServiceUnavailable) return true;
  return (error as { cause?: unknown }).cause instanceof OtherServiceUnavailable;
}
