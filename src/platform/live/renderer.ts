import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import {
  joinExceptions,
  noExceptions,
  SharedViewer,
  type Viewer,
  type ViewerRights,
} from '../auth/viewer.ts';
import { RequestError, type RequestErrorCode } from '../errors/errors.ts';
import type { OmittedEvent, StreamItem } from '../events/event.ts';
import type {
  Renderer,
  Rendering,
  RenderPermit,
  SharedRendering,
  SharedVisibility,
} from '../events/rendering.ts';
import { type Context, Loaders } from '../graphql/context.ts';
import { executeOperation } from '../operations/execute.ts';
import type { LiveSource } from '../graphql/live-source.ts';
import { type FaultReporter, isFault } from '../graphql/present-error.ts';
import type { AnswerShare } from '../graphql/answer-size.ts';
import type { Turns } from '../fairness/turns.ts';
import type { BatchSlots } from './batch-slots.ts';
import { liveContext, maxEventBytes } from './live-context.ts';
import { everybody, type Loads, type ReadSize, type SharedLoads } from './shared-loads.ts';
import type { Selection } from './selection.ts';

export interface RendererOptions {
  readonly schema: GraphQLSchema;
  readonly loads: SharedLoads;
  readonly turns: Turns;
  readonly slots: BatchSlots;
  readonly selection: Selection;
  readonly source: LiveSource;
  /** Any viewer with the rights that the renderings are for; null: signed out. */
  readonly viewer: Viewer | null;
  /**
   * Whether the selection is accepted from all clients without limits: then no particular client is charged for its
   * rendering.
   */
  readonly isKnown: boolean;
  readonly report: FaultReporter;
}

/**
 * Most items that are rendered in one batch, and points of their selections; the items of a batch share their loads.
 */
const maxBatch = 32;
const maxBatchCost = 1600;
/** Bytes after which the rest of a batch is left to the next one. */
const maxBatchBytes = 256 * 1024;
/** Bytes that a batch should read at most: other selections wait for the connection that reads them. */
const batchReadBytes = 1024 * 1024;
/** Bytes up to which the reads of a batch are small; a live comment with its author takes a few thousand. */
const smallReadBytes = 128 * 1024;
/** Number of items in the first batch of a selection that is not known, since their size can't be predicted. */
const firstBatch = 1;

/** The selection of an event is larger than may be sent. */
const tooLarge = Symbol('too large');

/** An item as it was executed, before it is written. */
interface Executed {
  readonly type: 'executed';
  readonly result: ExecutionResult;
  readonly last: boolean;
}

/** An item that is being executed. */
interface Begun {
  readonly item: StreamItem;
  readonly context: Context;
  /** The viewer of the context; null: signed out. */
  readonly viewer: SharedViewer | null;
  readonly shown: Promise<Rendering | Executed>;
}

const hasCode = (errors: readonly GraphQLError[], code: RequestErrorCode): boolean =>
  errors.some(({ originalError }) => originalError instanceof RequestError && originalError.code === code);

function toPayload(data: ExecutionResult['data'], last: boolean): Rendering | typeof tooLarge {
  try {
    const text = JSON.stringify({ data });
    // UTF-8 never takes fewer bytes than the text has code units.
    const bytes = text.length <= maxEventBytes ? Buffer.from(text) : undefined;
    return bytes && bytes.length <= maxEventBytes ? { type: 'payload', bytes, last } : tooLarge;
  } catch (error) {
    // The text is longer than any string can be.
    if (error instanceof RangeError) return tooLarge;
    throw error;
  }
}

/**
 * Waits until items are executed, up to the one with which their total size exceeds the limit. The others are released.
 */
async function untilLarge(begun: readonly Begun[]): Promise<readonly Begun[]> {
  let [count, bytes] = [0, 0];
  for (const { context, shown } of begun) {
    await shown;
    count += 1;
    bytes += context.answer.bytes;
    if (bytes > maxBatchBytes) break;
  }
  for (const { context } of begun.slice(count)) context.answer.release();
  return begun.slice(0, count);
}

