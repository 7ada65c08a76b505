import { LRUCache } from 'lru-cache';
import { isException, type Exceptions } from '../auth/viewer.ts';
import type { StoreCounts } from './kept-rows.ts';
import { type Basis, type Reading, type SiteClock, stands } from './site-clock.ts';

/** Compressed bodies take about this part of a body, together; texts that are no words take more. */
const compressedShare = 0.5;

/** An answer as it was made. */
export interface Made {
  /** The result's `data` as JSON: `{"data":…`, without the closing brace, to be followed by what is of one request. */
  readonly body: Buffer;
  /** The accounts that need an answer of their own. */
  readonly exceptions: Exceptions;
  /** What the answer was made of; undefined: it can't be kept. */
  readonly basis: Basis | undefined;
}

/** An answer that is the same for all clients with the same rights. */
export class KeptAnswer {
  readonly body: Buffer;
  readonly exceptions: Exceptions;
  /** Compressed beginnings of bodies, by encoding; made when a client first accepts the encoding. */
  readonly compressed = new Map<string, Promise<unknown>>();
  /** Tags of what caches may store, by media type and end of the body. */
  readonly tags = new Map<string, string>();
  readonly basis: Basis | undefined;
  /** The client that is charged for the memory. */
  readonly maker: string;
  /** The place among requests, in the order of their arrival, at which nothing of it was read yet. */
  readonly began: number;
  readonly #onGrown: (answer: KeptAnswer) => void;
  #compressedBytes = 0;

  constructor(
    { body, exceptions, basis }: Made,
    from: { readonly maker: string; readonly began: number; readonly onGrown: (answer: KeptAnswer) => void },
  ) {
    this.body = body;
    this.exceptions = exceptions;
    this.basis = basis;
    this.maker = from.maker;
    this.began = from.began;
    this.#onGrown = from.onGrown;
  }

  /** Bytes of the body in all encodings: those that it has, or those that it will probably have. */
  get bytes(): number {
    return this.body.length + Math.max(Math.ceil(this.body.length * compressedShare), this.#compressedBytes);
  }

  /** Takes note of a compressed beginning that is kept with the answer. */
  addCompressed(bytes: number): void {
    const before = this.bytes;
    this.#compressedBytes += bytes;
    if (this.bytes > before) this.#onGrown(this);
  }

  isFor(accountId: string | undefined): boolean {
    return !isException(this.exceptions, accountId);
  }
}

/** Who asks for an answer. */
export interface Asking {
  /** Equal for requests with the same answer, exceptions aside. */
  readonly key: string;
  readonly client: string;
  /** Undefined: signed out. */
  readonly accountId: string | undefined;
}

type Maker = (reading: Reading) => Promise<Made | undefined>;

/** An answer that is being made. */
interface Making {
  /** Its place among requests, in the order of their arrival. */
  readonly began: number;
  /** Undefined: the maker was refused or has failed, which concerns nobody else. */
  readonly done: Promise<KeptAnswer | undefined>;
}

/** Bytes of an entry beside its body and key, and of each article and each excepted account of it. */
const entryBytes = 512;
const partBytes = 64;

/** The part of the store that answers made for one client may take, and the part that one answer may take. */
const clientShare = 1 / 4;
const answerShare = 1 / 16;

/**
 * Times for which a request waits for answers that are being made for other clients, until it makes its own and until it
 * does so in any case, in milliseconds: a client's statements wait for its own share of the database, so that one that
 * asks for too much would hold up everybody.
 */
const [patienceMs, mostPatienceMs] = [100, 1000];

/** Number of requests of signed-in viewers that are remembered until they are repeated. */
const rememberedKeys = 2_000;

export interface KeptAnswersOptions {
  readonly clock: Pick<SiteClock, 'ask'>;
  readonly maxBytes: number;
}

/**
 * Answers in memory, used only while everything that they were made of stands. A request is never answered with
 * something older than its arrival: a kept answer is checked by a question to the database that is sent afterwards, and
 * an answer that is being made serves only the requests that arrived before its making began.
 */
export class KeptAnswers {
  readonly #clock: Pick<SiteClock, 'ask'>;
  readonly #maxBytes: number;
  readonly #entries: LRUCache<string, KeptAnswer>;
  /** Keys of the answers that were made for each client, the oldest first, and their bytes. */
  readonly #byMaker = new Map<string, { bytes: number; readonly sizes: Map<string, number> }>();
  /** By key; more than one if the first takes long. */
  readonly #makings = new Map<string, Set<Making>>();
  /** Keys that signed-in viewers have asked for once, and those whose answer each account needs for itself. */
  readonly #seen = new LRUCache<string, 'once' | 'never'>({ max: rememberedKeys });
  readonly counts: StoreCounts = { hits: 0, misses: 0, evictions: 0 };
  #arrivals = 0;

