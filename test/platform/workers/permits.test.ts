/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { HashingQueue } from '../../../src/platform/auth/hashing-queue.ts';
import { Permits } from '../../../src/platform/workers/permits.ts';
import { linkedPeers } from '../../support/linked-peers.ts';

const settle = () => new Promise(setImmediate);

it('the passwords that several workers hash at once are no more than the node may', async () => {
  const queues = linkedPeers(4, 2).map(
    (peer) => new HashingQueue({ atOnce: 2, maxWaiting: 10, maxWaitMs: 5000, permit: () => peer.mayHash() }),
  );
  let [running, most, done] = [0, 0, 0];
  const hash = async () => {
    most = Math.max(most, (running += 1));
    await settle();
    running -= 1;
    done += 1;
  };
  await Promise.all(queues.flatMap((queue) => Array.from({ length: 5 }, () => queue.run('a', hash))));
  expect({ most, done, running }).toEqual({ most: 2, done: 20, running: 0 });
});

it('one worker may use all that the node may', async () => {
  const [peer] = linkedPeers(4, 2);
  const queue = new HashingQueue({
    atOnce: 2,
    maxWaiting: 10,
    maxWaitMs: 5000,
    permit: () => peer?.mayHash() ?? Promise.reject(new Error('There is no peer')),
  });
  const begun: number[] = [];
  const finish: (() => void)[] = [];
  const all = [1, 2, 3].map((n) =>
    queue.run('a', () => {
      begun.push(n);
      return new Promise<void>((resolve) => finish.push(resolve));
    }),
  );
  await settle();
  expect(begun).toEqual([1, 2]);
  for (let n = 0; n < 3; n++) {
    finish[n]?.();
    await settle();
  }
  await Promise.all(all);
});

it('a worker that ends leaves its permits to the others', () => {
  const permits = new Permits(2);
  const granted: string[] = [];
  const ask = (worker: number, name: string) => permits.ask(worker, () => granted.push(name));
  ask(1, 'a');
  ask(1, 'b');
  ask(1, 'c');
  ask(2, 'd');
  expect(granted).toEqual(['a', 'b']);
  permits.end(1);
  expect(granted).toEqual(['a', 'b', 'd']);
  ask(2, 'e');
  ask(2, 'f');
  expect(granted).toEqual(['a', 'b', 'd', 'e']);
  // A worker gives back no more than it has.
  permits.giveBack(1);
  permits.giveBack(2);
  expect(granted).toEqual(['a', 'b', 'd', 'e', 'f']);
});
