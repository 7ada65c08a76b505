/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { Turns } from '../../../src/platform/fairness/turns.ts';

/** Turns by a clock that only `work` advances: a busy machine makes no work longer. */
function stoppedClock() {
  let time = 1000;
  const now = (): number => time;
  const work = (ms: number): void => {
    time += ms;
  };
  return { turns: new Turns(now), now, work };
}

/** Number of turns of the event loop until a condition holds. */
async function turnsUntil(holds: () => boolean): Promise<number> {
  for (let turns = 0; ; turns++) {
    if (holds()) return turns;
    if (turns > 10_000) throw new Error('The condition never held');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('work begins at once when none waits', async () => {
  const turns = new Turns();
  expect(turns.enter('a')).toBeUndefined();
  await expect(turns.take('b', () => 'done')).resolves.toBe('done');
});

it('concurrent work is distributed over several turns of the event loop', async () => {
  const { turns, work } = stoppedClock();
  const done: number[] = [];
  const all = Array.from({ length: 20 }, (_, index) =>
    turns.take('a', () => {
      work(2);
      done.push(index);
    }),
  );
  expect(done).toEqual([0]);
  // Each takes at least 2 ms, and none begins after 3 ms of a turn.
  expect(await turnsUntil(() => done.length === 20)).toBeGreaterThanOrEqual(9);
  expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index));
  await Promise.all(all);
});

it('continuations in microtasks count as part of the work', async () => {
  const { turns, work } = stoppedClock();
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

it('clients are served round-robin, however much work one of them has waiting', async () => {
  const { turns, work } = stoppedClock();
  const order: string[] = [];
  const take = (client: string) =>
    turns.take(client, () => {
      work(1);
      order.push(client);
    });
  await Promise.all([take('a'), ...Array.from({ length: 50 }, () => take('a')), take('b'), take('b')]);
  expect(order.slice(0, 6).filter((client) => client === 'b')).toHaveLength(2);
});

it('a client rests after long work, and others are served meanwhile', async () => {
  const { turns, work } = stoppedClock();
  const order: string[] = [];
  const take = (client: string, ms: number) =>
    turns.take(client, () => {
      work(ms);
      order.push(client);
    });
  // It rests for as long as a client may.
  await take('a', 100);
  const again = take('a', 0);
  const others = Promise.all(Array.from({ length: 5 }, () => take('b', 0)));
  await others;
  expect(order).toEqual(['a', 'b', 'b', 'b', 'b', 'b']);
  await again;
  expect(order.at(-1)).toBe('a');
});

it('work is refused for a client with too much waiting work, and for no other', async () => {
  const turns = new Turns();
  const taken = Array.from({ length: 201 }, () => turns.take('a', () => undefined));
  await expect(turns.take('a', () => undefined)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(turns.take('b', () => 'done')).resolves.toBe('done');
  await Promise.all(taken);
});

it('errors of the work are passed on', async () => {
  const turns = new Turns();
  const fail = () => {
    throw new Error('No');
  };
  await expect(turns.take('a', fail)).rejects.toThrow('No');
  await expect(Promise.all([turns.take('a', () => undefined), turns.take('a', fail)])).rejects.toThrow('No');
  await expect(turns.take('a', () => 'done')).resolves.toBe('done');
});

it('many large texts are distributed over several turns of the event loop', async () => {
  const { turns, work } = stoppedClock();
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
  // Clients are served round-robin here as well.
  expect(measured.indexOf('b')).toBeLessThan(5);
  await Promise.all(all);
});

it('new connections precede waiting work, for a limited time', async () => {
  const { turns, work } = stoppedClock();
  let done = 0;
  const all = Array.from({ length: 10 }, () =>
    turns.take('a', () => {
      work(6);
      done += 1;
    }),
  );
  const connect = async (): Promise<void> => {
    turns.connected();
    work(1);
    await new Promise((resolve) => setImmediate(resolve));
  };
  expect(done).toBe(1);
  // While a connection arrives in each turn of the event loop, no work runs.
  for (let connections = 0; connections < 20; connections++) await connect();
  expect(done).toBe(1);
  // The deferral is limited in time.
  while (done < 10) await connect();
  await Promise.all(all);
});

it('connections defer work for a tenth of the time at most, however many come', async () => {
  const clock = stoppedClock();
  const { turns, work } = clock;
  let done = 0;
  const begin = async (): Promise<void> => {
    await turns.enter('a');
    done += 1;
    work(5);
  };
  const all = Array.from({ length: 100 }, begin);
  const [startedAt, startedWith] = [clock.now(), done];
  // Somebody connects in each turn of the event loop, which takes a millisecond.
  while (clock.now() < startedAt + 1000) {
    turns.connected();
    work(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(done - startedWith).toBeGreaterThan(90);
  await Promise.all(all);
});
