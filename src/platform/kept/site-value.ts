import type { RequestClock } from './request-clock.ts';

/** One value, read once for a request. */
export interface SiteValue<Value> {
  load(): Promise<Value>;
}

/** Reads a value once. */
export class ReadOnce<Value> implements SiteValue<Value> {
  #value: Promise<Value> | undefined;

  constructor(private readonly read: () => Promise<Value>) {}

  load(): Promise<Value> {
    return (this.#value ??= this.read());
  }
}

/** A value that is answered from memory while the site has the revision before which it was read. */
export class KeptSiteValue<Value> implements SiteValue<Value> {
  #value: Promise<Value> | undefined;

  /** @param name distinguishes the values and loaders that share a store */
  constructor(
    private readonly name: string,
    private readonly clock: RequestClock,
    private readonly source: SiteValue<Value>,
  ) {}

  load(): Promise<Value> {
    return (this.#value ??= this.#find());
  }

  async #find(): Promise<Value> {
    const { rows, recorder } = this.clock;
    const { site } = await this.clock.moment;
    recorder?.addSite(site);
    const row = rows.get(this.name);
    if (row?.site === site) {
      rows.counts.hits += 1;
      return row.value as Value;
    }
    rows.counts.misses += 1;
    const value = await this.source.load();
    // It belongs to no article.
    rows.set(this.name, { articleId: '', head: 0, site, value });
    return value;
  }
}
