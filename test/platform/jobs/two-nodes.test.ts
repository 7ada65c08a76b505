import { expect, it } from '@jest/globals';
import { JobRunner } from '../../../src/platform/jobs/job-runner.ts';
import { Leases } from '../../../src/platform/jobs/leases.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const app = useApp();
const onError = (...facts: unknown[]): never => {
  throw new Error('A job failed', { cause: facts.at(-1) });
};

it('work under a lease is done by one node at a time, and by both in turn', async () => {
  const { db } = app().app;
  const did: number[] = [];
  let underWay = 0;
  let most = 0;
  const runnerOf = (node: number): JobRunner => {
    const leases = new Leases({ db, onError });
    const work = async (): Promise<void> => {
      most = Math.max(most, (underWay += 1));
      await db.query('SELECT pg_sleep(0.02)');
      underWay -= 1;
      did.push(node);
    };
    const step = async (): Promise<'idle'> => {
      await leases.alone({ kind: 'ERASURE', subjectId: '77' }, work);
      return 'idle';
    };
    return new JobRunner({
      jobs: [{ name: 'leased', due: 'SELECT now()', everyMs: 10, step }],
      db,
      clock: systemClock,
      measures: { countJobRun: () => undefined, showBacklog: () => undefined },
      onCommitted: () => () => undefined,
      onError,
    });
  };
  const nodes = [runnerOf(1), runnerOf(2)];
  nodes.forEach((node) => node.start());
  await eventually('both to have worked', () => did.includes(1) && did.includes(2) && did.length >= 10);
  await Promise.all(nodes.map((node) => node.stop()));
  expect(most).toBe(1);
});
