import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Comparison, takeTurns } from '../measure/rounds.ts';
import { type LiveRun, type LiveServer, LiveStage } from './stage.ts';
import type { Line } from './subscriber.ts';
import type { Position } from './subscribers.ts';

/** A server whose whole audience is disconnected and reconnects. */
interface Side {
  readonly name: string;
  readonly server: LiveServer;
  readonly line: Line;
  readonly from: Position | undefined;
  readonly last: number;
}

/** Sends renderings to the bare server, which keeps them in memory. */
async function keep(server: LiveServer, frames: readonly string[]): Promise<void> {
  const socket = new WebSocket(`${server.feed}/keep`);
  await once(socket, 'open');
  for (const frame of frames) socket.send(frame);
  socket.close();
  await once(socket, 'close');
}

const numberOf = (frame = ''): number => Number(/"sequence":(\d+)/.exec(frame)?.[1]);

/** Disconnects all subscribers at once; they reconnect at once, each with the same number of missed events. */
export function benchComeBack(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const { comeBack: listeners, missed } = size;
  const title = `live: ${listeners.toLocaleString('en')} subscribers come back, each with ${missed} events missed`;
  return LiveStage.with(run, async (stage) => {
    const node = await stage.startNode();
    const nodes = [node, ...(await stage.startVariants())];
    const bare = await stage.startBroadcast();
    const articleId = stage.takeArticle();
    const commits = await stage.write({ articleIds: [articleId], count: missed });
    const from = commits[0] && stage.before(commits[0]);
    const last = commits.at(-1)?.sequence ?? 0;
    if (!from) throw new RangeError('Nothing was missed');
    const frames = await stage.audience.frames(node.line, articleId, from, missed);
    await keep(bare, frames);

    const replay: Line = { ...bare.line, url: `${bare.feed}/replay` };
    const sides: Side[] = [
      ...nodes.map((server) => ({ name: server.name, server, line: server.line, from, last })),
      { name: bare.name, server: bare, line: replay, from: undefined, last: numberOf(frames.at(-1)) },
    ];
    for (const { name, server } of sides)
      await stage.audience.open(name, server.line, stage.listeners(articleId, listeners));
    const results = await takeTurns(sides, options.rounds, async (side, round) => {
      const before = await side.server.process.cpu();
      const ms = await stage.audience.comeBack(side.name, side.line, side.from, side.last);
      const cpu = (await side.server.process.cpu()) - before;
      onProgress(`${title}: round ${round + 1}, ${side.name}: ${(ms / 1000).toFixed(2)} s`);
      return { seconds: ms / 1000, cpuSeconds: cpu / 1000 };
    });
    const columns = [
      { key: 'seconds', name: 's until all have all', digits: 2 },
      { key: 'cpuSeconds', name: 'CPU s, server', digits: 2 },
    ];
    return { title, columns, sides: results };
  });
}
