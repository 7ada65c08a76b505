import type { Basis, Moment, Reading, SiteClock } from './site-clock.ts';
import type { KeptRows } from './kept-rows.ts';

/** What a request has seen of one article; `head` undefined: the article is not published. */
export interface Seen {
  readonly site: string;
  readonly head: number | undefined;
}

/** Collects what an answer is made of, while it is made. */
export class BasisRecorder {
  readonly #heads = new Map<string, number>();
  #site: string | undefined;
  #needsEverything = false;
  #isBroken = false;
  #passes = false;

  /** @param moment a moment before the answer's first read */
  constructor(private readonly moment: Moment) {}

  /** The answer holds what was read of an article at a head. */
  add(articleId: string, { site, head }: { readonly site: string; readonly head: number }): void {
    const known = this.#heads.get(articleId);
    if (known === undefined) this.#heads.set(articleId, head);
    else if (known !== head) this.#isBroken = true;
    this.addSite(site);
  }

  /** The answer holds what no article's head covers. */
  addEverything(): void {
    this.#needsEverything = true;
  }

  /** The answer holds what becomes wrong as time passes, without any change: a suspension that ends, a link that expires. */
  addPassing(): void {
    this.#passes = true;
  }

  /**
   * Undefined: nothing tells when the answer becomes wrong. Its parts are of different moments, or it depends on the time at which
   * it was made.
   */
  get basis(): Basis | undefined {
    const moment = this.moment;
    const site = this.#site ?? moment.site;
    if (this.#isBroken || this.#passes) return undefined;
    if (!this.#needsEverything) return { site, heads: this.#heads, everything: undefined };
    // While nothing at all was committed, no head has moved.
    return site === moment.site ? { site, heads: new Map(), everything: moment.everything } : undefined;
  }

  /** The answer holds what was read after the site had this revision, and changes with it alone. */
  addSite(site: string): void {
    if (this.#site !== undefined && this.#site !== site) this.#isBroken = true;
    this.#site = site;
  }
}

/** The clock as one request sees it: each article's head is asked for once, after the request has arrived. */
export class RequestClock {
  readonly clock: SiteClock;
  readonly rows: KeptRows;
  readonly recorder: BasisRecorder | undefined;
  readonly #seen = new Map<string, Seen | Promise<Seen>>();
  /** Heads of article rows that were read for this request: nothing older is shown beside them. */
  readonly #read = new Map<string, number>();
  #moment: Moment | Promise<Moment> | undefined;

  /** @param reading a reading after the request arrived, if there is one */
  constructor(clock: SiteClock, rows: KeptRows, recorder?: BasisRecorder, reading?: Reading) {
    this.clock = clock;
    this.rows = rows;
    this.recorder = recorder;
    if (!reading) return;
    this.#moment = reading;
    for (const [articleId, head] of reading.heads) this.#seen.set(articleId, { site: reading.site, head });
  }

  /** A moment after the request arrived. */
  get moment(): Moment | Promise<Moment> {
    return (this.#moment ??= this.clock.ask([]));
  }

  /**
   * Takes note of a published article's head that was read for this request.
   * @param site the site at a moment of this request before the read; absent: none was read
   */
  saw(articleId: string, head: number, site?: string): void {
    this.#read.set(articleId, Math.max(head, this.#read.get(articleId) ?? 0));
    if (site !== undefined && !this.#seen.has(articleId)) this.#seen.set(articleId, { site, head });
  }

  /** The same clock after the request has changed something: nothing was seen yet. */
  anew(): RequestClock {
    return new RequestClock(this.clock, this.rows, this.recorder);
  }

  /** The article's head, at some moment after the request arrived. */
  see(articleId: string): Seen | Promise<Seen> {
    let seen = this.#seen.get(articleId);
    if (seen === undefined) this.#seen.set(articleId, (seen = this.#ask(articleId)));
    if (seen instanceof Promise) return seen.then((asked) => this.#newest(articleId, asked));
    return this.#newest(articleId, seen);
  }

  /** An article row that was read for this request may be newer than what was asked. */
  #newest(articleId: string, asked: Seen): Seen {
    const read = this.#read.get(articleId) ?? 0;
    return read > (asked.head ?? 0) ? { site: asked.site, head: read } : asked;
  }

  async #ask(articleId: string): Promise<Seen> {
    const reading = await this.clock.ask([articleId]);
    this.#moment ??= reading;
    const seen = { site: reading.site, head: reading.heads.get(articleId) };
    this.#seen.set(articleId, seen);
    return seen;
  }
}
