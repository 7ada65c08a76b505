/** @jsxImportSource preact */
import { render } from 'preact';
import { type SignInWay, type View } from './context.ts';
import { type TokenSource } from './login.ts';
import { serviceAt } from './service.ts';
import { styles } from './styles.ts';
import { type GivenTexts, Words } from './texts.ts';
import { Thread } from './thread.ts';
import { type Comment, type CommentOrder } from './types.ts';
import { ThreadView } from './view.tsx';

/** The service that this file came from: the parent of the folder `embed`. */
const ownService = new URL(/* @vite-ignore */ '..', import.meta.url).href;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements of the page. */
function sharedSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
  }
  return sheet;
}

const orderOf = (text: string | null): CommentOrder =>
  (({ oldest: 'OLDEST', top: 'TOP' }) as const)[(text ?? '').toLowerCase()] ?? 'NEWEST';

/** Asks an address of the page's own site for a token, by the reader's cookie there. */
async function tokenFrom(address: string): Promise<string | null> {
  const response = await fetch(address, { method: 'POST', credentials: 'same-origin', cache: 'no-store' });
  // Nobody is signed in.
  if ([204, 401, 403].includes(response.status)) return null;
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  return (await response.text()).trim();
}

/** Properties that a page may have set before this file was loaded. */
const properties = ['token', 'texts'] as const;

/**
 * `<standfirst-thread article="https://…">`: the discussion of a page, live. docs/embed.md describes its attributes, properties and
 * events.
 */
