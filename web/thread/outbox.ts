import { v4 as newUuid } from 'uuid';
import { hasTexts, isText, readStored, storedKeys, writeStored } from '../storage.ts';

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

function isOutgoing(value: unknown): value is Outgoing {
  if (!hasTexts(value, ['key', 'viewerId', 'articleId', 'body', 'at', 'state'])) return false;
  const { parentId, message } = value as { parentId?: unknown; message?: unknown };
  const areTexts = [parentId, message].every((each) => each === undefined || isText(each));
  return areTexts && ['sending', 'failed'].includes(value.state) && !Number.isNaN(Date.parse(value.at));
}

/** What was written in this browser and the service has not acknowledged; it survives a reload. One for a page. */
export class Outbox {
  readonly #listeners = new Set<() => void>();
  /** Those that could not be stored are known to this page alone. */
  readonly #unstored = new Map<string, Outgoing>();
  /** The keys of those that were written on this page, or sent from it, whatever has become of them. */
  readonly #written = new Set<string>();
  readonly #sent = new Set<string>();
  /** The keys of those that this page is sending. */
  readonly #underWay = new Set<string>();

  constructor() {
    // Another tab has written or sent one.
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(prefix)) this.#changed();
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What one reader has written under one article, the oldest first. */
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
  /** A new one, about to be sent. */
  add(item: Pick<Outgoing, 'viewerId' | 'articleId' | 'parentId' | 'body'>): Outgoing {
    // On pages without TLS the browser's own is not there.
    const made: Outgoing = { ...item, key: newUuid(), at: new Date().toISOString(), state: 'sending' };
    this.#written.add(made.key);
    this.#keep(made);
    return made;
  }
  // #endregion add

  /** @param change undefined: it is done with */
  update(key: string, change: Pick<Outgoing, 'state' | 'message' | 'isRefused'> | undefined): void {
    const item = this.get(key);
    if (item && change) return this.#keep({ ...item, ...change });
    writeStored(prefix + key, undefined);
    this.#unstored.delete(key);
    this.#changed();
  }

  /** Sends one as it is, unless this page is sending it or somebody else is done with it. */
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

/** Of all discussions of the page. */
export const outbox = new Outbox();
