/** Counts of latencies, by hundredths of a millisecond; crosses between processes. */
export type Latencies = readonly (readonly [hundredths: number, count: number])[];

/** Adds latencies up. */
export class LatencyCounts {
  readonly #counts = new Map<number, number>();

  /** @param ms what was received before its writer knew of it took no time */
  add(ms: number): void {
    this.#count(Math.max(0, Math.round(ms * 100)), 1);
  }

  addAll(latencies: Latencies): void {
    for (const [hundredths, count] of latencies) this.#count(hundredths, count);
  }

  list(): Latencies {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  /** Milliseconds within which this part of all came; NaN when there are none. */
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
