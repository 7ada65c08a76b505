/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { LogFollower } from '../../../../src/platform/feature/log-follower.ts';

it('looks go through all articles in turn, and begin again behind the last one', async () => {
  const looked: string[] = [];
  const stepped: string[] = [];
  const next: Record<string, string | null> = { '0': '2', '2': '4', '4': null };
  const follower = new LogFollower({
    onAppended: () => () => undefined,
    look: (after) => {
      looked.push(after);
      return Promise.resolve({ due: [`behind ${after}`], last: next[after] ?? null });
    },
    step: (articleIds) => {
      stepped.push(...articleIds);
      return Promise.resolve([]);
    },
    articlesPerStep: 10,
    name: 'following',
    everyMs: 0,
  });
  for (let step = 0; step < 6; step++) await follower.step(new AbortController().signal);
  expect(looked.slice(0, 6)).toEqual(['0', '2', '4', '0', '2', '4']);
  expect(stepped.slice(0, 6)).toEqual(looked.slice(0, 6).map((after) => `behind ${after}`));
});
