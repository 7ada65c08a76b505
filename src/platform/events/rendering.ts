import { type Exceptions, isException, type Viewer } from '../auth/viewer.ts';
import { encodeEventCursor } from './event-cursor.ts';
import type { StreamItem } from './event.ts';

/** One item as one viewer receives it, ready for the wire. */
export type Rendering =
  /** `last`: no further item follows. */
  | { readonly type: 'payload'; readonly bytes: Buffer; readonly last: boolean }
  /** The subscription does not concern items of this kind. */
  | { readonly type: 'nothing'; readonly last: boolean }
  /** The subscription ends with these errors. */
  | { readonly type: 'refused'; readonly errors: readonly Error[] }
  /**
   * The viewer may no longer see the article, and receives these errors, unless the article is visible again by then.
   */
  | { readonly type: 'withdrawn'; readonly errors: readonly Error[] }
  /** Rendering failed through a fault of the service, which has been reported. */
  | { readonly type: 'failed' };

/** The rendering for all viewers with the same rights, and the accounts that need another one. */
export interface SharedRendering {
  readonly rendering: Rendering;
  readonly exceptions: Exceptions;
}

/** Whether viewers with the same rights see an article, and the accounts for which the opposite may hold. */
export interface SharedVisibility {
  readonly visible: boolean;
  readonly exceptions: Exceptions;
}

/** Permission to render something now. Each must be released once. */
export interface RenderPermit {
  /** The client on whose account the work is done. */
  readonly client: string;
  release(): void;
}

/**
 * Renders items of one article for all subscribers with the same selection and the same rights. The render methods
 * never reject; a fault becomes a rendering.
 */
export interface Renderer {
  /** Number of items that may be rendered in one batch. Adapts to the size of the items. */
  readonly batchSize: number;
  /**
   * Takes a permit to render something for clients at any of the addresses, on the account of the client with the least
   * work; without addresses, on nobody's account. Rejects when that takes too long, after a report.
   */
  permit(addresses: Iterable<string>): RenderPermit | Promise<RenderPermit>;
  /** @returns renderings of the first items, at least one */
  renderShared(items: readonly StreamItem[], permit: RenderPermit): Promise<readonly SharedRendering[]>;
  renderFor(viewer: Viewer | null, item: StreamItem, address: string): Promise<Rendering>;
  /** Rejects if the visibility can't be determined now, with the reason. */
  visibility(): Promise<SharedVisibility>;
  isVisibleTo(viewer: Viewer | null): Promise<boolean>;
  /** Reports a fault because of which something was not rendered. */
  report(error: unknown): void;
}

/** Approximate bytes of an account's key in a set. */
const exceptionBytes = 64;

/** One item rendered for a group; accounts among the exceptions receive a rendering of their own. */
export class RenderedItem {
  readonly item: StreamItem;
  /** The cursor from which a client continues after this item. */
  readonly cursor: string;
  /** The feed's revision, which grows with every event that takes back or changes content of earlier renderings. */
  readonly revision: number;
  readonly renderedAt: number;
  /** Identifies the batch that this was rendered in; subscribers that waited for the batch take it even if outdated. */
  readonly batch: object;
  readonly #shared: SharedRendering;

  constructor(
    item: StreamItem,
    shared: SharedRendering,
    made: { revision: number; renderedAt: number; batch: object },
  ) {
    this.item = item;
    this.#shared = shared;
    this.revision = made.revision;
    this.renderedAt = made.renderedAt;
    this.batch = made.batch;
    const { log, sequence } = item.type === 'event' ? item.event : item;
    this.cursor = encodeEventCursor({ epoch: item.epoch, log, sequence });
  }

  /** @returns undefined if this account needs a rendering of its own */
  for(accountId: string | undefined): Rendering | undefined {
    const { rendering, exceptions } = this.#shared;
    return isException(exceptions, accountId) ? undefined : rendering;
  }

  /** Whether rendering for the group failed. */
  get failed(): boolean {
    return this.#shared.rendering.type === 'failed';
  }

  /** Approximate size in memory. */
  get bytes(): number {
    const { rendering, exceptions } = this.#shared;
    const payload = rendering.type === 'payload' ? rendering.bytes.length : 0;
    return payload + (exceptions === 'all' ? 0 : exceptions.size * exceptionBytes);
  }
}
