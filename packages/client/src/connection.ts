import { type Client, createClient } from 'graphql-ws/client';
import { backOffMs } from './back-off.ts';
import { fatalClose, type Interruption, interruptionOf, LiveError } from './live-error.ts';
import {
  observed,
  openState,
  platformWebSocket,
  type Socket,
  socketUrl,
  type WebSocketClass,
} from './socket.ts';
import { onWakeUp } from './wake-up.ts';

/**
 * Time in which a connection has to prove that it is alive after the browser reports to be offline, in milliseconds.
 */
const offlinePatienceMs = 2_000;

export interface ConnectionOptions {
  /**
   * URL of the service's GraphQL endpoint: `wss://example.org/graphql`, also with `https:`; in a browser also relative.
   */
  readonly url: string;
  /**
   * The access token, without `Bearer`; undefined: signed out. Called before each socket is opened.
   * @param refused the token that the service has just refused, as expired or revoked: return another one. If the same
   * token is returned and refused again, all subscriptions end with a `LiveError` of kind `token`. If this throws, it
   * is
   * called again later.
   */
  readonly token?: (refused: string | undefined) => string | undefined | Promise<string | undefined>;
  /** Where there is no global WebSocket: that of `ws`. */
  readonly webSocketImpl?: WebSocketClass;
  /** The longest wait before reconnecting, in milliseconds; 10,000 by default. */
  readonly maxWaitMs?: number;
  /**
   * Interval of pings on a silent connection, in milliseconds; an answer is due within half of it. 10,000 by default.
   */
  readonly keepAliveMs?: number;
  /** Time limit for opening a socket, in milliseconds; 10,000 by default. */
  readonly connectTimeoutMs?: number;
}

/** An operation that needs the connection. */
export interface Rider {
  /** Whether the operation was sent on the present socket. */
  readonly isSent: boolean;
  connected(): void;
  interrupted(interruption: Interruption): void;
}

const forbidden = 4403;
const normalClosure = 1000;
/** graphql-ws's close code for a socket that this side terminated. */
const terminated = 4499;

/** The browser tells its pages nothing more precise. */
const notOpened =
  'The socket could not be opened: no server answers, or the service does not allow pages of this origin (ALLOWED_ORIGINS)';

/**
 * One socket for several operations. graphql-ws shares it among them and closes it after the last one. Reconnection is
 * decided here, because graphql-ws would give up after some temporary close codes, and not wait after others.
 */
export class Connection {
  /** Fails each operation when the socket closes. The payload is read again whenever an operation is sent. */
  readonly client: Client;
  readonly #options: Required<Omit<ConnectionOptions, 'token' | 'webSocketImpl'>> &
    Pick<ConnectionOptions, 'token'>;
  readonly #riders = new Set<Rider>();
  #socket: Socket | undefined;
  #isConnected = false;
  /** Whether the present socket, or the last one, was ever open. */
  #wasOpened = false;
  /** The reason why this side terminated the last socket. */
  #reason = '';
  /** Number of calls of `renew`; a change invalidates a token request that is under way. */
  #renewals = 0;
  /**
   * Number of consecutive failures to connect. A successful connection sets it to 1, so that its end is followed by a
   * wait as well.
   */
  #failures = 0;
  #token: string | undefined;
  #refusedToken: string | undefined;
  #tokenFailure: LiveError | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #endWait: (() => void) | undefined;
  #boarded: (() => void) | undefined;
  #stopWaking: (() => void) | undefined;

