/**
 * @database either
 * @seconds 25
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ageEvents } from '../../support/aged.ts';
import { TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import type { LiveEvent } from '../../support/live.ts';
import { buildProgram, runProgram } from '../../support/program.ts';

beforeAll(buildProgram, 240_000);

const isReset = ({ __typename }: LiveEvent) => __typename === 'ArticleReset';

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

  it('rotate begins a new epoch, and streams send a reset', async () => {
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

  it('rotate resets the streams of all running nodes once, even during writes', async () => {
    const other = await TestApp.start({}, { database: app.database });
    try {
      const user = await app.signUp();
      const { id } = await app.addArticle();
      const listeners = [app, other].map((node) => node.live.events(id));
      let rotated = false;
      const writing = (async () => {
        while (!rotated) await app.addComment(user, { articleId: id });
      })();
      await Promise.all(listeners.map((listener) => listener.waitFor(3, 'CommentAdded')));
      const { code } = await runProgram('events', ['rotate'], { env: { DATABASE_URL: app.database.url } });
      expect(code).toBe(0);
      await Promise.all(listeners.map((listener) => listener.waitFor(1, 'ArticleReset')));
      rotated = true;
      await writing;
      const { comment } = await app.addComment(user, { articleId: id, body: 'The last one' });
      const before = listeners[0]?.events[0]?.cursor;
      for (const { events, errors } of listeners) {
        await eventually('the last comment', () => events.at(-1)?.comment?.id === comment?.id);
        expect(errors).toEqual([]);
        expect(events.filter(isReset)).toHaveLength(1);
        let position = 0;
        for (const event of events) {
          // Sequence numbers have no gap; a reset and a checkpoint name the position.
          if (event.__typename === 'CommentAdded') expect(event.sequence).toBe(position + 1);
          position = event.sequence;
        }
      }
      for (const node of [app, other]) {
        const { articleById } = await node.data(
          `query ($id: ID!, $after: EventCursor) { articleById: node(id: $id) { ... on Article {
            events(after: $after) { events { __typename ... on ArticleReset { resetReason } } } } } }`,
          { id, after: before },
        );
        expect(articleById.events.events).toEqual([
          { __typename: 'ArticleReset', resetReason: 'EPOCH_CHANGED' },
        ]);
      }
    } finally {
      await other.close();
    }
  });

  it('prune removes events after their retention, and prints the numbers of removed rows', async () => {
    const user = await app.signUp();
    const { id, articleId } = await app.addArticle();
    for (let count = 0; count < 3; count++) await app.addComment(user, { articleId: id });
    await ageEvents(app.app.db, articleId, 2);
    const env = { DATABASE_URL: app.database.url, EVENT_RETENTION_HOURS: '1' };
    const { code, out, err } = await runProgram('events', ['prune'], { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.replace(/[\d.]+ s\.$/m, 'N s.').split('\n')).toEqual([
      'article_event: 2 removed',
      'work_lease: 0 removed',
      'process: 0 removed',
      'mail: 0 removed',
      'moderation_event: 0 removed',
      'idempotency_key: 0 removed',
      'token_family: 0 removed',
      'session: 0 removed',
      'mailed_link: 0 removed',
      'account_device: 0 removed',
      'met_challenge: 0 removed',
      'token: 0 removed',
      'pending_login: 0 removed',
      'spent_host_token: 0 removed',
      'slow_mode_turn: 0 removed',
      'endorsement_link: 0 removed',
      'endorsement_mail_count: 0 removed',
      'provider_event: 0 removed',
      'payer: 0 removed',
      'pledge: 0 removed',
      'site_event: 0 removed',
      'webhook_delivery: 0 removed',
      'webhook_attempt: 0 removed',
      'Done in N s.',
      '',
    ]);
    const [row] = await app.app.db.query(
      'SELECT pruned_sequence FROM article_counter WHERE article_id = $1',
      [articleId],
    );
    expect(row).toEqual({ pruned_sequence: 2 });
  });

  it('prints its usage when it is called wrongly', async () => {
    for (const args of [[], ['toString'], ['prune', 'all'], ['rotate', 'now']]) {
      const { code, err } = await runProgram('events', args, { env: { DATABASE_URL: app.database.url } });
      expect(code).toBe(2);
      expect(err).toContain('Usage: npm run events');
    }
  });
});
