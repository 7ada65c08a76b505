import { hasTexts, readStored, storedKeys, writeStored } from '../storage.ts';

/** A comment of one's own that the service has not acknowledged. */
export interface Outgoing {
  /** Its idempotency key: however often it is sent, there will be one comment. */
  readonly key: string;
  readonly viewerId: string;
  readonly articleId: string;
  readonly parentId?: string | undefined;
  readonly body: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
  readonly state: 'sending' | 'failed';
  /** The service has said that it did not write it. */
  readonly isRefused?: boolean | undefined;
  /** Why it failed, for people. */
  readonly message?: string | undefined;
}

/** Each is kept by itself: what one tab writes can't undo what another one does. */
const prefix = 'standfirst.outbox.';

const isOutgoing = (value: unknown): value is Outgoing =>
  hasTexts(value, ['key', 'viewerId', 'articleId', 'body', 'at', 'state']) &&
  !Number.isNaN(Date.parse(value.at));

export interface OutboxOptions {
  readonly articleId: string;
  readonly viewerId: string;
  /** Given all that waits whenever it changes, in this tab or in another. */
  readonly onChange: (items: readonly Outgoing[]) => void;
}

/** What one reader has written under one article and the service has not acknowledged; it survives a reload. */
export class Outbox {
  readonly #options: OutboxOptions;
  #items: readonly Outgoing[] = [];
  /** Those that could not be stored are known to this page alone. */
  readonly #unstored = new Map<string, Outgoing>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#items = this.#read();
  }

  /** The oldest first. */
  get items(): readonly Outgoing[] {
    return this.#items;
  }

  /** As it is now: another tab may have done with it. */
  get(key: string): Outgoing | undefined {
    return this.#read().find((item) => item.key === key);
  }

  /** Follows what happens in other tabs. @returns ends it */
  watch(): () => void {
    const onStorage = ({ key }: StorageEvent) => {
      if (key === null || key.startsWith(prefix)) this.#show();
    };
    addEventListener('storage', onStorage);
    this.#show();
    return () => removeEventListener('storage', onStorage);
  }

  // #region add
  /** A new one, about to be sent. */
  add(parentId: string | undefined, body: string): Outgoing {
    const { viewerId, articleId } = this.#options;
    const key = crypto.randomUUID();
    const item = { key, viewerId, articleId, parentId, body, at: new Date().toISOString() };
    return this.#keep({ ...item, state: 'sending' });
  }
  // #endregion add

  /** @param change undefined: it is done with */
  update(key: string, change: Pick<Outgoing, 'state' | 'message' | 'isRefused'> | undefined): void {
    const item = this.get(key);
    if (item && change) this.#keep({ ...item, ...change });
    else if (item) this.#drop(key);
  }

  #keep(item: Outgoing): Outgoing {
    if (writeStored(prefix + item.key, item)) this.#unstored.delete(item.key);
    else this.#unstored.set(item.key, item);
    this.#show();
    return item;
  }

  #drop(key: string): void {
    writeStored(prefix + key, undefined);
    this.#unstored.delete(key);
    this.#show();
  }

  #read(): Outgoing[] {
    const { articleId, viewerId } = this.#options;
    const stored = storedKeys(prefix)
      .filter((name) => !this.#unstored.has(name.slice(prefix.length)))
      .flatMap((name) => readStored(name, isOutgoing) ?? []);
    return [...stored, ...this.#unstored.values()]
      .filter((item) => item.articleId === articleId && item.viewerId === viewerId)
      .sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  #show(): void {
    this.#items = this.#read();
    this.#options.onChange(this.#items);
  }
}
