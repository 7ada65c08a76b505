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
  /** Given all that waits whenever it changes, in this tab or in another. */
  readonly onChange: (items: readonly Outgoing[]) => void;
  /** The service has it. */
  readonly onPosted: (comment: Entry, key: string) => void;
  /** Reads a comment anew. @returns whether it is there */
  readonly readAgain: (commentId: string) => Promise<boolean>;
}

/**
 * One reader's comments on their way: each is sent until the service has answered, under the key that it got when it was
 * written. Whatever is lost on the way, and in however many tabs it is tried again, there is one comment.
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

  /** Sends what was on its way when the page was left. @returns ends it */
  start(): () => void {
    const end = outbox.subscribe(() => this.#show());
    this.#show();
    for (const { key, state } of this.items) if (state === 'sending') void this.send(key);
    return end;
  }

  /** What came to nothing because the service or the tab that sent it was away, now that the service is there. */
  retryLost(): void {
    for (const { key, state, message } of this.items) {
      if (state === 'sending') void this.send(key);
      else if (message === undefined) this.retry(key);
    }
  }

  /** Keeps what was written, to be sent. @returns its key */
  add(body: string, parentId: string | undefined): string {
    const { articleId, viewerId } = this.#options;
    return outbox.add({ articleId, viewerId, body, parentId }).key;
  }

  send(key: string): Promise<void> {
    return outbox.send(key, (item) => this.#send(item));
  }

  retry(key: string): void {
    if (!outbox.get(key)) return;
    outbox.update(key, { state: 'sending', message: undefined, isRefused: undefined });
    void this.send(key);
  }

  /** The service has it, or nobody wants it any more. */
  forget(key: string): void {
    outbox.update(key, undefined);
  }

  // #region send
  async #send({ key: idempotencyKey, parentId, body, articleId, viewerId }: Outgoing): Promise<void> {
    const { reader, onPosted, readAgain } = this.#options;
    // Somebody else has signed in: it waits for its author.
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
    // Unless its event has come, or another tab is done with it.
    if (outbox.get(key)) outbox.update(key, { state: 'failed', message, isRefused });
  }

  #show(): void {
    const { articleId, viewerId, onChange } = this.#options;
    this.#items = outbox.items(articleId, viewerId);
    onChange(this.#items);
  }
}
