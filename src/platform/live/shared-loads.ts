import type { RowCounter } from '../db/counted-query.ts';
import type { Database, Queryable } from '../db/database.ts';
import { RequestError } from '../errors/errors.ts';
import { Loaders } from '../graphql/context.ts';
import type { Memory } from '../kept/memory.ts';
import type { RequestClock } from '../kept/request-clock.ts';
import type { Turns } from '../fairness/turns.ts';

/**
 * Bytes that one client's batches may read before they are abandoned, and bytes after which a client waits for its next
 * turn.
 */
const maxReadBytes = 40 * 1024 * 1024;
const bytesOfTurn = 512 * 1024;

/** The client of renderings that are made on no particular client's account. */
export const everybody = 'rendering';

/** Counts bytes that are read to render events. */
export class EventReads implements RowCounter {
  bytes = 0;
  #sinceTurn = 0;

  /** @param turn waits for a turn to continue after many rows */
  constructor(
    private readonly turn: () => Promise<void> | undefined,
    private readonly isBounded: boolean,
  ) {}

  get exceeded(): RequestError | undefined {
    if (!this.isBounded || this.bytes <= maxReadBytes) return undefined;
    return new RequestError('QUERY_TOO_COSTLY', 'To show these events, too much has to be read.');
  }

  countRow(bytes: number): void {
    this.bytes += bytes;
    this.#sinceTurn += bytes;
  }

  afterRows(): Promise<void> | undefined {
    if (this.#sinceTurn < bytesOfTurn) return undefined;
    this.#sinceTurn = 0;
    return this.turn();
  }
}

/** How much a batch reads: unless it is known to be small, it waits for the database together with large ones. */
export type ReadSize = 'small' | 'large';

/** For whom a batch is made, and what it may read. */
export interface LoadsOptions {
  readonly client: string;
  readonly size: ReadSize;
  /** Whether the loads are abandoned when they have read too much; false by default. */
  readonly isBounded?: boolean;
}

/** The sources from which batches of one client load. */
export interface Loads {
  readonly db: Queryable;
  readonly reads: EventReads;
  readonly clock: RequestClock | undefined;
  readonly loaders: Loaders;
}

/**
 * Loads that groups with different rights share: an event wakes all of them in the same turn of the event loop, and
 * most of its data is the same for them. Each client loads separately, and waits for the database separately.
 */
export class SharedLoads {
  readonly #current = new Map<string, Loads>();

  constructor(
    private readonly db: Pick<Database, 'forNode' | 'forEvents'>,
    private readonly turns: Turns,
    private readonly memory?: Pick<Memory, 'forRequest'>,
  ) {}

  /**
   * A client's loads of this turn of the event loop. Within the turn no group learns of newer events, so a load that
   * one group has begun is fresh enough for the next one.
   */
  now(options: LoadsOptions): Loads {
    const key = `${options.size} ${options.client}`;
    let loads = this.#current.get(key);
    if (loads === undefined) {
      if (this.#current.size === 0) process.nextTick(() => this.#current.clear());
      loads = this.alone(options);
      this.#current.set(key, loads);
    }
    return loads;
  }

  /** Loads that are not shared with any other batch. */
  alone({ client, size, isBounded = false }: LoadsOptions): Loads {
    const reads = new EventReads(() => this.turns.enter(client), isBounded);
    const lane = size === 'small' ? 'events' : 'largeEvents';
    const db = client === everybody ? this.db.forNode(client, reads) : this.db.forEvents(client, reads, lane);
    const clock = this.memory?.forRequest();
    return { db, reads, clock, loaders: new Loaders({ db, viewer: null }, { clock }) };
  }
}
