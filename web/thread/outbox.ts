import { v4 as newUuid } from 'uuid';
import type { Suspension } from '../account/suspension-words.tsx';
import { hasTexts, isText, readStored, storedKeys, writeStored } from '../storage.ts';

/** A comment by the reader that the service has not acknowledged. */
export interface Outgoing {
  /** The idempotency key: repeated sending creates only one comment. */
  readonly key: string;
  readonly viewerId: string;
  readonly articleId: string;
  readonly parentId?: string | undefined;
  readonly body: string;
  /** Time of writing, ISO 8601. */
  readonly at: string;
  readonly state: 'sending' | 'failed';
  /** The service has answered that it did not store the comment. */
  readonly isRefused?: boolean | undefined;
  /** When a refused comment may be sent again as it is, ISO 8601; undefined: not by waiting. */
  readonly retryAt?: string | undefined;
  /** Why, if the account was suspended. */
  readonly suspension?: Suspension | undefined;
  /** Message about the failure, for the reader. */
  readonly message?: string | undefined;
}

/** Each comment has a storage key of its own, so that tabs do not overwrite each other's changes. */
const prefix = 'standfirst.outbox.';

const isSuspension = (value: unknown): value is Suspension =>
  typeof value === 'object' &&
  value !== null &&
  (['until', 'reason', 'note'] as const).every((name) => {
    const each = (value as Partial<Suspension>)[name];
    return each === null || isText(each);
  });

function isOutgoing(value: unknown): value is Outgoing {
  if (!hasTexts(value, ['key', 'viewerId', 'articleId', 'body', 'at', 'state'])) return false;
  const { parentId, message, retryAt, suspension } = value as Partial<Record<keyof Outgoing, unknown>>;
  const areTexts = [parentId, message, retryAt].every((each) => each === undefined || isText(each));
  if (suspension !== undefined && !isSuspension(suspension)) return false;
  return areTexts && ['sending', 'failed'].includes(value.state) && !Number.isNaN(Date.parse(value.at));
}

/**
 * Comments that were written in this browser and that the service has not acknowledged; they survive a reload. One
 * outbox per page.
 */
export class Outbox {
  readonly #listeners = new Set<() => void>();
  /** Comments that could not be stored exist on this page only. */
  readonly #unstored = new Map<string, Outgoing>();
  /** Keys of the comments that were written on this page, and of those sent from it, whatever their outcome. */
  readonly #written = new Set<string>();
  readonly #sent = new Set<string>();
  /** Keys of the comments that this page is sending. */
  readonly #underWay = new Set<string>();

  constructor() {
    // Another tab has written or sent a comment.
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(prefix)) this.#changed();
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One reader's comments under one article, the oldest first. */
  items(articleId: string, viewerId: string): Outgoing[] {
    return this.#all()
      .filter((item) => item.articleId === articleId && item.viewerId === viewerId)
      .sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  get(key: string): Outgoing | undefined {
    return this.#unstored.get(key) ?? readStored(prefix + key, isOutgoing);
  }

  isWrittenHere(key: string): boolean {
    return this.#written.has(key);
  }

  isSentFromHere(key: string): boolean {
    return this.#sent.has(key) || this.#written.has(key);
  }

  // #region add
  /** Creates a comment that is about to be sent. */
  add(item: Pick<Outgoing, 'viewerId' | 'articleId' | 'parentId' | 'body'>): Outgoing {
    // `crypto.randomUUID` does not exist on pages without TLS.
    const made: Outgoing = { ...item, key: newUuid(), at: new Date().toISOString(), state: 'sending' };
    this.#written.add(made.key);
    this.#keep(made);
    return made;
  }
  // #endregion add

  /** @param change undefined: the comment is deleted from the outbox */
  update(
    key: string,
    change: Pick<Outgoing, 'state' | 'message' | 'isRefused' | 'retryAt' | 'suspension'> | undefined,
  ): void {
    const item = this.get(key);
    if (item && change) return this.#keep({ ...item, ...change });
    writeStored(prefix + key, undefined);
    this.#unstored.delete(key);
    this.#changed();
  }

  /** Sends a comment unless this page is already sending it, or the outbox no longer has it. */
  async send(key: string, send: (item: Outgoing) => Promise<void>): Promise<void> {
    const item = this.get(key);
    if (!item || this.#underWay.has(key)) return;
    this.#sent.add(key);
    this.#underWay.add(key);
    try {
      await send(item);
    } finally {
      this.#underWay.delete(key);
    }
  }

  #keep(item: Outgoing): void {
    if (writeStored(prefix + item.key, item)) this.#unstored.delete(item.key);
    else this.#unstored.set(item.key, item);
    this.#changed();
  }

  #all(): Outgoing[] {
    const stored = storedKeys(prefix)
      .filter((name) => !this.#unstored.has(name.slice(prefix.length)))
      .flatMap((name) => readStored(name, isOutgoing) ?? []);
    return [...stored, ...this.#unstored.values()];
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The outbox of all discussions on the page. */
export const outbox = new Outbox();
