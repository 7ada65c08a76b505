/**
 * @database either
 * @seconds 45
 */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { faultsOf } from '../support/demo.ts';
import { eventually } from '../support/eventually.ts';
import { buildProgram, runProgram } from '../support/program.ts';
import { Service } from '../support/service.ts';
import { TestApp } from '../support/app.ts';

const campaigns = `{ campaigns(statuses: [LIVE, ENDED], first: 5) { nodes {
  backerCount article { slug } collected { minorUnits } milestones { status } } } }`;

describe('the demo of a service that is killed while it begins', () => {
  let database: TestDatabase;
  const services: Service[] = [];

  const begin = (): Service => {
    const service = new Service({
      DATABASE_URL: database.url,
      SESSION_SECRET: 'a secret that only the tests know and use',
      DEMO_DATA: 'true',
      FUNDING_POLL_MS: '100',
    });
    services.push(service);
    return service;
  };

  beforeAll(buildProgram, 240_000);

  afterEach(async () => {
    for (const service of services.splice(0))
      if (service.process.exitCode === null && service.process.signalCode === null)
        await service.end('SIGTERM');
    await database.drop();
  });

  it('is whole after the next start, with nothing in it twice and books that are right', async () => {
    database = await createTestDatabase();
    const first = begin();
    const address = await first.ready();
    // A program's output arrives in pieces.
    await eventually('the address of the article', () =>
      first.output.includes(`${address}/articles/the-last-boat-at-ten-past-eight`),
    );
    await first.end('SIGKILL');
    for (const backers of [1, 9]) {
      const service = begin();
      await eventually(`${backers} backers`, async () => {
        const { nodes } = (await service.post(campaigns)).campaigns;
        return nodes.some(({ backerCount }: { backerCount: number }) => backerCount >= backers);
      });
      await service.end('SIGKILL');
    }
    const last = begin();
    const { nodes } = await eventually('the campaigns', async () => {
      const read = (await last.post(campaigns)).campaigns;
      return read.nodes.some(({ backerCount }: { backerCount: number }) => backerCount >= 12) && read;
    });
    const of = (slug: string) => nodes.find(({ article }: any) => article.slug === slug);
    expect(of('who-owns-the-kelp')).toMatchObject({ backerCount: 4, collected: { minorUnits: '0' } });
    expect(of('the-last-boat-at-ten-past-eight')).toMatchObject({ collected: { minorUnits: '610000' } });
    expect(await last.end('SIGTERM')).toBe(0);
    expect(await runProgram('funding', ['reconcile'], { env: { DATABASE_URL: database.url } })).toEqual({
      code: 0,
      out: '0 differences in 2 campaigns\n',
      err: '',
    });
    const app = await TestApp.start({}, { database });
    expect(await faultsOf(app.app.db)).toEqual([]);
    await app.close();
  }, 240_000);
});
