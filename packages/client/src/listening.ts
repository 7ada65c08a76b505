import type { SubscribePayload } from 'graphql-ws/client';
import { backOffMs } from './back-off.ts';
import type { Connections } from './connections.ts';
import { Handover, isThenable } from './handover.ts';
import { type Interruption, interruptionOf, LiveError } from './live-error.ts';
import { type OperationListener, ResumedOperation, type Result } from './resumed-operation.ts';

/**
 * As in the schema, which may gain further values. `EVENT_OMITTED`: an event exceeded the size limit of a single event.
 */
export type ResetReason = 'EXPIRED' | 'TOO_MANY' | 'UNKNOWN_CURSOR' | 'EPOCH_CHANGED' | 'EVENT_OMITTED';

/** Missed events cannot be sent: load the page again. */
export interface Reset {
  readonly reason: ResetReason;
  /** The cursor from which the stream continues. */
  readonly cursor: string;
}

/**
 * - `connecting`: no connection; `interruption` says why it was lost, or why the last attempt failed.
 * - `catching-up`: missed events are being sent.
 * - `live`: missed events have been handed over, and new ones arrive as they happen.
 * - `reset`: missed events cannot be sent. Lasts until the page was loaded again and the stream is live; `interruption`
 * says why the last attempt to load it failed.
 * - `ended`: final.
 */
export type LiveState =
  | { readonly status: 'connecting'; readonly interruption?: Interruption }
  | { readonly status: 'catching-up' | 'live' }
  | { readonly status: 'reset'; readonly reset: Reset; readonly interruption?: Interruption }
  | { readonly status: 'ended'; readonly because: 'stopped' | 'unpublished' }
  | { readonly status: 'ended'; readonly because: 'failed'; readonly error: LiveError };

export type EndedState = Extract<LiveState, { status: 'ended' }>;

/** One subscription to an article, an inbox, the site or moderation. */
export interface Listening {
  /**
   * Cursor of the last event that was handed over, initially the one to begin from: store it to resume there next time.
   */
  readonly cursor: string | undefined;
  readonly state: LiveState;
  /** Resolves with the final state. Never rejects. */
  readonly ended: Promise<EndedState>;
  stop(): void;
}

/** Callbacks of the application. A returned promise is awaited, and later events wait behind it. */
export interface Handlers {
  readonly onEvent: (event: never) => unknown;
  readonly onReset: (reset: Reset) => unknown;
  readonly onState?: ((state: LiveState) => void) | undefined;
}

export interface ListeningOptions extends Handlers {
  readonly payload: SubscribePayload;
  readonly signal: AbortSignal | undefined;
  /**
   * Whether a checkpoint marks the end of the missed events; without checkpoints a stream counts as live from
   * its start.
   */
  readonly hasCheckpoints: boolean;
}

const resets: ReadonlySet<unknown> = new Set(['ArticleReset', 'ViewerReset', 'SiteReset', 'ModerationReset']);
const checkpoints: ReadonlySet<unknown> = new Set([
  'ArticleCheckpoint',
  'ViewerCheckpoint',
  'SiteCheckpoint',
  'ModerationCheckpoint',
]);

/** Hands the events of one subscription to the application, and reports the state of their stream. */
export class EventListening implements Listening, OperationListener {
  readonly ended: Promise<EndedState>;
  readonly #options: ListeningOptions;
  readonly #maxWaitMs: number;
  readonly #operation: ResumedOperation;
  readonly #handover: Handover;
  readonly #onEnded: () => void;
  #resolveEnded!: (state: EndedState) => void;
  #cursor: string | undefined;
  #state: LiveState = { status: 'connecting' };
  /** Identity of one sending of the operation, new each time; undefined: not sent. */
  #turn: object | undefined;
  #isResetting = false;
  /** The reset that is being handled. */
  #reset: Reset | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isUnpublished = false;
  /** Whether any event has arrived: the article exists, or existed. */
  #isKnown = false;

