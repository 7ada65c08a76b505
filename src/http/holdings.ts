import type { Socket } from 'node:net';

export interface HoldingsOptions {
  /** Bytes of request bodies and of answers not yet read that the node holds for one client, and for all. */
  readonly maxHeldBytesPerClient: number;
  readonly maxHeldBytes: number;
  /** Time after which a client that takes nothing of an answer is let go. */
  readonly maxAnswerStallMs: number;
}

/** Under what the answers to an address are held, made and being made. */
export const answersOf = (address: string): string => `answer:${address}`;

/** So much may be held for a client for whom nothing is held, though there be no room left. */
const newcomerBytes = 64 * 1024;

/** How often connections are looked at, in milliseconds. */
const lookMs = 1000;

/** Bytes that are held for one client. */
interface Share {
  readonly client: string;
  readonly bytes: number;
}

/** Bytes that are held for one connection. */
interface Held extends Share {
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
   * @param always also where there is no room
   * @returns gives the bytes back; undefined where the client, or all clients together, hold too many
   */
  hold(client: string, bytes: number, socket: Socket, always = false): (() => void) | undefined {
    // Gone before it was answered: nothing is kept for it.
    if (socket.destroyed) return () => undefined;
    if (!this.#add({ client, bytes }, 0, always)) return undefined;
    const held: Held = { client, bytes, socket, written: socket.bytesWritten, since: performance.now() };
    this.#held.add(held);
    this.#ofSocket(socket).add(held);
    this.#timer ??= setInterval(() => this.#look(), lookMs);
    return () => this.#release(held);
  }

  /**
   * Takes bytes into account that the node itself works with, whatever becomes of connections.
   * @param spare bytes that must be free besides, as far as they are no more than a quarter of all
   * @returns gives the bytes back, once; undefined as `hold`
   */
  take(client: string, bytes: number, spare = 0): (() => void) | undefined {
    const share = { client, bytes };
    return this.#add(share, spare) ? () => this.#remove(share) : undefined;
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

  /** @returns whether there was room */
  #add({ client, bytes }: Share, spare: number, always = false): boolean {
    const own = this.#byClient.get(client) ?? 0;
    const { maxHeldBytesPerClient, maxHeldBytes } = this.#options;
    const fits = (held: number, max: number): boolean => held + bytes + Math.min(spare, max / 4) <= max;
    // However much others hold: who holds nothing may hold a little.
    if (always || (own === 0 && bytes <= newcomerBytes)) return this.#enter(client, own, bytes);
    // One that is larger than the bound by itself still passes where nothing else is held.
    if (own > 0 && !fits(own, maxHeldBytesPerClient)) return false;
    if (this.#bytes > 0 && !fits(this.#bytes, maxHeldBytes)) return false;
    return this.#enter(client, own, bytes);
  }

  #enter(client: string, own: number, bytes: number): true {
    this.#byClient.set(client, own + bytes);
    this.#bytes += bytes;
    return true;
  }

  #remove({ client, bytes }: Share): void {
    this.#bytes -= bytes;
    const left = (this.#byClient.get(client) ?? 0) - bytes;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
  }

  #release(held: Held): void {
    if (!this.#held.delete(held)) return;
    this.#bySocket.get(held.socket)?.delete(held);
    this.#remove(held);
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
