/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { LocalBus } from '../../../src/platform/events/bus.ts';
import { WorkerBus } from '../../../src/platform/workers/worker-bus.ts';
import { linkedPeers } from '../../support/linked-peers.ts';

it('a hint of one worker reaches the listeners of all, each of the article and only while it watches', () => {
  const buses = linkedPeers(3).map((peers) => new WorkerBus(peers, new LocalBus()));
  const heard: string[] = [];
  const unwatch = buses.map((bus, index) =>
    bus.watch('5', (sequence) => heard.push(`worker ${index} hears ${sequence}`)),
  );
  buses[1]?.watch('6', () => heard.push('another article'));

  buses[0]?.hint('5', 17);
  expect(heard.sort()).toEqual(['worker 0 hears 17', 'worker 1 hears 17', 'worker 2 hears 17']);

  unwatch[2]?.();
  heard.length = 0;
  buses[2]?.hint('5', 18);
  expect(heard.sort()).toEqual(['worker 0 hears 18', 'worker 1 hears 18']);
});
