import { type Session as ClientSession, SessionKeeper } from '@standfirst/client';
import { type ApolloClient } from '@apollo/client';
import { createApollo } from '../graphql/apollo.ts';
import { ProofQuestion } from './proof-question.ts';
import { hasTexts, readStored, writeStored } from '../storage.ts';

/** Includes the reader's id, because another tab may have signed in as another reader. */
export type Session = ClientSession & { readonly viewerId: string };

const storageKey = 'standfirst.session';

const isSession = (value: unknown): value is Session =>
  hasTexts(value, ['accessToken', 'refreshToken', 'expiresAt', 'viewerId']);

/** The reader of one browser tab, with the requests and the cache. */
export class Reader {
  readonly apollo: ApolloClient;
  readonly proof = new ProofQuestion();
  readonly #keeper: SessionKeeper;
  readonly #listeners = new Set<() => void>();
  #session: ClientSession | undefined;
  /** Whether the session is stored, so that other tabs, and this page after a reload, have the same one. */
  #isStored = true;
  /** Number of sign-ins and sign-outs here: data that was loaded for one reader must not be shown to the next. */
  #turn = 0;
  /** Whether this page is signing in or out, as its reader wants. */
  #isSetting = false;
  #hasEnded = false;

  constructor() {
    this.#session = this.#stored();
    this.#keeper = new SessionKeeper(
      '/graphql',
      (next) => this.#take(next),
      () => this.#stored(),
    );
    if (this.#session) this.#keeper.set(this.#session);
    this.apollo = createApollo(this.#fetch, () => this.proof.ask());
    // Another tab has signed in or out, or refreshed the tokens.
    addEventListener('storage', ({ key }) => {
      if (key !== storageKey && key !== null) return;
      const stored = this.#stored();
      if (stored?.viewerId !== this.viewerId) this.#keeper.set(stored);
    });
  }

  /** Counter for `useSyncExternalStore`: changes with each sign-in or sign-out. */
  get turn(): number {
    return this.#turn;
  }

  get isSignedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Whether the last session ended without this page: the service or another tab has ended it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Undefined: the reader is not signed in. */
  get viewerId(): string | undefined {
    return this.#session?.viewerId;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Source of the current access token, for a WebSocket. */
  get token(): SessionKeeper['token'] {
    return this.#keeper.token;
  }

  /** Starts a session that was just created; undefined signs out. */
  set(session: Session | undefined): void {
    this.#isSetting = true;
    this.#keeper.set(session);
    this.#isSetting = false;
  }

  /** Drops what was loaded: the reader's rights have changed, and with them fields like `viewerCanComment`. */
  renew(): void {
    this.#turn++;
    this.proof.answer(false);
    void this.apollo.clearStore();
    for (const listener of this.#listeners) listener();
  }

  /** Requests a document of the service that is only for this reader. @throws unless it arrives whole */
  async document(path: string): Promise<Blob> {
    let response = await this.#keeper.fetch(path);
    // Nothing else is refused so.
    if (response.status === 403 && (await this.proof.ask())) response = await this.#keeper.fetch(path);
    if (!response.ok) throw new Error(`The document was refused: HTTP ${response.status}`);
    return response.blob();
  }

  /** Sends a file of this reader to the service. */
  send(path: string, file: Blob): Promise<Response> {
    return this.#keeper.fetch(path, { method: 'POST', body: file });
  }

  /** Rejects a response for a previous reader, which must not enter the next reader's cache. */
  #fetch: typeof fetch = async (input, init) => {
    const turn = this.#turn;
    const response = await this.#keeper.fetch(input, init);
    const body = await response.arrayBuffer();
    if (turn !== this.#turn) throw new Error('Somebody else reads by now');
    return new Response(body, response);
  };

  /** The session that all tabs share; where nothing can be stored, the session of this tab. */
  #stored(): ClientSession | undefined {
    return this.#isStored ? readStored(storageKey, isSession) : this.#session;
  }

  #take(next: ClientSession | undefined): void {
    const { viewerId } = this;
    this.#session = next;
    // An old session that stayed in the storage would be restored after a reload in place of this one.
    this.#isStored = writeStored(storageKey, next);
    if (!this.#isStored) writeStored(storageKey, undefined);
    // New tokens of the same reader are no change.
    if (this.viewerId === viewerId) return;
    this.#hasEnded = next === undefined && !this.#isSetting;
    this.renew();
  }
}
