/**
 * @database either
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import { TestApp, type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { buildProgram } from '../support/program.ts';
import { useReaders } from '../support/readers.ts';
import { Service } from '../support/service.ts';

const sessionSecret = 'a secret that only the tests know and use';

describeInBrowser('two readers of a service that is killed', () => {
  const readers = useReaders();
  let database: TestDatabase;
  let service: Service | undefined;
  let ada: TestUser;
  let bo: TestUser;
  let path: string;

  beforeAll(async () => {
    await buildProgram();
    database = await createTestDatabase();
    const app = await TestApp.start({}, { database });
    ada = await app.signUp('Ada Example');
    bo = await app.signUp('Bo Example');
    path = `/articles/${(await app.addArticle({ article: { title: 'Keep the ferry' } })).slug}`;
    await app.close();
  }, 240_000);
  afterAll(async () => {
    await service?.end('SIGKILL');
    await database.drop();
  });

  const start = async (port: number): Promise<string> => {
    service = new Service({
      PORT: String(port),
      DATABASE_URL: database.url,
      SESSION_SECRET: sessionSecret,
      RATE_LIMITS: 'off',
    });
    return service.ready();
  };

  it('both continue after the last comment that they have received', async () => {
    const port = await pickLastingPort();
    const address = await start(port);
    const one = await readers.open(address + path, { user: ada });
    const two = await readers.open(address + path, { user: bo });
    await Promise.all([one.isLive(), two.isLive()]);
    await one.say('Before');
    await two.page.getByRole('button', { name: '1 new comment' }).click();

    await service?.end('SIGKILL');
    await one.page.getByText('Reconnecting …').waitFor();
    await two.replyTo('Before', 'Meanwhile');
    await two.page.getByText('did not reach the service').waitFor();
    await start(port);
    await Promise.all([one.isLive(), two.isLive()]);
    // The comment was sent without pressing a button.
    await one.comment('Meanwhile').waitFor();
    await two.comment('Meanwhile').getByRole('button', { name: 'Edit' }).waitFor();
    await one.replyTo('Meanwhile', 'After');
    await two.comment('After').waitFor();
    for (const reader of [one, two]) expect(await reader.texts()).toEqual(['Before', 'Meanwhile', 'After']);
  });
});
