import { connect } from 'node:net';
import { once } from 'node:events';
import { findRedis } from './binaries.ts';
import { pickLastingPort } from './lasting-port.ts';
import { Server } from './server.ts';

/** A Redis server of the harness, without persistence. */
export class Redis {
  readonly server: Server;
  readonly url: string;

  private constructor(program: string, folder: string, port: number) {
    this.url = `redis://127.0.0.1:${port}`;
    this.server = new Server(
      [
        program,
        ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
        ...['--save', '', '--appendonly', 'no'],
      ],
      { cwd: folder },
      () => answersPing(port),
    );
  }

  /** @throws Error where redis-server is not installed */
  static async create(folder: string): Promise<Redis> {
    const program = await findRedis();
    if (program === undefined) throw new Error('redis-server is not installed');
    return new Redis(program, folder, await pickLastingPort());
  }
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
