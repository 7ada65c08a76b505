import { Socket } from 'node:net';

type Callback = (error?: Error | null) => void;

/**
 * A socket that sends all writes of one turn of the event loop in one system call. The driver writes each statement
 * separately, and the system call costs the service more than all its other work for a short statement.
 */
export class BatchSocket extends Socket {
  #gathering = false;

  constructor() {
    super();
    // When Node connects a socket, it puts its own `write` over any other (lib/net.js, `Socket.prototype.connect`).
    this.once('connect', () => Reflect.deleteProperty(this, 'write'));
  }

  override write(data: Uint8Array | string, callback?: Callback): boolean;
  override write(data: Uint8Array | string, encoding?: BufferEncoding, callback?: Callback): boolean;
  override write(data: Uint8Array | string, second?: BufferEncoding | Callback, third?: Callback): boolean {
    if (!this.#gathering) {
      this.#gathering = true;
      this.cork();
      process.nextTick(() => {
        this.#gathering = false;
        this.uncork();
      });
    }
    return super.write(data, second as BufferEncoding, third);
  }
}