const exceptionsOf = (viewer: SharedViewer | null) => viewer?.exceptions ?? noExceptions;

function* clientsAt(addresses: Iterable<string>): Generator<string> {
  for (const address of addresses) yield `${everybody}:${address}`;
}

/** Executes a subscription for each item, once for all viewers with the same rights. */
export class SelectionRenderer implements Renderer {
  /** Undefined: the group's viewers are signed out, and all alike. */
  readonly #rights: ViewerRights | undefined;
  readonly #maxBatch: number;
  #batchSize: number;
  /** By the last batch; most batches of a selection are alike. */
  #readSize: ReadSize = 'large';

  constructor(private readonly options: RendererOptions) {
    const { selection, isKnown, viewer } = options;
    this.#maxBatch = Math.max(1, Math.min(maxBatch, Math.floor(maxBatchCost / Math.max(1, selection.cost))));
    this.#batchSize = isKnown ? this.#maxBatch : Math.min(firstBatch, this.#maxBatch);
    this.#rights = viewer
      ? { roles: viewer.roles, suspended: viewer.suspended, unconfirmed: viewer.unconfirmed }
      : undefined;
  }

  /** The number of items that were not too large together, as far as that is known by now. */
  get batchSize(): number {
    return this.#batchSize;
  }

  permit(addresses: Iterable<string>): RenderPermit | Promise<RenderPermit> {
    const { isKnown, slots } = this.options;
    const client = isKnown ? undefined : slots.leastBusy(clientsAt(addresses));
    if (client === undefined) return { client: everybody, release: () => undefined };
    try {
      const entered = slots.enter(client);
      if (!(entered instanceof Promise)) return { client, release: entered };
      return entered.then(
        (release) => ({ client, release }),
        (error: unknown) => this.#reject(error),
      );
    } catch (error) {
      return this.#reject(error);
    }
  }

