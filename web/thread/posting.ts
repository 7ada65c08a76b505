import { messageOf } from '../graphql/error-message.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { AddComment } from './documents.ts';
import { lateAnswersOf } from './late-answers.ts';
import { outbox, type Outgoing } from './outbox.ts';
import { type Entry } from './thread-entry.ts';

export interface PostingOptions {
  readonly reader: Reader;
  readonly articleId: string;
  readonly viewerId: string;
  /** Called with all waiting comments whenever they change, in this tab or in another. */
  readonly onChange: (items: readonly Outgoing[]) => void;
  /** Called once the service has stored the comment. */
  readonly onPosted: (comment: Entry, key: string) => void;
  /** Reads a comment again. @returns whether it exists */
  readonly readAgain: (commentId: string) => Promise<boolean>;
}

/**
 * Sends one reader's comments, each until the service has answered, under the idempotency key that it got when it was
 * written. Lost requests and repeated sending from several tabs still create only one comment.
 */
export class Posting {
  readonly #options: PostingOptions;
  #items: readonly Outgoing[] = [];

  constructor(options: PostingOptions) {
    this.#options = options;
    this.#show();
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  /**
   * Sends comments that were under way when the page was left. @returns a function that ends the updates from the
   * outbox
   */
  start(): () => void {
    const end = outbox.subscribe(() => this.#show());
    this.#show();
    for (const { key, state } of this.items) if (state === 'sending') void this.send(key);
    return end;
  }

  /**
   * Retries comments that failed without an answer from the service or whose tab was closed, now that the service is
   * reachable.
   */
  retryLost(): void {
    for (const { key, state, message } of this.items) {
      if (state === 'sending') void this.send(key);
      else if (message === undefined) this.retry(key);
    }
  }

  /** Stores a comment to be sent. @returns its key */
  add(body: string, parentId: string | undefined): string {
    const { articleId, viewerId } = this.#options;
    return outbox.add({ articleId, viewerId, body, parentId }).key;
  }

  send(key: string): Promise<void> {
    return outbox.send(key, (item) => this.#send(item));
  }

  retry(key: string): void {
    if (!outbox.get(key)) return;
    outbox.update(key, {
      state: 'sending',
      message: undefined,
      isRefused: undefined,
      retryAt: undefined,
      suspension: undefined,
    });
    void this.send(key);
  }

  /** Deletes a comment that the service has stored, or that the reader has discarded. */
  forget(key: string): void {
    outbox.update(key, undefined);
  }

  // #region send
  async #send({ key: idempotencyKey, parentId, body, articleId, viewerId }: Outgoing): Promise<void> {
    const { reader, onPosted, readAgain } = this.#options;
    // Another reader has signed in: the comment waits for its author.
    if (reader.viewerId !== viewerId) return;
    const input = { articleId, body, idempotencyKey, parentId: parentId ?? null };
    try {
      const answer = await lateAnswersOf(reader).during(
        () => reader.apollo.mutate({ mutation: AddComment, variables: { input } }),
        ({ data }) => data?.addComment.comment && onPosted(data.addComment.comment, idempotencyKey),
        async ({ data }) => {
          const comment = data?.addComment.comment;
          if (comment && (await readAgain(comment.id))) onPosted(comment, idempotencyKey);
        },
      );
      const { comment, userErrors } = answer.data?.addComment ?? {};
      // The comment was stored, and its author or a moderator has removed it since.
      const isGone = userErrors?.some(({ code }) => code === 'COMMENT_REMOVED') === true;
      if (comment || isGone) this.forget(idempotencyKey);
      else {
        const { message = texts.failed, retryAt = null, suspension = null } = userErrors?.[0] ?? {};
        this.#fail(idempotencyKey, message, {
          isRefused: true,
          retryAt: retryAt ?? undefined,
          suspension: suspension ?? undefined,
        });
      }
    } catch (error) {
      // The service's message for people. Without one, the comment may have been stored or not.
      this.#fail(idempotencyKey, messageOf(error));
    }
  }
  // #endregion send

  #fail(
    key: string,
    message: string | undefined,
    refusal?: Pick<Outgoing, 'isRefused' | 'retryAt' | 'suspension'>,
  ): void {
    // The comment's event may have arrived meanwhile, or another tab may have deleted the comment.
    if (outbox.get(key)) outbox.update(key, { state: 'failed', message, ...refusal });
  }

  #show(): void {
    const { articleId, viewerId, onChange } = this.#options;
    this.#items = outbox.items(articleId, viewerId);
    onChange(this.#items);
  }
}
