import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { SharedViewer, type Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import { RequestError, type RequestErrorCode } from '../errors.ts';
import type { OmittedEvent, StreamItem } from '../events/event.ts';
import type { Renderer, Rendering, SharedRendering, SharedVisibility } from '../events/frame.ts';
import { type Context, Loaders } from '../graphql/context.ts';
import { executeOperation } from '../operations/execute.ts';
import type { LiveSource } from '../graphql/live-source.ts';
import { type FaultReporter, isFault } from '../graphql/present-error.ts';
import { liveContext, maxEventBytes } from './live-context.ts';
import type { SharedLoads } from './shared-loads.ts';
import type { Selection } from './selection.ts';

export interface RendererOptions {
  readonly schema: GraphQLSchema;
  readonly db: Queryable;
  readonly loads: SharedLoads;
  readonly selection: Selection;
  readonly source: LiveSource;
  /** Anybody with the rights that the frames are for; null: signed out. */
  readonly viewer: Viewer | null;
  readonly report: FaultReporter;
}

const nobody: ReadonlySet<string> = new Set();

/** How many items are made in one go, and points of what is selected of them: they share what is loaded for them. */
const maxBatch = 32;
const maxBatchCost = 1600;

/** What is selected of an event takes more than may be sent. */
const tooLarge = Symbol('too large');

const hasCode = (errors: readonly GraphQLError[], code: RequestErrorCode): boolean =>
  errors.some(({ originalError }) => originalError instanceof RequestError && originalError.code === code);

function toPayload(data: ExecutionResult['data'], last: boolean): Rendering | typeof tooLarge {
  try {
    const text = JSON.stringify({ data });
    // No text takes fewer bytes than it has code units.
    const bytes = text.length <= maxEventBytes ? Buffer.from(text) : undefined;
    return bytes && bytes.length <= maxEventBytes ? { type: 'payload', bytes, last } : tooLarge;
  } catch (error) {
    // Longer than any string can be.
    if (error instanceof RangeError) return tooLarge;
    throw error;
  }
}

/** Executes a subscription for each item, once for everybody with the same rights. */
export class SelectionRenderer implements Renderer {
  readonly batchSize: number;
  readonly #options: RendererOptions;
  /** Undefined: the group's viewers are signed out, and all alike. */
  readonly #rights: Pick<Viewer, 'roles' | 'suspended'> | undefined;

  constructor(options: RendererOptions) {
    this.#options = options;
    const { cost } = options.selection;
    this.batchSize = Math.max(1, Math.min(maxBatch, Math.floor(maxBatchCost / Math.max(1, cost))));
    this.#rights = options.viewer
      ? { roles: options.viewer.roles, suspended: options.viewer.suspended }
      : undefined;
  }

  async renderShared(items: readonly StreamItem[]): Promise<SharedRendering[]> {
    // What is loaded is loaded for all items together; for whom one is another one, is noted for each apart.
    const { db, loads } = this.#options;
    const batchViewer = this.#sharedViewer();
    const loaders = new Loaders({ db, viewer: batchViewer }, loads.now);
    const shared = await Promise.all(
      items.map(async (item) => {
        const viewer = this.#sharedViewer();
        return { viewer, rendering: await this.#render(item, liveContext(viewer, loaders)) };
      }),
    );
    return shared.map(({ viewer, rendering }) => ({
      rendering,
      exceptions: new Set([...(viewer?.exceptions ?? nobody), ...(batchViewer?.exceptions ?? nobody)]),
      concernsAll: (viewer?.concernsAll ?? false) || (batchViewer?.concernsAll ?? false),
    }));
  }

  renderFor(viewer: Viewer | null, items: readonly StreamItem[]): Promise<Rendering[]> {
    const loaders = new Loaders({ db: this.#options.db, viewer });
    return Promise.all(items.map((item) => this.#render(item, liveContext(viewer, loaders))));
  }

  async visibility(): Promise<SharedVisibility> {
    const viewer = this.#sharedViewer();
    const visible = await this.#options.source.isVisible(this.#contextOf(viewer));
    return { visible, exceptions: viewer?.exceptions ?? nobody, concernsAll: viewer?.concernsAll ?? false };
  }

  isVisibleTo(viewer: Viewer | null): Promise<boolean> {
    return this.#options.source.isVisible(this.#contextOf(viewer));
  }

  #sharedViewer(): SharedViewer | null {
    return this.#rights ? new SharedViewer(this.#rights) : null;
  }

  #contextOf(viewer: Viewer | null): Context {
    return liveContext(viewer, new Loaders({ db: this.#options.db, viewer }));
  }

  async #render(item: StreamItem, context: Context): Promise<Rendering> {
    try {
      const { source } = this.#options;
      const tookBack = item.type === 'event' && item.event.kind === 'ARTICLE_UNPUBLISHED';
      const last = tookBack && !(await source.isVisible(context));
      if (!source.wants(item)) return { type: 'nothing', last };
      const shown = this.#toRendering(await this.#execute(item, context), last);
      if (shown !== tooLarge || item.type !== 'event') return this.#orRefused(shown);
      // Whoever selects it would end here, again and again: the log goes on behind a note of what it was.
      const note: OmittedEvent = { ...item, type: 'omitted' };
      // With room of its own: that of the event is used up.
      const room = liveContext(context.viewer, context.loaders);
      return this.#orRefused(this.#toRendering(await this.#execute(note, room), last));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #execute(item: StreamItem | OmittedEvent, contextValue: Context): Promise<ExecutionResult> {
    const { schema, selection } = this.#options;
    return executeOperation({ ...selection, schema, contextValue, rootValue: item });
  }

  /** Errors never stand beside an event, whose cursor would be taken for passed. */
  #toRendering({ data, errors }: ExecutionResult, last: boolean): Rendering | typeof tooLarge {
    if (!errors) return toPayload(data, last);
    const fault = errors.find((error) => isFault(error));
    if (fault) return this.#failed(fault);
    if (hasCode(errors, 'QUERY_TOO_COSTLY')) return tooLarge;
    return { type: hasCode(errors, 'NOT_FOUND') ? 'withdrawn' : 'refused', errors };
  }

  #orRefused(rendering: Rendering | typeof tooLarge): Rendering {
    if (rendering !== tooLarge) return rendering;
    const message = `What is selected of one event takes more than ${maxEventBytes} bytes.`;
    return { type: 'refused', errors: [new RequestError('QUERY_TOO_COSTLY', message)] };
  }

  #failed(error: unknown): Rendering {
    this.#options.report('subscription', error);
    return { type: 'failed' };
  }
}
