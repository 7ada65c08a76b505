import { setTimeout as sleep } from 'node:timers/promises';
import { onConnection } from '../../harness/database.ts';
import { globalId, readAnswer, snapshotOperation } from '../clients/api.ts';
import { Prober } from '../clients/prober.ts';
import type { Scenario } from '../scenario.ts';

/** Time in which a node has to answer whether it is ready, in milliseconds. */
const readinessMs = 200;
/** Longest time that readers and the writers of other articles may wait, in milliseconds. */
const answerMs = 1000;
/** Longest time that a writer of the locked article may wait for an answer, in milliseconds. */
const refusalMs = 8000;
const writerSets = 5;

/** Reads an article through the API. @returns the fault of the answer; undefined: none */
async function read(url: string, articleId: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ query: snapshotOperation, variables: { id: globalId('Article', articleId) } }),
    signal,
  });
  const { status, data, codes } = readAnswer<{ node: unknown }>(response.status, await response.text());
  return status === 200 && data?.node && codes.length === 0 ? undefined : `${status} ${codes.join()}`;
}

/** Asks a node whether it is ready. @returns the fault of the answer; undefined: none */
async function askReady(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`${url}/health/ready`, { signal });
  return response.status === 200 ? undefined : `${response.status} ${await response.text()}`;
}

/** Another session holds one article's counter row locked, like a forgotten `psql`, while many writers post there. */
export const rowLocked: Scenario = {
  name: 'row-locked',
  title: 'The counter row of a busy article is locked (`FOR UPDATE`) by another session',
  needsRedis: true,
  async run(world, form) {
    const lockedMs = form === 'long' ? 12_000 : 5000;
    // The short form shares the machine with other scenarios, and tests locks rather than load.
    const [readEveryMs, elsewhere] = form === 'long' ? [200, 10] : [1000, 3];
    const some = form === 'long' ? { stock: 10, plain: 90 } : { stock: 2, plain: 8 };
    // The service's default statement timeout: with the shorter one of the harness, statements would give up waiting
    // sooner.
    const { nodes } = await world.startPair({ DATABASE_STATEMENT_TIMEOUT_MS: '10000' });
    const { url } = await world.openBalancer(nodes);
    const [locked = '', ...others] = world.articleIds(4);
    await world.openCrowd({ urls: [url], articleIds: [locked, ...others], ...some }, { closes: [] });
    // A writer waits for each answer, so one set could not have more posts under way than it has writers.
    const stuck = Array.from({ length: writerSets }, () =>
      world.startWriters({ urls: [url], articleIds: [locked], count: 35, postsPerSecond: 20 / writerSets }),
    );
    const free = world.startWriters({
      urls: [url],
      articleIds: others,
      count: 15,
      postsPerSecond: elsewhere,
    });
    const readers = [locked, ...others].map(
      (id) => new Prober({ everyMs: readEveryMs, send: (signal) => read(url, id, signal) }),
    );
    const balancers = nodes.map(
      (node) => new Prober({ everyMs: 100, send: (signal) => askReady(node.url, signal) }),
    );
    await world.goOn(1000);
    await onConnection(world.postgres.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [locked]);
      await sleep(lockedMs);
      await client.query('ROLLBACK');
    });
    const [first] = stuck;
    const healthy = first ? await world.expectHealthy(nodes[0], first) : 0;
    await Promise.all([...readers, ...balancers].map((prober) => prober.finish()));
    const slowest = (all: readonly { readonly slowest: number }[]) =>
      Math.round(Math.max(...all.map((one) => one.slowest)));
    for (const { failed, failures } of balancers)
      world.expect(failed === 0, `a node was not ready ${failed} times: ${[...failures].join('; ')}`);
    for (const { failed, failures } of readers)
      world.expect(failed === 0, `an article could not be read ${failed} times: ${[...failures].join('; ')}`);
    world.expect(free.unavailable === 0, `writers of other articles were refused ${free.unavailable} times`);
    const bounds = [
      ['readiness', slowest(balancers), readinessMs],
      ['reading', slowest(readers), answerMs],
      ['writing elsewhere', Math.round(free.slowest), answerMs],
      ['writing to the locked article', slowest(stuck), refusalMs],
    ] as const;
    for (const [what, took, within] of bounds)
      world.expect(took <= within * world.leeway, `${what} took up to ${took} ms instead of ${within} ms`);
    return {
      'locked for ms': lockedMs,
      'readiness ms': slowest(balancers),
      'read ms': slowest(readers),
      'written elsewhere ms': Math.round(free.slowest),
      'written there ms': slowest(stuck),
      'healthy after ms': healthy,
    };
  },
};
