import { readStored, writeStored } from '../storage.ts';

/** A comment of one's own that the service has not acknowledged. */
export interface Outgoing {
  /** Its idempotency key: however often it is sent, there will be one comment. */
  readonly key: string;
  readonly viewerId: string;
  readonly articleId: string;
  readonly parentId: string | undefined;
  readonly body: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
  readonly state: 'sending' | 'failed';
  /** The service has said that it did not write it. */
  readonly isRefused?: boolean | undefined;
  /** Why it failed, for people. */
  readonly message?: string | undefined;
}

const storageKey = 'standfirst.outbox';

/** All that waits in this browser, in whatever tab it was written. */
const readAll = (): Outgoing[] => readStored<Outgoing[]>(storageKey) ?? [];

function writeAll(items: readonly Outgoing[]): void {
  writeStored(storageKey, items.length === 0 ? undefined : items);
}

/** What one reader has written under one article and the service has not acknowledged; it survives a reload. */
export class Outbox {
  readonly #articleId: string;
  readonly #viewerId: string;
  #items: readonly Outgoing[];
  readonly #onChange: (items: readonly Outgoing[]) => void;

  constructor(articleId: string, viewerId: string, onChange: (items: readonly Outgoing[]) => void) {
    this.#articleId = articleId;
    this.#viewerId = viewerId;
    this.#onChange = onChange;
    this.#items = readAll().filter((item) => item.articleId === articleId && item.viewerId === viewerId);
  }

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  get(key: string): Outgoing | undefined {
    return this.#items.find((item) => item.key === key);
  }

  // #region add
  /** A new one, about to be sent. */
  add(parentId: string | undefined, body: string): Outgoing {
    const item: Outgoing = {
      key: crypto.randomUUID(),
      viewerId: this.#viewerId,
      articleId: this.#articleId,
      parentId,
      body,
      at: new Date().toISOString(),
      state: 'sending',
    };
    this.#set([...this.#items, item]);
    writeAll([...readAll(), item]);
    return item;
  }
  // #endregion add

  /** @param change undefined: it is done with */
  update(key: string, change: Pick<Outgoing, 'state' | 'message' | 'isRefused'> | undefined): void {
    // Others may have changed theirs meanwhile.
    const apply = (items: readonly Outgoing[]) =>
      items.flatMap((item) =>
        item.key !== key ? [item] : change === undefined ? [] : [{ ...item, ...change }],
      );
    this.#set(apply(this.#items));
    writeAll(apply(readAll()));
  }

  #set(items: readonly Outgoing[]): void {
    this.#items = items;
    this.#onChange(items);
  }
}
