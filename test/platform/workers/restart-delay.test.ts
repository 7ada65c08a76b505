/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { restartDelayMs } from '../../../src/platform/workers/worker-pool.ts';

it('a worker is replaced at once, one that ends again and again after longer and longer', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelayMs)).toEqual([
    0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000,
  ]);
});
