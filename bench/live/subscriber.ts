import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { sharedNow } from './clock.ts';
import { articleEventsOperation } from './live.operation.ts';

/** What the subscribers of one article have received. */
export class Topic {
  readonly articleId: string;
  /** Off where only completeness counts: millions of times would be in the way. */
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

/** Where to listen, and what says that the server has taken the subscription. */
export interface Line {
  /** `ws://…` */
  readonly url: string;
  /**
   * `open`: the server sends unasked to whoever connects. `checkpoint`: the stream begins with one, or with an event.
   * `pong`: the protocol has nothing for it, but a server that answers a ping has taken what came before it.
   */
  readonly ready: 'open' | 'checkpoint' | 'pong';
}

/** Where in a frame its event's kind and number stand, before anything that a user has written. */
const headBytes = 200;
const headPattern = /"__typename":"(\w+)","sequence":(\d+)/;

/**
 * One subscriber on a socket of their own. Speaks as much of graphql-transport-ws as it takes, and reads no more of an
 * event than its number: the load must not cost more than what it measures.
 */
export class Subscriber {
  readonly topic: Topic;
  /** Of the last event or checkpoint. */
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
      /** Told of whatever makes the figure worthless: a gap, a repetition, an error, a closed socket. */
      onFault: (fault: string) => void;
      /** Gets each event's frame. */
      onFrame?: (frame: string) => void;
    },
  ) {
    this.topic = topic;
    this.#token = options.token;
    this.#onFault = options.onFault;
    this.#onFrame = options.onFrame;
  }

  /** Connects and listens. Resolves when the server has taken the subscription, and when the socket is closed instead. */
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

  /** Cuts the line, without a word. */
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

  /** What is not an event. */
  #answer(socket: WebSocket, data: Buffer): void {
    const { type } = JSON.parse(data.toString()) as { type?: string };
    if (type === 'connection_ack') this.#onAcknowledged?.();
    else if (type === 'pong') this.#ready?.();
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else this.#onFault(data.toString().slice(0, 500));
  }
}
