/**
 * @database either
 * @seconds 75
 */
import { expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type TestApp, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type RawMessage, RawSocket } from '../../support/raw-socket.ts';

const positions = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { __typename sequence cursor }
}`;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Subscribes and unsubscribes on one socket, several at a time; every third subscription ends before its answer. */
async function rounds(socket: RawSocket, articleId: string, count: number): Promise<void> {
  const atOnce = 25;
  for (let done = 0; done < count; done += atOnce) {
    const ids = Array.from({ length: atOnce }, (_, index) => String(done + index));
    const waiting = new Set(ids.filter((_, index) => index % 3 > 0));
    for (const id of ids) {
      socket.subscribe(id, positions, { articleId });
      if (!waiting.has(id)) socket.send({ type: 'complete', id });
    }
    await new Promise<void>((resolve) => {
      const take = (data: Buffer): void => {
        const message = JSON.parse(data.toString()) as RawMessage;
        if (message.type !== 'next' || message.id === undefined || !waiting.delete(message.id)) return;
        socket.send({ type: 'complete', id: message.id });
        if (waiting.size > 0) return;
        socket.ws.off('message', take);
        resolve();
      };
      socket.ws.on('message', take);
    });
    socket.messages.length = 0;
  }
}

const service = useApp({ MAX_SUBSCRIPTIONS_PER_SOCKET: '1000' });

async function heapAfter(app: TestApp, count: number): Promise<number> {
  // Every round opens the articles' feeds and closes them.
  const articles = await Promise.all([1, 2, 3, 4].map(() => app.addArticle()));
  await Promise.all(
    articles.map(async ({ id }) => {
      const socket = await new RawSocket(app.url).open();
      await rounds(socket, id, count / articles.length);
      socket.ws.close();
      await socket.closeCode();
    }),
  );
  await eventually('every feed to be released', () => app.app.hub.size.articles === 0);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('the service retains no memory of 10,000 subscriptions that have ended', async () => {
  const app = service();
  // A leak of a hundred bytes for each subscription would be a megabyte each time. What the machine keeps once, such as
  // compiled code, is kept the first time.
  let last = await heapAfter(app, 2000);
  const growths: number[] = [];
  while (growths.length < 3 && !growths.some((bytes) => bytes < 1_000_000)) {
    const next = await heapAfter(app, 10_000);
    growths.push(next - last);
    last = next;
  }
  expect(app.app.hub.size).toEqual({ articles: 0, streams: 0, groups: 0 });
  expect(Math.min(...growths)).toBeLessThan(1_000_000);
  const { master } = app.app.dataSource.driver as unknown as {
    master: { idleCount: number; totalCount: number };
  };
  await eventually('every database connection to be idle', () => master.idleCount === master.totalCount);
}, 360_000);
