/** An article that writers meet on, and the comments that they know of. */
export interface RaceArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
  readonly commentIds: string[];
  /** Those that had to wait for a moderator. */
  readonly heldIds: string[];
}

/** The one that editors take back now and then, and publish again: the last. */
export function takenBackOf(articles: readonly RaceArticle[]): RaceArticle {
  const last = articles.at(-1);
  if (!last) throw new Error('There are articles');
  return last;
}

/** Who writes: editors are moderators too, and see what was taken back. */
export type RaceRole = 'READER' | 'MODERATOR' | 'EDITOR';

/** What all writers of one run know of each other. */
export class Ledger {
  /** The ids that each (account, key) was answered with. */
  readonly byKey = new Map<string, Set<string>>();
  readonly acknowledged = new Set<string>();
  /** The texts of comments that may have been written, and were taken back with their article before the answer was made. */
  readonly takenBack = new Set<unknown>();
  /** How often each mutation was done, or refused, as `name` and `name: CODE`. */
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** Those that have not happened yet. */
  missing(outcomes: readonly string[]): string[] {
    return outcomes.filter((what) => !this.#counts.has(what));
  }
}

/**
 * The mutations that writers send, each with the refusals that a writer must be ready for. A retried post may meet any of
 * those of its first attempt.
 */
export const raceMutations: Readonly<Record<string, { readonly refusals: readonly string[] }>> = {
  // COMMENT_REMOVED: a repeated key, whose comment has vanished since. NOT_FOUND: a reply to what waits.
  addComment: {
    refusals: ['PARENT_REMOVED', 'NESTED_TOO_DEEP', 'COMMENT_REMOVED', 'COMMENTS_CLOSED', 'NOT_FOUND'],
  },
  editComment: { refusals: ['NOT_FOUND', 'COMMENT_REMOVED', 'STALE_REVISION'] },
  removeComment: { refusals: [] },
  restoreComment: { refusals: ['WRONG_STATUS'] },
  approveComment: { refusals: ['COMMENT_REMOVED', 'PARENT_REMOVED', 'STALE_REVISION'] },
  rejectComment: { refusals: ['COMMENT_REMOVED', 'WRONG_STATUS', 'STALE_REVISION'] },
  react: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  unreact: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  endorse: { refusals: ['ALREADY_ENDORSED'] },
  withdrawEndorsement: { refusals: ['NOT_FOUND'] },
  setCommentPolicy: { refusals: [] },
  updateArticle: { refusals: ['STALE_REVISION'] },
  publishArticle: { refusals: [] },
  unpublishArticle: { refusals: [] },
};
/**
 * The refusals beside them on the article that is taken back for a while: then it is there for editors alone, and takes
 * from them nothing that only what is public takes.
 */
export const onTakenBack: Readonly<Record<RaceRole, readonly string[]>> = {
  READER: ['NOT_FOUND', 'WRONG_STATUS'],
  MODERATOR: ['NOT_FOUND', 'WRONG_STATUS'],
  EDITOR: ['WRONG_STATUS'],
};
