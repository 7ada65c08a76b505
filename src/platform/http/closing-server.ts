import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a connection is doing. */
interface Connection {
  /** The answers that it waits for, the oldest first. */
  readonly answers: Set<ServerResponse>;
  /** Bytes that were received when its last request or answer ended: more are part of a further request. */
  bytesRead: number;
  /** Bytes that had moved in both directions at the last look, and the time since which none has. */
  moved: number;
  since: number;
}

/** How long a server that closes waits for its clients, in milliseconds. */
export interface Patience {
  /**
   * Interval between looks at the connections. The first look ends a request whose head has not arrived: it would only be
   * refused.
   */
  readonly lookMs: number;
  /** Time after which a client that neither sends the rest of a body nor reads its answer is given up. */
  readonly quietMs: number;
}

/**
 * An HTTP server that closes in order: it sends the answers that are under way, and waits for no connection that has
 * none. Node's own server cuts answers that are made but not yet handed to the system. It leaves a connection open whose
 * request was under way when it closed, until the client has been silent for the time of `keepAliveTimeout`, and one
 * with half a request as long as its client likes, because its timeouts end when it closes.
 */
export class ClosingServer extends Server {
  readonly #connections = new Map<Socket, Connection>();
  readonly #leaving: AbortSignal;
  readonly #patience: Patience;
  #isClosing = false;

  /**
   * @param leaving from its abort on, each connection is closed after its next answer, so that clients go elsewhere
   * before the server closes
   * @param take gets each request, with the number of answers that its connection waits for, this one included
   */
  constructor(
    leaving: AbortSignal,
    take: (request: IncomingMessage, response: ServerResponse, waiting: number) => void,
    patience: Patience = { lookMs: 1000, quietMs: 5000 },
  ) {
    // Node would answer these requests by itself, and nobody would know how many wait: `take` gets them all.
    super({ requireHostHeader: false });
    this.on('checkExpectation', (...arrived) => this.emit('request', ...arrived));
    this.#leaving = leaving;
    this.#patience = patience;
    leaving.addEventListener('abort', () => this.#announce());
    this.on('connection', (socket: Socket) => {
      if (this.#isClosing) return void socket.destroy();
      this.#connections.set(socket, { answers: new Set(), bytesRead: 0, moved: 0, since: 0 });
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.on('request', (request: IncomingMessage, response: ServerResponse) => {
      take(request, response, this.#enter(request, response));
    });
  }

  override close(callback?: (error?: Error) => void): this {
    this.#isClosing = true;
    this.#announce();
    const looks = setInterval(() => this.#look(), this.#patience.lookMs);
    this.once('close', () => clearInterval(looks));
    return super.close(callback);
  }

  /** Closes connections on which nothing is under way. Called by `close`, too. */
  override closeIdleConnections(): void {
    for (const [socket, { answers, bytesRead }] of this.#connections) {
      // Among them are those that browsers open in advance: Node takes them for busy until their first request is overdue.
      if (answers.size === 0 && socket.bytesRead === bytesRead) socket.destroySoon();
    }
  }

  get #isLeaving(): boolean {
    return this.#isClosing || this.#leaving.aborted;
  }

  #announce(): void {
    for (const { answers } of this.#connections.values()) closeAfterLast(answers);
  }

  #enter(request: IncomingMessage, response: ServerResponse): number {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    // It has closed meanwhile.
    if (!connection) return 1;
    const { answers } = connection;
    answers.add(response);
    if (this.#isLeaving) closeAfterLast(answers);
    const settle = (): void => {
      connection.bytesRead = socket.bytesRead;
      // The head of the last answer may have been sent before this was known.
      if (this.#isLeaving && answers.size === 0) socket.destroySoon();
    };
    // A body may be received after its answer.
    request.once('close', settle);
    response.once('close', () => {
      answers.delete(response);
      settle();
    });
    return answers.size;
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, connection] of this.#connections) {
      const answers = [...connection.answers];
      const moved = socket.bytesRead + socket.bytesWritten;
      const isWaiting = socket.writableLength > 0 || answers.every(({ req }) => !req.complete);
      if (answers.length === 0) socket.destroySoon();
      else if (!isWaiting || moved !== connection.moved) Object.assign(connection, { moved, since: now });
      else if (now - connection.since > this.#patience.quietMs) socket.destroy();
    }
  }
}

/** Has a connection closed after the last of its answers, and its client told so: it sends its next request on another one. */
function closeAfterLast(answers: ReadonlySet<ServerResponse>): void {
  const last = [...answers].at(-1);
  for (const answer of answers) {
    if (answer.headersSent) continue;
    if (answer === last) answer.setHeader('connection', 'close');
    else if (answer.hasHeader('connection')) answer.removeHeader('connection');
  }
}
