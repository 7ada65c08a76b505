import type { Duplex } from 'node:stream';
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Context as WsContext, makeServer } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Authenticated } from '../../platform/auth/authenticate.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import type { LiveOperation } from '../../platform/live/operations.ts';
import type { Selection } from '../../platform/live/selection.ts';
import { closeCodes, sendAway } from './close-socket.ts';
import { authorizationOf } from './connection-params.ts';
import { FrameWriter } from './frame-writer.ts';
import type { LiveService, Subscribing } from '../live/live-service.ts';
import { OperationLife, toGraphqlError } from '../live/operation-life.ts';
import { lookAt, maxIdLength } from './socket-message.ts';
import type { Outflow } from '../live/outflow.ts';
import { SocketSink } from './socket-sink.ts';

export interface SocketProtocolOptions {
  readonly service: LiveService;
  readonly limits: { readonly maxSubscriptionsPerSocket: number };
}

/** One open socket. */
export interface LiveSocket {
  readonly socket: WebSocket;
  /** The connection under the socket. */
  readonly stream: Duplex;
  readonly outflow: Outflow;
  readonly address: string;
  /** Whether the client has answered the last ping. */
  alive: boolean;
  /** The data of the last two pings: an answer may be late. */
  pings: readonly Buffer[];
  /** Whether the connection is acknowledged: operations are accepted only then. */
  greeted: boolean;
  authenticated: Authenticated | null;
  /**
   * Operations whose stream is not open yet; the protocol's library forgets those that the client cancels meanwhile.
   */
  readonly opening: Set<string>;
  /** Operations that are ending; the library takes their end for that of the next one under their id. */
  readonly ending: Set<string>;
  readonly operations: Set<LiveOperation>;
  /** Releases what belongs to the viewer. */
  leave: () => void;
}

type Connection = WsContext<Record<string, unknown> | undefined, LiveSocket>;

/** An accepted operation, on its way through the protocol's library. */
interface Accepted {
  readonly live: LiveSocket;
  readonly id: string;
  readonly selection: Selection;
}

/** How long a client may take to send ConnectionInit, in milliseconds. */
const greetingMs = 5000;

/** A presented error, in the form that the library requires. */
class PresentedError extends GraphQLError {
  readonly presented: GraphQLFormattedError;

  constructor(presented: GraphQLFormattedError) {
    super(presented.message);
    this.presented = presented;
  }
}

const presented = (errors: readonly GraphQLFormattedError[]): GraphQLError[] =>
  errors.map((error) => new PresentedError(error));

const whoOf = ({ authenticated, address }: LiveSocket): Subscribing => ({
  viewer: authenticated?.viewer ?? null,
  address,
});

const isOpen = ({ socket }: LiveSocket): boolean => socket.readyState === socket.OPEN;

/** Speaks graphql-transport-ws on sockets that are open. */
export class SocketProtocol {
  readonly #options: SocketProtocolOptions;
  readonly #server;
  readonly #frames = new FrameWriter();

