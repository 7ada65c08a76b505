/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from '../src/back-off.ts';

describe('the wait before a reconnection', () => {
  it('is random below a bound that doubles up to the longest wait', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 60_000 }),
        (failures, maxMs) => {
          const waits = Array.from({ length: 50 }, () => backOffMs(failures, maxMs));
          const bound = Math.min(maxMs, 500 * 2 ** (failures - 1));
          expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...waits)).toBeLessThan(bound);
          // Spread over the whole range: the probability that none of fifty is in the upper half is 1 in 10^15.
          expect(Math.max(...waits)).toBeGreaterThan(bound / 2);
        },
      ),
    );
  });
});
