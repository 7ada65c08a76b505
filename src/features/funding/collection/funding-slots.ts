export interface FundingSlotsOptions {
  /** Most pieces of work that are under way at the same time. */
  readonly atOnce: number;
  /** Time without a piece that ends, after which `run` waits no longer. */
  readonly patienceMs: number;
  /** One piece of work failed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Work of one kind, a few pieces at a time. A piece that hangs keeps its slot, and nothing else: whoever waits goes on
 * when nothing moves, and the piece ends when it ends.
 */
export class FundingSlots {
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(private readonly options: FundingSlotsOptions) {}

  /** Whether every slot is taken by work of an earlier run. */
  get isFull(): boolean {
    return this.#underWay.size >= this.options.atOnce;
  }

  /** Pieces of work that go on, also those of an earlier run. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /**
   * Runs a step for each item that is not under way. An item that fails does not hold up the others. Items that found no
   * slot in time are left: their rows come up again.
   * @param signal aborted: no piece begins any more
   */
  async run<Item>(
    items: readonly Item[],
    keyOf: (item: Item) => string,
    step: (item: Item) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const left = items.filter((item) => !this.#underWay.has(keyOf(item)));
    let isOver = false;
    let giveUp = (): void => undefined;
    const standstill = new Promise<void>((resolve) => (giveUp = resolve));
    const timer = setTimeout(() => giveUp(), this.options.patienceMs);
    const work = async (): Promise<void> => {
      for (let item = left.shift(); item !== undefined && !isOver && !signal.aborted; item = left.shift()) {
        await this.#do(keyOf(item), item, step);
        timer.refresh();
      }
    };
    const free = this.options.atOnce - this.#underWay.size;
    await Promise.race([Promise.all(Array.from({ length: free }, work)), standstill]);
    isOver = true;
    clearTimeout(timer);
  }

  /** Resolves once nothing is under way. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #do<Item>(key: string, item: Item, step: (item: Item) => Promise<unknown>): Promise<unknown> {
    const done = step(item)
      .catch(this.options.onError)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, done);
    return done;
  }
}
