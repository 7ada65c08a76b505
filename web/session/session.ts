import { type Session, SessionKeeper } from 'standfirst/client';
import { type ApolloClient } from '@apollo/client';
import { createApollo } from '../graphql/apollo.ts';

const storageKey = 'standfirst.session';

function readStored(): Session | undefined {
  try {
    return (JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Session | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function store(session: Session | undefined): void {
  if (session) localStorage.setItem(storageKey, JSON.stringify(session));
  else localStorage.removeItem(storageKey);
}

/** Who reads, and what they read with: the requests and the cache of one browser tab. */
export class Reader {
  readonly apollo: ApolloClient;
  readonly #keeper: SessionKeeper;
  readonly #listeners = new Set<() => void>();
  #isSignedIn: boolean;
  /** Counts those who have signed in or out here: what was loaded for one is not for the next. */
  #turn = 0;

  constructor() {
    const session = readStored();
    this.#isSignedIn = session !== undefined;
    this.#keeper = new SessionKeeper(
      '/graphql',
      (next) => {
        store(next);
        this.#changed(next);
      },
      readStored,
    );
    if (session) this.#keeper.set(session);
    this.apollo = createApollo(this.#keeper.fetch);
    // Another tab has signed in or out, or exchanged the tokens.
    addEventListener('storage', ({ key }) => {
      if (key !== storageKey && key !== null) return;
      const stored = readStored();
      if ((stored !== undefined) !== this.#isSignedIn) this.#keeper.set(stored);
    });
  }

  /** For `useSyncExternalStore`: changes whenever somebody has signed in or out. */
  get turn(): number {
    return this.#turn;
  }

  get isSignedIn(): boolean {
    return this.#isSignedIn;
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
    const isAnother = session !== undefined && this.#isSignedIn;
    this.#keeper.set(session);
    if (isAnother) this.#changeReader();
  }

  #changed(session: Session | undefined): void {
    const isSignedIn = session !== undefined;
    // A session's next tokens are no change.
    if (isSignedIn === this.#isSignedIn) return;
    this.#isSignedIn = isSignedIn;
    this.#changeReader();
  }

  /** What the last one saw goes: fields like `viewerCanEdit` are another one's now. */
  #changeReader(): void {
    this.#turn++;
    void this.apollo.clearStore();
    for (const listener of this.#listeners) listener();
  }
}
