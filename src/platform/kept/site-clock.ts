import { LRUCache } from 'lru-cache';
import { isAnswer, type Queryable } from '../db/database.ts';
import { BusyError } from '../fairness/shares.ts';
import type { LogEvent } from '../events/event.ts';
import { type Moment, type Reading, selectReading } from './reading.queries.ts';

export type { Moment, Reading } from './reading.queries.ts';

/** Questions to the database that are under way at once; what is asked meanwhile waits for the next one. */
const mostUnderWay = 2;

/** Most articles of one question. */
const mostArticles = 1000;

/** Number of articles whose last known head is remembered. */
const knownHeads = 20_000;

/** Everything that was read to make a row or an answer, and the state of the clock since when it has been right. */
export interface Basis {
  readonly site: string;
  /** Heads of articles, by article. */
  readonly heads: ReadonlyMap<string, number>;
  /** The moment since when no transaction may have been committed; undefined: the heads and the site cover everything. */
  readonly everything: string | undefined;
}

/** Whether the question was refused, by the pool or by the server: its connection is as it was. */
const isAnswered = (error: unknown): boolean => error instanceof BusyError || isAnswer(error);

/** Whether what was made on a basis was still right at the moment of a reading, which has all of its articles. */
export function stands({ site, heads, everything }: Basis, now: Reading): boolean {
  if (now.site !== site || (everything !== undefined && now.everything !== everything)) return false;
  for (const [articleId, head] of heads) if (now.heads.get(articleId) !== head) return false;
  return true;
}

interface Question {
  readonly articleIds: Set<string>;
  readonly reading: Promise<Reading>;
  readonly settle: (reading: Promise<Reading>) => void;
}

/**
 * The clock of everything public. Whatever changes in a published article's page is a numbered event of its log,
 * committed with the change, and whatever else is shown raises the site revision. So a thing that was read from the
 * database after the head of its article was seen at a number is right for as long as the head has this number, and the
 * site its revision. All questions of one turn of the event loop are one statement.
 */
export class SiteClock {
  readonly #heads = new LRUCache<string, number>({ max: knownHeads });
  #latest: Moment | undefined;
  #log = '';
  #next: Question | undefined;
  #underWay = 0;
  /** Distinguishes readings from before and after a connection broke. */
  #generation = 0;

  /** @param withdraws whether an event of a kind makes its article invisible */
  constructor(
    private readonly db: Queryable,
    private readonly withdraws: (kind: string) => boolean,
  ) {}

  /** A moment that was read some time ago; undefined: none was read yet. What is read from now on is as new at least. */
  get latest(): Moment | undefined {
    return this.#latest;
  }

  /** A head of a published article that was read some time ago. What is read from now on is as new at least. */
  knownHead(articleId: string): number | undefined {
    return this.#heads.get(articleId);
  }

  /** Takes note of a published article's head that was read by another statement. */
  learn(articleId: string, { epoch, head }: { readonly epoch: string; readonly head: number }): void {
    if (this.#isOfLog(epoch)) this.#heads.set(articleId, head);
  }

  /** Takes note of the events of an article's log that this node has read. */
  advance(articleId: string, epoch: string, events: readonly LogEvent[]): void {
    if (this.#heads.get(articleId) === undefined || !this.#isOfLog(epoch)) return;
    for (const { kind, sequence } of events) {
      if (this.withdraws(kind)) return void this.#heads.delete(articleId);
      this.#heads.set(articleId, sequence);
    }
  }

  /**
   * Forgets all that was read. A connection broke: commits that were seen may be lost, if the server crashed and does
   * not wait for its disk.
   */
  forget(): void {
    this.#generation += 1;
    this.#latest = undefined;
    this.#heads.clear();
  }

  /** Reads the clock, by a statement that is sent after this call. */
  ask(articleIds: Iterable<string>): Promise<Reading> {
    const ids = [...articleIds];
    if (this.#next && this.#next.articleIds.size + ids.length > mostArticles) this.#send();
    this.#next ??= this.#open();
    for (const id of ids) this.#next.articleIds.add(id);
    return this.#next.reading;
  }

  #isOfLog(epoch: string): boolean {
    return this.#log.endsWith(` ${epoch}`);
  }

  #open(): Question {
    let settle: Question['settle'] = () => undefined;
    const reading = new Promise<Reading>((resolve) => (settle = resolve));
    // A question may be asked only for what it leaves behind.
    reading.catch(() => undefined);
    setImmediate(() => {
      if (this.#underWay < mostUnderWay) this.#send();
    });
    return { articleIds: new Set(), reading, settle };
  }

  #send(): void {
    const question = this.#next;
    if (!question) return;
    this.#next = undefined;
    this.#underWay += 1;
    const reading = this.#read([...question.articleIds]).finally(() => {
      this.#underWay -= 1;
      this.#send();
    });
    question.settle(reading);
  }

  async #read(articleIds: readonly string[]): Promise<Reading> {
    const generation = this.#generation;
    try {
      const found = await selectReading(this.db, articleIds);
      const reading = { ...found, site: `${generation} ${found.site}` };
      if (generation !== this.#generation) return reading;
      // Heads of another log count anew.
      if (found.log !== this.#log) this.#heads.clear();
      this.#log = found.log;
      this.#latest = reading;
      for (const [articleId, head] of reading.heads) this.#heads.set(articleId, head);
      return reading;
    } catch (error) {
      if (!isAnswered(error)) this.forget();
      throw error;
    }
  }
}
