import type { Socket } from 'node:net';

export interface HoldingsOptions {
  /** Bytes of request bodies and of answers not yet read that the node holds for one client, and for all. */
  readonly maxHeldBytesPerClient: number;
  readonly maxHeldBytes: number;
  /** Time after which a client that takes nothing of an answer is let go. */
  readonly maxAnswerStallMs: number;
  /** Whether clients take what is held, as they do answers, or send it, as they do bodies. */
  readonly direction: 'out' | 'in';
}

/** Under what the answers to an address are held, made and being made. */
export const answersOf = (address: string): string => `answer:${address}`;

/** So much may be held for a client for whom nothing is held, though there be no room left. */
const newcomerBytes = 64 * 1024;

/** How often connections are looked at, in milliseconds. */
const lookMs = 1000;

/** How often connections that give way are looked for at most, in milliseconds. */
const searchMs = 50;

/** A connection that has not moved for so long gives way to others, in milliseconds. */
const stuckMs = 2000;

/** What is held in any case may take so many times as much as the bounds, that of a client and that of all. */
const inAnyCaseFactor = 2;

/** Bytes that are held for one client. */
interface Share {
  readonly client: string;
  readonly bytes: number;
}

/** Bytes that are held for one connection. */
interface Held extends Share {
  readonly socket: Socket;
  moved: number;
  /** When `moved` was seen to grow last. */
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
  #nextSearch = -Infinity;
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
   * @param inAnyCase also where there is no room, up to twice as much for one client
   * @returns gives the bytes back; undefined where the client, or all clients together, hold too many
   */
  hold(
    client: string,
    bytes: number,
    socket: Socket,
    { inAnyCase = false }: { readonly inAnyCase?: boolean } = {},
  ): (() => void) | undefined {
    // Gone before it was answered: nothing is kept for it.
    if (socket.destroyed) return () => undefined;
    const share = { client, bytes };
    if (!this.#add(share, { inAnyCase })) return undefined;
    const held: Held = { ...share, socket, moved: this.#movedBy(socket), since: performance.now() };
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
    return this.#add(share, { spare }) ? () => this.#remove(share) : undefined;
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
  #add(
    share: Share,
    { spare = 0, inAnyCase = false }: { readonly spare?: number; readonly inAnyCase?: boolean },
  ): boolean {
    const { client, bytes } = share;
    const own = this.#byClient.get(client) ?? 0;
    const { maxHeldBytesPerClient, maxHeldBytes } = this.#options;
    // However much others hold: who holds nothing may hold a little.
    if (own === 0 && bytes <= newcomerBytes) return this.#enter(share);
    if (inAnyCase) {
      const isWithin =
        own + bytes <= inAnyCaseFactor * maxHeldBytesPerClient &&
        this.#bytes + bytes <= inAnyCaseFactor * maxHeldBytes;
      return isWithin && this.#enter(share);
    }
    const needs = (max: number): number => bytes + Math.min(spare, max / 4);
    // One that is larger than the bound by itself still passes where nothing else is held.
    if (own > 0 && own + needs(maxHeldBytesPerClient) > maxHeldBytesPerClient) return false;
    const excess = this.#bytes + needs(maxHeldBytes) - maxHeldBytes;
    if (this.#bytes > 0 && excess > 0 && !this.#makeRoom(excess, own + needs(maxHeldBytes))) return false;
    return this.#enter(share);
  }

  /**
   * Ends connections that have not moved for a while, of clients that hold more than the one who asks would: first those of
   * the client that holds most.
   * @returns whether so many bytes became free
   */
  #makeRoom(bytes: number, ofNewcomer: number): boolean {
    const enough = this.#bytes - bytes;
    const now = performance.now();
    // Looking is work: where it freed nothing it is not repeated for each request that finds no room.
    if (now < this.#nextSearch) return false;
    this.#nextSearch = now + searchMs;
    const larger = [...this.#byClient].filter(([, held]) => held > ofNewcomer).sort((a, b) => b[1] - a[1]);
    for (const [client] of larger)
      for (const held of this.#held) {
        if (this.#bytes <= enough) return true;
        if (held.client !== client || this.#hasMoved(held) || now - held.since < stuckMs) continue;
        held.socket.destroy();
        for (const each of this.#bySocket.get(held.socket) ?? []) this.#release(each);
      }
    return this.#bytes <= enough;
  }

  #movedBy({ bytesWritten, bytesRead }: Socket): number {
    return this.#options.direction === 'out' ? bytesWritten : bytesRead;
  }

  #hasMoved({ socket, moved }: Held): boolean {
    if (this.#movedBy(socket) !== moved) return true;
    return this.#options.direction === 'out' && socket.writableLength === 0;
  }

  #enter({ client, bytes }: Share): true {
    this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + bytes);
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
    const { direction, maxAnswerStallMs } = this.#options;
    for (const held of this.#held) {
      if (this.#hasMoved(held)) {
        held.moved = this.#movedBy(held.socket);
        held.since = now;
        // A body that does not come is the server's to time out.
      } else if (direction === 'out' && now - held.since > maxAnswerStallMs) held.socket.destroy();
    }
  }
}
