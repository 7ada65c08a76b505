import { articleScope } from '../../articles/article/article-scope.ts';
import type { NewThreads } from '../../articles/writing/new-threads.ts';
import { ensurePageArticle } from '../../articles/writing/page-article.ts';
import { requireVoice, type Viewer } from '../../../platform/auth/viewer.ts';
import { SharedTransactions, type SharedWork } from '../../../platform/db/shared-transactions.ts';
import { refusable, type Result } from '../../../platform/errors/errors.ts';
import { renderComment } from './comment-render.ts';
import { CommentWriter, type CommentWriterOptions, type Post, type StoredComment } from './comment-writer.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { type WrittenComment, WrittenComments } from './written-comments.ts';

/** The place of a new comment: an article, or a page of another site that has none yet. */
export type CommentTarget =
  | {
      readonly articleId: string;
      readonly parentId: string | undefined;
      /** The field of the input that has named the article. */
      readonly field: 'articleId' | 'articleUrl';
    }
  | {
      readonly page: URL;
      /** Called before the page is asked for. @throws RequestError RATE_LIMITED */
      readonly admit: () => Promise<void>;
    };

export interface AddCommentCommand {
  readonly target: CommentTarget;
  readonly body: string;
  readonly idempotencyKey: string | undefined;
}

export interface AddedComment {
  readonly key: CommentKey;
  /** Undefined when the comment has to be read again. */
  readonly seen?: WrittenComment | undefined;
}

export interface CommentServiceOptions extends CommentWriterOptions {
  /** Makes articles for pages that have none. */
  readonly newThreads: Pick<NewThreads, 'prepare'>;
}

type SharedPost = Post & SharedWork;

/** Commands on comments; each command is one transaction, which ends with an event if the change is public. */
export class CommentService {
  readonly #writer: CommentWriter;
  readonly #written: WrittenComments;
  readonly #shared: SharedTransactions<SharedPost, StoredComment>;

  constructor(private readonly options: CommentServiceOptions) {
    this.#writer = new CommentWriter(options);
    this.#written = new WrittenComments(options.db);
    this.#shared = new SharedTransactions({
      together: (posts) =>
        this.#writer.addTogether((work) => options.db.transactionFor({ client: 'posts' }, work), posts),
      alone: (post) => this.#addAlone(post),
      waitMs: options.db.waitMs,
    });
    options.db.countWriters(() => this.#shared.waiting);
  }

  /** At a page without an article, the comment and the article are stored in one transaction, or neither is. */
  addComment(viewer: Viewer, { target, ...command }: AddCommentCommand): Promise<Result<AddedComment>> {
    return refusable(async () => {
      requireVoice(viewer);
      const body = await renderComment(command.body, this.options.limits);
      const { idempotencyKey } = command;
      const { key, isPublished } = await ('page' in target
        ? this.#addFirst(target, { viewer, body, idempotencyKey })
        : this.#shared.run({
            owner: viewer.accountId,
            subject: target.articleId,
            viewer,
            place: { ...target, isNewArticle: false },
            body,
            idempotencyKey,
          }));
      if (!isPublished) return { key };
      const { articleId, id } = key;
      const parentId = 'page' in target ? undefined : target.parentId;
      const ids = parentId === undefined ? [id] : [id, parentId];
      // The comment is stored, so a failure is none of this command's.
      const seen = await this.#written.load({ articleId, ids }).catch(() => undefined);
      return { key, seen };
    });
  }

  /** Adds a comment to the article of a page, which is made if there is none. */
  async #addFirst(
    { page, admit }: Extract<CommentTarget, { page: URL }>,
    post: Omit<Post, 'place'>,
  ): Promise<StoredComment> {
    // No connection of the database is held meanwhile.
    const article = await this.options.newThreads.prepare(page, admit);
    const scope = { viewer: post.viewer, subject: `address:${article.canonicalUrl}` };
    return this.options.db.transactionFor(scope, async (tx) => {
      const { articleId, isNew } = await ensurePageArticle(tx, article);
      const place = { articleId, parentId: undefined, field: 'articleUrl', isNewArticle: isNew } as const;
      return this.#writer.add(tx, { ...post, place });
    });
  }

  #addAlone(post: Post): Promise<StoredComment> {
    const scope = articleScope(post.viewer, post.place.articleId);
    return this.options.db.transactionFor(scope, (tx) => this.#writer.add(tx, post));
  }
}
