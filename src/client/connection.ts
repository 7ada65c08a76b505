import { type Client, createClient } from 'graphql-ws';
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

/** How long a line has to show that it lives where the browser says that there is none, in milliseconds. */
const offlinePatienceMs = 2_000;

export interface ConnectionOptions {
  /** Of the service's GraphQL: `wss://example.org/graphql`, `https:` as well, in a browser also relative. */
  readonly url: string;
  /**
   * The access token to listen with, without `Bearer`; undefined: as nobody. Asked before each socket is opened.
   * @param refused the token that the service has just turned down, expired or revoked: get another. The same one again,
   *   turned down again, ends everything with a `LiveError` of kind `token`. If this throws, it is asked again later.
   */
  readonly token?: (refused: string | undefined) => string | undefined | Promise<string | undefined>;
  /** Where there is no global one: that of `ws`. */
  readonly webSocketImpl?: WebSocketClass;
  /** The longest wait before coming back, in milliseconds; 10,000 by default. */
  readonly maxWaitMs?: number;
  /** How often a quiet line is asked whether it lives, in milliseconds; it has half of that to answer. 10,000 by default. */
  readonly keepAliveMs?: number;
  /** How long opening a socket may take, in milliseconds; 10,000 by default. */
  readonly connectTimeoutMs?: number;
}

/** An operation that needs the connection. */
export interface Rider {
  /** Whether what it asks is on its way, or was answered. */
  readonly isSent: boolean;
  connected(): void;
  interrupted(interruption: Interruption): void;
}

const forbidden = 4403;
const normalClosure = 1000;
/** graphql-ws's own, for a socket that this side gave up. */
const terminated = 4499;

/** A browser tells its pages no more than that. */
const notOpened =
  'The socket could not be opened: nobody answers there, or the service does not allow pages of this origin (ALLOWED_ORIGINS)';

/**
 * One socket for all operations, by graphql-ws, which shares it among them and closes it behind the last. When to come back
 * is decided here and not by graphql-ws, which would give up after codes that pass and not wait after others.
 */
export class Connection {
  /** Fails each operation when the socket closes. Its payload is read anew whenever it is sent. */
  readonly client: Client;
  readonly #options: Required<Omit<ConnectionOptions, 'token' | 'webSocketImpl'>> &
    Pick<ConnectionOptions, 'token'>;
  readonly #riders = new Set<Rider>();
  #socket: Socket | undefined;
  #isConnected = false;
  /** Whether this or the last socket was ever open. */
  #wasOpened = false;
  /** Why this side gave the last socket up. */
  #reason = '';
  /** Counts how often another token than the one being asked for was called for. */
  #renewals = 0;
  /** How often in a row a socket came to nothing; from the last good one 1, so that its end is waited after, too. */
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

  /** Whether what is asked now is sent now. graphql-ws may be closing the socket behind the last operation before it. */
  get isConnected(): boolean {
    return this.#isConnected && this.#socket?.readyState === openState;
  }

  get maxWaitMs(): number {
    return this.#options.maxWaitMs;
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
    // graphql-ws closes a socket that is ready, and no other.
    if (!this.#isConnected && this.#socket) this.#giveUp('Nobody listens any more');
  }

  /** Goes on over another socket, with the token of now. */
  renew(): void {
    this.#renewals += 1;
    this.#failures = 0;
    this.#endWait?.();
    if (this.#socket) this.#giveUp('Another socket was asked for');
  }

  /** @param cause what ended the socket, or an operation on it */
  explain(cause: unknown): Interruption {
    const interruption = interruptionOf(cause, this.#wasOpened ? undefined : notOpened);
    return interruption.closeCode === terminated && this.#reason !== ''
      ? { ...interruption, reason: this.#reason }
      : interruption;
  }

  /** @returns the error to end with; undefined: come back */
  verdict(interruption: Interruption): LiveError | undefined {
    if (interruption.closeCode === forbidden) return this.#tokenFailure;
    return fatalClose(interruption);
  }

  /** Waits until a socket may be opened, for whoever is there by then. Must not throw: graphql-ws would wait for ever. */
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

  /** The wait is over, and a line that looks alive has to show it. */
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
    // The acknowledgement alone proves nothing: what is asked next may end the socket again and again.
    if (type === 'next' || type === 'pong') this.#failures = 1;
  }

  /** graphql-ws takes the close of this socket for that of the next one, if it comes that late. */
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
    // After this one graphql-ws comes back by itself, and tells no operation.
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

  /** Any message counts as an answer: a long replay may stand before the pong. */
  #expectAnswer(patienceMs: number): void {
    this.#deadline ??= setTimeout(() => this.#giveUp('The line was silent for too long'), patienceMs);
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  /** Doesn't wait for the other side, which may be gone. */
  #giveUp(reason: string): void {
    const socket = this.#socket;
    this.#reason = reason;
    this.client.terminate();
    socket?.terminate?.();
  }
}
