import { type Session, SessionKeeper } from '@standfirst/client';
import { signInMutation, signOutMutation } from './documents.ts';
import { openPopup, type PopupGrant } from './popup.ts';
import { hasTexts, inBrowser, keep, readKept } from './store.ts';
import { type UserError } from './types.ts';

/**
 * Gets a token that the page's own site has signed for its reader, valid for minutes and once; null or an empty text: nobody is
 * signed in there.
 */
export type TokenSource = () => string | null | undefined | Promise<string | null | undefined>;

/** A session that a token of the page's own site began. `subject` is the site's key of the reader. */
type HostSession = Session & { readonly subject: string };

type Send = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

interface SignedIn {
  readonly signInWithToken: {
    readonly session: Session | null;
    readonly viewer: { readonly id: string } | null;
    readonly userErrors: readonly UserError[];
  };
}

const isHostSession = (value: unknown): value is HostSession =>
  hasTexts(value, ['accessToken', 'refreshToken', 'expiresAt', 'subject']);

const isGrant = (value: unknown): value is PopupGrant => hasTexts(value, ['token', 'expiresAt']);

/** Whom a token names, without a check of its signature: it decides only whether the kept session is still the reader's. */
function subjectOf(token: string): string {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    const { iss, sub } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    return `${String(iss)} ${String(sub)}`;
  } catch {
    return '';
  }
}

/**
 * The reader's login at one service, in one of two ways: a session that began with a token of the page's own site, or a token that
 * the pop-up on the service's own page has handed over. All elements of the page and all tabs of its origin share it.
 */
export class Login {
  readonly #service: string;
  readonly #send: Send;
  readonly #listeners = new Set<() => void>();
  readonly #hostKey: string;
  readonly #popupKey: string;
  readonly #keeper: SessionKeeper;
  #host: HostSession | undefined;
  #grant: PopupGrant | undefined;
  #source: TokenSource | undefined;
  #sourceKey: unknown;
  #asking: Promise<void> | undefined;
  /** Why the token of the page's own site was refused. */
  #refusal: string | undefined;
  /** Whether a token of the pop-up does not fit the operations of this page, which is older than the service. */
  #isOutdated = false;

