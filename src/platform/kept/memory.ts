import type { Queryable } from '../db/database.ts';
import { KeptAnswers } from './kept-answers.ts';
import { KeptRows, type StoreCounts } from './kept-rows.ts';
import { type BasisRecorder, RequestClock } from './request-clock.ts';
import { type Reading, SiteClock } from './site-clock.ts';

export interface MemoryOptions {
  readonly db: Queryable;
  /** Whether an event of a kind makes its article invisible. */
  readonly withdraws: (kind: string) => boolean;
  /** Bytes of each store; 0: nothing is kept in it. */
  readonly keptAnswerBytes: number;
  readonly keptRowBytes: number;
}

/** The size of a store, in bytes, and what was counted since the process began. */
export interface StoreState extends Readonly<StoreCounts> {
  readonly bytes: number;
}

/** What a node keeps in memory of what it has read, and the clock by which that is checked. */
export class Memory {
  readonly clock: SiteClock;
  readonly rows: KeptRows;
  /** Undefined: no answers are kept. */
  readonly answers: KeptAnswers | undefined;
  readonly #isOn: boolean;

  constructor({ db, withdraws, keptAnswerBytes, keptRowBytes }: MemoryOptions) {
    this.clock = new SiteClock(db, withdraws);
    this.rows = new KeptRows(keptRowBytes);
    this.answers =
      keptAnswerBytes > 0 ? new KeptAnswers({ clock: this.clock, maxBytes: keptAnswerBytes }) : undefined;
    this.#isOn = keptAnswerBytes > 0 || keptRowBytes > 0;
  }

  get state(): Readonly<Record<'answers' | 'rows', StoreState>> {
    const none = { bytes: 0, hits: 0, misses: 0, evictions: 0 };
    const { answers, rows } = this;
    return {
      answers: answers ? { bytes: answers.bytes, ...answers.counts } : none,
      rows: { bytes: rows.bytes, ...rows.counts },
    };
  }

  /** The clock for one request; undefined: nothing is kept. */
  forRequest(recorder?: BasisRecorder, reading?: Reading): RequestClock | undefined {
    return this.#isOn ? new RequestClock(this.clock, this.rows, recorder, reading) : undefined;
  }

  /** Drops everything, because a connection to the database broke: see `SiteClock.forget`. */
  forget(): void {
    this.clock.forget();
    this.rows.clear();
    this.answers?.clear();
  }
}
