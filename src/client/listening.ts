import type { SubscribePayload } from 'graphql-ws';
import { backOffMs } from './back-off.ts';
import type { Connection } from './connection.ts';
import { Handover, isThenable } from './handover.ts';
import { type Interruption, interruptionOf, LiveError } from './live-error.ts';
import { type OperationListener, ResumedOperation, type Result } from './resumed-operation.ts';

/** As in the schema; others may come. `EVENT_OMITTED`: an event took more than may be sent of one. */
export type ResetReason = 'EXPIRED' | 'TOO_MANY' | 'UNKNOWN_CURSOR' | 'EPOCH_CHANGED' | 'EVENT_OMITTED';

/** What was missed can't be sent: load the page again. */
export interface Reset {
  readonly reason: ResetReason;
  /** Where the stream goes on. */
  readonly cursor: string;
}

/**
 * - `connecting`: no connection; `interruption` says why it was lost, or why the last attempt came to nothing.
 * - `catching-up`: what was missed is being sent.
 * - `live`: what was missed has been handed over, and what happens comes as it does.
 * - `reset`: what was missed can't be sent. Lasts until the page was loaded again and the stream is live; `interruption` says
 *   why the last attempt to load it failed.
 * - `ended`: for good.
 */
export type LiveState =
  | { readonly status: 'connecting'; readonly interruption?: Interruption }
  | { readonly status: 'catching-up' | 'live' }
  | { readonly status: 'reset'; readonly reset: Reset; readonly interruption?: Interruption }
  | { readonly status: 'ended'; readonly because: 'stopped' | 'unpublished' }
  | { readonly status: 'ended'; readonly because: 'failed'; readonly error: LiveError };

export type EndedState = Extract<LiveState, { status: 'ended' }>;

/** One subscription to one article. */
export interface Listening {
  /** Of the last event that was handed over, at first the one to begin from: store it, and begin there next time. */
  readonly cursor: string | undefined;
  readonly state: LiveState;
  /** How it ended, once it has. Never rejects. */
  readonly ended: Promise<EndedState>;
  stop(): void;
}

/** What the application does. What returns a promise is waited for; what comes meanwhile waits behind it. */
export interface Handlers {
  readonly onEvent: (event: never) => unknown;
  readonly onReset: (reset: Reset) => unknown;
  readonly onState?: ((state: LiveState) => void) | undefined;
}

export interface ListeningOptions extends Handlers {
  readonly payload: SubscribePayload;
  readonly signal: AbortSignal | undefined;
  /** Whether an `ArticleCheckpoint` says when everything was sent; without it a stream counts as live from its start. */
  readonly hasCheckpoints: boolean;
}

/** Hands the events of one article over, and says what state their stream is in. */
export class ArticleListening implements Listening, OperationListener {
  readonly ended: Promise<EndedState>;
  readonly #options: ListeningOptions;
  readonly #maxWaitMs: number;
  readonly #operation: ResumedOperation;
  readonly #handover: Handover;
  readonly #onEnded: () => void;
  #resolveEnded!: (state: EndedState) => void;
  #cursor: string | undefined;
  #state: LiveState = { status: 'connecting' };
  /** Another one for each time that the operation is sent; undefined: it is not. */
  #turn: object | undefined;
  #isResetting = false;
  /** The one that is being dealt with. */
  #reset: Reset | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isUnpublished = false;
  /** Whether it has got anything: there is, or was, such an article. */
  #isKnown = false;

  /** @param onEnded called once */
  constructor(connection: Connection, options: ListeningOptions, onEnded: (self: ArticleListening) => void) {
    this.#options = options;
    this.#maxWaitMs = connection.maxWaitMs;
    this.#onEnded = () => onEnded(this);
    this.#cursor = (options.payload.variables?.after as string | null | undefined) ?? undefined;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#operation = new ResumedOperation(connection, options.payload, this);
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
    if (type === 'ArticleReset') return this.#addReset(cursor, event.resetReason);
    // The page that is loaded again shows what the event was about.
    if (type === 'EventOmitted') return this.#addReset(cursor, 'EVENT_OMITTED');
    const turn = this.#turn;
    this.#handover.add({
      act: () => this.#options.onEvent(event as never),
      done: () => {
        this.#cursor = cursor;
        // One that was handed over late says nothing of a connection that came after it.
        if (type === 'ArticleCheckpoint' && turn === this.#turn) this.#report({ status: 'live' });
      },
    });
  }

  acceptsEnd(): boolean {
    if (this.#options.hasCheckpoints) return this.#isUnpublished;
    // No event says why. If the article was taken back, asking once more shows it.
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
    // Taken back while there was no connection, or behind the last event that was sent.
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
   * A page that can't be loaded now can be later: whatever caused the reset may still keep the service from answering.
   * @param attempt from 1
   */
  #loadAgain(reset: Reset, attempt: number): unknown {
    const tryLater = (cause: unknown): Promise<unknown> => {
      if (this.#turn) this.#report({ status: 'reset', reset, interruption: interruptionOf(cause) });
      // What has ended meanwhile waits for nothing; its handover is never told that this is done.
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