  constructor({ token, webSocketImpl = platformWebSocket(), ...options }: ConnectionOptions) {
    const { url, maxWaitMs = 10_000, keepAliveMs = 10_000, connectTimeoutMs = 10_000 } = options;
    this.#options = {
      url: socketUrl(url),
      maxWaitMs,
      keepAliveMs,
      connectTimeoutMs,
      ...(token ? { token } : {}),
    };
    this.client = createClient({
      url: () => this.#turn(),
      connectionParams: () => (this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      webSocketImpl: observed(webSocketImpl, (socket) => this.#created(socket)),
      keepAlive: keepAliveMs,
      retryAttempts: 0,
      on: {
        opened: () => (this.#wasOpened = true),
        connected: () => this.#connected(),
        ping: (received) => {
          if (!received) this.#expectAnswer(keepAliveMs / 2);
        },
        message: ({ type }) => this.#heard(type),
        error: () => this.#broken(),
        closed: (event) => this.#closed(this.explain(event)),
      },
    });
  }

  /**
   * Whether an operation that is subscribed now is sent now. False also while graphql-ws closes the socket after the
   * last operation.
   */
  get isConnected(): boolean {
    return this.#isConnected && this.#socket?.readyState === openState;
  }

  /** Number of operations. */
  get size(): number {
    return this.#riders.size;
  }

  board(rider: Rider): void {
    if (this.#riders.size === 0)
      this.#stopWaking = onWakeUp(
        () => this.#wake(),
        () => this.#probe(offlinePatienceMs),
      );
    this.#riders.add(rider);
    this.#boarded?.();
  }

  leave(rider: Rider): void {
    if (!this.#riders.delete(rider) || this.#riders.size > 0) return;
    this.#stopWaking?.();
    this.#endWait?.();
    this.#failures = 0;
    // graphql-ws closes only sockets that are connected.
    if (!this.#isConnected && this.#socket) this.#giveUp('No subscriptions are left');
  }

  /** Reconnects with a new socket and the current token. */
  renew(): void {
    this.#renewals += 1;
    this.#failures = 0;
    this.#endWait?.();
    if (this.#socket) this.#giveUp('A new socket was requested');
  }

  /** @param cause the error or event that ended the socket, or an operation on it */
  explain(cause: unknown): Interruption {
    const interruption = interruptionOf(cause, this.#wasOpened ? undefined : notOpened);
    return interruption.closeCode === terminated && this.#reason !== ''
      ? { ...interruption, reason: this.#reason }
      : interruption;
  }

  /** @returns the error with which to end; undefined: reconnect */
  verdict(interruption: Interruption): LiveError | undefined {
    if (interruption.closeCode === forbidden) return this.#tokenFailure;
    return fatalClose(interruption);
  }

  /** Waits until a socket may be opened, for all present operations. Must not throw: graphql-ws would wait for ever. */
  async #turn(): Promise<string> {
    for (;;) {
      await this.#backOff();
      while (this.#riders.size === 0) await new Promise<void>((resolve) => (this.#boarded = resolve));
      const renewals = this.#renewals;
      try {
        this.#token = await this.#options.token?.(this.#refusedToken);
        if (this.#riders.size > 0 && renewals === this.#renewals) return this.#options.url;
      } catch (error) {
        const interruption = interruptionOf(error);
        for (const rider of [...this.#riders]) rider.interrupted(interruption);
      }
    }
  }

  async #backOff(): Promise<void> {
    const failures = this.#failures++;
    if (failures === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, backOffMs(failures, this.#options.maxWaitMs));
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endWait = undefined;
  }

  /** Ends the wait for reconnection, and requires a connection that seems alive to prove it. */
  #wake(): void {
    this.#endWait?.();
    this.#probe(this.#options.keepAliveMs / 2);
  }

  #probe(patienceMs: number): void {
    if (!this.isConnected) return;
    this.#socket?.send('{"type":"ping"}');
    this.#expectAnswer(patienceMs);
  }

  #created(socket: Socket): void {
    this.#socket = socket;
    this.#wasOpened = false;
    this.#reason = '';
    this.#clearDeadline();
    this.#expectAnswer(this.#options.connectTimeoutMs);
  }

  #connected(): void {
    this.#clearDeadline();
    this.#isConnected = true;
    this.#refusedToken = undefined;
    for (const rider of [...this.#riders]) rider.connected();
  }

  #heard(type: string): void {
    if (!this.#isConnected) return;
    this.#clearDeadline();
    // The acknowledgement alone proves nothing: the operations that follow may end every new socket.
    if (type === 'next' || type === 'pong') this.#failures = 1;
  }

  /** Terminates the broken socket: graphql-ws would mistake its late `close` event for that of the next socket. */
  #broken(): void {
    this.#clearDeadline();
    this.#isConnected = false;
    this.#socket?.terminate?.();
  }

  #closed(interruption: Interruption): void {
    this.#clearDeadline();
    this.#isConnected = false;
    this.#socket = undefined;
    if (interruption.closeCode === forbidden) this.#refused(interruption);
    // After this close code graphql-ws reconnects by itself, without informing the operations.
    if (interruption.closeCode !== normalClosure) return;
    for (const rider of [...this.#riders]) if (rider.isSent) rider.interrupted(interruption);
  }

  #refused({ reason }: Interruption): void {
    const isHopeless = this.#token === undefined || this.#token === this.#refusedToken;
    this.#tokenFailure = isHopeless
      ? new LiveError('token', `The service refuses the token: ${reason}`, { closeCode: forbidden })
      : undefined;
    this.#refusedToken = this.#token;
  }

  /** Any message counts as an answer, because a long replay may precede the pong. */
  #expectAnswer(patienceMs: number): void {
    this.#deadline ??= setTimeout(() => this.#giveUp('The connection was silent for too long'), patienceMs);
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  /** Terminates the socket without waiting for the peer, which may be gone. */
  #giveUp(reason: string): void {
    const socket = this.#socket;
    this.#reason = reason;
    this.client.terminate();
    socket?.terminate?.();
  }
}
