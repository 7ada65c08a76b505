/** One message at an endpoint. */
export interface Arrival {
  /** `webhook-id`. */
  readonly id: string;
  /** The number of the event in the site's log. */
  readonly position: number;
  readonly articleId: string;
  /** The number of the event in its article's log. */
  readonly sequence: number;
  /** Whether the endpoint has taken it, which does not say that its sender has learnt so. */
  readonly isTaken: boolean;
  /** When it came, as `performance.now()` of the endpoint. */
  readonly at: number;
}

/** The arrivals that an endpoint takes as new: it knows messages by their ids. */
function firstOnes(arrivals: readonly Arrival[]): Arrival[] {
  const known = new Set<string>();
  return arrivals.filter(({ id, isTaken }) => {
    if (!isTaken || known.has(id)) return false;
    known.add(id);
    return true;
  });
}

/**
 * Compares what an endpoint has taken with the site's log: each event behind its position is there, by one id, and those
 * of an article are new in their order.
 * @param positions the numbers of the events that have to be there
 * @returns the faults
 */
export function checkArrivals(arrivals: readonly Arrival[], positions: readonly number[]): string[] {
  const faults: string[] = [];
  const taken = firstOnes(arrivals);
  const times = new Map<number, number>();
  const last = new Map<string, Arrival>();
  for (const arrival of taken) {
    times.set(arrival.position, (times.get(arrival.position) ?? 0) + 1);
    const before = last.get(arrival.articleId);
    if (before && before.sequence >= arrival.sequence)
      faults.push(
        `article ${arrival.articleId}: event ${arrival.sequence} came behind event ${before.sequence}`,
      );
    last.set(arrival.articleId, arrival);
  }
  for (const position of positions) {
    const count = times.get(position) ?? 0;
    if (count !== 1) faults.push(`event ${position} of the site came under ${count} ids`);
    times.delete(position);
  }
  for (const position of times.keys()) faults.push(`event ${position} came, and the site has no such event`);
  return faults;
}

/** How many messages came again. */
export const countAgain = (arrivals: readonly Arrival[]): number =>
  arrivals.filter(({ isTaken }) => isTaken).length - firstOnes(arrivals).length;
