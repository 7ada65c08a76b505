import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { reset } from '../../harness/servers/reset.ts';
import type { ServiceNode } from './service-node.ts';

const readinessMs = 100;

/** A TCP load balancer in front of several nodes: each connection goes to the next node that reports to be ready. */
export class Balancer {
  readonly #nodes: readonly ServiceNode[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #ready: readonly ServiceNode[];
  #turn = 0;

  private constructor(nodes: readonly ServiceNode[]) {
    this.#nodes = nodes;
    this.#ready = nodes;
    this.#server = createServer((client) => this.#accept(client));
    this.#timer = setInterval(() => void this.#look(), readinessMs);
  }

  static async open(nodes: readonly ServiceNode[]): Promise<Balancer> {
    const balancer = new Balancer(nodes);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resets all connections through the balancer. @returns their number */
  cut(): number {
    const cut = this.#sockets.size;
    for (const socket of this.#sockets) reset(socket);
    return cut;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #look(): Promise<void> {
    const ready = await Promise.all(this.#nodes.map((node) => node.isReady()));
    this.#ready = this.#nodes.filter((_, index) => ready[index]);
  }

  #accept(client: Socket): void {
    const node = this.#ready[this.#turn++ % this.#ready.length];
    if (!node) {
      client.destroy();
      return;
    }
    const server = connect({ port: node.port, host: '127.0.0.1', noDelay: true });
    client.setNoDelay();
    this.#sockets.add(client);
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => this.#sockets.delete(client));
  }
}
