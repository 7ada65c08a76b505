import { type ArticleFacts, canComment, canSeeArticle } from '../../articles/article/article.policy.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { RunningTx, Tx } from '../../../platform/db/database.ts';
import type { Outcome } from '../../../platform/db/shared-transactions.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { LogAppend } from '../../../platform/events/log.ts';
import {
  type ClaimedResult,
  claimId,
  deleteIdempotencyKey,
} from '../../../platform/idempotency/idempotency.queries.ts';
import { type CommentText, insertHold } from '../../screening/comment-hold.queries.ts';
import type { Hold } from '../../screening/phases.ts';
import { lockScreenedArticle, type ScreeningFacts } from '../../screening/screened-article.queries.ts';
import type { Screening } from '../../screening/screening.ts';
import {
  countReplies,
  insertComment,
  lockParent,
  type NewComment,
  type ParentRow,
} from './comment-write.queries.ts';
import type { CommentLimits } from '../thread/comment.policy.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import type { RenderedBody } from '../held/held-edit.queries.ts';
import { type CommentParts, heldEvent, requireAccepted } from '../held/held-text.ts';

/** The place of a comment whose article is known. */
export interface CommentPlace {
  readonly articleId: string;
  readonly parentId: string | undefined;
  /** The field of the input that has named the article. */
  readonly field: 'articleId' | 'articleUrl';
  /** Whether the transaction has made the article, whose publication has no event yet. */
  readonly isNewArticle: boolean;
}

/** A comment that somebody sends, with its rendered text. */
export interface Post {
  readonly viewer: Viewer;
  readonly place: CommentPlace;
  readonly body: RenderedBody;
  readonly idempotencyKey: string | undefined;
}

export interface StoredComment {
  readonly key: CommentKey;
  readonly isPublished: boolean;
}

export interface CommentWriterOptions extends CommentParts {
  /** Decides which texts wait for a moderator. */
  readonly screening: Pick<Screening, 'screen' | 'takesTurns'>;
  readonly limits: CommentLimits;
  /**
   * The longest wait for a lock in a transaction that several authors share, in milliseconds, so that none of them waits
   * long for another one's rows.
   */
  readonly sharedLockTimeoutMs: number;
}

/** The usual `sharedLockTimeoutMs`: longer than a shared transaction of another node takes. */
export const usualSharedLockTimeoutMs = 250;

/** Runs work in a transaction. */
type TransactionRunner = <T>(work: (tx: RunningTx) => Promise<T>) => Promise<T>;

type LockedArticle = ArticleFacts & ScreeningFacts;

/** The id of a new comment, and the rows that are locked for it. */
interface Opened extends ClaimedResult {
  readonly article: LockedArticle | undefined;
  readonly parent: ParentRow | undefined;
}

/** A comment that may be stored. */
interface Accepted {
  readonly comment: NewComment;
  /** Why it waits for a moderator; undefined: it does not. */
  readonly hold: Hold | undefined;
}

/** What a shared transaction does with a post. */
type Judged =
  | { readonly accepted: Accepted }
  | {
      readonly accepted?: undefined;
      readonly outcome: 'ALONE' | 'SUBJECT_ALONE';
      /** Frees the key of the post. */
      readonly release?: () => Promise<void>;
    };

/** The event that makes a new article public. */
const published = { kind: 'ARTICLE_UPDATED' } as const;

/** Rolls back a transaction that has nothing to store. */
class NothingToStore extends Error {
  constructor(readonly outcomes: readonly Exclude<Outcome<never>, object>[]) {
    super('No post of the transaction can be stored');
  }
}

const isOpen = (article: LockedArticle | undefined, viewer: Viewer): article is LockedArticle =>
  article !== undefined && canSeeArticle(article, viewer) && canComment(article, viewer);

function requireOpen(article: LockedArticle | undefined, viewer: Viewer, field: string): LockedArticle {
  if (isOpen(article, viewer)) return article;
  throw new Refusal(article && canSeeArticle(article, viewer) ? 'COMMENTS_CLOSED' : 'NOT_FOUND', [field]);
}

