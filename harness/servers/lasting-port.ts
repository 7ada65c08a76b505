import { once } from 'node:events';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** Below the ports that systems give to outgoing connections, which begin at 32,768 or higher. */
const [lowest, end] = [20_000, 32_000];

/**
 * Picks a free port for a server that is started later, or again at the same address. No outgoing connection gets it in between, as
 * can happen to a port that the system has chosen.
 */
export async function pickLastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, end);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
