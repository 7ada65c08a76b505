import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

/** What an issuer tells of a person. */
export type PersonClaims = Readonly<Record<string, unknown>>;

const clientId = 'standfirst';
const clientSecret = 'a secret of the client that only tests use';

/** The entries of OIDC_ISSUERS for issuers of a test. */
export const issuerSettings = (...issuers: readonly Record<string, unknown>[]): Record<string, string> => ({
  OIDC_ISSUERS: JSON.stringify(issuers),
});

/** A real OpenID provider on this machine, on whose page everybody is signed in at once. */
export class TestIssuer {
  readonly url: string;
  /** Who signs in next. */
  person = '';
  /** While true it answers nothing but 503. */
  isDown = false;
  /** Requests to its token endpoint. */
  exchanges = 0;
  /** While set, requests to addresses that begin so are answered with 503. */
  failing: string | undefined;
  /** While set, requests to addresses that begin so wait for a promise. */
  slow: { readonly path: string; readonly until: Promise<void>; readonly arrived: () => void } | undefined;
  /** Changes the claims of ID tokens, which are signed with its key. */
  forge: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined;
  readonly #server: Server;
  readonly #people = new Map<string, PersonClaims>();
  #sign: (claims: Record<string, unknown>) => Promise<string> = () => Promise.reject(new Error('not open'));
  #handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer((request, response) => {
      const { slow } = issuer;
      if (slow && request.url?.startsWith(slow.path) === true) {
        slow.arrived();
        void slow.until.then(() => issuer.#answer(request, response));
      } else issuer.#answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new TestIssuer(server);
    return issuer;
  }

  /** The entry of OIDC_ISSUERS; the issuer may assert the addresses of tests. */
  settings(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    const domains = ['example.org'];
    return { id, name: `The ${id}`, issuer: this.url, clientId, clientSecret, domains, ...more };
  }

  /** A logout token, signed with its key. */
  async logoutToken(claims: Record<string, unknown>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const usual = { iss: this.url, aud: clientId, iat: now, exp: now + 120, jti: randomUUID(), events };
    return this.#sign({ ...usual, ...claims });
  }

  /** @param callback the address of the service to which it sends browsers back */
  async open(callback: string): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    this.#sign = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: jwk.kid }).sign(privateKey);
    const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' };
    const provider = this.#createProvider(callback, jwk);
    const answer = provider.callback();
    this.#handle = (request, response) =>
      request.url?.startsWith('/interaction') === true
        ? provider.interactionFinished(request, response, { login: { accountId: this.person } })
        : answer(request, response);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const fails = this.failing !== undefined && request.url?.startsWith(this.failing) === true;
    if (this.isDown || fails) {
      response.writeHead(503).end();
      return;
    }
    if (request.url?.startsWith('/token') === true) {
      this.exchanges += 1;
      if (this.forge) this.#forgeAnswer(response, this.forge);
    }
    this.#handle(request, response);
  }

  /** Has an answer of the token endpoint contain another ID token. */
  #forgeAnswer(response: ServerResponse, forge: NonNullable<TestIssuer['forge']>): void {
    const end = response.end.bind(response);
    response.end = ((body: string | Buffer) => {
      const answer = JSON.parse(body.toString());
      void this.#sign(forge(decodeJwt(answer.id_token))).then((idToken) => {
        const forged = Buffer.from(JSON.stringify({ ...answer, id_token: idToken }));
        response.setHeader('content-length', forged.length);
        end(forged);
      });
      return response;
    }) as ServerResponse['end'];
  }

  #createProvider(callback: string, jwk: object): Provider {
    return new Provider(this.url, {
      // As by default; a factory, because the provider warns of its own.
      adapter: (name: string) => new MemoryAdapter(name),
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [callback],
          post_logout_redirect_uris: [new URL('/sign-in', callback).href],
          backchannel_logout_uri: new URL('logout', callback).href,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [jwk] },
      cookies: { keys: [randomUUID()] },
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 60, IdToken: 60 },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          // Its own page asks with a script, which these browsers do not run.
          logoutSource: (context: any, form: string) => {
            context.body = form;
          },
        },
      },
      interactions: { url: () => '/interaction' },
      // Its protection against requests into private networks would keep it from this machine.
      fetch: (url: string, { dispatcher: _, ...options }: any) => globalThis.fetch(url, options),
      findAccount: (_context: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.#people.get(sub) }),
      }),
      // Nobody is asked for their consent.
      loadExistingGrant: async ({ oidc }: { oidc: any }) => {
        const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
  }

  /** Adds a person, who signs in next. @returns the issuer's key of the person */
  add(claims: PersonClaims): string {
    this.person = randomUUID();
    this.#people.set(this.person, claims);
    return this.person;
  }

  /** Changes what it tells of a person. */
  change(person: string, claims: PersonClaims): void {
    this.#people.set(person, claims);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Hash of a page's secret. */
export const challengeOf = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');

/** A browser with its cookies, which follows redirects. */
export class CookieBrowser {
  /** The page's secret of the sign-in under way. */
  readonly secret = randomBytes(32).toString('base64url');
  /** All addresses that it has opened, oldest first. */
  readonly visited: string[] = [];
  /** Further headers of its requests, such as those of a proxy. */
  headers: Readonly<Record<string, string>> = {};
  readonly #cookies = new Map<string, string>();
  #text = '';

  /**
   * Opens an address without following a redirect.
   * @param form what is posted to it; undefined: nothing
   */
  async open(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    this.visited.push(url);
    const { origin } = new URL(url);
    const cookie = [...this.#cookies]
      .filter(([key]) => key.startsWith(`${origin} `))
      .map(([key, value]) => `${key.slice(origin.length + 1)}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie, ...this.headers },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    this.#text = await response.text();
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') this.#cookies.delete(`${origin} ${name}`);
      else this.#cookies.set(`${origin} ${name}`, value);
    }
    return response;
  }

  /** The text of an answer. */
  async read(url: string): Promise<string> {
    await this.open(url);
    return this.#text;
  }

  /** The address to which an answer leads. */
  async next(url: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const response = await this.open(url, form);
    return new URL(response.headers.get('location') ?? '', url).href;
  }

  /**
   * Follows redirects until an address begins as it should.
   * @returns that address, which is not opened
   */
  async follow(url: string, until: string): Promise<string> {
    let at = url;
    for (let steps = 0; steps < 12; steps += 1) {
      at = await this.next(at);
      if (at.startsWith(until)) return at;
    }
    throw new Error(`The browser has not come to ${until}, but to ${at}`);
  }

  /** A copy of the cookies, for an attacker who has them. */
  copy(): CookieBrowser {
    const copy = new CookieBrowser();
    for (const [key, value] of this.#cookies) copy.#cookies.set(key, value);
    return copy;
  }
}
