import type { Socket } from 'node:net';

export interface HoldingsOptions {
  /** Bytes of request bodies and of unread responses that the node holds for one client, and for all. */
  readonly maxHeldBytesPerClient: number;
  readonly maxHeldBytes: number;
  /** Time after which a client that reads nothing of a response is disconnected, in milliseconds. */
  readonly maxAnswerStallMs: number;
  /** Whether clients receive the held bytes, as with responses, or send them, as with bodies. */
  readonly direction: 'out' | 'in';
}

/** The key under which the responses to an address are held, finished or in progress. */
export const answersOf = (address: string): string => `answer:${address}`;

/** Bytes that may be held for a client without any held bytes, even if there is no room left. */
const newcomerBytes = 64 * 1024;

/** Interval between checks of connections, in milliseconds. */
const lookMs = 1000;

/** Least interval between searches for connections to end for others, in milliseconds. */
const searchMs = 50;

/** Time without progress after which a connection may be ended in favour of others, in milliseconds. */
const stuckMs = 2000;

/** Factor by which bytes that are held in any case may exceed the limits, that of a client and that of all. */
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
  /** The time at which `moved` last grew. */
  since: number;
}

/**
 * Accounts for the memory of requests and responses while their clients send and read. A client that does not read its
 * responses is disconnected after a while.
 */
export class Holdings {
  readonly #held = new Set<Held>();
  readonly #byClient = new Map<string, number>();
  /** By connection, because pipelined responses that wait behind others receive no event when the connection closes. */
  readonly #bySocket = new WeakMap<Socket, Set<Held>>();
  #bytes = 0;
  #nextSearch = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HoldingsOptions) {}

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Accounts for bytes.
   * @param socket the connection, which is ended if it reads nothing for too long
   * @param inAnyCase also if there is no room, up to twice the limits
   * @returns a function that releases the bytes; undefined if the client, or all clients together, hold too many
   */
  hold(
    client: string,
    bytes: number,
    socket: Socket,
    { inAnyCase = false }: { readonly inAnyCase?: boolean } = {},
  ): (() => void) | undefined {
    // The client went before it was answered, so that nothing is held for it.
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
   * Accounts for bytes of the node's own work, independent of connections.
   * @param spare bytes that must be free besides, as far as they are no more than a quarter of all
   * @returns a function that releases the bytes, once; undefined as `hold`
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
    const { maxHeldBytesPerClient, maxHeldBytes } = this.options;
    // However much others hold, a client without held bytes may hold a little.
    if (own === 0 && bytes <= newcomerBytes) return this.#enter(share);
    if (inAnyCase) {
      const isWithin =
        own + bytes <= inAnyCaseFactor * maxHeldBytesPerClient &&
        this.#bytes + bytes <= inAnyCaseFactor * maxHeldBytes;
      return isWithin && this.#enter(share);
    }
    const needs = (max: number): number => bytes + Math.min(spare, max / 4);
    // A share that is larger than the limit by itself still passes if nothing else is held.
    if (own > 0 && own + needs(maxHeldBytesPerClient) > maxHeldBytesPerClient) return false;
    const excess = this.#bytes + needs(maxHeldBytes) - maxHeldBytes;
    if (this.#bytes > 0 && excess > 0 && !this.#makeRoom(excess, own + needs(maxHeldBytes))) return false;
    return this.#enter(share);
  }

  /**
   * Ends connections without progress for a while, of clients that hold more than the requesting client would: first
   * those of the client that holds most.
   * @returns whether the bytes became free
   */
  #makeRoom(bytes: number, ofNewcomer: number): boolean {
    const enough = this.#bytes - bytes;
    const now = performance.now();
    // The search takes time, so that it is not repeated for each request that finds no room.
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
    return this.options.direction === 'out' ? bytesWritten : bytesRead;
  }

  #hasMoved({ socket, moved }: Held): boolean {
    if (this.#movedBy(socket) !== moved) return true;
    return this.options.direction === 'out' && socket.writableLength === 0;
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
    const { direction, maxAnswerStallMs } = this.options;
    for (const held of this.#held) {
      if (this.#hasMoved(held)) {
        held.moved = this.#movedBy(held.socket);
        held.since = now;
        // A body that does not arrive is left to the server's own timeout.
      } else if (direction === 'out' && now - held.since > maxAnswerStallMs) held.socket.destroy();
    }
  }
}
