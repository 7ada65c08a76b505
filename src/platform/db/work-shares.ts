import type { Config } from '../config/config.ts';
import { type Claim, type LaneLimits, Shares } from '../fairness/shares.ts';

/**
 * Kinds of work on the database: `read`: statements of clients; `write`: transactions of clients; `node`: the node's
 * own work, for live streams and for authentication; `events`: reads that render events for selections of only some
 * clients; `largeEvents`: such reads if they are large, or their size is not known yet; `clock`: the small questions by
 * which what is in memory is checked.
 */
export type Lane = 'clock' | 'node' | 'events' | 'largeEvents' | 'write' | 'read';

/** The client of a transaction, and the object at which it may have to queue. */
export interface WriterClaim {
  /** The account or address for which the transaction runs. */
  readonly client: string;
  /**
   * The object whose rows the transaction locks, such as `article:5`: only a few transactions of one subject have a
   * connection at once.
   */
  readonly subject?: string | undefined;
}

/** Settings of these names. A wait is for a connection, and for a slot of the subject. */
export type WorkSharesOptions = Pick<
  Config,
  'databasePoolSize' | 'maxWritersPerArticle' | 'maxWaitingStatementsPerClient' | 'databaseWaitMs'
>;

/** Most transactions that may wait at one subject, and most of those that may be one client's. */
const maxWaitingPerSubject = 200;
const maxWaitingPerSubjectAndClient = 20;
/** How many transactions of one subject other than an article have a connection at once. */
const writersPerSubject = 2;
/** Capacity of a lane's queue, as a multiple of one client's capacity. */
const waitingClients = 10;

/** Numbers of waiting claims, by kind. */
export type Waiting = Readonly<Record<Lane | 'subject', number>>;

/**
 * Controls access to the database: a share of the pool for each client, and a queue at each subject with many writers.
 */
export class WorkShares {
  readonly #connections: Shares<Lane>;
  readonly #subjects = new Map<string, Shares<'writer'>>();
  readonly #options: WorkSharesOptions;
  readonly #writersPerArticle: number;
  readonly #otherWriters: (() => number)[] = [];

  constructor(options: WorkSharesOptions) {
    const {
      databasePoolSize: poolSize,
      maxWaitingStatementsPerClient: maxWaitingPerClient,
      databaseWaitMs: waitMs,
    } = options;
    this.#options = options;
    const lanes = lanesOf(poolSize);
    // At most half of all writers, so that an article whose rows are locked leaves the other half to other articles.
    this.#writersPerArticle = Math.min(options.maxWritersPerArticle, Math.ceil(lanes.write.max / 2));
    this.#connections = new Shares({
      size: poolSize,
      lanes,
      maxWaitingPerClient,
      maxWaiting: waitingClients * maxWaitingPerClient,
      waitMs,
      reason: 'The database has too much to do',
    });
  }

  get waiting(): Waiting {
    let subject = 0;
    for (const turns of this.#subjects.values()) subject += turns.waiting('writer');
    const of = (lane: Lane) => this.#connections.waiting(lane);
    return {
      clock: of('clock'),
      node: of('node'),
      events: of('events'),
      largeEvents: of('largeEvents'),
      write: this.#otherWriters.reduce((sum, waiting) => sum + waiting(), of('write')),
      read: of('read'),
      subject,
    };
  }

  get waitMs(): number {
    return this.#options.databaseWaitMs;
  }

  /** Counts writers that wait elsewhere. */
  countWriters(waiting: () => number): void {
    this.#otherWriters.push(waiting);
  }

  /**
   * Takes the slot of a connection.
   * @returns undefined where it is taken at once
   * @throws RequestError RATE_LIMITED, BusyError
   */
  take(claim: Claim<Lane>): Promise<void> | undefined {
    return this.#connections.take(claim);
  }

  release(claim: Claim<Lane>): void {
    this.#connections.release(claim);
  }

  /**
   * Runs a transaction when its subject and the pool have room. The subject comes first, so that no waiter of a subject
   * holds a connection.
   * @throws RequestError RATE_LIMITED, BusyError
   */
  async transaction<T>({ client, subject }: WriterClaim, work: () => Promise<T>): Promise<T> {
    const claim = { lane: 'write', client } as const;
    if (subject === undefined) return this.run(claim, work);
    const turns = this.#turnsAt(subject);
    const turn = { lane: 'writer', client } as const;
    const waits = turns.take(turn);
    if (waits) await waits;
    try {
      return await this.run(claim, work);
    } finally {
      turns.release(turn);
      if (turns.isIdle) this.#subjects.delete(subject);
    }
  }

  async run<T>(claim: Claim<Lane>, work: () => Promise<T>): Promise<T> {
    const waits = this.take(claim);
    if (waits) await waits;
    try {
      return await work();
    } finally {
      this.release(claim);
    }
  }

  #turnsAt(subject: string): Shares<'writer'> {
    let turns = this.#subjects.get(subject);
    if (turns === undefined) {
      const max = subject.startsWith('article:') ? this.#writersPerArticle : writersPerSubject;
      turns = new Shares({
        size: max,
        // A client whose own rows are locked by another transaction leaves half of the slots to other clients.
        lanes: { writer: { reserved: 0, max, perClient: Math.ceil(max / 2), isForPeople: true } },
        maxWaitingPerClient: maxWaitingPerSubjectAndClient,
        maxWaiting: maxWaitingPerSubject,
        waitMs: this.#options.databaseWaitMs,
        reason: 'Too many transactions write to the same rows, or one holds them locked',
      });
      this.#subjects.set(subject, turns);
    }
    return turns;
  }
}

/**
 * The division of a pool. Writers get at most 60 % of it, so that reads continue when all writers are blocked. The
 * node's own work gets at most half, part of it reserved, so that live streams continue whatever clients do.
 */
function lanesOf(size: number): Record<Lane, LaneLimits> {
  const part = (share: number) => Math.max(1, Math.floor(size * share));
  const perClient = (max: number) => Math.min(max, Math.max(2, part(0.25)));
  const limits = (reserved: number, max: number): LaneLimits => ({
    reserved,
    max,
    perClient: perClient(max),
    isForPeople: true,
  });
  return {
    // Few and short, and everybody waits for them. A small pool can't spare a connection for them alone.
    clock: { reserved: size >= 10 ? 1 : 0, max: 2, perClient: 2, isForPeople: false },
    node: { ...limits(part(0.1), part(0.5)), isForPeople: false },
    // Each event is read once for each selection. However many selections there are, a tenth of the pool suffices for
    // the events of a busy thread.
    events: { reserved: 0, max: part(0.1), perClient: 1, isForPeople: false },
    // Separate, so that small reads never wait for large ones.
    largeEvents: { reserved: 0, max: part(0.1), perClient: 1, isForPeople: false },
    write: limits(part(0.1), part(0.6)),
    read: limits(part(0.2), size),
  };
}
