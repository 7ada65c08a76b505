/** Work of the process that is done in pieces: each turn of the event loop does some of it. */
export interface Strand {
  /** Longest time that it gets in one turn of the event loop, in milliseconds. */
  readonly sliceMs: number;
  /** Whether `goOn` only begins work, which runs when all strands have gone on: such a strand is the last one of the turn. */
  readonly isLast?: boolean;
  /**
   * Does at least one piece, and goes on until a time.
   * @param until by `performance.now()`
   * @returns whether there is more to do
   */
  goOn(until: number): boolean;
}

/** Time that all strands together have in one turn of the event loop, in milliseconds. */
const turnMs = 10;

/** The strands that have work, in the order in which they asked. */
let waking = new Set<Strand>();
let isScheduled = false;

/**
 * Lets a strand go on in the next turn of the event loop. Whatever the process puts off in favour of what arrives is put off here, so that
 * all of it together takes a bounded part of each turn.
 */
export function goOnLater(strand: Strand): void {
  waking.add(strand);
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(goOn);
}

function goOn(): void {
  isScheduled = false;
  const due = [...waking].sort((one, other) => Number(one.isLast ?? false) - Number(other.isLast ?? false));
  waking = new Set();
  const end = performance.now() + turnMs;
  for (const strand of due)
    if (strand.goOn(Math.min(end, performance.now() + strand.sliceMs))) goOnLater(strand);
}
