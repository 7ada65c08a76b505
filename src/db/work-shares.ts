import { type Claim, type LaneLimits, Shares } from './shares.ts';

/**
 * Kinds of work on the database: statements of clients, transactions of clients, what a node does by itself, for live
 * streams and for finding out who asks, and what it reads to show events as only some clients select them.
 */
export type Lane = 'node' | 'events' | 'write' | 'read';

/** Whose transaction it is, and what else of its kind it may have to wait for. */
export interface TransactionScope {
  /** For whom it is done: an account, or an address. */
  readonly client: string;
  /** The thing whose rows it locks, `article:5`: only a few transactions of one thing have a connection at once. */
  readonly subject?: string;
}

export interface WorkSharesOptions {
  /** Connections of the pool. */
  readonly poolSize: number;
  /** How many transactions of one article may have a connection at once. */
  readonly maxWritersPerArticle: number;
  /** How many claims of one client may wait at once. */
  readonly maxWaitingPerClient: number;
  /** How long a claim may wait for a connection, or for its turn at its subject, in milliseconds. */
  readonly waitMs: number;
}

/** How many transactions may wait for their turn at one subject, and how many of those may be one client's. */
const maxWaitingPerSubject = 200;
const maxWaitingPerSubjectAndClient = 20;
/** How many transactions of one subject other than an article have a connection at once. */
const writersPerSubject = 2;
/** By how much more may wait in one lane than one client may have waiting in it. */
const waitingClients = 10;

/** Numbers of waiting claims, by kind. */
export type Waiting = Readonly<Record<Lane | 'subject', number>>;

/** Who may use the database now: a share of the pool for each client, and turns at what many write to. */
export class WorkShares {
  readonly #connections: Shares<Lane>;
  readonly #subjects = new Map<string, Shares<'writer'>>();
  readonly #options: WorkSharesOptions;
  readonly #writersPerArticle: number;

  constructor(options: WorkSharesOptions) {
    const { poolSize, maxWaitingPerClient, waitMs } = options;
    this.#options = options;
    const lanes = lanesOf(poolSize);
    // Half of all writers at most, so that one article which is stuck leaves the other half to the others.
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
    return { node: of('node'), events: of('events'), write: of('write'), read: of('read'), subject };
  }

  /**
   * Takes a connection's slot.
   * @returns undefined where it is taken by now
   * @throws RequestError RATE_LIMITED, BusyError
   */
  take(claim: Claim<Lane>): Promise<void> | undefined {
    return this.#connections.take(claim);
  }

  release(claim: Claim<Lane>): void {
    this.#connections.release(claim);
  }

  /**
   * Runs a transaction when it is its turn. The turn at its subject comes first: whoever waits for that holds no connection.
   * @throws RequestError RATE_LIMITED, BusyError
   */
  async transaction<T>({ client, subject }: TransactionScope, work: () => Promise<T>): Promise<T> {
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
        // One client whose own rows are locked by somebody leaves half of the turns to the others.
        lanes: { writer: { reserved: 0, max, perClient: Math.ceil(max / 2), isForPeople: true } },
        maxWaitingPerClient: maxWaitingPerSubjectAndClient,
        maxWaiting: maxWaitingPerSubject,
        waitMs: this.#options.waitMs,
        reason: 'Too many write there at once, or somebody holds it locked',
      });
      this.#subjects.set(subject, turns);
    }
    return turns;
  }
}

/**
 * How a pool is divided. Writers get no more than 60 % of it, so that readers go on when all that write are stuck; a node's
 * own work half of it, with a part that nobody else can take, so that live streams go on whatever clients do.
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
    node: { ...limits(part(0.1), part(0.5)), isForPeople: false },
    // Each event is read for each selection: however many there are, a tenth of the pool is enough for those of a busy thread.
    events: { reserved: 0, max: part(0.1), perClient: 1, isForPeople: false },
    write: limits(part(0.1), part(0.6)),
    read: limits(part(0.2), size),
  };
}
