import { ordinalOf } from '../../platform/db/ordinal.ts';

/** An item of a document that has, or will get, a position in its article's order. */
export interface Placeable {
  readonly at: Date;
  /** The existing ordinal; undefined for a new item. */
  readonly ordinal: bigint | undefined;
}

/** Number of ordinals in one millisecond, the precision of imported times. */
const slots = 256_000n;
/**
 * Room that is left after each item for items of later documents: each insertion takes half of the remaining room, so
 * there is room for eight at one place. After that, a new item is placed as close behind as there is room.
 */
const usualStep = 256n;

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** The ordinals of one article: assigns free ones, which never change afterwards. */
export class Ordinals {
  readonly #taken: readonly bigint[];
  readonly #used: Set<bigint>;

  /** @param taken ordinals of all items that the article has, listed or not */
  constructor(taken: readonly bigint[]) {
    this.#taken = [...taken].sort(ascending);
    this.#used = new Set(taken);
  }

  /**
   * Assigns ordinals by time; items with equal times keep the order of the list, also relative to items that already
   * have an ordinal.
   * @returns one ordinal for each item; existing ordinals are unchanged
   */
  place(items: readonly Placeable[]): bigint[] {
    const places = items.map(({ ordinal }) => ordinal);
    const byTime = new Map<number, number[]>();
    items.forEach(({ at }, index) => {
      const group = byTime.get(at.getTime());
      if (group) group.push(index);
      else byTime.set(at.getTime(), [index]);
    });
    for (const group of byTime.values()) this.#placeGroup(items, group, places);
    return places.map((place) => {
      if (place === undefined) throw new Error('An item got no ordinal');
      return place;
    });
  }

  /**
   * Assigns ordinals to items of the same time: goes from one item with an ordinal to the next, and fills the gaps
   * between them.
   */
  #placeGroup(items: readonly Placeable[], group: readonly number[], places: (bigint | undefined)[]): void {
    const first = items[group[0] ?? 0];
    if (!first) return;
    const base = ordinalOf(first.at, 0);
    let before: bigint | undefined;
    let run: number[] = [];
    const fill = (next: bigint | undefined) => {
      if (run.length === 0) return;
      const [start, step] = this.#gap(run.length, base, before, next);
      let last = start - 1n;
      run.forEach((index, position) => {
        const wanted = start + BigInt(position) * step;
        places[index] = last = this.#claim(wanted > last ? wanted : last + 1n);
      });
      run = [];
    };
    for (const index of group) {
      const present = places[index];
      if (present === undefined) {
        run.push(index);
        continue;
      }
      fill(present);
      before = present;
    }
    fill(undefined);
  }

  /** @returns the first of `count` new ordinals, and the distance between them */
  #gap(count: number, base: bigint, before: bigint | undefined, next: bigint | undefined): [bigint, bigint] {
    const stepOf = (room: bigint) => {
      const step = room / BigInt(count + 1);
      return step < 1n ? 1n : step > usualStep ? usualStep : step;
    };
    if (before === undefined && next !== undefined) {
      const below = this.#below(next) ?? next - slots;
      const step = stepOf(next - below);
      const start = next - BigInt(count) * step;
      // Without room before `next`, the new items are placed after it.
      return start > below ? [start, step] : [next + 1n, 1n];
    }
    // Items that another document or a reader added in the same millisecond come first.
    const behind = before ?? this.#below(base + slots, base);
    if (behind === undefined) return [base, stepOf(slots)];
    const end = base + slots > behind ? base + slots : behind + slots;
    const above = this.#above(behind);
    const step = stepOf((above !== undefined && above < end ? above : end) - behind);
    return [behind + step, step];
  }

  /** Number of taken ordinals that are smaller. */
  #countBelow(ordinal: bigint): number {
    let [from, to] = [0, this.#taken.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#taken[middle] ?? ordinal) < ordinal) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #below(ordinal: bigint, least?: bigint): bigint | undefined {
    const found = this.#taken[this.#countBelow(ordinal) - 1];
    return found === undefined || (least !== undefined && found < least) ? undefined : found;
  }

  #above(ordinal: bigint): bigint | undefined {
    return this.#taken[this.#countBelow(ordinal + 1n)];
  }

  #claim(wanted: bigint): bigint {
    let free = wanted;
    while (this.#used.has(free)) free += 1n;
    this.#used.add(free);
    return free;
  }
}
