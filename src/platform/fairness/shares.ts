import { RequestError } from '../errors/errors.ts';

/** The service is overloaded and did not begin the work. Nothing was written, so it may be retried. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The part of the slots that one kind of work may use. */
export interface LaneLimits {
  /** Slots that no other lane may take, even while this lane uses none of them. */
  readonly reserved: number;
  /** Most slots at once. */
  readonly max: number;
  /** Most slots of one client at once. */
  readonly perClient: number;
  /** Most points of one client's work at once, where claims have points; a single claim may have more. */
  readonly perClientPoints?: number;
  /** Whether its clients are users: a user's surplus claim is refused with RATE_LIMITED instead of BusyError. */
  readonly isForPeople: boolean;
}

export interface SharesOptions<Lane extends string> {
  /** Number of all slots. */
  readonly size: number;
  /** Lanes in order of priority: a free slot goes to the first lane that has a waiter and room. */
  readonly lanes: Readonly<Record<Lane, LaneLimits>>;
  /** Most claims of one client that may wait at once in one lane. */
  readonly maxWaitingPerClient: number;
  /** Most claims that may wait at once in one lane. */
  readonly maxWaiting: number;
  /** Longest wait of a claim, in milliseconds; may be infinite. */
  readonly waitMs: number;
  /** Beginning of the messages: "The database has too much to do". */
  readonly reason: string;
  /** The error of every refused claim, instead of BusyError and of RATE_LIMITED for a user's surplus. */
  readonly refusal?: () => Error;
}

/** Work that needs a slot: its lane, and the client for which it is done. */
export interface Claim<Lane extends string> {
  readonly lane: Lane;
  readonly client: string;
  /** Absent: none. */
  readonly points?: number;
}

/** A waiting claim. */
interface Waiter {
  readonly points: number;
  readonly grant: () => void;
  readonly refuse: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** One client's part of a lane. */
class ClientSlots {
  held = 0;
  points = 0;
  readonly waiters = new Set<Waiter>();
}

class LaneState {
  readonly limits: LaneLimits;
  held = 0;
  waiting = 0;
  readonly clients = new Map<string, ClientSlots>();
  /** Clients that wait, in the order in which they are served. */
  readonly turns = new Set<ClientSlots>();

  constructor(limits: LaneLimits) {
    this.limits = limits;
  }

  /** Whether a client's share has room for a claim with so many points. */
  admits({ held, points: taken }: ClientSlots, points: number): boolean {
    const { perClient, perClientPoints = Infinity } = this.limits;
    return held === 0 ? perClient > 0 : held < perClient && taken + points <= perClientPoints;
  }

  /** Slots that are kept free for this lane. */
  get unusedReserve(): number {
    return Math.max(0, this.limits.reserved - this.held);
  }
}

/**
 * Divides slots, such as the connections of a pool, among clients: no client has more than its share of a lane, waiting
 * clients are served round-robin regardless of the length of their queues, and each lane has slots that other lanes
 * can't take.
 *
 * Invariant: no claim waits that could be granted. So a claim that finds room is granted at once, with a few
 * comparisons and without a promise, and only a release looks at the waiting claims.
 */
export class Shares<Lane extends string> {
  readonly #options: SharesOptions<Lane>;
  readonly #lanes: Readonly<Record<Lane, LaneState>>;
  readonly #precedence: readonly LaneState[];
  #held = 0;
  #waiting = 0;

  constructor(options: SharesOptions<Lane>) {
    this.#options = options;
    const entries = Object.entries<LaneLimits>(options.lanes).map(
      ([lane, limits]) => [lane, new LaneState(limits)] as const,
    );
    this.#lanes = Object.fromEntries(entries) as Record<Lane, LaneState>;
    this.#precedence = entries.map(([, state]) => state);
  }

  /** Whether no slot is taken and no claim waits. */
  get isIdle(): boolean {
    return this.#held === 0 && this.#waiting === 0;
  }

  /** Number of waiting claims of a lane. */
  waiting(lane: Lane): number {
    return this.#lanes[lane].waiting;
  }

  /** Number of slots that a client holds or waits for. */
  claims({ lane, client }: Claim<Lane>): number {
    const slots = this.#lanes[lane].clients.get(client);
    return slots ? slots.held + slots.waiters.size : 0;
  }

  /**
   * Takes a slot, which must be released exactly once.
   * @returns undefined where the slot is taken at once; else a promise of it, which rejects with BusyError after
   * `waitMs`
   * @throws RequestError RATE_LIMITED where too many claims of the client wait, BusyError where too many of the lane do
   */
  take({ lane: name, client: key, points = 0 }: Claim<Lane>): Promise<void> | undefined {
    const lane = this.#lanes[name];
    let client = lane.clients.get(key);
    if (client === undefined) {
      client = new ClientSlots();
      lane.clients.set(key, client);
    }
    if (client.waiters.size === 0 && lane.admits(client, points) && this.#hasRoom(lane)) {
      this.#grant(lane, client, points);
      return undefined;
    }
    return this.#wait(lane, key, client, points);
  }

  /**
   * Does work in a slot.
   * @throws what `take` throws, before the work has begun; any error of the work
   */
  async run<T>(claim: Claim<Lane>, work: () => Promise<T>): Promise<T> {
    const granted = this.take(claim);
    if (granted) await granted;
    try {
      return await work();
    } finally {
      this.release(claim);
    }
  }

