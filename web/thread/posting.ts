import { messageOf } from '../graphql/error-message.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { AddComment } from './documents.ts';
import { lateAnswersOf } from './late-answers.ts';
import { type Outgoing, Outbox, type OutboxOptions } from './outbox.ts';
import { type Entry } from './thread-entry.ts';

export interface PostingOptions extends OutboxOptions {
  readonly reader: Reader;
  /** The service has it. */
  readonly onPosted: (comment: Entry) => void;
}

/**
 * One reader's comments on their way: each is sent until the service has answered, under the key that it got when it was
 * written. Whatever is lost on the way, and in however many tabs it is tried again, there is one comment.
 */
export class Posting {
  readonly #options: PostingOptions;
  readonly #outbox: Outbox;

  constructor(options: PostingOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options);
  }

  get items(): readonly Outgoing[] {
    return this.#outbox.items;
  }

  /** Sends what was on its way when the page was left. @returns ends what this tab knows of others */
  start(): () => void {
    const end = this.#outbox.watch();
    for (const item of this.items) if (item.state === 'sending') void this.#send(item);
    return end;
  }

  /** What came to nothing because the service was away, now that it is there. */
  retryLost(): void {
    for (const { key, state, message } of this.items) {
      if (state === 'failed' && message === undefined) this.retry(key);
    }
  }

  post(body: string, parentId: string | undefined): void {
    void this.#send(this.#outbox.add(parentId, body));
  }

  retry(key: string): void {
    this.#outbox.update(key, { state: 'sending', message: undefined, isRefused: undefined });
    const item = this.#outbox.get(key);
    if (item) void this.#send(item);
  }

  /** The service has it, or nobody wants it any more. */
  forget(key: string): void {
    this.#outbox.update(key, undefined);
  }

  // #region send
  async #send({ key: idempotencyKey, parentId, body, articleId, viewerId }: Outgoing): Promise<void> {
    const { reader, onPosted } = this.#options;
    // Somebody else has signed in: it waits for its author.
    if (reader.viewerId !== viewerId) return;
    const input = { articleId, body, idempotencyKey, parentId: parentId ?? null };
    try {
      const answer = await lateAnswersOf(reader).during(
        () => reader.apollo.mutate({ mutation: AddComment, variables: { input } }),
        ({ data }) => data?.addComment.comment && onPosted(data.addComment.comment),
      );
      const { comment, userErrors } = answer.data?.addComment ?? {};
      // It was there, and a moderator or its author has removed it since.
      const isGone = userErrors?.some(({ code }) => code === 'COMMENT_REMOVED') === true;
      if (comment || isGone) this.forget(idempotencyKey);
      else this.#fail(idempotencyKey, userErrors?.[0]?.message ?? texts.failed, true);
    } catch (error) {
      // The service says why, for people. If it does not, it may have it or not.
      this.#fail(idempotencyKey, messageOf(error));
    }
  }
  // #endregion send

  #fail(key: string, message: string | undefined, isRefused?: boolean): void {
    this.#outbox.update(key, { state: 'failed', message, isRefused });
  }
}
