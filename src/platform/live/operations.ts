import { createSourceEventStream, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { sightOf, type Viewer } from '../auth/viewer.ts';
import type { Database } from '../db/database.ts';
import type { Handle, Hub, Membership } from '../events/hub.ts';
import type { Sink } from '../events/sink.ts';
import { Loaders } from '../graphql/context.ts';
import { LiveSource } from '../graphql/live-source.ts';
import type { FaultReporter } from '../graphql/present-error.ts';
import type { Memory } from '../kept/memory.ts';
import type { Turns } from '../fairness/turns.ts';
import { BatchSlots } from './batch-slots.ts';
import type { KnownDocuments } from './known-documents.ts';
import { liveContext } from './live-context.ts';
import { SelectionRenderer } from './renderer.ts';
import { SharedLoads } from './shared-loads.ts';
import { type Selection, selectionKey } from './selection.ts';

export interface LiveOptions {
  readonly schema: GraphQLSchema;
  readonly db: Pick<Database, 'forNode' | 'forEvents'>;
  readonly hub: Hub;
  /** Where rows are kept for pages and events together. */
  readonly memory: Memory;
  /** Documents whose selections are always accepted. */
  readonly known: KnownDocuments;
  readonly turns: Turns;
  readonly report: FaultReporter;
}

/** A subscription to open: valid, and within all limits. */
export interface LiveRequest {
  readonly selection: Selection;
  readonly viewer: Viewer | null;
  /** The client's address, for limits. */
  readonly address: string;
  readonly sink: Sink;
  /**
   * The cursor from which the client continues, which overrides the operation's; undefined: the operation's cursor
   * applies.
   */
  readonly after?: string | undefined;
}

/** An open subscription. */
export interface LiveOperation {
  /** Ends the subscription because the client has gone. */
  close(): void;
  /** Applies a change of the viewer's rights. Rejects if the new rights can't be determined now. */
  changeViewer(viewer: Viewer | null): Promise<void>;
}

/** A subscription and its viewer, from which its membership in a group is made. */
interface Wanted {
  readonly selection: Selection;
  readonly source: LiveSource;
  readonly viewer: Viewer | null;
  readonly address: string;
}

/** Opens subscriptions, the same for every transport. */
export class LiveOperations {
  readonly #loads: SharedLoads;
  readonly #slots = new BatchSlots();

  constructor(private readonly options: LiveOptions) {
    this.#loads = new SharedLoads(options.db, options.turns, options.memory);
  }

  /**
   * @returns the operation, whose sink may have been written to by now; or the result that is the whole answer to its
   *   client
   * @throws RequestError NOT_FOUND, TOO_MANY_SUBSCRIPTIONS
   */
  async open(request: LiveRequest): Promise<LiveOperation | ExecutionResult> {
    const { selection, viewer, address, sink } = request;
    const { hub } = this.options;
    const source = await this.#sourceOf(selection, viewer);
    if (!(source instanceof LiveSource)) return source;
    const handle = await hub.subscribe({
      log: source.log,
      after: request.after ?? source.after,
      sink,
      ...this.#membership({ selection, source, viewer, address }),
    });
    return this.#operation(handle, { selection, source, address });
  }

  async #sourceOf(selection: Selection, viewer: Viewer | null): Promise<LiveSource | ExecutionResult> {
    const { schema } = this.options;
    const db = this.options.db.forNode('subscriptions');
    const { document, operationName, variables } = selection;
    const contextValue = liveContext(viewer, new Loaders({ db, viewer }));
    const source = await createSourceEventStream({
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue,
    });
    if (source instanceof LiveSource || !(Symbol.asyncIterator in source)) return source;
    throw new Error('A subscription is not made of a live source');
  }

  #membership({ selection, source, viewer, address }: Wanted): Membership {
    const { known } = this.options;
    const isKnown = known.has(selection);
    return {
      key: `${sightOf(viewer)} ${selectionKey(selection)}`,
      viewer,
      address,
      isKnown,
      createRenderer: () =>
        new SelectionRenderer({
          ...this.options,
          loads: this.#loads,
          slots: this.#slots,
          selection,
          source,
          viewer,
          isKnown,
        }),
    };
  }

  #operation(handle: Handle, wanted: Omit<Wanted, 'viewer'>): LiveOperation {
    return {
      close: () => handle.close(),
      changeViewer: (viewer) => handle.change(this.#membership({ ...wanted, viewer })),
    };
  }
}
