import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GraphQLError, type GraphQLSchema, subscribe } from 'graphql';
import { type Context as WsContext, handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticated, Authenticator } from '../auth/authenticate.ts';
import type { CostBudget } from '../auth/cost-budget.ts';
import { RequestError } from '../errors.ts';
import type { StreamConnection } from '../events/stream-connection.ts';
import type { Context } from '../graphql/context.ts';
import type { DocumentLimits } from '../graphql/limits.ts';
import { type FaultReporter, presentError } from '../graphql/present-error.ts';
import type { TrustedDocuments } from '../graphql/trusted-documents.ts';
import { acceptSubscription, refusal, type SubscribePayload } from './accept-subscription.ts';
import { endOnFault } from './end-on-fault.ts';
import type { Metrics } from './metrics.ts';
import { budgetKey, outOfBudget } from './operation-gate.ts';
import { authorizationOf } from './connection-params.ts';
import { isAllowedOrigin } from './origins.ts';
import { originRefusal, refusalBody } from './refusals.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  /** Makes the context of one operation. */
  readonly createContext: (connection: {
    authenticated: Authenticated | null;
    address: string;
    connection: StreamConnection;
  }) => Context;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limits: DocumentLimits & {
    readonly maxQueryCost: number;
    readonly maxSubscriptionsPerSocket: number;
    readonly maxSocketsPerAddress: number;
    readonly socketPingMs: number;
  };
  /** Undefined: costs are not counted. */
  readonly budget: CostBudget | undefined;
  /** Undefined: any subscription may run. */
  readonly trusted: TrustedDocuments | undefined;
  readonly allowedOrigins: readonly string[];
  /** Told why an upgrade was refused, where its sender can do something about it. */
  readonly onRefused: (message: string) => void;
  readonly metrics: Metrics;
  readonly onFault: FaultReporter;
}

/** The largest message that a client may send, in bytes. */
const maxPayload = 64 * 1024;

// What the stock graphql-ws client does with them: it comes back after all of these.
const closeServiceRestart = 1012;
const closeTryAgainLater = 1013;
const closeForbidden = 4403;
// The protocol's code for an id that is in use; nothing comes back after it.
const closeSubscriberExists = 4409;

interface Extra {
  readonly socket: WebSocket;
  readonly address: string;
  authenticated: Authenticated | null;
  /** Operations whose stream is not open yet; the protocol library forgets those that the client gives up meanwhile. */
  readonly opening: Set<string>;
  expiry?: NodeJS.Timeout;
  /** Since when the socket has not taken what it was given; undefined: it has taken everything. */
  sendingSince: number | undefined;
}

type Connection = WsContext<Record<string, unknown> | undefined, Extra>;

/** How long a peer may take to answer a close; one that is dead or does not read would hold the service up. */
const closeGraceMs = 2000;

/** How many bytes may wait for a client that goes on sending. */
const maxUnread = 1024 * 1024;

/** How long a socket may take nothing before its client counts as not reading. */
const blockedAfterMs = 1000;

/** Asks a client to come back later; one that does not even read the request is cut off. */
function sendAway(socket: WebSocket): void {
  socket.close(closeTryAgainLater, 'Try again later');
  const deadline = setTimeout(() => socket.terminate(), closeGraceMs);
  socket.once('close', () => clearTimeout(deadline));
}

/** Longest delay of a timer, in milliseconds; Node fires at once beyond it. */
const maxDelay = 2 ** 31 - 1;

/** GraphQL subscriptions over WebSocket, by the graphql-transport-ws protocol. */
export class WebSocketGateway {
  readonly #options: WebSocketOptions;
  readonly #wss: WebSocketServer;
  readonly #protocol;
  readonly #byAddress = new Map<string, number>();
  #draining = false;

