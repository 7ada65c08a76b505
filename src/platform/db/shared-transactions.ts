import { isAnswer, sqlState } from './database.ts';
import { BusyError } from '../fairness/shares.ts';

/** Work that may be done in one transaction with that of others. */
export interface SharedWork {
  /** The account for which it is done. A transaction does at most one work of each. */
  readonly owner: string;
  /** The object whose rows it locks. At most one shared transaction of a node locks them. */
  readonly subject: string;
}

/** What became of work in a shared transaction: it is done, or has to be done alone, as others of its subject as well. */
export type Outcome<Done> = { readonly done: Done } | 'ALONE' | 'SUBJECT_ALONE';

export interface SharedTransactionsOptions<Work extends SharedWork, Done> {
  /** Does all of it in one transaction, which leaves nothing of what has to be done alone. */
  readonly together: (works: readonly Work[]) => Promise<readonly Outcome<Done>[]>;
  /** Does it in a transaction of its own. */
  readonly alone: (work: Work) => Promise<Done>;
  /** Longest wait for a shared transaction to begin, in milliseconds; undefined: it has no end. */
  readonly waitMs: number | undefined;
  /** Milliseconds since some moment. */
  readonly now?: () => number;
}

/** Most works of one transaction. */
const mostTogether = 32;

/** Most shared transactions at once; what comes meanwhile waits for the next one. */
const mostUnderWay = 4;

/** Most works that wait; what comes then is done alone. */
const mostWaiting = 200;

/** How long work is done alone after a failure, in milliseconds. */
const apartMs = 10_000;

/** Most owners and subjects that are kept apart. */
const mostApart = 10_000;

/** Codes of PostgreSQL that an error may have after which the server itself ends, so that nobody knows what it has stored. */
const uncertain = /^(53|58|F0|XX)/;

