/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { OperationSlots } from '../../../src/platform/operations/operation-slots.ts';

/** Operations that run until `end` is called. */
function open(slots: OperationSlots) {
  const running = new Map<string, () => void>();
  const run = (name: string, client: string, points: number) =>
    slots.run(client, points, () => new Promise<void>((end) => running.set(name, end)));
  const end = async (name: string): Promise<void> => {
    running.get(name)?.();
    running.delete(name);
    // Waiting operations are started by promises alone.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { run, end, names: () => [...running.keys()] };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

it('sixteen operations of one client run at once, the next one when one of them ends', async () => {
  const { run, end, names } = open(new OperationSlots());
  const all = range(18).map((index) => run(`a${index}`, 'a', 1));
  const other = run('b', 'b', 1);
  expect(names()).toEqual([...range(16).map((index) => `a${index}`), 'b']);
  await end('a3');
  expect(names()).toContain('a16');
  expect(names()).not.toContain('a17');
  for (const name of [...range(18).map((index) => `a${index}`), 'b']) await end(name);
  await Promise.all([...all, other]);
});

it('expensive operations run together up to a thousand points, and a single one at any cost', async () => {
  const { run, end, names } = open(new OperationSlots());
  const all = [
    run('first', 'a', 5000),
    run('second', 'a', 600),
    run('third', 'a', 400),
    run('fourth', 'a', 1),
  ];
  expect(names()).toEqual(['first']);
  await end('first');
  expect(names()).toEqual(['second', 'third']);
  await end('third');
  expect(names()).toEqual(['second', 'fourth']);
  await end('second');
  await end('fourth');
  await Promise.all(all);
});

it('a cheap operation does not overtake an expensive one that waits', async () => {
  const { run, end, names } = open(new OperationSlots());
  const all = [run('first', 'a', 600), run('dear', 'a', 600), run('cheap', 'a', 1)];
  expect(names()).toEqual(['first']);
  await end('first');
  expect(names()).toEqual(['dear', 'cheap']);
  await end('dear');
  await end('cheap');
  await Promise.all(all);
});

it('an operation is refused when the queue of its client is full', async () => {
  const { run, end, names } = open(new OperationSlots());
  const all = range(216).map((index) => run(`a${index}`, 'a', 1));
  await expect(run('more', 'a', 1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  while (names().length > 0) await end(names()[0] ?? '');
  await Promise.all(all);
});

it('a failed operation frees its slot', async () => {
  const slots = new OperationSlots();
  const fail = () => Promise.reject(new Error('No'));
  for (let round = 0; round < 40; round++) await expect(slots.run('a', 600, fail)).rejects.toThrow('No');
  await expect(slots.run('a', 600, () => Promise.resolve('done'))).resolves.toBe('done');
});