  constructor(options: SocketProtocolOptions) {
    this.#options = options;
    this.#server = makeServer<Record<string, unknown> | undefined, LiveSocket>({
      connectionInitWaitTimeout: greetingMs,
      onConnect: (connection) => this.#connect(connection),
      onSubscribe: (connection, id, payload) => this.#accept(connection, id, payload),
      onOperation: ({ extra }, id) => void extra.opening.delete(id),
      // Deferred, because the library releases the id only after this callback.
      onComplete: ({ extra }, id) => void setImmediate(() => extra.ending.delete(id)),
      subscribe: ({ contextValue }) => this.#subscribe(contextValue as Accepted),
      onNext: (_connection, _id, _payload, _args, result) =>
        result.errors && { ...result, errors: result.errors.map((error) => options.service.present(error)) },
      onError: (_connection, _id, _payload, errors) =>
        errors.map((error) =>
          error instanceof PresentedError ? error.presented : options.service.present(error),
        ),
    });
  }

  /** Takes over a socket. */
  open(live: LiveSocket): {
    receive: (message: string) => void;
    closed: (code: number, reason: string) => void;
  } {
    const { socket } = live;
    let handle: ((message: string) => Promise<void>) | undefined;
    const closed = this.#server.opened(
      {
        protocol: socket.protocol,
        send: (data) => (isOpen(live) ? socket.send(data) : undefined),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handler) => (handle = handler),
      },
      live,
    );
    return {
      receive: (message) => {
        const handled = handle && this.#receive(live, message, handle);
        handled?.catch((error: unknown) => {
          if (!isOpen(live)) return;
          this.#options.service.report(error);
          sendAway(socket);
        });
      },
      closed: (code, reason) => {
        live.leave();
        closed(code, reason).catch((error: unknown) => this.#options.service.report(error));
      },
    };
  }

  /**
   * Passes a message on to the library, which closes the socket for any message that it can't read. An operation whose
   * members have the wrong types fails by itself instead.
   */
  async #receive(
    live: LiveSocket,
    message: string,
    handle: (message: string) => Promise<void>,
  ): Promise<void> {
    const { service } = this.#options;
    if (await service.arrive(live.address)) return sendAway(live.socket);
    if (!isOpen(live)) return;
    if (!live.greeted) return handle(message);
    const look = lookAt(message);
    if (look.type === 'pass') return handle(look.text);
    if (look.type === 'close') return live.socket.close(closeCodes.badRequest, look.reason);
    const payload = await service.refuse(whoOf(live), look.error);
    if (isOpen(live)) live.socket.send(JSON.stringify({ id: look.id, type: 'error', payload }));
  }

  /** @returns false if the token is invalid (4403; the stock client reconnects with a fresh one) */
  async #connect({ extra: live, connectionParams }: Connection): Promise<boolean> {
    const { service } = this.#options;
    try {
      live.authenticated = await service.authenticate(authorizationOf(connectionParams));
    } catch (error) {
      if (error instanceof RequestError) {
        // The library's own reason is only one word.
        live.socket.close(closeCodes.forbidden, error.message);
        return false;
      }
      service.report(error);
      sendAway(live.socket);
      return true;
    }
    if (live.authenticated && isOpen(live)) this.#attend(live, live.authenticated);
    live.greeted = true;
    return true;
  }

  #attend(live: LiveSocket, authenticated: Authenticated): void {
    const { socket } = live;
    const leave = this.#options.service.attend(authenticated, {
      onChange: (changed) => {
        live.authenticated = changed;
        for (const operation of live.operations) this.#applyRights(live, operation);
      },
      onEnd: () => socket.close(closeCodes.forbidden, 'The session has ended, or its token expired'),
    });
    if (leave) live.leave = leave;
    else socket.close(closeCodes.tooManySockets, 'This account has too many live connections');
  }

  #applyRights(live: LiveSocket, operation: LiveOperation): void {
    const viewer = live.authenticated?.viewer ?? null;
    this.#options.service.applyRights(operation, viewer, () => sendAway(live.socket));
  }

  /** Checks one operation as HTTP does, and charges its client for it. */
  async #accept(connection: Connection, id: string, payload: object) {
    const { service, limits } = this.#options;
    const { extra: live } = connection;
    if (id.length > maxIdLength) {
      live.socket.close(closeCodes.badRequest, `An operation's id has ${maxIdLength} characters at most`);
      return [toGraphqlError(new RequestError('BAD_REQUEST'))];
    }
    if (live.opening.has(id) || live.ending.has(id)) {
      // The id was cancelled and used again: the first stream would be opened, or end, under the second one's id.
      live.socket.close(closeCodes.subscriberExists, 'The subscriber exists already');
      return [toGraphqlError(new RequestError('TOO_MANY_SUBSCRIPTIONS'))];
    }
    // This operation is among the subscriptions already; operations that were cancelled before they were open are not,
    // but count too.
    const taken = new Set([...Object.keys(connection.subscriptions), ...live.opening]);
    if (taken.size > limits.maxSubscriptionsPerSocket)
      return presented(await service.refuse(whoOf(live), new RequestError('TOO_MANY_SUBSCRIPTIONS')));
    live.opening.add(id);
    const accepted = await service.accept(whoOf(live), payload);
    if (accepted.errors) {
      live.opening.delete(id);
      return presented(accepted.errors);
    }
    const { selection } = accepted;
    // The library keeps the message as long as the operation lives; the text of a page's document is half of that.
    Object.assign(payload, { query: '' });
    const { document, operationName } = selection;
    const contextValue: Accepted = { live, id, selection };
    return { schema: service.schema, document, operationName, contextValue };
  }

  /** Opens the stream of an operation; the library receives its life, and the socket its results. */
  async #subscribe({ live, id, selection }: Accepted): Promise<OperationLife | ExecutionResult> {
    const { service } = this.#options;
    const life = new OperationLife();
    const sink = new SocketSink(live, { id, life }, this.#frames, () => sendAway(live.socket));
    const viewer = live.authenticated?.viewer ?? null;
    try {
      const opened = await service.open({ selection, viewer, address: live.address, sink });
      if (!('close' in opened)) return opened;
      live.operations.add(opened);
      life.onReturn(() => {
        live.ending.add(id);
        live.operations.delete(opened);
        opened.close();
      });
      if (viewer !== (live.authenticated?.viewer ?? null)) this.#applyRights(live, opened);
    } catch (error) {
      service.report(error);
      sendAway(live.socket);
      // The close code gives the reason.
      life.end();
    }
    return life;
  }
}
