import { describe, expect, it } from '@jest/globals';
import { RequestError } from '../../../src/platform/errors/errors.ts';
import { BusyError, Shares } from '../../../src/platform/fairness/shares.ts';

const lane = { reserved: 0, max: 4, perClient: 2, isForPeople: true };

function createShares(options: Partial<ConstructorParameters<typeof Shares<'own' | 'people'>>[0]> = {}) {
  return new Shares<'own' | 'people'>({
    size: 4,
    lanes: { own: { ...lane, reserved: 1, max: 2, isForPeople: false }, people: lane },
    maxWaitingPerClient: 3,
    maxWaiting: 5,
    waitMs: 60_000,
    reason: 'Too much is asked',
    ...options,
  });
}

const of = (client: string) => ({ lane: 'people', client }) as const;
const own = { lane: 'own', client: 'polls' } as const;

describe('shares', () => {
  it('grant a claim at once and without a promise where there is room', () => {
    const shares = createShares();
    expect([shares.take(of('a')), shares.take(of('a')), shares.take(of('b'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (const client of ['a', 'a', 'b']) shares.release(of(client));
    expect(shares.isIdle).toBe(true);
  });

  it('limit a client to its share, and keep the reserve of a lane', async () => {
    const shares = createShares();
    void shares.take(of('a'));
    void shares.take(of('a'));
    // A third slot for one client, and a fourth one of the lane.
    const waits = [shares.take(of('a')), shares.take(of('b')), shares.take(of('c'))];
    expect(waits.map((wait) => wait instanceof Promise)).toEqual([true, false, true]);
    expect(shares.take(own)).toBeUndefined();
    shares.release(own);
    for (const client of ['a', 'a', 'b']) shares.release(of(client));
    await Promise.all(waits.map((wait) => Promise.resolve(wait)));
    for (const client of ['a', 'c']) shares.release(of(client));
    expect(shares.isIdle).toBe(true);
  });

  it('serve waiting clients round-robin, however many claims one of them has', async () => {
    const shares = createShares({ lanes: { own: { ...lane, max: 0 }, people: { ...lane, max: 1 } } });
    const served: string[] = [];
    void shares.take(of('first'));
    for (const client of ['a', 'a', 'a', 'b', 'c'])
      void shares.take(of(client))?.then(() => served.push(client));
    for (const client of ['first', 'a', 'b', 'c', 'a']) {
      shares.release(of(client));
      await Promise.resolve();
    }
    expect(served).toEqual(['a', 'b', 'c', 'a', 'a']);
  });

  it('refuse a client’s surplus claim with RATE_LIMITED, and one beyond the lane’s queue as busy', async () => {
    const shares = createShares({ lanes: { own: lane, people: { ...lane, max: 0 } }, waitMs: 30 });
    const waits = ['a', 'a', 'a', 'b', 'b'].map((client) => shares.take(of(client)));
    expect(() => shares.take(of('a'))).toThrow(RequestError);
    // No queue is longer than the one that the third claim of this client would make.
    expect(() => shares.take(of('b'))).toThrow(BusyError);
    const settled = await Promise.allSettled(waits.map((wait) => Promise.resolve(wait)));
    expect(settled.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(settled[0]).toMatchObject({ reason: { name: 'BusyError', retryAfterSeconds: 1 } });
    expect(shares.isIdle).toBe(true);
  });

  it('refuse the last claim of the longest queue in favour of a client with a shorter one, where the lane is full', async () => {
    const shares = createShares({ lanes: { own: lane, people: { ...lane, max: 1 } } });
    void shares.take(of('first'));
    const settled: string[] = [];
    const wait = (client: string, name: string): void =>
      void shares.take(of(client))?.then(
        () => settled.push(`${name} has its turn`),
        () => settled.push(`${name} gave way`),
      );
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) wait(name.charAt(0), name);
    for (const name of ['c1', 'd1', 'e1']) wait(name.charAt(0), name);
    await Promise.resolve();
    expect(settled).toEqual(['a3 gave way', 'a2 gave way', 'b2 gave way']);
    expect(() => shares.take(of('f'))).toThrow(BusyError);
    for (const client of ['first', 'a', 'b', 'c', 'd', 'e']) {
      shares.release(of(client));
      await Promise.resolve();
    }
    expect(settled.slice(3)).toEqual(['a1', 'b1', 'c1', 'd1', 'e1'].map((name) => `${name} has its turn`));
    expect(shares.isIdle).toBe(true);
  });

  it('never answer the service itself with RATE_LIMITED', () => {
    const shares = createShares({
      lanes: { own: { ...lane, max: 0, isForPeople: false }, people: lane },
      waitMs: 1,
    });
    for (let n = 0; n < 3; n += 1) shares.take(own)?.catch(() => undefined);
    expect(() => shares.take(own)).toThrow(BusyError);
  });
});