interface Waiting<Work, Done> {
  readonly work: Work;
  readonly deadline: number;
  readonly resolve: (done: Done | PromiseLike<Done>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the work of several clients for common transactions: beginning, commit, system calls and round trips of one
 * transaction serve all of them. While there is little to do, each work has a transaction of its own.
 *
 * Nobody depends on what the others do: if a shared transaction is refused by the database, nothing of it is stored, and
 * each work is done again, alone. Then its owners and subjects are kept apart for a while, because one of them may be
 * locked. Only if the connection ends, all get the error, and everybody is alone for a while.
 */
export class SharedTransactions<Work extends SharedWork, Done> {
  readonly #options: SharedTransactionsOptions<Work, Done>;
  readonly #now: () => number;
  /** In the order of their arrival. */
  readonly #waiting = new Set<Waiting<Work, Done>>();
  /** Owners of what waits or is under way. */
  readonly #owners = new Set<string>();
  /** Subjects of what is under way. */
  readonly #subjects = new Set<string>();
  /** Owners and subjects that are kept apart, in the order of the moments until which they are. */
  readonly #apart = new Map<string, number>();
  /** Until then, everybody is alone. */
  #pausedUntil = -Infinity;
  #underWay = 0;
  #isScheduled = false;
  #lateness: NodeJS.Timeout | undefined;

  constructor(options: SharedTransactionsOptions<Work, Done>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Number of works that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws BusyError where nothing was done within `waitMs`; any error of `together` and `alone` */
  run(work: Work): Promise<Done> {
    const now = this.#now();
    const isAlone = this.#waiting.size >= mostWaiting || now < this.#pausedUntil;
    if (isAlone || this.#owners.has(work.owner) || this.#isApart(work)) return this.#options.alone(work);
    this.#owners.add(work.owner);
    return new Promise((resolve, reject) => {
      this.#waiting.add({ work, deadline: now + (this.#options.waitMs ?? Infinity), resolve, reject });
      this.#schedule();
    });
  }

  /** After what else has arrived in this turn of the event loop. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#underWay < mostUnderWay) {
        const members = this.#take();
        if (members.length === 0) break;
        void this.#share(members);
      }
      this.#watchLateness();
    });
  }

  /** Those who are next, in the order of their arrival. */
  #take(): Waiting<Work, Done>[] {
    const members: Waiting<Work, Done>[] = [];
    for (const member of this.#waiting) {
      if (members.length === mostTogether) break;
      if (this.#subjects.has(member.work.subject)) continue;
      this.#waiting.delete(member);
      if (this.#isApart(member.work)) this.#leave(member);
      else members.push(member);
    }
    for (const { work } of members) this.#subjects.add(work.subject);
    return members;
  }

  async #share(members: readonly Waiting<Work, Done>[]): Promise<void> {
    this.#underWay += 1;
    let outcomes: readonly Outcome<Done>[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      outcomes = await this.#options.together(members.map(({ work }) => work));
    } catch (error) {
      if (isAnswer(error) && !uncertain.test(sqlState(error) ?? '')) this.#keepApart(members);
      else failure = { error };
    }
    this.#underWay -= 1;
    for (const { work } of members) this.#subjects.delete(work.subject);
    members.forEach((member, index) => {
      if (failure) this.#end(member).reject(failure.error);
      else this.#conclude(member, outcomes[index] ?? 'ALONE');
    });
    if (failure && !(failure.error instanceof BusyError)) this.#pause();
    if (this.#waiting.size > 0) this.#schedule();
  }

  #conclude(member: Waiting<Work, Done>, outcome: Outcome<Done>): void {
    if (typeof outcome === 'object') return this.#end(member).resolve(outcome.done);
    if (outcome === 'SUBJECT_ALONE') this.#remember([subjectKey(member.work)]);
    this.#leave(member);
  }

  /** Frees the owner of what no longer waits and is not under way. */
  #end(member: Waiting<Work, Done>): Waiting<Work, Done> {
    this.#owners.delete(member.work.owner);
    return member;
  }

  #leave(member: Waiting<Work, Done>): void {
    this.#end(member).resolve(this.#options.alone(member.work));
  }

  /** Whoever waits need not find out as well that the database does not answer. */
  #pause(): void {
    this.#pausedUntil = this.#now() + apartMs;
    for (const member of this.#waiting) this.#leave(member);
    this.#waiting.clear();
    this.#watchLateness();
  }

  #keepApart(members: readonly Waiting<Work, Done>[]): void {
    this.#remember(members.flatMap(({ work }) => [ownerKey(work), subjectKey(work)]));
  }

  #remember(keys: readonly string[]): void {
    const now = this.#now();
    for (const key of keys) {
      // To the end of the order.
      this.#apart.delete(key);
      this.#apart.set(key, now + apartMs);
    }
    for (const [key, until] of this.#apart) {
      if (until > now && this.#apart.size <= mostApart) break;
      this.#apart.delete(key);
    }
  }

  #isApart(work: Work): boolean {
    if (this.#apart.size === 0) return false;
    const now = this.#now();
    return [ownerKey(work), subjectKey(work)].some((key) => (this.#apart.get(key) ?? now) > now);
  }

  /** Sees to it that whoever waits too long is refused, also while no transaction ends. */
  #watchLateness(): void {
    clearTimeout(this.#lateness);
    const [oldest] = this.#waiting;
    if (!oldest || oldest.deadline === Infinity) return;
    this.#lateness = setTimeout(
      () => {
        this.#refuseLate();
        this.#watchLateness();
      },
      Math.max(1, oldest.deadline - this.#now()),
    );
  }

  #refuseLate(): void {
    const now = this.#now();
    for (const member of this.#waiting) {
      if (member.deadline > now) return;
      this.#waiting.delete(member);
      const seconds = Math.ceil((this.#options.waitMs ?? 0) / 1000);
      this.#end(member).reject(new BusyError('The database has too much to do: try again.', seconds));
    }
  }
}

const ownerKey = ({ owner }: SharedWork): string => `owner:${owner}`;
const subjectKey = ({ subject }: SharedWork): string => `subject:${subject}`;
