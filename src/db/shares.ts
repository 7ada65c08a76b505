import { RequestError } from '../errors/errors.ts';

/** The service has so much to do that the work was not begun. Nothing was written, so it may be tried again. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** How much of the slots one kind of work may have. */
export interface LaneLimits {
  /** Slots that no other lane may take, also while this one uses none of them. */
  readonly reserved: number;
  /** Most slots at once. */
  readonly max: number;
  /** Most slots of one client at once. */
  readonly perClient: number;
  /** Whether its clients are people's, who can be told that they ask for too much. */
  readonly isForPeople: boolean;
}

export interface SharesOptions<Lane extends string> {
  /** All slots. */
  readonly size: number;
  /** Lanes in the order of their precedence: a free slot goes to the first one that waits and has room. */
  readonly lanes: Readonly<Record<Lane, LaneLimits>>;
  /** How many claims of one client may wait at once in one lane. */
  readonly maxWaitingPerClient: number;
  /** How many claims may wait at once in one lane. */
  readonly maxWaiting: number;
  /** How long a claim may wait, in milliseconds. */
  readonly waitMs: number;
  /** Subject of the messages: "The database has too much to do". */
  readonly reason: string;
}

/** Work that needs a slot: what kind it is of, and for whom it is done. */
export interface Claim<Lane extends string> {
  readonly lane: Lane;
  readonly client: string;
}

/** A claim that waits. */
interface Waiter {
  readonly grant: () => void;
  readonly refuse: () => void;
  readonly timer: NodeJS.Timeout;
}

/** One client's part of a lane. */
class ClientSlots {
  held = 0;
  readonly waiters = new Set<Waiter>();
}

class LaneState {
  readonly limits: LaneLimits;
  held = 0;
  waiting = 0;
  readonly clients = new Map<string, ClientSlots>();
  /** Clients that wait, the one first whose turn is next. */
  readonly turns = new Set<ClientSlots>();

  constructor(limits: LaneLimits) {
    this.limits = limits;
  }

  /** The slots that are kept free for this lane. */
  get unusedReserve(): number {
    return Math.max(0, this.limits.reserved - this.held);
  }
}

/**
 * Divides slots, such as the connections of a pool, among clients: no client has more than its share of a lane, those that
 * wait are served in turns whatever the length of their queues, and each lane has slots that others can't take.
 *
 * Invariant: no claim waits that could be granted. So a claim that finds room is granted at once, with a few comparisons
 * and without a promise, and only a release looks at those that wait.
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

  /** Whether no slot is taken and nobody waits. */
  get isIdle(): boolean {
    return this.#held === 0 && this.#waiting === 0;
  }

  /** How many claims of a lane wait. */
  waiting(lane: Lane): number {
    return this.#lanes[lane].waiting;
  }

  /** How many slots a client has or waits for. */
  claims({ lane, client }: Claim<Lane>): number {
    const slots = this.#lanes[lane].clients.get(client);
    return slots ? slots.held + slots.waiters.size : 0;
  }

  /**
   * Takes a slot, which must be released once.
   * @returns undefined where the slot is taken by now; else a promise of it, which rejects with BusyError after too long
   * @throws RequestError RATE_LIMITED where too many claims of the client wait, BusyError where too many of all do
   */
  take({ lane: name, client: key }: Claim<Lane>): Promise<void> | undefined {
    const lane = this.#lanes[name];
    let client = lane.clients.get(key);
    if (client === undefined) {
      client = new ClientSlots();
      lane.clients.set(key, client);
    }
    if (client.waiters.size === 0 && client.held < lane.limits.perClient && this.#hasRoom(lane)) {
      this.#grant(lane, client);
      return undefined;
    }
    return this.#wait(lane, key, client);
  }

  /** Gives back a slot that was taken for this claim. */
  release({ lane: name, client: key }: Claim<Lane>): void {
    const lane = this.#lanes[name];
    const client = lane.clients.get(key);
    if (client === undefined || client.held === 0) throw new Error('A slot was released that was not taken');
    client.held -= 1;
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

  #grant(lane: LaneState, client: ClientSlots): void {
    client.held += 1;
    lane.held += 1;
    this.#held += 1;
  }

  #wait(lane: LaneState, key: string, client: ClientSlots): Promise<void> {
    const { maxWaitingPerClient, maxWaiting, waitMs, reason } = this.#options;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    const busy = (): Error => new BusyError(`${reason}: try again.`, retryAfterSeconds);
    const isOver = client.waiters.size >= maxWaitingPerClient;
    if (isOver && lane.limits.isForPeople) {
      const message = 'Too much of yours waits for the database: try again.';
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
        grant: () => {
          leave();
          this.#grant(lane, client);
          resolve();
        },
        refuse: () => {
          leave();
          this.#forget(lane, key, client);
          reject(busy());
        },
        timer: setTimeout(() => waiter.refuse(), waitMs),
      };
      client.waiters.add(waiter);
      lane.turns.add(client);
      lane.waiting += 1;
      this.#waiting += 1;
    });
  }

  /**
   * Where there is no room to wait: the last one of the longest line gives way, so that nobody is kept out by those who have
   * many waiting.
   * @param own the length of the newcomer's line
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

  /** Grants what can be granted now. */
  #serve(): void {
    for (const lane of this.#precedence)
      while (lane.waiting > 0 && this.#hasRoom(lane)) {
        const client = this.#nextOf(lane);
        if (client === undefined) break;
        const [waiter] = client.waiters;
        waiter?.grant();
      }
  }

  /** The client whose turn it is, among those that have not all of their share; its next turn comes behind the others'. */
  #nextOf({ turns, limits }: LaneState): ClientSlots | undefined {
    for (const client of turns) {
      if (client.held >= limits.perClient) continue;
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
