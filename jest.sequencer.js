// The package's types speak of its CommonJS build, in which the class is one level deeper.
/* eslint-disable @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return */
import Sequencer from '@jest/test-sequencer';

// What takes longest, in this order. Begun last, it would run on alone.
const longest = [
  'process/start',
  'process/npm-start',
  'db/migration-steps',
  'permissions/reading',
  'bench/bench',
  'db/embedded',
  'permissions/lists',
  'permissions/outcomes',
  'journeys/races',
  'import/cli',
  'account/cli',
];

/** @param {{ path: string }} test */
const rank = ({ path }) => {
  const index = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return index === -1 ? longest.length : index;
};

/** Jest orders by how long files took the last time, and knows nothing of that on a fresh clone. */
export default class LongestFirst extends Sequencer {
  /**
   * @param {import('@jest/test-result').Test[]} tests
   * @returns {Promise<import('@jest/test-result').Test[]>}
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted].sort((a, b) => rank(a) - rank(b));
  }
}
