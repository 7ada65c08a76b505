import type { Viewer } from '../auth/viewer.ts';
import { encodeEventCursor } from './event-cursor.ts';
import type { StreamItem } from './event.ts';

/** What one viewer gets of one item, made for the wire. */
export type Rendering =
  /** `last`: nothing comes behind it. */
  | { readonly type: 'payload'; readonly bytes: Buffer; readonly last: boolean }
  /** The subscription is not about items of this kind. */
  | { readonly type: 'nothing'; readonly last: boolean }
  /** The subscription ends with these errors. */
  | { readonly type: 'refused'; readonly errors: readonly Error[] }
  /** The viewer may no longer see the article, and is told so by these errors, unless it is there again by now. */
  | { readonly type: 'withdrawn'; readonly errors: readonly Error[] }
  /** It could not be made, for a reason of the service's own that has been reported. */
  | { readonly type: 'failed' };

/** What everybody with the same rights gets, and who gets something else. */
export interface SharedRendering {
  readonly rendering: Rendering;
  readonly exceptions: ReadonlySet<string>;
  readonly concernsAll: boolean;
}

/** Whether everybody with the same rights sees an article, and for whom it is the other way round. */
export interface SharedVisibility {
  readonly visible: boolean;
  readonly exceptions: ReadonlySet<string>;
  readonly concernsAll: boolean;
}

/** The right to render something now. Each must be released once. */
export interface RenderPermit {
  /** Whose work it is. */
  readonly client: string;
  release(): void;
}

/** Makes items of one article ready for those who selected the same of them and have the same rights. Never rejects. */
export interface Renderer {
  /** How many items may be made in one go. It changes with what they turn out to be. */
  readonly batchSize: number;
  /**
   * Takes a permit to render something for clients at any of the addresses, on the account of the client with the least
   * work. Rejects when that takes too long, after a report.
   */
  permit(addresses: Iterable<string>): RenderPermit | Promise<RenderPermit>;
  /** @returns the first ones of the items, at least one */
  renderShared(items: readonly StreamItem[], permit: RenderPermit): Promise<readonly SharedRendering[]>;
  renderFor(viewer: Viewer | null, item: StreamItem, address: string): Promise<Rendering>;
  /** May reject: with the reason why it can't be told now. */
  visibility(): Promise<SharedVisibility>;
  isVisibleTo(viewer: Viewer | null): Promise<boolean>;
}

/** How many bytes an account's key takes in a set, about. */
const exceptionBytes = 64;

/** One item as it goes out to a group; whoever is apart gets a rendering of their own. */
export class Frame {
  readonly item: StreamItem;
  /** Where a client goes on behind it. */
  readonly cursor: string;
  /** Grows with everything that takes back or changes what earlier frames may show. */
  readonly revision: number;
  readonly renderedAt: number;
  /** Made in one go with these; those who waited for them take them as they are. */
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
    const { articleId, sequence } = item.type === 'event' ? item.event : item;
    this.cursor = encodeEventCursor({ epoch: item.epoch, articleId, sequence });
  }

  /** @returns undefined: this account gets its own */
  for(accountId: string | undefined): Rendering | undefined {
    const { rendering, exceptions, concernsAll } = this.#shared;
    const apart = accountId !== undefined && (concernsAll || exceptions.has(accountId));
    return apart ? undefined : rendering;
  }

  /** Whether it could not be made for the group. */
  get failed(): boolean {
    return this.#shared.rendering.type === 'failed';
  }

  /** About what it takes in memory. */
  get bytes(): number {
    const { rendering, exceptions } = this.#shared;
    const payload = rendering.type === 'payload' ? rendering.bytes.length : 0;
    return payload + exceptions.size * exceptionBytes;
  }
}
