/** The tokens of `signIn`, `signUp` and `refreshSession`. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Expiry of the access token, ISO 8601. */
  readonly expiresAt: string;
  /**
   * The account, `viewer { id }` of the same response. If given, a request that one account has begun is never sent as
   * another one, whoever signs in meanwhile in this tab or another.
   */
  readonly viewerId?: string | undefined;
}

/** How long before its expiry a token is exchanged, in milliseconds: time for a request to arrive. */
const refreshAheadMs = 30_000;

const refreshTimeoutMs = 15_000;

/**
 * How long a new token is used regardless of the local clock, which may be wrong: the service refuses an expired token.
 */
const trustedMs = 15_000;

/** Exported for manifests of trusted documents; not part of the package's interface. */
export const refreshSession = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    session { accessToken refreshToken expiresAt }
    userErrors { code }
  }
}`;

/** The Web Locks API, which serialises work across all tabs of a browser. */
interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Runs work exclusively among all tabs of the origin, where the platform has Web Locks.
 * @param work must end eventually, because the others wait
 */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { navigator } = globalThis as unknown as { navigator?: { locks?: Locks } };
  return navigator?.locks ? navigator.locks.request(name, work) : work();
}

/** Keeps its user signed in. Use `fetch` to send requests, and `token` for the socket. */
export class SessionKeeper {
  readonly #url: string;
  readonly #onChange: (session: Session | undefined) => void;
  readonly #stored: (() => Session | undefined) | undefined;
  #session: Session | undefined;
  #refreshing: Promise<void> | undefined;
  /** The newest access token, and the time until which it is trusted. */
  #trusted: { readonly token: string; readonly until: number } | undefined;

  /**
   * @param url of the service's GraphQL endpoint
   * @param onChange to store the session, or to show the sign-in form (undefined)
   * @param stored returns the session that `onChange` stored last, in this tab or another: the keeper begins with it, so
   * that a reload keeps the user, and tabs that share a session exchange its tokens once
   */
  constructor(
    url: string,
    onChange: (session: Session | undefined) => void = () => undefined,
    stored?: () => Session | undefined,
  ) {
    this.#url = url;
    this.#onChange = onChange;
    this.#stored = stored;
    this.#session = stored?.();
  }

  /** Whether there is a session, which the service may have ended meanwhile. */
  get isSignedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Adopts a session, from `signIn` or from storage. */
  set(session: Session | undefined): void {
    this.#session = session;
    this.#onChange(session);
  }

  /**
   * The platform's `fetch`, authenticated. Status 401 means that the service refused the token, because the session was
   * ended elsewhere or the local clock is wrong: the tokens are then exchanged and the request is sent once more, as it
   * was not carried out.
   * @throws when another account has signed in before the request could be sent
   */
  fetch: typeof globalThis.fetch = async (input, init) => {
    const viewerId = this.#session?.viewerId;
    const send = (token: string | undefined) => {
      if (this.#session && this.#session.viewerId !== viewerId)
        throw new Error('Somebody else has signed in; the request was not sent');
      const headers = new Headers(init?.headers);
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      return globalThis.fetch(input, { ...init, headers });
    };
    const token = await this.token();
    const response = await send(token);
    if (response.status !== 401 || token === undefined) return response;
    return send(await this.token(token));
  };

  /**
   * @param refused a token that the service has refused before its expiry
   * @returns the access token to send now; undefined when signed out
   */
  token = async (refused?: string): Promise<string | undefined> => {
    // Unless it has been exchanged meanwhile.
    if (this.#session && refused === this.#session.accessToken) {
      this.#session = { ...this.#session, expiresAt: new Date(0).toISOString() };
      this.#trusted = undefined;
    }
    if (this.#isEnding()) {
      // A refresh token works once, so concurrent callers share one exchange.
      this.#refreshing ??= alone('standfirst-session', () => this.#renew()).finally(
        () => (this.#refreshing = undefined),
      );
      await this.#refreshing;
    }
    return this.#session?.accessToken;
  };

  #isEnding(): boolean {
    if (!this.#session) return false;
    const { accessToken, expiresAt } = this.#session;
    if (this.#trusted?.token === accessToken && Date.now() < this.#trusted.until) return false;
    return Date.parse(expiresAt) - refreshAheadMs < Date.now();
  }

  async #renew(): Promise<void> {
    this.#adopt();
    if (this.#isEnding()) await this.#refresh();
  }

  /** Adopts the session that another tab has stored: that tab has exchanged the tokens, signed out or signed in. */
  #adopt(): boolean {
    if (!this.#stored) return false;
    const stored = this.#stored();
    if (stored?.refreshToken === this.#session?.refreshToken) return false;
    this.set(stored);
    return true;
  }

  async #refresh(): Promise<void> {
    if (!this.#session) return;
    const { refreshToken, viewerId } = this.#session;
    const response = await globalThis.fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: refreshSession, variables: { input: { refreshToken } } }),
      // Limited, because other tabs and all requests wait for the exchange.
      signal: AbortSignal.timeout(refreshTimeoutMs),
    });
    const { data } = (await response.json()) as {
      data?: { refreshSession?: { session: Session | null } } | null;
    };
    // If the user has signed out or in while the exchange was under way, its result is discarded.
    if (this.#session?.refreshToken !== refreshToken || this.#adopt()) return;
    // A missing result is a fault, to be retried. A null session is a result: the session has ended.
    if (!data?.refreshSession) throw new Error(`The session could not be refreshed: HTTP ${response.status}`);
    const { session } = data.refreshSession;
    if (session) this.#trusted = { token: session.accessToken, until: Date.now() + trustedMs };
    this.set(session ? { ...session, viewerId } : undefined);
  }
}
