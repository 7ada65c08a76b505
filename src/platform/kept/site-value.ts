import type { RequestClock } from './request-clock.ts';

/** One value, read once for a request. */
export interface SiteValue<Value> {
  load(): Promise<Value>;
}

/** Reads a value once. */
export class ReadOnce<Value> implements SiteValue<Value> {
  readonly #read: () => Promise<Value>;
  #value: Promise<Value> | undefined;

  constructor(read: () => Promise<Value>) {
    this.#read = read;
  }

  load(): Promise<Value> {
    return (this.#value ??= this.#read());
  }
}

/** A value that is answered from memory while the site has the revision before which it was read. */
export class KeptSiteValue<Value> implements SiteValue<Value> {
  readonly #name: string;
  readonly #clock: RequestClock;
  readonly #source: SiteValue<Value>;
  #value: Promise<Value> | undefined;

  /** @param name distinguishes the values and loaders that share a store */
  constructor(name: string, clock: RequestClock, source: SiteValue<Value>) {
    this.#name = name;
    this.#clock = clock;
    this.#source = source;
  }

  load(): Promise<Value> {
    return (this.#value ??= this.#find());
  }

  async #find(): Promise<Value> {
    const { rows, recorder } = this.#clock;
    const { site } = await this.#clock.moment;
    recorder?.addSite(site);
    const row = rows.get(this.#name);
    if (row?.site === site) {
      rows.counts.hits += 1;
      return row.value as Value;
    }
    rows.counts.misses += 1;
    const value = await this.#source.load();
    // It belongs to no article.
    rows.set(this.#name, { articleId: '', head: 0, site, value });
    return value;
  }
}
