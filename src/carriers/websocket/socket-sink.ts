import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Sink } from '../../platform/events/sink.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { OperationLife } from '../live/operation-life.ts';
import type { Outflow } from '../live/outflow.ts';

/** One subscription's results on a WebSocket: the protocol's message around a payload that many subscribers share. */
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
    return this.#outflow.writable;
  }

  onceWritable(callback: () => void): void {
    this.#outflow.onceWritable(callback);
  }

  send(payload: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const isTaken = this.#outflow.send(payload.length, () =>
      this.#frames.write(this.#stream, this.#head, payload),
    );
    if (!isTaken) this.giveUp();
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
