import type { RenderedItem, Rendering } from './rendering.ts';
import { sendLater } from '../fairness/sends.ts';

/** Time after which the service turns to other work for a moment, in milliseconds. */
const sliceMs = 2;

/** A subscriber, as its group and its renderings notify it. */
export interface Reader {
  /** The client's address. */
  readonly address: string;
  /** There may be something new to send. */
  changed(): void;
  /** A rendering has ended. Its reader may wait for something else by now, or for nothing. */
  settled(pending: Pending, outcome: Outcome): void;
}

/** The end of a rendering. `gone`: the event with this number, the first one of the batch, was pruned. */
export type Outcome =
  | { readonly type: 'made' }
  | { readonly type: 'failed' }
  | { readonly type: 'gone'; readonly sequence: number };

/** A rendering that does not exist yet, with the subscribers that wait for it. */
export class Pending {
  readonly readers: Set<Reader>;
  /** The feed's revision when the rendering was requested, and then when it began. */
  revision: number;

  constructor(readers: Iterable<Reader>, revision: number) {
    this.readers = new Set(readers);
    this.revision = revision;
  }

  /** The addresses of the waiting subscribers, each once. */
  *addresses(): Generator<string> {
    const seen = new Set<string>();
    for (const { address } of this.readers) {
      if (seen.has(address)) continue;
      seen.add(address);
      yield address;
    }
  }

  /** Notifies the readers in slices: thousands at once would block everything else. */
  settle(outcome: Outcome): void {
    const readers = [...this.readers];
    let notified = 0;
    const notifySome = (): void => {
      const end = performance.now() + sliceMs;
      do readers[notified]?.settled(this, outcome);
      while (++notified < readers.length && performance.now() < end);
      if (notified < readers.length) sendLater(notifySome);
    };
    notifySome();
  }
}

/**
 * Pending rendering of an item for one account alone. The result is released with it: kept with the shared rendering,
 * there would be as many results as accounts, for an item that is different for everybody.
 */
export class OwnRendering extends Pending {
  readonly #rendered: RenderedItem;
  readonly #accountId: string | undefined;
  rendering: Rendering | undefined;

  constructor(
    rendered: RenderedItem,
    accountId: string | undefined,
    readers: Iterable<Reader>,
    revision: number,
  ) {
    super(readers, revision);
    this.#rendered = rendered;
    this.#accountId = accountId;
  }

  /** @returns undefined if this is the rendering of another item or for another account */
  of(rendered: RenderedItem, accountId: string | undefined): Rendering | undefined {
    return rendered === this.#rendered && accountId === this.#accountId ? this.rendering : undefined;
  }
}
