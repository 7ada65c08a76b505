import Sequencer from '@jest/test-sequencer';
import { pragmasOf } from './pragmas.js';

/**
 * The files that take long come first: begun last, one would run on alone. Jest orders by how long files took the last time,
 * and knows nothing of that on a fresh clone.
 */
export default class LongestFirst extends Sequencer {
  /**
   * @param {import('@jest/test-result').Test[]} tests
   * @returns {Promise<import('@jest/test-result').Test[]>}
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    const seconds = new Map(sorted.map((test) => [test, pragmasOf(test.path).seconds]));
    return [...sorted].sort((a, b) => (seconds.get(b) ?? 0) - (seconds.get(a) ?? 0));
  }
}