  /** @param onEnded called once */
  constructor(connections: Connections, options: ListeningOptions, onEnded: (self: EventListening) => void) {
    this.#options = options;
    this.#maxWaitMs = connections.maxWaitMs;
    this.#onEnded = () => onEnded(this);
    this.#cursor = (options.payload.variables?.after as string | null | undefined) ?? undefined;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#operation = new ResumedOperation(connections, options.payload, this);
    this.#handover = new Handover({
      onFull: () => this.#operation.pause(),
      onDrained: () => this.#operation.resume(),
      onFailure: (cause) => this.#fail(cause),
    });
  }

  start(): void {
    const { signal } = this.#options;
    if (signal?.aborted) return this.stop();
    signal?.addEventListener('abort', this.stop);
    this.#report({ status: 'connecting' });
    this.#operation.start();
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  get state(): LiveState {
    return this.#state;
  }

  readonly stop = (): void => this.#end({ status: 'ended', because: 'stopped' });

  sent(): void {
    this.#turn = {};
    if (this.#reset) this.#report({ status: 'reset', reset: this.#reset });
    else if (!this.#isResetting)
      this.#report({ status: this.#options.hasCheckpoints ? 'catching-up' : 'live' });
  }

  interrupted(interruption: Interruption): void {
    this.#turn = undefined;
    this.#report({ status: 'connecting', interruption });
  }

  next(_result: Result, event: Readonly<Record<string, unknown>>): void {
    const { __typename: type, cursor } = event;
    const isComplete = typeof type === 'string' || !this.#options.hasCheckpoints;
    if (typeof cursor !== 'string' || !isComplete)
      throw new LiveError('document', 'The subscription must select __typename and cursor of each event');
    this.#isKnown = true;
    this.#isUnpublished = type === 'ArticleUnpublished';
    if (resets.has(type)) return this.#addReset(cursor, event.resetReason);
    // Handled as a reset: the page that is loaded again shows the change of the omitted event.
    if (type === 'EventOmitted') return this.#addReset(cursor, 'EVENT_OMITTED');
    const turn = this.#turn;
    this.#handover.add({
      act: () => this.#options.onEvent(event as never),
      done: () => {
        this.#cursor = cursor;
        // A checkpoint that is handed over late says nothing about a newer connection.
        if (checkpoints.has(type) && turn === this.#turn) this.#report({ status: 'live' });
      },
    });
  }

  acceptsEnd(): boolean {
    if (this.#options.hasCheckpoints) return this.#isUnpublished;
    // No event says why the stream ended. If the article was unpublished, resubscribing reveals it.
    this.#isUnpublished = true;
    return false;
  }

  resumesAfter({ code, errors: [error] }: LiveError): string | undefined {
    const { cursor, resetReason } = error?.extensions ?? {};
    if (code !== 'ARTICLE_RESET' || typeof cursor !== 'string') return undefined;
    this.#addReset(cursor, resetReason);
    return cursor;
  }

  complete(): void {
    this.#endBehindEvents({ status: 'ended', because: 'unpublished' });
  }

  error(error: LiveError): void {
    // The article was unpublished while there was no connection, or after the last event that was sent.
    if ((this.#isKnown || this.#isUnpublished) && error.code === 'NOT_FOUND') return this.complete();
    this.#endBehindEvents({ status: 'ended', because: 'failed', error });
  }

  #addReset(cursor: string, reason: unknown): void {
    const reset: Reset = { reason: reason as ResetReason, cursor };
    this.#isResetting = true;
    this.#handover.add({
      act: () => {
        this.#reset = reset;
        this.#report({ status: 'reset', reset });
        return this.#loadAgain(reset, 1);
      },
      done: () => {
        this.#cursor = cursor;
        this.#reset = undefined;
        this.#isResetting = false;
        if (!this.#options.hasCheckpoints && this.#turn) this.#report({ status: 'live' });
      },
    });
  }

  /**
   * Retries until the page loads: the cause of the reset may still keep the service from answering.
   * @param attempt from 1
   */
  #loadAgain(reset: Reset, attempt: number): unknown {
    const tryLater = (cause: unknown): Promise<unknown> => {
      if (this.#turn) this.#report({ status: 'reset', reset, interruption: interruptionOf(cause) });
      // If the subscription has ended meanwhile, the promise never resolves, so the handover never completes this item.
      return new Promise<void>((resolve) => {
        if (this.#state.status === 'ended') return;
        this.#retry = setTimeout(resolve, backOffMs(attempt, this.#maxWaitMs));
      }).then(() => this.#loadAgain(reset, attempt + 1));
    };
    try {
      const result = this.#options.onReset(reset);
      return isThenable(result) ? result.then(undefined, tryLater) : undefined;
    } catch (cause) {
      return tryLater(cause);
    }
  }

  #report(state: LiveState): void {
    const { status } = this.#state;
    if (status === 'ended' || (status === state.status && (status === 'live' || status === 'catching-up')))
      return;
    this.#state = state;
    try {
      this.#options.onState?.(state);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    const error = new LiveError('handler', `The application’s handler threw: ${String(cause)}`, { cause });
    this.#end({ status: 'ended', because: 'failed', error });
  }

  #endBehindEvents(state: EndedState): void {
    this.#handover.add({ act: () => undefined, done: () => this.#end(state) });
  }

  #end(state: EndedState): void {
    if (this.#state.status === 'ended') return;
    clearTimeout(this.#retry);
    this.#handover.clear();
    this.#operation.stop();
    this.#options.signal?.removeEventListener('abort', this.stop);
    this.#report(state);
    this.#resolveEnded(state);
    this.#onEnded();
  }
}