/** Finds the id of a comment. @throws Refusal IDEMPOTENCY_KEY_REUSED */
function claimIdOf(tx: Tx, { viewer, place, body, idempotencyKey }: Post): Promise<ClaimedResult> {
  const { articleId, parentId } = place;
  return claimId(tx, {
    accountId: viewer.accountId,
    key: idempotencyKey,
    input: ['addComment', articleId, parentId ?? null, body.markdown],
    articleId,
    idSequence: 'comment_id_seq',
  });
}

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** Finds the ids of several comments, and locks what they depend on, all kinds of rows in the order of their ids. */
function openTogether(tx: Tx, posts: readonly Post[]): Promise<PromiseSettledResult<Opened>[]> {
  const claims = posts.map((post) => ({ post, claim: claimIdOf(tx, post) }));
  const articleIds = [...new Set(posts.map(({ place }) => place.articleId))].sort(compareIds);
  const articles = new Map(articleIds.map((id) => [id, lockScreenedArticle(tx, id)]));
  const replies = posts.flatMap(({ place: { articleId, parentId } }) =>
    parentId === undefined ? [] : [{ articleId, parentId }],
  );
  const parents = new Map<string, Promise<ParentRow | undefined>>();
  for (const { articleId, parentId } of replies.sort((a, b) => compareIds(a.parentId, b.parentId))) {
    const key = `${articleId}:${parentId}`;
    if (!parents.has(key)) parents.set(key, lockParent(tx, articleId, parentId));
  }
  return Promise.allSettled(
    claims.map(async ({ post, claim }) => {
      const { articleId, parentId } = post.place;
      const [claimed, article, parent] = await Promise.all([
        claim,
        articles.get(articleId),
        parentId === undefined ? undefined : parents.get(`${articleId}:${parentId}`),
      ]);
      return { ...claimed, article, parent };
    }),
  );
}

/** Stores new comments, one or several in a transaction. */
export class CommentWriter {
  constructor(private readonly options: CommentWriterOptions) {}

  /** Stores a comment. @throws Refusal */
  async add(tx: Tx, post: Post): Promise<StoredComment> {
    const { articleId, parentId, isNewArticle } = post.place;
    const [claimed, article, parent] = await Promise.all([
      claimIdOf(tx, post),
      lockScreenedArticle(tx, articleId),
      parentId === undefined ? undefined : lockParent(tx, articleId, parentId),
    ]);
    if (!claimed.isFirst) return { key: { articleId, id: claimed.resultId }, isPublished: false };
    const accepted = await this.#accept(tx, post, { ...claimed, article, parent });
    await this.#store(tx, [accepted], isNewArticle ? articleId : undefined);
    return storedOf(accepted);
  }