  constructor({ clock, maxBytes }: KeptAnswersOptions) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.ceil(maxBytes * answerShare),
      sizeCalculation: sizeOf,
      dispose: (answer, key, reason) => {
        if (reason === 'evict') this.counts.evictions += 1;
        this.#forget(key, answer.maker);
      },
    });
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /**
   * Finds an answer, or makes it once for all who ask for it meanwhile.
   * @param make makes the answer, of what is read after the reading; undefined: it has errors, and is for its maker alone
   * @returns undefined: the request needs an answer of its own
   * @throws any error of `make`
   */
  async answer(asking: Asking, make: Maker): Promise<KeptAnswer | undefined> {
    const { key, accountId } = asking;
    if (this.#seen.get(key) === 'never') return undefined;
    const arrived = (this.#arrivals += 1);
    const patience = new Patience();
    const mayWait = (): boolean =>
      !patience.isUsed || [...(this.#makings.get(key) ?? [])].some(({ began }) => began > arrived);
    for (;;) {
      const makings = this.#makings.get(key);
      if (makings && mayWait()) {
        const ended = await patience.waitFor(makings);
        if (ended) {
          const { making, answer } = ended;
          if (answer?.isFor(accountId) !== true) return undefined;
          if (making.began > arrived) return answer;
          // It began before this request arrived, so that its result has to be checked.
          continue;
        }
        if (patience.isOver) return undefined;
        // The makers may be waiting for their own turns: this request makes the answer as well, for all who still wait.
        continue;
      }
      const found = this.#entries.get(key);
      if (found?.isFor(accountId) === false) return undefined;
      if (found && found.began > arrived) return found;
      const asked = (this.#arrivals += 1);
      // A clock that can't be read says nothing: the request finds out by itself what the database answers.
      const reading =
        found && (await this.#clock.ask(found.basis?.heads.keys() ?? []).catch(() => undefined));
      if (found && !reading) return undefined;
      if (reading && found.basis && stands(found.basis, reading)) {
        this.counts.hits += 1;
        this.#share(key, found, asking.client);
        return found;
      }
      if (this.#makings.has(key) && mayWait()) continue;
      this.counts.misses += 1;
      // Whatever is shared among viewers takes more reading than an answer for one: only for what is asked again.
      if (!found && accountId !== undefined && this.#seen.get(key) === undefined) {
        this.#seen.set(key, 'once');
        return undefined;
      }
      return this.#make(asking, make, reading, asked);
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  /** @param began the place among requests at which nothing of the answer was read yet */
  async #make(
    { key, client, accountId }: Asking,
    make: Maker,
    reading: Reading | undefined,
    began: number,
  ): Promise<KeptAnswer | undefined> {
    const result = this.#makeFrom(reading, make).then((made) => made && this.#keep(key, made, client, began));
    const makings = this.#makings.get(key) ?? new Set();
    this.#makings.set(key, makings);
    const making: Making = {
      began,
      done: result
        .catch(() => undefined)
        .finally(() => {
          makings.delete(making);
          if (makings.size === 0 && this.#makings.get(key) === makings) this.#makings.delete(key);
        }),
    };
    makings.add(making);
    const answer = await result;
    // With errors it is of no use to others, and the next request need not try.
    if (!answer && accountId !== undefined) this.#seen.delete(key);
    return answer?.isFor(accountId) === true ? answer : undefined;
  }

  async #makeFrom(reading: Reading | undefined, make: Maker): Promise<Made | undefined> {
    const now = reading ?? (await this.#clock.ask([]).catch(() => undefined));
    return now && make(now);
  }

  #keep(key: string, made: Made, maker: string, began: number): KeptAnswer {
    const onGrown = (grown: KeptAnswer) => {
      if (this.#entries.peek(key) === grown) this.#set(key, grown);
    };
    const answer = new KeptAnswer(made, { maker, began, onGrown });
    if (answer.exceptions === 'all') {
      this.#entries.delete(key);
      this.#seen.set(key, 'never');
    } else if (answer.basis) this.#set(key, answer);
    else this.#entries.delete(key);
    return answer;
  }

  #set(key: string, answer: KeptAnswer): void {
    const { maker } = answer;
    this.#entries.delete(key);
    const bytes = sizeOf(answer, key);
    const own = this.#byMaker.get(maker) ?? { bytes: 0, sizes: new Map<string, number>() };
    this.#byMaker.set(maker, own);
    own.sizes.set(key, bytes);
    own.bytes += bytes;
    this.#entries.set(key, answer);
    // The store did not take it: it is too large.
    if (!this.#entries.has(key)) return this.#forget(key, maker);
    for (const [oldest] of own.sizes) {
      if (own.bytes <= this.#maxBytes * clientShare) break;
      this.#entries.delete(oldest);
      this.counts.evictions += 1;
    }
  }

  /** What several clients ask for is no client's own. */
  #share(key: string, answer: KeptAnswer, client: string): void {
    if (answer.maker !== client) this.#forget(key, answer.maker);
  }

  #forget(key: string, maker: string): void {
    const own = this.#byMaker.get(maker);
    const bytes = own?.sizes.get(key);
    if (!own || bytes === undefined) return;
    own.sizes.delete(key);
    own.bytes -= bytes;
    if (own.sizes.size === 0) this.#byMaker.delete(maker);
  }
}

/** One request's waiting for answers that are being made for others. */
class Patience {
  readonly #start = performance.now();
  #isFirst = true;

  /** Whether the first moment has passed. */
  get isUsed(): boolean {
    return !this.#isFirst;
  }

  get isOver(): boolean {
    return performance.now() - this.#start >= mostPatienceMs;
  }

  /**
   * Waits until one of them has ended.
   * @returns undefined after a moment, the first time; later, when no time is left
   */
  async waitFor(
    makings: Iterable<Making>,
  ): Promise<{ readonly making: Making; readonly answer: KeptAnswer | undefined } | undefined> {
    const left = (this.#isFirst ? patienceMs : mostPatienceMs) - (performance.now() - this.#start);
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>(
      (resolve) => (timer = setTimeout(resolve, Math.max(0, left), undefined)),
    );
    try {
      const ends = [...makings].map((making) => making.done.then((answer) => ({ making, answer })));
      const ended = await Promise.race([...ends, over]);
      if (!ended) this.#isFirst = false;
      return ended;
    } finally {
      clearTimeout(timer);
    }
  }
}

function sizeOf({ bytes, exceptions, basis }: KeptAnswer, key: string): number {
  const parts = (basis?.heads.size ?? 0) + (exceptions === 'all' ? 0 : exceptions.size);
  return entryBytes + 2 * key.length + bytes + partBytes * parts;
}
