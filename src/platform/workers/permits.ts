/** The permits of a node for work of which all of its workers together do only so much at once. Held by the primary. */
export class Permits {
  /** Who waits, the first to be served first. */
  #waiting: { readonly worker: number; readonly grant: () => void }[] = [];
  readonly #held = new Map<number, number>();

  constructor(private free: number) {}

  /** @param grant called when the worker has a permit */
  ask(worker: number, grant: () => void): void {
    this.#waiting.push({ worker, grant });
    this.#serve();
  }

  giveBack(worker: number): void {
    const held = this.#held.get(worker) ?? 0;
    if (held === 0) return;
    this.#held.set(worker, held - 1);
    this.free += 1;
    this.#serve();
  }

  /** A worker has ended: its permits are free again. */
  end(worker: number): void {
    this.#waiting = this.#waiting.filter((each) => each.worker !== worker);
    while (this.#held.get(worker)) this.giveBack(worker);
  }

  #serve(): void {
    while (this.free > 0) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.free -= 1;
      this.#held.set(next.worker, (this.#held.get(next.worker) ?? 0) + 1);
      next.grant();
    }
  }
}