  async renderShared(items: readonly StreamItem[], { client }: RenderPermit): Promise<SharedRendering[]> {
    try {
      const { loads: shared, isKnown } = this.options;
      const loads = shared.now({ client, size: this.#readSize, isBounded: !isKnown });
      return (await this.#renderBatch(items, client, loads)) ?? (await this.#renderFirst(items, client));
    } catch (error) {
      return [{ rendering: this.#failed(error), exceptions: noExceptions }];
    }
  }

  async renderFor(viewer: Viewer | null, item: StreamItem, address: string): Promise<Rendering> {
    let permit: RenderPermit | undefined;
    try {
      permit = await this.permit([address]);
      const { client } = permit;
      const { db, clock } = this.options.loads.alone({ client, size: this.#readSize });
      const context = liveContext(viewer, new Loaders({ db, viewer }, { clock }), this.#shareOf(client));
      return await this.#write(item, await this.#show(item, context), context);
    } catch (error) {
      return permit ? this.#failed(error) : { type: 'failed' };
    } finally {
      permit?.release();
    }
  }

  report(error: unknown): void {
    this.options.report('subscription', error);
  }

  #reject(error: unknown): Promise<never> {
    this.report(error);
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  /** @returns undefined if too much was read for the items together */
  async #renderBatch(
    items: readonly StreamItem[],
    client: string,
    { db, reads, loaders: common }: Loads,
  ): Promise<SharedRendering[] | undefined> {
    // Data is loaded for all items together; the accounts that need a different rendering are recorded for each item
    // separately.
    const batchViewer = this.#sharedViewer();
    const loaders = new Loaders({ db, viewer: batchViewer }, { common });
    const share = this.#shareOf(client);
    const begun = items.map((item) => {
      const viewer = this.#sharedViewer();
      const context = liveContext(viewer, loaders, share);
      return { item, context, viewer, shown: this.#show(item, context) };
    });
    const executed = await untilLarge(begun);
    const textBytes = executed.reduce((sum, { context }) => sum + context.answer.bytes, 0);
    if (client !== everybody) this.options.slots.count(client, { textBytes, readBytes: reads.bytes });
    if (reads.exceeded) return undefined;
    // A checkpoint says nothing about the size of events.
    if (items.some(({ type }) => type === 'event')) {
      this.#readSize = reads.bytes <= smallReadBytes ? 'small' : 'large';
      this.#adaptBatchSize(executed, reads.bytes);
    }
    const shared: SharedRendering[] = [];
    for (const { item, context, viewer, shown } of executed) {
      const rendering = await this.#write(item, await shown, context);
      shared.push({ rendering, exceptions: joinExceptions(exceptionsOf(viewer), exceptionsOf(batchViewer)) });
    }
    return shared;
  }

  /** Renders the first item by itself, with its own loads: alone it reads no more than its cost allows. */
  async #renderFirst(items: readonly StreamItem[], client: string): Promise<SharedRendering[]> {
    this.#batchSize = 1;
    const loads = this.options.loads.alone({ client, size: 'large' });
    return (await this.#renderBatch(items.slice(0, 1), client, loads)) ?? [];
  }

  /** The next batch has as many items as would have fitted, and no more than twice as many as this one. */
  #adaptBatchSize(executed: readonly Begun[], readBytes: number): void {
    const largest = Math.max(1, ...executed.map(({ context }) => context.answer.bytes));
    const read = Math.max(1, readBytes / Math.max(1, executed.length));
    const fits = Math.floor(Math.min(maxBatchBytes / largest, batchReadBytes / read));
    this.#batchSize = Math.max(1, Math.min(this.#maxBatch, 2 * this.#batchSize, fits));
  }

  #shareOf(client: string): AnswerShare {
    const { turns } = this.options;
    return {
      hold: () => () => undefined,
      turn: () => turns.enter(client),
      turnForText: (bytes) => turns.forText(client, bytes),
    };
  }

  async visibility(): Promise<SharedVisibility> {
    const viewer = this.#sharedViewer();
    const visible = await this.options.source.isVisible(this.#contextOf(viewer));
    return { visible, exceptions: exceptionsOf(viewer) };
  }

  isVisibleTo(viewer: Viewer | null): Promise<boolean> {
    return this.options.source.isVisible(this.#contextOf(viewer));
  }

  #sharedViewer(): SharedViewer | null {
    return this.#rights ? new SharedViewer(this.#rights) : null;
  }

  #contextOf(viewer: Viewer | null): Context {
    const { db } = this.options.loads.alone({ client: everybody, size: 'small' });
    return liveContext(viewer, new Loaders({ db, viewer }));
  }

  async #show(item: StreamItem, context: Context): Promise<Rendering | Executed> {
    try {
      const { source } = this.options;
      const tookBack = item.type === 'event' && source.withdraws(item.event);
      const last = tookBack && !(await source.isVisible(context));
      if (!source.wants(item)) return { type: 'nothing', last };
      return { type: 'executed', result: await this.#execute(item, context), last };
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #write(item: StreamItem, shown: Rendering | Executed, context: Context): Promise<Rendering> {
    if (shown.type !== 'executed') return shown;
    const { result, last } = shown;
    try {
      const rendering = await this.#toRendering(result, last, context);
      if (rendering !== tooLarge || item.type !== 'event') return this.#orRefused(rendering);
      // Otherwise each client with this selection would end here, again and again. A note of the event's subject takes the
      // event's place.
      const note: OmittedEvent = { ...item, type: 'omitted' };
      // With a size limit of its own, because that of the event is used up.
      const room = liveContext(context.viewer, context.loaders);
      return this.#orRefused(await this.#toRendering(await this.#execute(note, room), last, room));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #execute(item: StreamItem | OmittedEvent, contextValue: Context): Promise<ExecutionResult> {
    const { schema, selection } = this.options;
    return executeOperation({ ...selection, schema, contextValue, rootValue: item });
  }

  /** Errors are never sent together with an event, because the client would take the event's cursor as passed. */
  async #toRendering(
    { data, errors }: ExecutionResult,
    last: boolean,
    { answer }: Context,
  ): Promise<Rendering | typeof tooLarge> {
    if (!errors) {
      const turn = answer.forText(answer.bytes);
      if (turn) await turn;
      return toPayload(data, last);
    }
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
    this.report(error);
    return { type: 'failed' };
  }
}