  constructor(options: WebSocketOptions) {
    this.#options = options;
    this.#wss = new WebSocketServer({
      noServer: true,
      maxPayload,
      perMessageDeflate: false,
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
    this.#protocol = makeServer<Record<string, unknown> | undefined, Extra>({
      schema: options.schema,
      connectionInitWaitTimeout: 5000,
      onConnect: (connection) => this.#connect(connection),
      onSubscribe: (connection, id, payload) => this.#accept(connection, id, payload),
      onOperation: ({ extra }, id) => void extra.opening.delete(id),
      subscribe: async (args) => {
        const { connection } = args.contextValue as Context;
        return endOnFault(await subscribe(args), {
          end: () => connection?.end(),
          report: options.onFault,
        }) as OperationResult;
      },
      onNext: (_connection, _id, _payload, _args, result) =>
        result.errors && { ...result, errors: result.errors.map((error) => this.#present(error)) },
      onError: (_connection, _id, _payload, errors) => errors.map((error) => this.#present(error)),
    });
    options.server.on('upgrade', this.#upgrade);
  }

  get size(): number {
    return this.#wss.clients.size;
  }

  /**
   * Takes no new sockets and sends the open ones away in batches, so that they don't all come back at once. Resolves when
   * they are gone.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    const sockets = [...this.#wss.clients];
    const batch = Math.max(1, Math.ceil(sockets.length * 0.05));
    while (sockets.length > 0) {
      for (const socket of sockets.splice(0, batch)) socket.close(closeServiceRestart, 'Service restart');
      if (sockets.length > 0) await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const left = [...this.#wss.clients];
    const deadline = setTimeout(() => left.forEach((socket) => socket.terminate()), closeGraceMs);
    await Promise.all(left.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    clearTimeout(deadline);
  }

  /** Ends what did not go by itself. */
  close(): void {
    this.#options.server.off('upgrade', this.#upgrade);
    for (const socket of this.#wss.clients) socket.terminate();
    this.#wss.close();
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { path, allowedOrigins, addressOf, limits } = this.#options;
    const refuse = (status: string, ...body: Parameters<typeof refusalBody>) => {
      const text = JSON.stringify(refusalBody(...body));
      socket.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
          `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
    };
    socket.on('error', () => socket.destroy());
    const address = addressOf(request);
    const { origin, host } = request.headers;
    if (request.url?.split('?')[0] !== path)
      return refuse('404 Not Found', 'NOT_FOUND', `WebSockets are opened at ${path}.`);
    if (this.#draining)
      return refuse('503 Service Unavailable', 'UNAVAILABLE', 'The service is shutting down: try again.');
    if (!isAllowedOrigin(origin, host, allowedOrigins)) {
      const message = originRefusal(origin);
      this.#options.onRefused(message);
      return refuse('403 Forbidden', 'ORIGIN_NOT_ALLOWED', message);
    }
    if ((this.#byAddress.get(address) ?? 0) >= limits.maxSocketsPerAddress)
      return refuse(
        '429 Too Many Requests',
        'RATE_LIMITED',
        'This address has as many sockets open as it may.',
      );
    this.#wss.handleUpgrade(request, socket, head, (opened) => this.#open(opened, address));
  };

  #open(socket: WebSocket, address: string): void {
    const { limits, metrics, onFault } = this.#options;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    const extra: Extra = {
      socket,
      address,
      authenticated: null,
      opening: new Set(),
      sendingSince: undefined,
    };
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        // Resolves when the socket has taken the bytes: whoever produces waits for whoever reads.
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve();
            extra.sendingSince ??= performance.now();
            socket.send(data, (error) => {
              extra.sendingSince = socket.bufferedAmount > 0 ? performance.now() : undefined;
              if (error) reject(error);
              else resolve();
            });
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data: Buffer) => {
            // Answers pile up in memory for a client that asks and does not read.
            if (socket.bufferedAmount > maxUnread) return socket.terminate();
            handle(data.toString()).catch((error: unknown) => {
              if (socket.readyState !== socket.OPEN) return;
              onFault('websocket', error);
              sendAway(socket);
            });
          }),
      },
      extra,
    );
    // A frame that breaks the protocol, or a message that is too large: ws closes with the code for it.
    socket.on('error', () => undefined);
    let alive = true;
    socket.on('pong', () => (alive = true));
    const heartbeat = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, limits.socketPingMs);
    socket.once('close', (code: number, reason: Buffer) => {
      clearInterval(heartbeat);
      clearTimeout(extra.expiry);
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
      metrics.socketCloses.inc({ code: String(code) });
      closed(code, reason.toString()).catch((error: unknown) => onFault('websocket', error));
    });
  }

  /** @returns false: the token proves nothing (4403; the stock client comes back with a fresh one) */
  async #connect(connection: Connection): Promise<boolean> {
    const { extra } = connection;
    try {
      extra.authenticated = await this.#options.authenticator.authenticate(
        authorizationOf(connection.connectionParams),
      );
    } catch (error) {
      if (error instanceof RequestError) return false;
      this.#options.onFault('websocket', error);
      sendAway(extra.socket);
      return true;
    }
    if (extra.authenticated && extra.socket.readyState === extra.socket.OPEN) {
      const delay = extra.authenticated.expiresAt.getTime() - Date.now();
      extra.expiry = setTimeout(
        () => extra.socket.close(closeForbidden, 'Access token expired'),
        Math.min(Math.max(delay, 0), maxDelay),
      );
    }
    return true;
  }

  /** Checks one operation as HTTP does, and charges its client for it. */
  async #accept(connection: Connection, id: string, payload: SubscribePayload) {
    const { schema, createContext, budget } = this.#options;
    const { extra } = connection;
    const accepted = acceptSubscription(this.#options, payload);
    if (accepted.errors) return accepted.errors;
    if (extra.opening.has(id)) {
      // Given up and taken again: the first stream would be opened under the second one's id and never end.
      extra.socket.close(closeSubscriberExists, 'The subscriber exists already');
      return refusal(new RequestError('TOO_MANY_SUBSCRIPTIONS'));
    }
    // This one is among them already; those that were given up before they were open are not, and take their place too.
    const taken = new Set([...Object.keys(connection.subscriptions), ...extra.opening]);
    if (taken.size > this.#options.limits.maxSubscriptionsPerSocket)
      return refusal(new RequestError('TOO_MANY_SUBSCRIPTIONS'));
    const contextValue = createContext({
      authenticated: extra.authenticated,
      address: extra.address,
      connection: {
        isBlocked: () =>
          extra.sendingSince !== undefined && performance.now() - extra.sendingSince > blockedAfterMs,
        end: () => sendAway(extra.socket),
      },
    });
    extra.opening.add(id);
    const spent = await budget?.spend(budgetKey(contextValue), accepted.cost);
    if (spent?.granted === false) {
      extra.opening.delete(id);
      return refusal(outOfBudget(accepted.cost, spent.budget));
    }
    const { document, operationName, variableValues } = accepted;
    return { schema, document, operationName, variableValues, contextValue };
  }

  #present(error: GraphQLError): ReturnType<typeof presentError> {
    const presented = presentError(error, this.#options.onFault);
    this.#options.metrics.countError(String(presented.extensions?.code));
    return presented;
  }
}
