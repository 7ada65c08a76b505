import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Authenticated, Authenticator } from '../../platform/auth/authenticate.ts';
import { ClientLimits, type RateLimits } from '../../platform/auth/rate-limits.ts';
import { clientOf, type Viewer } from '../../platform/auth/viewer.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import { type FaultReporter, isFault, presentError } from '../../platform/graphql/present-error.ts';
import type { LiveOperation, LiveOperations, LiveRequest } from '../../platform/live/operations.ts';
import type { RightsWatch } from '../../platform/live/rights-watch.ts';
import type { Selection } from '../../platform/live/selection.ts';
import type { Client } from '../../platform/operations/client.ts';
import type { Door, Gate } from '../../platform/operations/gate.ts';
import { answersOf, type Holdings } from '../../platform/http/holdings.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { mayOpenStream } from '../../platform/http/origins.ts';
import { originRefusal } from '../../platform/http/refusals.ts';
import type { ConnectionSet } from './connection-set.ts';
import { toGraphqlError } from './operation-life.ts';
import { Outflow } from './outflow.ts';
import { Tally } from '../../platform/http/tally.ts';

export interface LiveServiceOptions {
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly door: Door;
  readonly operations: LiveOperations;
  readonly rights: RightsWatch;
  readonly rates: RateLimits;
  /** Accounts for bytes that connections have not taken yet. */
  readonly holdings: Holdings;
  readonly connections: ConnectionSet;
  readonly pageOrigins: readonly string[];
  /** Called with the reason why a page was refused, so that its developers can find the reason in the log. */
  readonly onRefused: (message: string) => void;
  readonly limits: { readonly maxSocketsPerViewer: number };
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

/** Events of a connection that come from outside. */
export interface ConnectionEvents {
  /** The rights of its viewer have changed. */
  readonly onChange: (authenticated: Authenticated) => void;
  /** Its authentication has expired, or its session has ended. */
  readonly onEnd: () => void;
}

/** The client that subscribes. */
export interface Subscribing {
  readonly viewer: Viewer | null;
  readonly address: string;
  /** As for `Client`. */
  readonly credentialError?: RequestError;
}

/** A subscription that may start, or the errors that its client receives. */
export type Accepted =
  | { readonly errors: readonly GraphQLFormattedError[] }
  | { readonly errors?: undefined; readonly selection: Selection };

/**
 * The part of live connections that is independent of the transport: their limits, their rights, and the checks of
 * operations.
 */
export class LiveService {
  readonly #byViewer = new Tally();

  constructor(private readonly options: LiveServiceOptions) {}

  get schema(): GraphQLSchema {
    return this.options.gate.schema;
  }

  /** The live connections of the node. */
  get connections(): ConnectionSet {
    return this.options.connections;
  }

  /**
   * Checks whether a client may open a live connection, and counts the connection.
   * @returns a function that ends the count
   * @throws RequestError ORIGIN_NOT_ALLOWED for a page of another site; UNAVAILABLE, RATE_LIMITED
   */
  enter(headers: IncomingHttpHeaders, address: string): () => void {
    this.requireOrigin(headers);
    return this.options.connections.enter(address);
  }

  /** @throws RequestError ORIGIN_NOT_ALLOWED for a page of another site */
  requireOrigin(headers: IncomingHttpHeaders): void {
    const { pageOrigins, onRefused } = this.options;
    if (mayOpenStream(headers, pageOrigins)) return;
    const message = originRefusal(headers.origin);
    onRefused(message);
    throw new RequestError('ORIGIN_NOT_ALLOWED', message);
  }

  /** The outflow of a connection, whose untaken bytes count as responses to its address. */
  outflow(socket: Socket, address: string): Outflow {
    return new Outflow(socket, (bytes) => this.options.holdings.hold(answersOf(address), bytes, socket));
  }

  /**
   * Counts a message of a connection, or the request for one, before any of it is parsed.
   * @returns the reason why it may not be parsed; undefined: it may
   */
  async arrive(address: string): Promise<RequestError | undefined> {
    const { refusal } = await this.options.gate.arrive(address);
    if (!refusal) await this.turn(address);
    return refusal;
  }

  /** Waits for a turn to continue with a request; undefined: it need not wait. */
  turn(address: string): Promise<void> | undefined {
    return this.options.gate.turn(address);
  }

  /** @throws RequestError UNAUTHENTICATED */
  authenticate(authorization: string | undefined): Promise<Authenticated | null> {
    return this.options.authenticator.authenticate(authorization);
  }

  /**
   * Counts the connection of an account or of a machine token, and watches the viewer's rights for it.
   * @returns a function that ends both; undefined: as many connections are open as may be
   */
  attend(
    { viewer, expiresAt }: Authenticated,
    { onChange, onEnd }: ConnectionEvents,
  ): (() => void) | undefined {
    const client = clientOf(viewer);
    if (this.#byViewer.count(client) >= this.options.limits.maxSocketsPerViewer) return undefined;
    this.#byViewer.add(client);
    const unwatch = this.options.rights.watch({
      viewer,
      expiresAt,
      onChange: (changed) => onChange({ viewer: changed, expiresAt }),
      onEnd,
    });
    return () => {
      this.#byViewer.remove(client);
      unwatch();
    };
  }

  /** Checks an operation by the gate, and charges its client. */
  async accept(who: Subscribing, received: unknown): Promise<Accepted> {
    const { gate, door } = this.options;
    const admitted = await gate.admit(received, this.#clientOf(who), door);
    if (admitted.errors) return { errors: admitted.errors };
    const { document, operationName, variables, cost } = admitted;
    return { selection: { document, operationName, variables, cost } };
  }

  /** Refuses a message that holds no valid operation, at the cost of every refusal. */
  async refuse(who: Subscribing, error: RequestError): Promise<readonly GraphQLFormattedError[]> {
    return (await this.options.gate.refuse(error, this.#clientOf(who))).errors;
  }

  #clientOf({ viewer, address, credentialError }: Subscribing): Client {
    const limits = new ClientLimits(this.options.rates, { viewer, address });
    return { viewer, address, limits, ...(credentialError ? { credentialError } : {}) };
  }

  /**
   * @returns the operation, or the result that is the whole answer to its client
   * @throws faults of the service, after which the client should reconnect
   */
  async open(request: LiveRequest): Promise<LiveOperation | ExecutionResult> {
    try {
      const opened = await this.options.operations.open(request);
      const fault = 'close' in opened ? undefined : opened.errors?.find((error) => isFault(error));
      if (fault !== undefined) throw fault;
      return opened;
    } catch (error) {
      if (error instanceof RequestError) return { errors: [toGraphqlError(error)] };
      throw error;
    }
  }

  /** Applies a viewer's rights to an open operation; an operation that they no longer allow ends by itself. */
  applyRights(operation: LiveOperation, viewer: Viewer | null, giveUp: () => void): void {
    operation.changeViewer(viewer).catch((error: unknown) => {
      this.report(error);
      giveUp();
    });
  }

  report(error: unknown): void {
    this.options.onFault('subscription', error);
  }

  /** Converts an error to the form that the client receives, and counts it. */
  present(error: unknown): GraphQLFormattedError {
    const presented = presentError(error, this.options.onFault);
    this.options.metrics.countError(String(presented.extensions?.code));
    return presented;
  }
}