  /** Returns a slot that was taken for this claim. */
  release({ lane: name, client: key, points = 0 }: Claim<Lane>): void {
    const lane = this.#lanes[name];
    const client = lane.clients.get(key);
    if (client === undefined || client.held === 0) throw new Error('A slot was released that was not taken');
    client.held -= 1;
    client.points -= points;
    lane.held -= 1;
    this.#held -= 1;
    this.#forget(lane, key, client);
    if (this.#waiting > 0) this.#serve();
  }

  #hasRoom(lane: LaneState): boolean {
    if (lane.held >= lane.limits.max) return false;
    let free = this.#options.size - this.#held;
    for (const other of this.#precedence) if (other !== lane) free -= other.unusedReserve;
    return free > 0;
  }

  #grant(lane: LaneState, client: ClientSlots, points: number): void {
    client.held += 1;
    client.points += points;
    lane.held += 1;
    this.#held += 1;
  }

  #wait(lane: LaneState, key: string, client: ClientSlots, points: number): Promise<void> {
    const { maxWaitingPerClient, maxWaiting, waitMs, reason, refusal } = this.#options;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    const busy = refusal ?? ((): Error => new BusyError(`${reason}: try again.`, retryAfterSeconds));
    const isOver = client.waiters.size >= maxWaitingPerClient;
    if (isOver && lane.limits.isForPeople && !refusal) {
      const message = 'Too many of your requests wait for the database: try again.';
      throw new RequestError('RATE_LIMITED', message, { retryAfterSeconds });
    }
    if (isOver || (lane.waiting >= maxWaiting && !this.#shorten(lane, client.waiters.size))) {
      this.#forget(lane, key, client);
      throw busy();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(waiter.timer);
        client.waiters.delete(waiter);
        if (client.waiters.size === 0) lane.turns.delete(client);
        lane.waiting -= 1;
        this.#waiting -= 1;
      };
      const waiter: Waiter = {
        points,
        grant: () => {
          leave();
          this.#grant(lane, client, points);
          resolve();
        },
        refuse: () => {
          leave();
          this.#forget(lane, key, client);
          reject(busy());
        },
        timer: waitMs === Infinity ? undefined : setTimeout(() => waiter.refuse(), waitMs),
      };
      client.waiters.add(waiter);
      lane.turns.add(client);
      lane.waiting += 1;
      this.#waiting += 1;
    });
  }

  /**
   * Makes room in a full queue: refuses the last claim of the client with the most waiting ones, so that no client is
   * locked out by others with long queues.
   * @param own number of the newcomer's waiting claims
   * @returns whether there is room now
   */
  #shorten({ turns }: LaneState, own: number): boolean {
    let longest: ClientSlots | undefined;
    for (const client of turns)
      if (client.waiters.size > (longest?.waiters.size ?? own + 1)) longest = client;
    const last = longest && [...longest.waiters].at(-1);
    last?.refuse();
    return last !== undefined;
  }

  /** Grants all claims that can be granted now. */
  #serve(): void {
    for (const lane of this.#precedence)
      while (lane.waiting > 0 && this.#hasRoom(lane)) {
        const client = this.#nextOf(lane);
        if (client === undefined) break;
        const [waiter] = client.waiters;
        waiter?.grant();
      }
  }

  /** The next client in the round among those below their share; it moves to the end of the round. */
  #nextOf(lane: LaneState): ClientSlots | undefined {
    const { turns } = lane;
    for (const client of turns) {
      const [first] = client.waiters;
      if (!lane.admits(client, first?.points ?? 0)) continue;
      turns.delete(client);
      if (client.waiters.size > 1) turns.add(client);
      return client;
    }
    return undefined;
  }

  #forget(lane: LaneState, key: string, client: ClientSlots): void {
    if (client.held === 0 && client.waiters.size === 0) lane.clients.delete(key);
  }
}

export interface ExpensiveWork<Lane extends string> {
  readonly lane: Lane;
  /** Pieces of work that run at once. */
  readonly atOnce: number;
  /** Most pieces of work that wait. */
  readonly maxWaiting: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
  /** The reason of a refusal, for people: a sentence without its full stop. */
  readonly busy: string;
}

/**
 * Slots for a few pieces of expensive work at a time, of which one client may have all as long as no other waits. When the queue is full,
 * the last entry of the longest queue is refused with RATE_LIMITED, so that a client with many requests delays only itself.
 */
export function expensiveWork<Lane extends string>({
  lane,
  atOnce,
  maxWaiting,
  maxWaitMs,
  busy,
}: ExpensiveWork<Lane>): Shares<Lane> {
  // By then, all entries that wait now have been served or refused.
  const retryAfterSeconds = Math.ceil(maxWaitMs / 1000);
  return new Shares<Lane>({
    size: atOnce,
    lanes: { [lane]: { reserved: 0, max: atOnce, perClient: atOnce, isForPeople: true } } as Record<
      Lane,
      LaneLimits
    >,
    maxWaitingPerClient: maxWaiting,
    maxWaiting,
    waitMs: maxWaitMs,
    reason: busy,
    refusal: () =>
      new RequestError('RATE_LIMITED', `${busy}: try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      }),
  });
}
