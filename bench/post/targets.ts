import type { Random } from '../../test/support/random.ts';
import type { SignedIn } from '../sessions.ts';

/** An article that takes comments, and some comments that take replies. */
export interface Target {
  readonly articleId: string;
  readonly commentIds: readonly string[];
}

/** One comment about to be posted. */
export interface Draft {
  readonly articleId: string;
  /** Undefined: a comment on the article itself. */
  readonly parentId: string | undefined;
}

/** So many of an article's newest comments are replied to. */
const openComments = 100;

/** Where writers post: half of them open a thread, the others reply to one of the newest comments, new ones among them. */
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

  /** Takes note of a comment that was posted. */
  posted(articleId: string, commentId: string): void {
    const comments = this.#comments.get(articleId);
    comments?.push(commentId);
    if (comments && comments.length > openComments) comments.shift();
  }
}

/** Who writes: each of those who write at once goes on as another account with every comment, so that none writes too much. */
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
    if (!account) throw new RangeError('There is nobody to write');
    return account;
  }
}
