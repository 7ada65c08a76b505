import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { reset } from '../../harness/servers/reset.ts';
import type { Random } from '../../harness/random.ts';

/** Conditions of a connection. */
const conditions = ['fine', 'slow', 'sliced', 'reset', 'half-open'] as const;
type Condition = (typeof conditions)[number];

/** Bytes to the client after which a faulty connection breaks: usually within a frame. */
const [earliestBreak, latestBreak] = [300, 6000];
const longestDelayMs = 200;

/** A network between clients and one service, in which each connection has a random condition until `calm`. */
export class BadNetwork {
  readonly #port: number;
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCalm = false;
  /** Number of connections by condition. */
  readonly counts: Record<Condition, number> = { fine: 0, slow: 0, sliced: 0, reset: 0, 'half-open': 0 };

  private constructor(port: number, random: Random) {
    this.#port = port;
    this.#random = random;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** @param port of the service */
  static async open(port: number, random: Random): Promise<BadNetwork> {
    const network = new BadNetwork(port, random);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops further faults. A half-open connection stays half-open until one end notices. */
  calm(): void {
    this.#isCalm = true;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(client: Socket): void {
    const condition = this.#isCalm ? 'fine' : (this.#random.pick(conditions) ?? 'fine');
    this.counts[condition] += 1;
    const server = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    client.setNoDelay();
    const link = new Link(client, server, condition, this.#random, () => this.#isCalm);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        // The end of a half-open connection is not told that the other end closed.
        if (!link.isSilent) other.destroy();
      });
    }
  }
}

/** Both directions of one connection. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #condition: Condition;
  readonly #random: Random;
  readonly #isCalm: () => boolean;
  #bytesLeft: number;
  isSilent = false;

  constructor(client: Socket, server: Socket, condition: Condition, random: Random, isCalm: () => boolean) {
    this.#client = client;
    this.#server = server;
    this.#condition = condition;
    this.#random = random;
    this.#isCalm = isCalm;
    this.#bytesLeft = earliestBreak + Math.floor(random.next() * (latestBreak - earliestBreak));
    this.#forward(client, server);
    this.#forward(server, client);
  }

  /** Chunk by chunk, so that a delay does not change the order. */
  #forward(from: Socket, to: Socket): void {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      last = last.then(() => this.#pass(chunk, to));
    });
  }

  async #pass(chunk: Buffer, to: Socket): Promise<void> {
    if (this.isSilent || to.destroyed) return;
    if (this.#isCalm()) return void to.write(chunk);
    if (this.#condition === 'slow') await sleep(this.#random.next() * longestDelayMs);
    if (this.#condition === 'sliced') return writeInSlices(chunk, to);
    const breaks = this.#condition === 'reset' || this.#condition === 'half-open';
    if (!breaks || to !== this.#client) return void to.write(chunk);
    to.write(chunk.subarray(0, this.#bytesLeft));
    this.#bytesLeft -= chunk.length;
    if (this.#bytesLeft > 0) return;
    if (this.#condition === 'half-open') this.isSilent = true;
    else for (const socket of [this.#client, this.#server]) reset(socket);
  }
}

/** Writes a chunk byte by byte, without backpressure. */
function writeInSlices(chunk: Buffer, to: Socket): void {
  for (let at = 0; at < chunk.length; at++) to.write(chunk.subarray(at, at + 1));
}
