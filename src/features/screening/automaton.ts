import type { FoldedText } from '../../platform/text/fold.ts';

type Points = readonly number[];

function compare(a: Points, b: Points): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Most steps between two pauses of a construction. */
const stepsPerPause = 2000;

/**
 * Finds many literals in one pass over a text (Aho and Corasick, 1975). A node is a beginning of literals; nodes stand in the order
 * of a breadth-first walk, so that the children of a node are one range of numbers, sorted by their code points.
 */
export class Automaton {
  /** The literals, sorted and each once. Hits name them by their position here. */
  readonly literals: readonly Points[];
  /** Code point of the edge to each node. */
  readonly #symbols: Int32Array;
  /** First child of each node; the children end where those of the next node begin. */
  readonly #children: Int32Array;
  /** The longest proper ending of a node that is a node, too. */
  readonly #fails: Int32Array;
  /** The literal that ends at a node; -1: none. */
  readonly #ends: Int32Array;
  /** The longest proper ending of a node that is a literal; 0: none. */
  readonly #shorter: Int32Array;
  readonly #fromRoot = new Map<number, number>();

  private constructor(literals: readonly Points[], most: number) {
    this.literals = literals;
    this.#symbols = new Int32Array(most);
    this.#children = new Int32Array(most + 1);
    this.#fails = new Int32Array(most);
    this.#ends = new Int32Array(most).fill(-1);
    this.#shorter = new Int32Array(most);
  }

  /** Builds an automaton of literals that are not empty; pauses on the way. */
  static *build(literals: readonly Points[]): Generator<void, Automaton> {
    const sorted = [...literals].sort(compare);
    yield;
    const distinct = sorted.filter((literal, at) => at === 0 || compare(sorted[at - 1] ?? [], literal) !== 0);
    const most = distinct.reduce((sum, { length }) => sum + length, 1);
    const automaton = new Automaton(distinct, most);
    const count = yield* automaton.#addNodes();
    yield* automaton.#addFails(count);
    return automaton;
  }

  *#addNodes(): Generator<void, number> {
    const { literals } = this;
    const most = this.#symbols.length;
    // The literals that begin with a node are one range of the sorted list.
    const from = new Int32Array(most);
    const to = new Int32Array(most);
    const depths = new Int32Array(most);
    to[0] = literals.length;
    let count = 1;
    let steps = 0;
    for (let node = 0; node < count; node += 1) {
      const depth = depths[node] ?? 0;
      const end = to[node] ?? 0;
      let first = from[node] ?? 0;
      if (literals[first]?.length === depth && depth > 0) {
        this.#ends[node] = first;
        first += 1;
      }
      this.#children[node] = count;
      while (first < end) {
        const symbol = literals[first]?.[depth] ?? 0;
        let last = first;
        while (last < end && literals[last]?.[depth] === symbol) {
          last += 1;
          if ((steps += 1) % stepsPerPause === 0) yield;
        }
        this.#symbols[count] = symbol;
        from[count] = first;
        to[count] = last;
        depths[count] = depth + 1;
        if (node === 0) this.#fromRoot.set(symbol, count);
        count += 1;
        first = last;
      }
      this.#children[node + 1] = count;
    }
    return count;
  }

  *#addFails(count: number): Generator<void, void> {
    let steps = 0;
    for (let node = 0; node < count; node += 1) {
      const end = this.#children[node + 1] ?? 0;
      for (let child = this.#children[node] ?? 0; child < end; child += 1) {
        if ((steps += 1) % stepsPerPause === 0) yield;
        const fail = node === 0 ? 0 : this.#next(this.#fails[node] ?? 0, this.#symbols[child] ?? 0);
        this.#fails[child] = fail;
        this.#shorter[child] = (this.#ends[fail] ?? -1) >= 0 ? fail : (this.#shorter[fail] ?? 0);
      }
    }
  }

  #childOf(node: number, symbol: number): number {
    if (node === 0) return this.#fromRoot.get(symbol) ?? 0;
    let low = this.#children[node] ?? 0;
    let high = (this.#children[node + 1] ?? 0) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#symbols[middle] ?? 0;
      if (found === symbol) return middle;
      if (found < symbol) low = middle + 1;
      else high = middle - 1;
    }
    return 0;
  }

  #steps = 0;

  #next(from: number, symbol: number): number {
    let node = from;
    for (;;) {
      this.#steps += 1;
      const child = this.#childOf(node, symbol);
      if (child !== 0 || node === 0) return child;
      node = this.#fails[node] ?? 0;
    }
  }

  /**
   * Walks over a text. Each code point costs a bounded number of steps on average, and one more for each literal that ends there,
   * of which there are at most as many as the longest literal has code points.
   * @param onHit called with a literal and the position after it; false ends the walk
   * @returns the number of steps
   */
  walk({ points, length }: FoldedText, onHit: (literal: number, end: number) => boolean): number {
    this.#steps = 0;
    let node = 0;
    for (let at = 0; at < length; at += 1) {
      node = this.#next(node, points[at] ?? 0);
      let hit = (this.#ends[node] ?? -1) >= 0 ? node : (this.#shorter[node] ?? 0);
      while (hit !== 0) {
        this.#steps += 1;
        if (!onHit(this.#ends[hit] ?? 0, at + 1)) return this.#steps;
        hit = this.#shorter[hit] ?? 0;
      }
    }
    return this.#steps;
  }
}