export class ThreadElement extends HTMLElement {
  static readonly observedAttributes = [
    'article',
    'service',
    'order',
    'lang',
    'dir',
    'texts',
    'times',
    'sign-in',
    'token-url',
  ];
  readonly #root: ShadowRoot;
  #thread: Thread | undefined;
  #words: Words | undefined;
  #token: TokenSource | undefined;
  #texts: GivenTexts = {};
  #said = '';
  #fresh = new Set<string>();
  #focusOn: string | undefined;
  #isDrawing = false;
  #count: number | undefined;
  #isReserving = false;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    this.#root.adoptedStyleSheets = [sharedSheet()];
  }

  /** Gets a token of the page's own site for its reader. All elements of the page with the same service share it. */
  get token(): TokenSource | undefined {
    return this.#token;
  }

  set token(source: TokenSource | undefined) {
    this.#token = source;
    if (source && this.#thread) void this.#service.login.setSource(source);
  }

  /** Words in the page's language, by the keys of docs/embed.md. */
  get texts(): GivenTexts {
    return this.#texts;
  }

  set texts(texts: GivenTexts | undefined) {
    this.#texts = texts ?? {};
    this.#words = undefined;
    this.#draw();
  }

  /** Asks the page's site again who reads, as after a sign-in or sign-out there. */
  async refreshLogin(): Promise<void> {
    await this.#service.login.renew();
  }

  connectedCallback(): void {
    for (const name of properties) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      Object.assign(this, { [name]: value });
    }
    this.#start();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (['lang', 'texts', 'times'].includes(name)) this.#words = undefined;
    if (!this.isConnected) return;
    if (['article', 'service', 'order', 'token-url'].includes(name)) this.#start();
    else this.#draw();
  }

  get #service() {
    return serviceAt(this.getAttribute('service') ?? ownService);
  }

  /** The address whose discussion is shown: the attribute, relative to the page; else the page's canonical address, or its own. */
  get #url(): string {
    const canonical = document.querySelector<HTMLLinkElement>('link[rel="canonical"]')?.href;
    const given = this.getAttribute('article') ?? canonical ?? location.href;
    return URL.canParse(given, document.baseURI) ? new URL(given, document.baseURI).href : given;
  }

  #start(): void {
    this.#stop();
    this.#isReserving = true;
    const { login } = this.#service;
    const address = this.getAttribute('token-url');
    if (this.#token) void login.setSource(this.#token);
    else if (address !== null) void login.setSource(() => tokenFrom(address), address);
    this.#thread = new Thread(this.#service, {
      url: this.#url,
      order: orderOf(this.getAttribute('order')),
      onChange: () => this.#draw(),
      onNews: (comment) => this.#tellNews(comment),
      isReadingOn: () => (this.#root.querySelector('.list')?.getBoundingClientRect().top ?? 0) < 0,
    });
    this.#draw();
  }

  #stop(): void {
    this.#thread?.close();
    this.#endReserve();
    this.#thread = undefined;
    this.#fresh = new Set();
    this.#said = '';
  }

  get #signIn(): SignInWay {
    const given = this.getAttribute('sign-in');
    if (given !== null && given !== 'off' && given !== 'popup') return { kind: 'link', address: given };
    return { kind: given === 'off' || this.#service.login.isByHost ? 'host' : 'popup' };
  }

  get #currentWords(): Words {
    this.#words ??= new Words(
      this.closest<HTMLElement>('[lang]')?.lang || navigator.language,
      { ...this.#textsOfAttribute(), ...this.#texts },
      this.getAttribute('times'),
    );
    return this.#words;
  }

  #textsOfAttribute(): GivenTexts {
    try {
      return JSON.parse(this.getAttribute('texts') ?? '{}') as GivenTexts;
    } catch (error) {
      // eslint-disable-next-line no-console -- For the page's developers, whose mistake it is.
      console.error('<standfirst-thread>: the attribute `texts` is no JSON', error);
      return {};
    }
  }

  #tellNews(comment: Comment): void {
    const words = this.#currentWords;
    this.#fresh.add(comment.id);
    this.#say(words.say('saidNew', comment.author?.name ?? words.say('nobody')));
  }

  #say(text: string): void {
    // The same words again are news as well: without a difference they would not be read out.
    this.#said = this.#said === text ? `${text}\u00a0` : text;
    this.#draw();
  }

  /** Draws once for all changes of one turn. */
  #draw(): void {
    if (this.#isDrawing || !this.#thread) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const thread = this.#thread;
    if (!thread) return;
    const view: View = {
      thread,
      login: this.#service.login,
      words: this.#currentWords,
      signIn: this.#signIn,
      url: this.#url,
      setOrder: (order) => void thread.setOrder(order),
      announce: (text) => this.#say(text),
      fresh: this.#fresh,
      focusOn: (id) => {
        this.#focusOn = id;
        this.#draw();
      },
    };
    // The key replaces what belongs to another thread, such as open forms.
    render(
      <ThreadView
        key={`${this.#service.url} ${view.url}`}
        view={view}
        said={this.#said}
        direction={this.closest<HTMLElement>('[dir]')?.dir === 'rtl' ? 'rtl' : 'ltr'}
        isReserving={this.#isReserving}
      />,
      this.#root,
    );
    if (this.#isReserving && thread.status !== 'loading') this.#release();
    this.#focus();
    this.#tellCount(thread);
  }

  /**
   * Gives back the height that was kept for the content, as soon as what follows the element in the page does not move into the
   * window, or within it.
   */
  readonly #release = (): void => {
    const rows = this.#root.querySelector('.rows');
    const end = rows?.lastElementChild?.getBoundingClientRect().bottom;
    if (!rows || end === undefined) return;
    const { bottom } = rows.getBoundingClientRect();
    // Above the window, browsers that anchor what is read move nothing.
    const isPassed = bottom <= 0 && CSS.supports('overflow-anchor', 'auto');
    if (end >= innerHeight || end >= bottom - 1 || isPassed) {
      this.#endReserve();
      this.#draw();
    } else addEventListener('scroll', this.#release, { passive: true });
  };

  #endReserve(): void {
    this.#isReserving = false;
    removeEventListener('scroll', this.#release);
  }

  #focus(): void {
    if (this.#focusOn === undefined) return;
    const comment = this.#root.getElementById(`comment-${this.#focusOn}`);
    if (!comment) return;
    this.#focusOn = undefined;
    comment.focus({ preventScroll: true });
    comment.scrollIntoView({ block: 'nearest' });
  }

  /** Tells the page the number of comments whenever it changes. */
  #tellCount({ article }: Thread): void {
    if (!article || article.commentCount === this.#count) return;
    this.#count = article.commentCount;
    this.dispatchEvent(new CustomEvent('standfirst-count', { detail: { count: article.commentCount } }));
  }
}
