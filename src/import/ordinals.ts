import { ordinalOf } from '../db/ordinal.ts';

/** Something of a document that has, or is to get, a place in its article's order. */
export interface Placeable {
  readonly at: Date;
  /** The place that it has; undefined: it is new. */
  readonly ordinal: bigint | undefined;
}

/** The ordinals of one millisecond, which is as exact as imported times are. */
const slots = 256_000n;
/**
 * Room that is left behind each one, for what later documents put in between: half of it each time, so eight times in one
 * place. Then a newcomer stands as close behind as there is room.
 */
const usualStep = 256n;

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

/** The ordinals of one article: finds free ones, which then never change. */
export class Ordinals {
  readonly #taken: readonly bigint[];
  readonly #used: Set<bigint>;

  /** @param taken of everything the article has, be it shown or not */
  constructor(taken: readonly bigint[]) {
    this.#taken = [...taken].sort(ascending);
    this.#used = new Set(taken);
  }

  /**
   * Ordinals by time; among equal times the order of the list stands, also towards those that have theirs already.
   * @returns one for each item; those that an item has stay
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

  /** Things of one time: goes from one that has its place to the next, and fills what lies between. */
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

  /** @returns where `count` new ones start, and how far apart they stand */
  #gap(count: number, base: bigint, before: bigint | undefined, next: bigint | undefined): [bigint, bigint] {
    const stepOf = (room: bigint) => {
      const step = room / BigInt(count + 1);
      return step < 1n ? 1n : step > usualStep ? usualStep : step;
    };
    if (before === undefined && next !== undefined) {
      const below = this.#below(next) ?? next - slots;
      const step = stepOf(next - below);
      const start = next - BigInt(count) * step;
      // Without room in front they stand behind it.
      return start > below ? [start, step] : [next + 1n, 1n];
    }
    // What another document or a reader brought in the same millisecond was there first.
    const behind = before ?? this.#below(base + slots, base);
    if (behind === undefined) return [base, stepOf(slots)];
    const end = base + slots > behind ? base + slots : behind + slots;
    const above = this.#above(behind);
    const step = stepOf((above !== undefined && above < end ? above : end) - behind);
    return [behind + step, step];
  }

  /** How many of those that were there are smaller. */
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
