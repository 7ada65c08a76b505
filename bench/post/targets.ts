import type { Random } from '../../harness/random.ts';
import type { SignedIn } from '../../harness/sessions.ts';

/** An article that accepts comments, and some comments that accept replies. */
export interface Target {
  readonly articleId: string;
  readonly commentIds: readonly string[];
}

/** A comment to be posted. */
export interface Draft {
  readonly articleId: string;
  /** Undefined: a comment on the article itself. */
  readonly parentId: string | undefined;
}

/** Number of an article's newest comments that receive replies. */
const openComments = 100;

/**
 * Chooses where writers post: half of the drafts open a thread, the others reply to one of the newest comments,
 * including those posted during the run.
 */
export class Targets {
  readonly #random: Random;
  readonly #articleIds: readonly string[];
  readonly #comments: Map<string, string[]>;

  constructor(random: Random, targets: readonly Target[]) {
    this.#random = random;
    this.#articleIds = targets.map(({ articleId }) => articleId);
    this.#comments = new Map(targets.map(({ articleId, commentIds }) => [articleId, [...commentIds]]));
  }

  next(): Draft {
    const articleId = this.#random.pick(this.#articleIds);
    if (articleId === undefined) throw new RangeError('There is no article to post to');
    const parentId = this.#random.chance(0.5)
      ? this.#random.pick(this.#comments.get(articleId) ?? [])
      : undefined;
    return { articleId, parentId };
  }

  /** Records a comment that was posted. */
  posted(articleId: string, commentId: string): void {
    const comments = this.#comments.get(articleId);
    comments?.push(commentId);
    if (comments && comments.length > openComments) comments.shift();
  }
}

/**
 * Chooses the accounts that write: each lane uses another account for every comment, so that none exceeds its rate
 * limit.
 */
export class Writers {
  readonly #accounts: readonly SignedIn[];
  readonly #lanes: number;
  readonly #posted: number[];

  constructor({ lanes, writers }: { lanes: number; writers: readonly SignedIn[] }) {
    this.#accounts = writers;
    this.#lanes = lanes;
    this.#posted = Array.from({ length: lanes }, () => 0);
  }

  next(lane: number): SignedIn {
    const before = this.#posted[lane] ?? 0;
    this.#posted[lane] = before + 1;
    const account = this.#accounts[(lane + before * this.#lanes) % this.#accounts.length];
    if (!account) throw new RangeError('There are no writers');
    return account;
  }
}
