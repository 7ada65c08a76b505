import { expect, it } from '@jest/globals';
import { Turns } from '../../src/operations/turns.ts';

/** Keeps the processor busy. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Turns of the event loop until something has come true. */
async function turnsUntil(holds: () => boolean): Promise<number> {
  for (let turns = 0; ; turns++) {
    if (holds()) return turns;
    if (turns > 10_000) throw new Error('It never came true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('what comes alone begins at once', async () => {
  const turns = new Turns();
  expect(turns.enter('a')).toBeUndefined();
  await expect(turns.take('b', () => 'done')).resolves.toBe('done');
});

it('what comes together is divided among turns of the loop', async () => {
  const turns = new Turns();
  const done: number[] = [];
  const all = Array.from({ length: 20 }, (_, index) =>
    turns.take('a', () => {
      work(2);
      done.push(index);
    }),
  );
  expect(done).toEqual([0]);
  // At least 2 ms each, and no more begin once 3 ms are over.
  expect(await turnsUntil(() => done.length === 20)).toBeGreaterThanOrEqual(9);
  expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index));
  await Promise.all(all);
});

it('counts what goes on behind promises as the work that began it', async () => {
  const turns = new Turns();
  const done: number[] = [];
  const begin = async (index: number): Promise<void> => {
    await turns.enter('a');
    await Promise.resolve();
    await Promise.resolve();
    work(6);
    done.push(index);
  };
  const all = Array.from({ length: 10 }, (_, index) => begin(index));
  expect(await turnsUntil(() => done.length === 10)).toBeGreaterThanOrEqual(8);
  await Promise.all(all);
});

it('clients go by turns, whatever one of them has waiting', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const take = (client: string) =>
    turns.take(client, () => {
      work(1);
      order.push(client);
    });
  await Promise.all([take('a'), ...Array.from({ length: 50 }, () => take('a')), take('b'), take('b')]);
  expect(order.slice(0, 6).filter((client) => client === 'b')).toHaveLength(2);
});

it('a client whose work kept all others waiting goes on after a rest, and others do not wait for it', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const take = (client: string, ms: number) =>
    turns.take(client, () => {
      work(ms);
      order.push(client);
    });
  await take('a', 40);
  const again = take('a', 0);
  const others = Promise.all(Array.from({ length: 5 }, () => take('b', 0)));
  await others;
  expect(order).toEqual(['a', 'b', 'b', 'b', 'b', 'b']);
  await again;
  expect(order.at(-1)).toBe('a');
});

it('refuses a client for which too much waits, and nobody else', async () => {
  const turns = new Turns();
  const taken = Array.from({ length: 201 }, () => turns.take('a', () => undefined));
  await expect(turns.take('a', () => undefined)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(turns.take('b', () => 'done')).resolves.toBe('done');
  await Promise.all(taken);
});

it('passes on what the work throws', async () => {
  const turns = new Turns();
  const fail = () => {
    throw new Error('No');
  };
  await expect(turns.take('a', fail)).rejects.toThrow('No');
  await expect(Promise.all([turns.take('a', () => undefined), turns.take('a', fail)])).rejects.toThrow('No');
  await expect(turns.take('a', () => 'done')).resolves.toBe('done');
});

it('large texts are divided among turns of the loop, once there are many', async () => {
  const turns = new Turns();
  const text = 50_000;
  const measured: string[] = [];
  const measure = async (client: string): Promise<void> => {
    await turns.forText(client, text);
    work(1);
    measured.push(client);
  };
  expect([turns.forText('a', text), turns.forText('a', text)]).toEqual([undefined, undefined]);
  const all = [...Array.from({ length: 40 }, () => measure('a')), measure('b')];
  expect(await turnsUntil(() => measured.length === 41)).toBeGreaterThanOrEqual(7);
  // Clients go by turns with them, too.
  expect(measured.indexOf('b')).toBeLessThan(5);
  await Promise.all(all);
});

it('who connects goes before work that waits, for a while', async () => {
  const turns = new Turns();
  let done = 0;
  const all = Array.from({ length: 10 }, () =>
    turns.take('a', () => {
      work(6);
      done += 1;
    }),
  );
  expect(done).toBe(1);
  // As long as there is somebody in each turn of the loop, nothing else is done.
  for (let connections = 0; connections < 5; connections++) {
    turns.connected();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(done).toBe(1);
  // But not for ever.
  while (done < 10) {
    turns.connected();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
});
