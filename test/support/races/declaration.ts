/** An article on which writers compete, and the comments that they know. */
export interface RaceArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
  readonly commentIds: string[];
  /** Comments that had to wait for a moderator. */
  readonly heldIds: string[];
  /** Decisions of all moderators. */
  readonly decisionIds: string[];
  /** Absent: nobody pledges here. */
  readonly campaign?: RaceCampaign;
}

/** A campaign whose last goal is beyond reach, so that it never ends. */
export interface RaceCampaign {
  readonly id: string;
  readonly milestones: readonly Record<string, unknown>[];
  /** Pledges of all writers. */
  readonly pledgeIds: string[];
}

/** The article that editors unpublish at times, and publish again: the last one. */
export function takenBackOf(articles: readonly RaceArticle[]): RaceArticle {
  const last = articles.at(-1);
  if (!last) throw new Error('There are articles');
  return last;
}

/** Roles of the writers: editors are moderators as well, and see unpublished articles. */
export type RaceRole = 'READER' | 'MODERATOR' | 'EDITOR';

/** The shared record of all writers of one run. */
export class Ledger {
  /** The result ids of each pair of account and idempotency key. */
  readonly byKey = new Map<string, Set<string>>();
  readonly acknowledged = new Set<string>();
  /**
   * Texts of comments that may have been written although the answer was a refusal, because their article was
   * unpublished in between.
   */
  readonly takenBack = new Set<unknown>();
  /** Number of successes and refusals of each mutation, as `name` and `name: CODE`. */
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** The outcomes that have not occurred yet. */
  missing(outcomes: readonly string[]): string[] {
    return outcomes.filter((what) => !this.#counts.has(what));
  }
}

/**
 * The mutations that writers send, each with the refusals that a writer must tolerate. A retried post may meet any
 * refusal of its first attempt.
 */
export const raceMutations: Readonly<Record<string, { readonly refusals: readonly string[] }>> = {
  // COMMENT_REMOVED: a repeated key, whose comment has vanished. NOT_FOUND: a reply to a pending comment.
  addComment: {
    refusals: ['PARENT_REMOVED', 'NESTED_TOO_DEEP', 'COMMENT_REMOVED', 'COMMENTS_CLOSED', 'NOT_FOUND'],
  },
  editComment: { refusals: ['NOT_FOUND', 'COMMENT_REMOVED', 'STALE_REVISION'] },
  removeComment: { refusals: [] },
  // FORBIDDEN: what others have reported or decided about a comment of the writer's own, here and in decideComments and undoDecision.
  restoreComment: { refusals: ['WRONG_STATUS', 'CLAIMED', 'FORBIDDEN'] },
  approveComment: {
    refusals: ['COMMENT_REMOVED', 'PARENT_REMOVED', 'STALE_REVISION', 'CLAIMED', 'FORBIDDEN'],
  },
  rejectComment: { refusals: ['COMMENT_REMOVED', 'WRONG_STATUS', 'STALE_REVISION', 'CLAIMED', 'FORBIDDEN'] },
  decideComments: {
    refusals: [
      'ALREADY_DECIDED',
      'CLAIMED',
      'COMMENT_REMOVED',
      'FORBIDDEN',
      'PARENT_REMOVED',
      'STALE_REVISION',
      'WRONG_STATUS',
    ],
  },
  claimComments: { refusals: [] },
  releaseComments: { refusals: [] },
  undoDecision: { refusals: ['DECISION_NOT_UNDOABLE', 'CLAIMED', 'FORBIDDEN'] },
  react: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  unreact: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS'] },
  // FORBIDDEN: a comment of the writer's own.
  reportComment: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS', 'FORBIDDEN'] },
  endorse: { refusals: ['ALREADY_ENDORSED'] },
  withdrawEndorsement: { refusals: ['NOT_FOUND'] },
  setCommentPolicy: { refusals: [] },
  setArticleModeration: { refusals: [] },
  updateArticle: { refusals: ['STALE_REVISION'] },
  publishArticle: { refusals: [] },
  unpublishArticle: { refusals: [] },
  pledge: { refusals: ['ALREADY_PLEDGED', 'CAMPAIGN_CLOSED'] },
  changePledge: { refusals: ['WRONG_STATUS', 'CAMPAIGN_CLOSED'] },
  withdrawPledge: { refusals: ['WRONG_STATUS'] },
  retryPledge: { refusals: ['WRONG_STATUS'] },
  refundPledge: { refusals: ['WRONG_STATUS', 'INSUFFICIENT_FUNDS'] },
  payOut: { refusals: ['WRONG_STATUS', 'INSUFFICIENT_FUNDS'] },
  suspendCampaign: { refusals: [] },
  updateCampaign: { refusals: [] },
};
/**
 * Further refusals on the article that is unpublished for a while: only editors see it then, and mutations that need a
 * public article are refused for them as well.
 */
export const onTakenBack: Readonly<Record<RaceRole, readonly string[]>> = {
  READER: ['NOT_FOUND', 'WRONG_STATUS'],
  MODERATOR: ['NOT_FOUND', 'WRONG_STATUS'],
  EDITOR: ['WRONG_STATUS'],
};
