import { setTimeout as sleep } from 'node:timers/promises';
import { type Comparison, type Figures, takeTurns } from '../measure/rounds.ts';
import { deliver, type LiveRun, type LiveServer, LiveStage, openSide } from './stage.ts';

/**
 * Subscribers that connect and disconnect before the first reading, so that one-time loading and compilation are not
 * counted.
 */
const warmUp = 100;

/** Time in which a server has noticed that sockets are closed. */
const goneAfterMs = 1000;

/** Measures the memory of one idle subscriber in the server. Each reading uses a new process. */
export function benchMemory(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const listeners = size.memory;
  const title = `live: memory of an idle subscriber, at ${listeners.toLocaleString('en')}`;
  return LiveStage.with(run, async (stage) => {
    const node = await stage.startNode();
    const [frame = ''] = await stage.makeFrames(node, 1);
    await stage.stopServer(node);

    const measure = async (server: LiveServer): Promise<Figures> => {
      const few = await openSide(stage, server, Math.min(warmUp, listeners), frame);
      await deliver(stage, few, { count: 5, perSecond: 20 });
      await stage.audience.close(server.name);
      await sleep(goneAfterMs);
      const before = await server.process.memory();
      const side = await openSide(stage, server, listeners, frame);
      await deliver(stage, side, { count: 1, perSecond: 1 });
      const after = await server.process.memory();
      await stage.audience.close(server.name);
      return {
        residentKb: (after.resident - before.resident) / listeners / 1024,
        heapKb: (after.heap - before.heap) / listeners / 1024,
      };
    };
    const starts = [
      { name: 'Standfirst', start: () => stage.startNode() },
      ...options.variants.map(({ name, settings }) => ({
        name,
        start: () => stage.startNode(name, settings),
      })),
      { name: 'bare ws', start: () => stage.startBroadcast() },
      { name: 'stock recipe', start: () => stage.startStock() },
    ];
    const results = await takeTurns(starts, options.rounds, async ({ name, start }, round) => {
      const server = await start();
      const figures = await measure(server);
      await stage.stopServer(server);
      onProgress(`${title}: round ${round + 1}, ${name}: ${figures.residentKb?.toFixed(1)} KB`);
      return figures;
    });
    const columns = [
      { key: 'residentKb', name: 'resident KB', digits: 1 },
      { key: 'heapKb', name: 'heap KB', digits: 1 },
    ];
    return { title, columns, sides: results };
  });
}
