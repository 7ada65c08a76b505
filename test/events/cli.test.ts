import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { buildProgram, runProgram } from '../support/program.ts';

beforeAll(buildProgram, 60_000);

describe('npm run events', () => {
  let app: TestApp;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    app = await TestApp.start();
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  it('rotate begins a new epoch, and whoever listens is told to load the page again', async () => {
    const { id } = await app.addArticle();
    const listener = app.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const { code, out, err } = await runProgram('events', ['rotate'], {
      env: { DATABASE_URL: app.database.url },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [row] = await app.app.db.query<{ epoch: string }>('SELECT epoch FROM event_log');
    expect(out).toBe(`New epoch: ${row?.epoch}\n`);
    const [reset] = await listener.waitFor(1, 'ArticleReset');
    expect(reset).toMatchObject({ resetReason: 'EPOCH_CHANGED' });
  });

  it('says how it is used when it is called wrongly', async () => {
    for (const args of [[], ['prune'], ['rotate', 'now']]) {
      const { code, err } = await runProgram('events', args, { env: { DATABASE_URL: app.database.url } });
      expect(code).toBe(2);
      expect(err).toContain('Usage: npm run events');
    }
  });
});
