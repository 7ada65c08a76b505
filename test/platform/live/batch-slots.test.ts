import { expect, it } from '@jest/globals';
import { BatchSlots } from '../../../src/platform/live/batch-slots.ts';

const large = { textBytes: 100 * 1024 * 1024, readBytes: 0 };

it('a client rests after large batches for a bounded time, however many batches there were', async () => {
  const slots = new BatchSlots();
  for (let batch = 0; batch < 1000; batch++) slots.count('a', large);
  const entering = slots.enter('a');
  expect(entering).toBeInstanceOf(Promise);
  // Without a bound, this pause would last 500 seconds.
  (await entering)();
});

it('a client whose batch turns out to be large rests before its next batch, even if that batch already waits for a slot', async () => {
  const slots = new BatchSlots();
  const held = Array.from({ length: 4 }, () => slots.enter('a') as () => void);
  let hasEntered = false;
  const waiting = (slots.enter('a') as Promise<() => void>).then((release) => {
    hasEntered = true;
    release();
  });
  slots.count('a', large);
  held[0]!();
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasEntered).toBe(false);
  await waiting;
  for (const release of held.slice(1)) release();
});

it('a client that rests again and again is refused after the longest wait', async () => {
  const slots = new BatchSlots();
  slots.count('a', large);
  await expect(slots.enter('a', performance.now() - 1)).rejects.toMatchObject({ name: 'BusyError' });
});

it('the least busy client is the first one without any load, or else the one with the least', () => {
  const slots = new BatchSlots();
  slots.count('resting', large);
  const release = slots.enter('busy') as () => void;
  function* clients() {
    yield 'resting';
    yield 'busy';
    yield 'idle';
    throw new Error('Looked further than necessary');
  }
  expect(slots.leastBusy(clients())).toBe('idle');
  expect(slots.leastBusy(['resting', 'busy'])).toBe('busy');
  expect(slots.leastBusy([])).toBeUndefined();
  release();
});
