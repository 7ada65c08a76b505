import { Agent, request } from 'node:http';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { eventually } from './eventually.ts';
import type { Service } from './service.ts';

/** What one worker answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: any;
}

/** The workers of a service, and which of them serves a connection. Reads /proc, so on Linux only. */
export class Workers {
  readonly #service: Service;
  readonly #agents: Agent[] = [];

  constructor(service: Service) {
    this.#service = service;
  }

  /** Process ids by the workers' numbers. */
  async pids(): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // The parent's id is the second field after the name in parentheses.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent !== this.#service.process.pid) continue;
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
      const number = /\0worker\0(\d+)\0/.exec(command)?.[1];
      if (number !== undefined) found.set(Number(number), Number(name));
    }
    return found;
  }

  /** The process id of a worker that runs. */
  async pid(worker: number): Promise<number> {
    return eventually(`worker ${worker} to run`, async () => (await this.pids()).get(worker));
  }

  /**
   * Opens a connection to one worker: connections are opened until it has one, and the others are closed.
   * @param open opens one connection, on which the service has answered
   */
  async connect<T>(worker: number, open: () => Promise<T>, close: (opened: T) => unknown): Promise<T> {
    const tries: (readonly number[])[] = [];
    const what = (): string =>
      `a connection to worker ${worker}; workers with new sockets at the last tries: ${JSON.stringify(tries.slice(-20))}`;
    return eventually(what, async () => {
      const before = await this.#sockets();
      const opened = await open();
      const now = await this.#sockets();
      // Another worker may have opened a connection of its own meanwhile, such as one to the database.
      const changed = [...now].filter(([each, sockets]) =>
        [...sockets].some((socket) => before.get(each)?.has(socket) !== true),
      );
      tries.push(changed.map(([each]) => each));
      if (changed.length === 1 && changed[0]?.[0] === worker) return opened;
      await close(opened);
      return undefined;
    });
  }

  /** A function that asks one worker, always over the same connection. */
  async asker(
    worker: number,
  ): Promise<(path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>> {
    const base = await this.#service.ready();
    const agent = await this.connect(
      worker,
      async () => {
        const opened = new Agent({ keepAlive: true, maxSockets: 1 });
        await ask(opened, `${base}/health/live`);
        return opened;
      },
      (opened) => opened.destroy(),
    );
    this.#agents.push(agent);
    return (path, body, headers) => ask(agent, base + path, body, headers);
  }

  /** Closes the connections of all askers. */
  close(): void {
    for (const agent of this.#agents.splice(0)) agent.destroy();
  }

  /** The sockets of each worker. */
  async #sockets(): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
    const found = new Map<number, ReadonlySet<string>>();
    for (const [worker, pid] of await this.pids()) {
      const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
      const links = await Promise.all(
        descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
      );
      found.set(worker, new Set(links.filter((link) => link.startsWith('socket:'))));
    }
    return found;
  }
}

function ask(
  agent: Agent,
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method: body ? 'POST' : 'GET',
        headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json') === true;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: isJson ? JSON.parse(text) : text,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}