  constructor(service: string, send: Send) {
    this.#service = service;
    this.#send = send;
    this.#hostKey = `standfirst.host-session ${service}`;
    this.#popupKey = `standfirst.token ${service}`;
    this.#keeper = new SessionKeeper(
      `${service}/graphql`,
      (session) => this.#keepHost(session),
      () => readKept(this.#hostKey, isHostSession, inBrowser),
    );
    this.#grant = this.#keptGrant();
    addEventListener('storage', ({ key }) => {
      if (key === this.#popupKey || key === null) this.#setGrant(this.#keptGrant());
      if (key !== this.#hostKey && key !== null) return;
      // Another tab has signed in or out; new tokens of the same session are no change.
      const kept = readKept(this.#hostKey, isHostSession, inBrowser);
      if (this.#source && kept?.subject !== this.#host?.subject) this.#adopt(kept);
    });
  }

  /** Calls a function after each sign-in and sign-out. @returns ends that */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isSignedIn(): boolean {
    return this.#host !== undefined || this.#grant !== undefined;
  }

  /** Whether the page's own site says who reads. */
  get isByHost(): boolean {
    return this.#source !== undefined;
  }

  get refusal(): string | undefined {
    return this.#refusal;
  }

  get isOutdated(): boolean {
    return this.#isOutdated;
  }

  /**
   * Names the source of tokens, and asks it, unless it is the one that was asked before. From then on the page's own site says who
   * reads, and a token of a pop-up is not used. Resolves when it is known who reads; never rejects.
   * @param key by which a source is recognised
   */
  setSource(source: TokenSource, key: unknown = source): Promise<void> {
    if (key === this.#sourceKey) return this.ready();
    this.#source = source;
    this.#sourceKey = key;
    const hadGrant = this.#grant !== undefined;
    this.#grant = undefined;
    const asked = this.renew();
    if (hadGrant) this.#changed();
    return asked;
  }

  /** Resolves when it is known who reads; never rejects. */
  ready(): Promise<void> {
    return this.#asking ?? Promise.resolve();
  }

  /** Asks the page's own site again who reads, as after a sign-in there. */
  renew(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /**
   * Opens the pop-up on the service's own page; to be called in answer to a click. Resolves when the pop-up is closed, whether it
   * has handed over a token or not.
   */
  async openPopup(): Promise<void> {
    const grant = await openPopup(this.#service);
    if (!grant) return;
    this.#isOutdated = false;
    keep(this.#popupKey, grant, inBrowser);
    this.#setGrant(grant);
  }

  /** Ends the session of the page's site at the service; the token of a pop-up is forgotten in this browser. */
  async signOut(): Promise<void> {
    await this.#endHost();
    if (this.#grant) this.#forgetGrant();
  }

  /** Ends the session that a token of the page's own site began, here and at the service. */
  async #endHost(): Promise<void> {
    if (!this.#host) return;
    const token = await this.#keeper.token().catch(() => undefined);
    this.#adopt(undefined);
    if (token === undefined) return;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: signOutMutation });
    await fetch(`${this.#service}/graphql`, { method: 'POST', headers, body }).catch(() => undefined);
  }

  /** The access token for a socket. @param refused the one that the service has just refused */
  token = async (refused?: string): Promise<string | undefined> => {
    if (this.#host) return this.#keeper.token(refused);
    if (refused !== undefined && refused === this.#grant?.token) this.#forgetGrant();
    return this.#grant?.token;
  };

  /** As the platform's `fetch`, as the reader. A credential that the service refuses is given up. */
  fetch: typeof fetch = async (input, init) => {
    if (this.#host) return this.#keeper.fetch(input, init);
    const token = this.#grant?.token;
    if (token === undefined) return fetch(input, init);
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(input, { ...init, headers });
    if (response.status === 401) this.#forgetGrant();
    return response;
  };

  /** Gives up a token that was made for the operations of a newer element. */
  outdated(): void {
    if (!this.#grant) return;
    this.#isOutdated = true;
    this.#forgetGrant();
  }

  #forgetGrant(): void {
    keep(this.#popupKey, undefined, inBrowser);
    this.#setGrant(undefined);
  }

  #keptGrant(): PopupGrant | undefined {
    const grant = readKept(this.#popupKey, isGrant, inBrowser);
    return grant && Date.parse(grant.expiresAt) > Date.now() ? grant : undefined;
  }

  #setGrant(grant: PopupGrant | undefined): void {
    if (this.#source || grant?.token === this.#grant?.token) return;
    this.#grant = grant;
    this.#changed();
  }

  async #ask(): Promise<void> {
    this.#refusal = undefined;
    let token: string | null | undefined;
    try {
      token = await this.#source?.();
    } catch (error) {
      // The site does not answer: the kept session is used, which was its reader's.
      this.#refusal = error instanceof Error ? error.message : String(error);
      const kept = readKept(this.#hostKey, isHostSession, inBrowser);
      if (kept) this.#adopt(kept);
      return;
    }
    const subject = token ? subjectOf(token) : undefined;
    const kept = readKept(this.#hostKey, isHostSession, inBrowser);
    if (kept) this.#adopt(kept);
    if (kept && kept.subject === subject) return;
    // Somebody else reads by now, or nobody whom the site knows.
    await this.#endHost();
    if (!token || subject === undefined) return;
    try {
      const { signInWithToken } = (await this.#send(signInMutation, { input: { token } })) as SignedIn;
      const { session, viewer, userErrors } = signInWithToken;
      this.#refusal = userErrors[0]?.message;
      this.#adopt(session && viewer ? { ...session, viewerId: viewer.id, subject } : undefined);
    } catch (error) {
      this.#refusal = error instanceof Error ? error.message : String(error);
      this.#adopt(undefined);
    }
  }

  #adopt(session: HostSession | undefined): void {
    const before = this.#host?.subject;
    this.#host = session;
    this.#keeper.set(session);
    if (before !== session?.subject) this.#changed();
  }

  /** Keeps new tokens of the session; undefined: the service has ended it. */
  #keepHost(session: Session | undefined): void {
    const subject = this.#host?.subject;
    const hadSession = this.#host !== undefined;
    this.#host = session && subject !== undefined ? { ...session, subject } : undefined;
    keep(this.#hostKey, this.#host, inBrowser);
    if (hadSession && !this.#host) this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
