import type { FormattedExecutionResult, SubscribePayload } from 'graphql-ws/client';
import type { GraphQLFormattedError } from 'graphql';
import { backOffMs } from './back-off.ts';
import type { Connection, Rider } from './connection.ts';
import type { Connections } from './connections.ts';
import { type Interruption, interruptionOf, LiveError } from './live-error.ts';

export type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;

/** Callbacks of an operation. None follows `error` or `complete`. */
export interface OperationListener {
  /** The operation was sent, for the first time or again. */
  sent(): void;
  interrupted(interruption: Interruption): void;
  /** @throws an error ends the operation, whose cursor does not move */
  next(result: Result, event: Readonly<Record<string, unknown>>): void;
  /** The service completed the operation. @returns true: it is over; false: resubscribe */
  acceptsEnd(): boolean;
  /** @returns the cursor to resume from in spite of the error; undefined: the error is final */
  resumesAfter(error: LiveError): string | undefined;
  complete(): void;
  error(error: LiveError): void;
}

/** Refusals that are temporary. */
const passing: ReadonlySet<string | undefined> = new Set([
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
]);

/** The event in a result: the value of its only field. */
function eventOf({ data }: Result): Readonly<Record<string, unknown>> {
  const { __typename, ...fields } = data ?? {};
  const [event] = Object.values(fields);
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
}

/** A subscription that is renewed after each interruption, from the cursor of its last event. */
export class ResumedOperation implements Rider {
  readonly #connections: Connections;
  /** Undefined until the start. */
  #connection: Connection | undefined;
  readonly #payload: SubscribePayload;
  readonly #listener: OperationListener;
  #after: unknown;
  /** Unsubscribes; a new function each time, so that late callbacks of an earlier subscription are recognised. */
  #detach: (() => void) | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #refusals = 0;
  #isSent = false;
  #ended = false;

  constructor(connections: Connections, payload: SubscribePayload, listener: OperationListener) {
    this.#connections = connections;
    this.#listener = listener;
    this.#after = payload.variables?.after ?? undefined;
    const variables = { ...payload.variables };
    // A getter, because graphql-ws reads it whenever it sends the operation, including reconnections of its own.
    Object.defineProperty(variables, 'after', { enumerable: true, get: () => this.#after });
    this.#payload = { ...payload, variables };
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  start(): void {
    if (this.#ended) return;
    this.#connection = this.#connections.board(this);
    this.#attach(this.#connection);
  }

  /** Ends the operation without calling the listener. */
  stop(): void {
    this.#ended = true;
    this.pause();
    this.#connection?.leave(this);
  }

  /** Unsubscribes until `resume`. */
  pause(): void {
    clearTimeout(this.#retry);
    const detach = this.#detach;
    this.#detach = undefined;
    // Deferred: if an operation is cancelled while it receives an event and its completion came in the same packet,
    // graphql-ws releases the socket twice, and closes it although other operations use it.
    if (detach) queueMicrotask(detach);
  }

  resume(): void {
    if (this.#connection && !this.#ended && !this.#detach) this.#attach(this.#connection);
  }

  connected(): void {
    if (this.#detach) this.#sent();
  }

  interrupted(interruption: Interruption): void {
    if (this.#detach) this.#interrupted(interruption);
  }

  #sent(): void {
    this.#isSent = true;
    this.#listener.sent();
  }

  #interrupted(interruption: Interruption): void {
    this.#isSent = false;
    this.#listener.interrupted(interruption);
  }

  #attach(connection: Connection): void {
    const detach = () => unsubscribe();
    this.#detach = detach;
    const ifCurrent =
      <T extends unknown[]>(act: (...args: T) => void) =>
      (...args: T): void => {
        if (this.#detach === detach) act(...args);
      };
    const unsubscribe = connection.client.subscribe<Record<string, unknown>>(this.#payload, {
      next: ifCurrent((result: Result) => this.#next(result)),
      error: ifCurrent((error: unknown) => this.#failed(error, connection)),
      complete: ifCurrent(() => this.#completed()),
    });
    if (connection.isConnected) this.#sent();
  }

  #next(result: Result): void {
    if (result.errors) return this.#refused(result.errors);
    const event = eventOf(result);
    try {
      this.#listener.next(result, event);
    } catch (error) {
      return this.#end(
        error instanceof LiveError ? error : new LiveError('handler', String(error), { cause: error }),
      );
    }
    if (typeof event.cursor === 'string') this.#after = event.cursor;
    this.#refusals = 0;
  }

  #failed(error: unknown, connection: Connection): void {
    if (Array.isArray(error)) return this.#refused(error as GraphQLFormattedError[]);
    const interruption = connection.explain(error);
    const fatal = connection.verdict(interruption);
    if (fatal) return this.#end(fatal);
    this.#interrupted(interruption);
    this.pause();
    this.resume();
  }

  #refused(errors: readonly GraphQLFormattedError[]): void {
    const error = new LiveError('refused', errors[0]?.message ?? 'The service refused', { errors });
    if (passing.has(error.code)) return this.#tryLater(error, errors[0]?.extensions?.retryAfterSeconds);
    const after = this.#listener.resumesAfter(error);
    if (after === undefined) return this.#end(error);
    this.#after = after;
    this.pause();
    this.resume();
  }

  #completed(): void {
    if (!this.#listener.acceptsEnd()) return this.#tryLater(new Error('The stream ended unexpectedly'));
    this.stop();
    this.#listener.complete();
  }

  /** The socket is intact, so only this operation waits. */
  #tryLater(error: Error, seconds?: unknown): void {
    this.#refusals += 1;
    this.#interrupted(interruptionOf(error));
    this.pause();
    if (this.#ended) return;
    const leastMs = typeof seconds === 'number' ? seconds * 1000 : 0;
    this.#retry = setTimeout(
      () => this.resume(),
      leastMs + backOffMs(this.#refusals, this.#connections.maxWaitMs),
    );
  }

  #end(error: LiveError): void {
    this.stop();
    this.#listener.error(error);
  }
}
