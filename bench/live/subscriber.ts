import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { sharedNow } from './clock.ts';
import { articleEventsOperation } from './live.operation.ts';

/** Events received by the subscribers of one article. */
export class Topic {
  readonly articleId: string;
  /** False where only completeness matters: millions of recorded times would distort the measurement. */
  recording = true;
  sequences: number[] = [];
  times: number[] = [];
  subscribers = 0;

  constructor(articleId: string) {
    this.articleId = articleId;
  }

  received(sequence: number): void {
    if (!this.recording) return;
    this.sequences.push(sequence);
    this.times.push(sharedNow());
  }

  forget(): void {
    this.sequences = [];
    this.times = [];
  }
}

/** Address of a server, and the sign that it has accepted a subscription. */
export interface Line {
  /** `ws://…` */
  readonly url: string;
  /**
   * `open`: the server sends to every connection without a subscription. `checkpoint`: the stream begins with a
   * checkpoint, or with an event. `pong`: the protocol has no acknowledgement, but a server that answers a ping has
   * processed the messages before it.
   */
  readonly ready: 'open' | 'checkpoint' | 'pong';
}

/** Prefix of a message that contains the event's type and sequence number, before any user content. */
const headBytes = 200;
const headPattern = /"__typename":"(\w+)","sequence":(\d+)/;

/**
 * One subscriber on its own socket. Implements the necessary part of graphql-transport-ws, and parses only the sequence
 * number of an event, so that the load costs less than the measured server.
 */
export class Subscriber {
  readonly topic: Topic;
  /** Sequence number of the last event or checkpoint. */
  last: number | undefined;
  readonly #token: string | undefined;
  readonly #onFault: (fault: string) => void;
  readonly #onFrame: ((frame: string) => void) | undefined;
  #socket: WebSocket | undefined;
  #ready: (() => void) | undefined;
  #onAcknowledged: (() => void) | undefined;

  constructor(
    topic: Topic,
    options: {
      token?: string | undefined;
      /** Called for every fault that invalidates the figures: a gap, a repetition, an error, a closed socket. */
      onFault: (fault: string) => void;
      /** Receives each event's message. */
      onFrame?: (frame: string) => void;
    },
  ) {
    this.topic = topic;
    this.#token = options.token;
    this.#onFault = options.onFault;
    this.#onFrame = options.onFrame;
  }

  /**
   * Connects and subscribes. Resolves when the server has accepted the subscription, or when the socket is closed
   * instead.
   */
  async open({ url, ready }: Line, from?: { cursor: string; sequence: number }): Promise<void> {
    this.last = from?.sequence;
    const protocol = ready === 'open' ? [] : ['graphql-transport-ws'];
    const socket = new WebSocket(url, protocol, { perMessageDeflate: false, skipUTF8Validation: true });
    this.#socket = socket;
    socket.on('error', (error) => this.#onFault(error.message));
    socket.on('message', (data: Buffer) => this.#receive(socket, data));
    socket.on('close', (code, reason) => {
      if (this.#socket === socket) this.#onFault(`closed with ${code} ${reason.toString()}`);
      this.#ready?.();
    });
    socket.on('open', () => {
      if (ready === 'open') return this.#ready?.();
      const payload = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
    });
    this.#onAcknowledged = () => {
      const articleId = Buffer.from(`Article:${this.topic.articleId}`).toString('base64url');
      const payload = { query: articleEventsOperation, variables: { articleId, after: from?.cursor } };
      socket.send(JSON.stringify({ id: randomUUID(), type: 'subscribe', payload }));
      if (ready === 'pong') socket.send('{"type":"ping"}');
    };
    await new Promise<void>((resolve) => (this.#ready = resolve));
    this.#ready = undefined;
  }

  /** Terminates the connection without a close frame. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #receive(socket: WebSocket, data: Buffer): void {
    const found = headPattern.exec(data.toString('latin1', 0, headBytes));
    if (!found) return this.#answer(socket, data);
    const sequence = Number(found[2]);
    this.#ready?.();
    if (found[1] === 'ArticleReset') this.#onFault('was reset');
    if (found[1] === 'ArticleCheckpoint') {
      this.last ??= sequence;
      if (this.last !== sequence) this.#onFault(`a checkpoint at ${sequence} came behind ${this.last}`);
      return;
    }
    if (this.last !== undefined && sequence !== this.last + 1)
      this.#onFault(`${sequence} came behind ${this.last}`);
    this.last = sequence;
    this.topic.received(sequence);
    this.#onFrame?.(data.toString());
  }

  /** Handles messages that are not events. */
  #answer(socket: WebSocket, data: Buffer): void {
    const { type } = JSON.parse(data.toString()) as { type?: string };
    if (type === 'connection_ack') this.#onAcknowledged?.();
    else if (type === 'pong') this.#ready?.();
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else this.#onFault(data.toString().slice(0, 500));
  }
}
