/** Histogram of latencies in hundredths of a millisecond, serialisable for other processes. */
export type Latencies = readonly (readonly [hundredths: number, count: number])[];

/** Accumulates latencies. */
export class LatencyCounts {
  readonly #counts = new Map<number, number>();

  /** @param ms a negative value counts as 0: the event was received before its writer knew of the commit */
  add(ms: number): void {
    this.#count(Math.max(0, Math.round(ms * 100)), 1);
  }

  addAll(latencies: Latencies): void {
    for (const [hundredths, count] of latencies) this.#count(hundredths, count);
  }

  list(): Latencies {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  /** The latency, in milliseconds, below which this part of all events stayed; NaN without events. */
  quantile(part: number): number {
    const counts = this.list();
    const wanted = counts.reduce((sum, [, count]) => sum + count, 0) * part;
    let seen = 0;
    for (const [hundredths, count] of counts) {
      seen += count;
      if (seen >= wanted) return hundredths / 100;
    }
    return NaN;
  }

  #count(hundredths: number, count: number): void {
    this.#counts.set(hundredths, (this.#counts.get(hundredths) ?? 0) + count);
  }
}
