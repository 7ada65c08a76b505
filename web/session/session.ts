import { type Session as ClientSession, SessionKeeper } from '@standfirst/client';
import { type ApolloClient } from '@apollo/client';
import { createApollo } from '../graphql/apollo.ts';
import { hasTexts, readStored, writeStored } from '../storage.ts';

/** With the id of whose it is: another tab may go on as somebody else. */
export type Session = ClientSession & { readonly viewerId: string };

const storageKey = 'standfirst.session';

const isSession = (value: unknown): value is Session =>
  hasTexts(value, ['accessToken', 'refreshToken', 'expiresAt', 'viewerId']);

/** Who reads, and what they read with: the requests and the cache of one browser tab. */
export class Reader {
  readonly apollo: ApolloClient;
  readonly #keeper: SessionKeeper;
  readonly #listeners = new Set<() => void>();
  #session: ClientSession | undefined;
  /** Whether other tabs, and this page after a reload, have the same session. */
  #isStored = true;
  /** Counts those who have signed in or out here: what was loaded for one is not for the next. */
  #turn = 0;

  constructor() {
    this.#session = this.#stored();
    this.#keeper = new SessionKeeper(
      '/graphql',
      (next) => this.#take(next),
      () => this.#stored(),
    );
    if (this.#session) this.#keeper.set(this.#session);
    this.apollo = createApollo(this.#fetch);
    // Another tab has signed in or out, or exchanged the tokens.
    addEventListener('storage', ({ key }) => {
      if (key !== storageKey && key !== null) return;
      const stored = this.#stored();
      if (stored?.viewerId !== this.viewerId) this.#keeper.set(stored);
    });
  }

  /** For `useSyncExternalStore`: changes whenever somebody has signed in or out. */
  get turn(): number {
    return this.#turn;
  }

  get isSignedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Undefined: nobody is signed in. */
  get viewerId(): string | undefined {
    return this.#session?.viewerId;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For a socket: the access token of now. */
  get token(): SessionKeeper['token'] {
    return this.#keeper.token;
  }

  /** Takes over a session that has just begun, or with undefined goes on as nobody. */
  set(session: Session | undefined): void {
    this.#keeper.set(session);
  }

  /** What comes for one reader does not go into the cache of the next. */
  #fetch: typeof fetch = async (input, init) => {
    const turn = this.#turn;
    const response = await this.#keeper.fetch(input, init);
    const body = await response.arrayBuffer();
    if (turn !== this.#turn) throw new Error('Somebody else reads by now');
    return new Response(body, response);
  };

  /** What all tabs share; where nothing can be stored, what this one has. */
  #stored(): ClientSession | undefined {
    return this.#isStored ? readStored(storageKey, isSession) : this.#session;
  }

  #take(next: ClientSession | undefined): void {
    const { viewerId } = this;
    this.#session = next;
    // An old session that was left there would be taken for this one after a reload.
    this.#isStored = writeStored(storageKey, next);
    if (!this.#isStored) writeStored(storageKey, undefined);
    // A session's next tokens are no change.
    if (this.viewerId === viewerId) return;
    // What the last one saw goes: fields like `viewerCanEdit` are another one's now.
    this.#turn++;
    void this.apollo.clearStore();
    for (const listener of this.#listeners) listener();
  }
}
