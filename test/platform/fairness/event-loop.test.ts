/** @database none */
import { expect, it } from '@jest/globals';
import { goOnLater, type Strand } from '../../../src/platform/fairness/event-loop.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A strand with pieces of work that notes when it goes on, and until when it may. */
class Noted implements Strand {
  readonly sliceMs: number;
  readonly isLast: boolean;
  readonly untils: number[] = [];
  readonly #name: string;
  readonly #order: string[];
  #pieces: number;

  constructor(
    order: string[],
    name: string,
    {
      pieces = 1,
      sliceMs = Infinity,
      isLast = false,
    }: { pieces?: number; sliceMs?: number; isLast?: boolean },
  ) {
    this.#order = order;
    this.#name = name;
    this.#pieces = pieces;
    this.sliceMs = sliceMs;
    this.isLast = isLast;
  }

  goOn(until: number): boolean {
    this.#order.push(this.#name);
    this.untils.push(until);
    return --this.#pieces > 0;
  }
}

it('strands go on once in each turn of the event loop, in the order in which they asked, and those that begin work last', async () => {
  const order: string[] = [];
  const last = new Noted(order, 'last', { isLast: true });
  const first = new Noted(order, 'first', { pieces: 3 });
  const second = new Noted(order, 'second', { pieces: 2 });
  for (const strand of [last, first, second, first]) goOnLater(strand);
  expect(order).toEqual([]);
  await nextTurn();
  expect(order).toEqual(['first', 'second', 'last']);
  await nextTurn();
  expect(order.slice(3)).toEqual(['first', 'second']);
  await nextTurn();
  expect(order.slice(5)).toEqual(['first']);
  await nextTurn();
  expect(order).toHaveLength(6);
});

it('all strands of a turn stop at one time, and none after its own slice', async () => {
  const order: string[] = [];
  const strands = [
    new Noted(order, 'a', {}),
    new Noted(order, 'b', {}),
    new Noted(order, 'c', { sliceMs: 0 }),
  ];
  const asked = performance.now();
  for (const strand of strands) goOnLater(strand);
  await nextTurn();
  const [a, b, c] = strands.map(({ untils }) => untils[0]!);
  expect(a).toBe(b);
  expect(a).toBeGreaterThan(asked);
  expect(c).toBeLessThan(a!);
});
