import type { Socket } from 'node:net';

export interface HoldingsOptions {
  /** Bytes of request bodies and of answers not yet read that the node holds for one client, and for all. */
  readonly maxHeldBytesPerClient: number;
  readonly maxHeldBytes: number;
  /** Time after which a client that takes nothing of an answer is let go. */
  readonly maxAnswerStallMs: number;
}

/** How often connections are looked at, in milliseconds. */
const lookMs = 1000;

/** Bytes that are held for one connection. */
interface Held {
  readonly client: string;
  readonly bytes: number;
  readonly socket: Socket;
  written: number;
  /** When `written` was seen to grow last. */
  since: number;
}

/**
 * Accounts for the memory that requests and answers take while their clients send and read. A client that does not read
 * its answers is let go after a while.
 */
export class Holdings {
  readonly #options: HoldingsOptions;
  readonly #held = new Set<Held>();
  readonly #byClient = new Map<string, number>();
  /** Answers that wait behind others on a connection that ends are never told of it. */
  readonly #bySocket = new WeakMap<Socket, Set<Held>>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HoldingsOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes bytes into account.
   * @param socket the connection, which is ended where it takes nothing for too long
   * @returns gives the bytes back; undefined where the client, or all clients together, hold too many
   */
  hold(client: string, bytes: number, socket: Socket): (() => void) | undefined {
    // Gone before it was answered: nothing is kept for it.
    if (socket.destroyed) return () => undefined;
    const own = this.#byClient.get(client) ?? 0;
    const { maxHeldBytesPerClient, maxHeldBytes } = this.#options;
    // One that is larger than the bound by itself still passes where nothing else is held.
    if (own > 0 && own + bytes > maxHeldBytesPerClient) return undefined;
    if (this.#bytes > 0 && this.#bytes + bytes > maxHeldBytes) return undefined;
    const held: Held = { client, bytes, socket, written: socket.bytesWritten, since: performance.now() };
    this.#held.add(held);
    this.#ofSocket(socket).add(held);
    this.#byClient.set(client, own + bytes);
    this.#bytes += bytes;
    this.#timer ??= setInterval(() => this.#look(), lookMs);
    return () => this.#release(held);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #ofSocket(socket: Socket): Set<Held> {
    let held = this.#bySocket.get(socket);
    if (held) return held;
    this.#bySocket.set(socket, (held = new Set()));
    socket.once('close', () => {
      for (const each of this.#bySocket.get(socket) ?? []) this.#release(each);
    });
    return held;
  }

  #release(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.#bySocket.get(held.socket)?.delete(held);
    this.#bytes -= held.bytes;
    const left = (this.#byClient.get(held.client) ?? 0) - held.bytes;
    if (left > 0) this.#byClient.set(held.client, left);
    else this.#byClient.delete(held.client);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = performance.now();
    for (const held of this.#held) {
      const { socket, written } = held;
      if (socket.bytesWritten !== written || socket.writableLength === 0) {
        held.written = socket.bytesWritten;
        held.since = now;
      } else if (now - held.since > this.#options.maxAnswerStallMs) socket.destroy();
    }
  }
}
