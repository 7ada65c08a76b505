/** The tokens of `signIn`, `signUp` and `refreshSession`. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, ISO 8601. */
  readonly expiresAt: string;
}

/** How long before its end a token is exchanged, in milliseconds: time for a request to arrive. */
const refreshAheadMs = 30_000;

const refreshSession = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    session { accessToken refreshToken expiresAt }
    userErrors { code }
  }
}`;

/** Keeps its user signed in. Give `fetch` to whatever sends requests, and `token` to the socket. */
export class SessionKeeper {
  readonly #url: string;
  readonly #onChange: (session: Session | undefined) => void;
  #session: Session | undefined;
  #refreshing: Promise<void> | undefined;

  /**
   * @param url of the service's GraphQL
   * @param onChange to store the session, or with undefined to show the sign-in form
   */
  constructor(url: string, onChange: (session: Session | undefined) => void = () => undefined) {
    this.#url = url;
    this.#onChange = onChange;
  }

  /** Takes a session over, from `signIn` or from where it was stored. */
  set(session: Session | undefined): void {
    this.#session = session;
    this.#onChange(session);
  }

  /**
   * The platform's `fetch`, as whoever is signed in. 401 says that the token was refused, because the session was ended
   * elsewhere or this clock is wrong: then the tokens are exchanged and the request is sent once more. It was not carried out.
   */
  fetch: typeof globalThis.fetch = async (input, init) => {
    const send = (token: string | undefined) => {
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
    if (this.#session && refused === this.#session.accessToken)
      this.#session = { ...this.#session, expiresAt: new Date(0).toISOString() };
    const expiresAt = Date.parse(this.#session?.expiresAt ?? '');
    if (expiresAt - refreshAheadMs < Date.now()) {
      // A refresh token works once: all who ask at the same time wait for the same exchange.
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
      await this.#refreshing;
    }
    return this.#session?.accessToken;
  };

  async #refresh(): Promise<void> {
    const input = { refreshToken: this.#session?.refreshToken };
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: refreshSession, variables: { input } }),
    });
    const { data } = (await response.json()) as {
      data?: { refreshSession?: { session: Session | null } } | null;
    };
    // No answer to the question is a fault, to be tried again. A null session is an answer: it is over.
    if (!data?.refreshSession) throw new Error(`The session could not be refreshed: HTTP ${response.status}`);
    this.set(data.refreshSession.session ?? undefined);
  }
}
