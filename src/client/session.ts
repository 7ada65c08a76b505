/** The tokens of `signIn`, `signUp` and `refreshSession`. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, ISO 8601. */
  readonly expiresAt: string;
  /**
   * Whose it is, `viewer { id }` of the same answer. Where it is given, a request that one account has begun is never sent as
   * another one, whoever signs in meanwhile in this tab or the next.
   */
  readonly viewerId?: string | undefined;
}

/** How long before its end a token is exchanged, in milliseconds: time for a request to arrive. */
const refreshAheadMs = 30_000;

const refreshTimeoutMs = 15_000;

/** How long a new token is used whatever this clock says, which may be wrong: the service refuses what has ended. */
const trustedMs = 15_000;

const refreshSession = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    session { accessToken refreshToken expiresAt }
    userErrors { code }
  }
}`;

/** What a browser has to do one thing at a time in all of its tabs (Web Locks). */
interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Runs something alone among all tabs of the origin, where the platform can.
 * @param work must end some time: the others wait
 */
function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { navigator } = globalThis as unknown as { navigator?: { locks?: Locks } };
  return navigator?.locks ? navigator.locks.request(name, work) : work();
}

/** Keeps its user signed in. Give `fetch` to whatever sends requests, and `token` to the socket. */
export class SessionKeeper {
  readonly #url: string;
  readonly #onChange: (session: Session | undefined) => void;
  readonly #stored: (() => Session | undefined) | undefined;
  #session: Session | undefined;
  #refreshing: Promise<void> | undefined;
  /** The access token that came last, and until when it is trusted. */
  #trusted: { readonly token: string; readonly until: number } | undefined;

  /**
   * @param url of the service's GraphQL
   * @param onChange to store the session, or with undefined to show the sign-in form
   * @param stored what `onChange` stored last, in this tab or in another: tabs that share a session exchange its tokens once
   */
  constructor(
    url: string,
    onChange: (session: Session | undefined) => void = () => undefined,
    stored?: () => Session | undefined,
  ) {
    this.#url = url;
    this.#onChange = onChange;
    this.#stored = stored;
  }

  /** Takes a session over, from `signIn` or from where it was stored. */
  set(session: Session | undefined): void {
    this.#session = session;
    this.#onChange(session);
  }

  /**
   * The platform's `fetch`, as whoever is signed in. 401 says that the token was refused, because the session was ended
   * elsewhere or this clock is wrong: then the tokens are exchanged and the request is sent once more. It was not carried out.
   * @throws when somebody else is signed in before it could be sent
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
   * @param refused a token that the service has turned down before its time
   * @returns the access token to send now; undefined when signed out
   */
  token = async (refused?: string): Promise<string | undefined> => {
    // Unless somebody else has exchanged it meanwhile.
    if (this.#session && refused === this.#session.accessToken) {
      this.#session = { ...this.#session, expiresAt: new Date(0).toISOString() };
      this.#trusted = undefined;
    }
    if (this.#isEnding()) {
      // A refresh token works once: all who ask at the same time wait for the same exchange.
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

  /** Takes over what another tab has stored: it has exchanged the token or signed out, or somebody else has signed in. */
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
      // Other tabs, and every request, wait for it.
      signal: AbortSignal.timeout(refreshTimeoutMs),
    });
    const { data } = (await response.json()) as {
      data?: { refreshSession?: { session: Session | null } } | null;
    };
    // Whoever has signed out or in while this was on its way has the last word.
    if (this.#session?.refreshToken !== refreshToken || this.#adopt()) return;
    // No answer to the question is a fault, to be tried again. A null session is an answer: it is over.
    if (!data?.refreshSession) throw new Error(`The session could not be refreshed: HTTP ${response.status}`);
    const { session } = data.refreshSession;
    if (session) this.#trusted = { token: session.accessToken, until: Date.now() + trustedMs };
    this.set(session ? { ...session, viewerId } : undefined);
  }
}
