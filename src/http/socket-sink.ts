import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Sink } from '../events/sink.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { OperationLife } from './operation-life.ts';

/** How long a connection may take nothing before its client counts as not reading, in milliseconds. */
const blockedAfterMs = 1000;

/** What of a stream tells whether it takes more. */
interface Drainable {
  readonly writableNeedDrain: boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** Whether a connection takes more, and who waits for that. */
export class Outflow {
  readonly #stream: Drainable;
  #waiting: (() => void)[] = [];
  #blockedSince: number | undefined;

  constructor(stream: Drainable) {
    this.#stream = stream;
  }

  get writable(): boolean {
    return !this.#stream.writableNeedDrain;
  }

  onceWritable(callback: () => void): void {
    this.#waiting.push(callback);
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = performance.now();
    this.#stream.once('drain', () => {
      this.#blockedSince = undefined;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    });
  }

  isBlocked(): boolean {
    return this.#blockedSince !== undefined && performance.now() - this.#blockedSince > blockedAfterMs;
  }
}

/** One subscription's results on a WebSocket, written as the protocol has them around a payload that many get. */
export class SocketSink implements Sink {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #outflow: Outflow;
  readonly #head: Buffer;
  readonly #life: OperationLife;
  readonly #frames: FrameWriter;
  readonly #giveUp: () => void;

  constructor(
    connection: { readonly socket: WebSocket; readonly stream: Duplex; readonly outflow: Outflow },
    operation: { readonly id: string; readonly life: OperationLife },
    frames: FrameWriter,
    giveUp: () => void,
  ) {
    this.#socket = connection.socket;
    this.#stream = connection.stream;
    this.#outflow = connection.outflow;
    this.#head = Buffer.from(`{"id":${JSON.stringify(operation.id)},"type":"next","payload":`);
    this.#life = operation.life;
    this.#frames = frames;
    this.#giveUp = giveUp;
  }

  get writable(): boolean {
    return !this.#stream.writableNeedDrain;
  }

  onceWritable(callback: () => void): void {
    this.#outflow.onceWritable(callback);
  }

  send(payload: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#frames.write(this.#stream, this.#head, payload);
  }

  bundle(write: () => void): void {
    this.#stream.cork();
    try {
      write();
    } finally {
      this.#stream.uncork();
    }
  }

  isBlocked(): boolean {
    return this.#outflow.isBlocked();
  }

  end(errors?: readonly Error[]): void {
    this.#life.end(errors);
  }

  giveUp(): void {
    this.#life.end();
    this.#giveUp();
  }
}
