import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { reset } from '../../harness/servers/reset.ts';

/** A TCP proxy between clients and the service, which simulates faults of a network. */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSilent = false;
  #isOpen = true;
  /** Number of connections from clients, including failed ones. */
  connections = 0;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((client) => {
      this.connections += 1;
      this.#add(client);
      if (!this.#isOpen) reset(client);
      if (!this.#isOpen || this.#isSilent) return;
      const service = connect(Number(port), hostname);
      this.#add(service);
      client.pipe(service).pipe(client);
    });
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** @returns its URL, in the form of a service's */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resets all open connections. */
  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  /** Resets all open connections, and new ones until `mend`. */
  break(): void {
    this.#isOpen = false;
    this.cut();
  }

  /** Stops forwarding on open connections, and on those that are opened until `mend`, without closing them. */
  fallSilent(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  mend(): void {
    this.#isOpen = true;
    this.#isSilent = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