  /**
   * Stores comments of several authors, one of each, on articles that exist. The transaction leaves nothing of those that it
   * does not store, because of a rule or a repeated key: they have to be judged alone.
   * @returns what became of each post
   */
  async addTogether(run: TransactionRunner, posts: readonly Post[]): Promise<Outcome<StoredComment>[]> {
    const inOrder = [...posts].sort((a, b) => compareIds(a.viewer.accountId, b.viewer.accountId));
    const outcomes = await run((tx) => this.#addTogether(tx, inOrder)).catch((error: unknown) => {
      if (error instanceof NothingToStore) return error.outcomes;
      throw error;
    });
    const outcomeOf = new Map(inOrder.map((post, index) => [post, outcomes[index] ?? 'ALONE']));
    return posts.map((post) => outcomeOf.get(post) ?? 'ALONE');
  }

  /** @throws NothingToStore */
  async #addTogether(tx: RunningTx, posts: readonly Post[]): Promise<Outcome<StoredComment>[]> {
    void tx.query(`SET LOCAL lock_timeout = '${this.options.sharedLockTimeoutMs}ms'`);
    const viewers = posts.map(({ viewer }) => viewer);
    const [speakers, opened] = await Promise.all([
      this.options.db.lockRights(tx, viewers),
      openTogether(tx, posts),
    ]);
    const judged = await Promise.all(
      posts.map((post, index) => this.#judge(tx, post, speakers.has(post.viewer), opened[index])),
    );
    const accepted = judged.flatMap((one) => one.accepted ?? []);
    if (accepted.length === 0)
      throw new NothingToStore(judged.map((one) => (one.accepted ? 'ALONE' : one.outcome)));
    await Promise.all([
      ...judged.map((one) => (one.accepted ? undefined : one.release?.())),
      this.#store(tx, accepted),
    ]);
    return judged.map((one) => (one.accepted ? { done: storedOf(one.accepted) } : one.outcome));
  }

  /** @param mayStill whether its author has lost no rights */
  async #judge(
    tx: RunningTx,
    post: Post,
    mayStill: boolean,
    opened: PromiseSettledResult<Opened> | undefined,
  ): Promise<Judged> {
    if (opened?.status !== 'fulfilled') {
      if (tx.hasFailed) throw opened?.reason;
      return { outcome: 'ALONE' };
    }
    const { isFirst, article } = opened.value;
    if (!isFirst) return { outcome: 'ALONE' };
    const { viewer, idempotencyKey: key } = post;
    const leave = (outcome: 'ALONE' | 'SUBJECT_ALONE'): Judged => ({
      outcome,
      ...(key === undefined ? {} : { release: () => deleteIdempotencyKey(tx, viewer.accountId, key) }),
    });
    if (!mayStill) return leave('ALONE');
    try {
      // A turn that is taken would have to be given back.
      if (!isOpen(article, viewer) || (await this.options.screening.takesTurns(tx, article)))
        return leave('SUBJECT_ALONE');
      return { accepted: await this.#accept(tx, post, opened.value) };
    } catch (error) {
      // After a failed statement nothing can be stored. Whatever else is wrong is wrong with this post.
      if (tx.hasFailed) throw error;
      return leave('ALONE');
    }
  }

  /** Judges a comment. @throws Refusal */
  async #accept(tx: Tx, { viewer, place, body, idempotencyKey }: Post, opened: Opened): Promise<Accepted> {
    const { articleId, parentId, field } = place;
    const { resultId: id, parent } = opened;
    const article = requireOpen(opened.article, viewer, field);
    if (parentId !== undefined) this.#requireRepliable(parent);
    const candidate = { viewer, articleId, commentId: undefined, article, facts: article, ...body };
    const hold = requireAccepted(await this.options.screening.screen(tx, candidate));
    const { accountId } = viewer;
    const status = hold ? 'PENDING' : 'PUBLISHED';
    return { comment: { articleId, id, parent, accountId, status, idempotencyKey, ...body }, hold };
  }

  /**
   * Stores comments, counts them at their ancestors, and appends the events of their articles. Those that wait for a moderator
   * are not public: of them, only the log of moderation learns.
   * @param newArticleId the article that the transaction has made
   */
  async #store(tx: Tx, accepted: readonly Accepted[], newArticleId?: string): Promise<void> {
    const { log, moderationLog } = this.options;
    const comments = accepted.flatMap(({ comment, hold }) => (hold ? [] : [comment]));
    const held = accepted.flatMap(({ comment, hold }) => (hold ? [{ comment, hold }] : []));
    const [first, ...others] = held.map(({ comment, hold }) =>
      heldEvent(textOf(comment), comment.accountId, hold.phase),
    );
    const appends = appendsOf(comments, newArticleId);
    // The order is that of the statements: a transaction runs them one after the other. Every writer locks the counters, the log
    // of moderation, and the logs of articles in this order.
    await Promise.all([
      ...accepted.map(({ comment }) => insertComment(tx, comment)),
      ...held.map(({ comment, hold }) => insertHold(tx, textOf(comment), hold)),
      ...appends.map(({ articleId, parents }) => parents.length > 0 && countReplies(tx, articleId, parents)),
      first &&
        (appends.length > 0
          ? moderationLog.append(tx, [first, ...others])
          : moderationLog.appendLast(tx, [first, ...others])),
      log.appendToEach(tx, appends),
    ]);
  }

  #requireRepliable(parent: ParentRow | undefined): void {
    // For a reply, a pending or rejected comment does not exist, nor does one that was removed in that state.
    if (!parent?.wasPublic) throw new Refusal('NOT_FOUND', ['parentId']);
    if (parent.status !== 'PUBLISHED') throw new Refusal('PARENT_REMOVED', ['parentId']);
    if (parent.depth >= this.options.limits.maxDepth) throw new Refusal('NESTED_TOO_DEEP', ['parentId']);
  }
}

/** The first text of a comment. */
const textOf = ({ articleId, id }: NewComment): CommentText => ({ articleId, commentId: id, revision: 1 });

const storedOf = ({ comment: { articleId, id }, hold }: Accepted): StoredComment => ({
  key: { articleId, id },
  isPublished: !hold,
});

/** New public comments of one article: their events, and the parents of those that are replies. */
interface Append extends LogAppend {
  readonly parents: readonly ParentRow[];
}

/**
 * What public comments append, by article in the order of the articles' ids.
 * @param newArticleId an article whose publication has no event yet
 */
function appendsOf(comments: readonly NewComment[], newArticleId?: string): Append[] {
  const byArticle = new Map<string, NewComment[]>(newArticleId === undefined ? [] : [[newArticleId, []]]);
  for (const comment of comments) {
    const known = byArticle.get(comment.articleId);
    if (known) known.push(comment);
    else byArticle.set(comment.articleId, [comment]);
  }
  return [...byArticle]
    .sort(([a], [b]) => compareIds(a, b))
    .map(([articleId, own]) => {
      const parents = own.flatMap(({ parent }) => parent ?? []);
      const added = own
        .sort((a, b) => compareIds(a.id, b.id))
        .map(({ id, idempotencyKey }) => ({ kind: 'COMMENT_ADDED', subjectId: id, idempotencyKey }) as const);
      return {
        articleId,
        parents,
        events: articleId === newArticleId ? [published, ...added] : added,
        counts: {
          commentCount: own.length,
          listedCount: own.length,
          listedRootCount: own.length - parents.length,
        },
      };
    });
}
