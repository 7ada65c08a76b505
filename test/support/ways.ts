import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request as httpRequest,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { reset } from '../../harness/servers/reset.ts';
import { extname, join } from 'node:path';
import { javascriptOf } from './javascript.ts';
import { buildClient, type Ran } from './program.ts';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'examples/ways');

/** The languages in which each way is written. */
export const languages = ['sh', 'ts', 'py'] as const;
export type Language = (typeof languages)[number];

/** What an example needs to run, and the files that it keeps. */
export class Ways {
  readonly folder: string;
  readonly #running = new Set<WayProgram>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies all examples to a new folder: those in TypeScript as JavaScript, beside the packages that they import. */
  static async prepare(): Promise<Ways> {
    await buildClient();
    const folder = await mkdtemp(join(tmpdir(), 'ways-'));
    for (const name of await readdir(source)) {
      if (extname(name) === '.ts')
        await writeFile(join(folder, name.replace(/ts$/, 'js')), await javascriptOf(join(source, name)));
      else if (name.includes('.')) await copyFile(join(source, name), join(folder, name));
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    return new Ways(folder);
  }

  /** Starts an example. */
  start(way: string, language: Language, args: readonly string[], env: Record<string, string> = {}) {
    const [command, extension] = { sh: ['bash', 'sh'], ts: [process.execPath, 'js'], py: ['python3', 'py'] }[
      language
    ] as [string, string];
    const child = spawn(command, [join(this.folder, `${way}.${extension}`), ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what a shell has started ends with it.
      detached: true,
    });
    const program = new WayProgram(child);
    this.#running.add(program);
    void program.ended.then(() => this.#running.delete(program));
    return program;
  }

  /** Runs an example to its end. */
  run(way: string, language: Language, args: readonly string[], env?: Record<string, string>): Promise<Ran> {
    return this.start(way, language, args, env).ended;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#running].map((program) => program.kill()));
  }
}

/** An example that runs. */
export class WayProgram {
  out = '';
  err = '';
  readonly ended: Promise<Ran>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.out += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.err += chunk));
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => resolve({ code, out: this.out, err: this.err })),
    );
  }

  async kill(): Promise<void> {
    try {
      process.kill(-(this.#child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
    await this.ended;
  }
}

/** What an event of the site begins with, in a stream as in a page. */
const eventMark = '"SiteArticleEvent"';

/** A TCP proxy whose connections end in the middle of what the service sends. */
export class ShortLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cutsLeft = 0;
  #isOpen = true;
  cuts = 0;

  constructor(readonly target: string) {
    this.#server = createServer((client) => this.#join(client));
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #join(client: Socket): void {
    this.#add(client);
    if (!this.#isOpen) return void reset(client);
    const { hostname, port } = new URL(this.target);
    const service = connect(Number(port), hostname);
    this.#add(service);
    client.pipe(service);
    service.on('data', (chunk: Buffer) => {
      const at = this.#cutsLeft > 0 ? chunk.indexOf(eventMark) : -1;
      if (at < 0) {
        client.write(chunk);
        return;
      }
      this.#cutsLeft -= 1;
      this.cuts += 1;
      client.end(chunk.subarray(0, at + eventMark.length + 20));
      service.destroy();
    });
    service.on('end', () => client.end());
    service.on('close', () => client.destroySoon());
    client.on('close', () => service.destroy());
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Ends so many connections, one after the other, in the middle of the next event that they send. */
  cutInEvents(count: number): void {
    this.#cutsLeft = count;
  }

  /** Resets all connections, and new ones until `mend`. */
  break(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) reset(socket);
  }

  mend(): void {
    this.#isOpen = true;
    this.#cutsLeft = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A request that a front has passed on or refused, and its answer's status; null: the answer was lost. */
export interface Passed {
  readonly at: number;
  readonly path: string;
  readonly status: number | null;
}

/** An HTTP proxy that loses answers and refuses requests. */
export class Front {
  readonly passed: Passed[] = [];
  /** What happens to the next requests; nothing: they are passed on. */
  readonly next: ('lose the answer' | 'refuse')[] = [];
  readonly #target: string;
  readonly #server: HttpServer;

  constructor(target: string) {
    this.#target = target;
    this.#server = createHttpServer((request, response) => this.#take(request, response));
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const fate = this.next.shift();
    const note = (status: number | null): void =>
      void this.passed.push({ at: performance.now(), path: request.url ?? '', status });
    if (fate === 'refuse') {
      const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 2 };
      note(429);
      request.resume();
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' });
      response.end(JSON.stringify({ errors: [{ message: 'Too much at once.', extensions }] }));
      return;
    }
    const { method, headers } = request;
    const onward = httpRequest(
      this.#target + (request.url ?? ''),
      { method, headers, agent: false },
      (answer) => {
        note(fate ? null : (answer.statusCode ?? 0));
        if (fate) {
          answer.resume();
          response.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    // Who has asked may be killed before the answer.
    response.on('close', () => onward.destroy());
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
