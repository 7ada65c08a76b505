import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../../support/app.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const redisUrl = process.env.TEST_REDIS_URL;

// Without Redis there is nothing to test; the suite for real services always has one.
(redisUrl === undefined ? describe.skip : describe)('two nodes with Redis between them', () => {
  let writer: TestApp;
  let reader: TestApp;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    // Polls are so rare that events can only have arrived through Redis.
    const settings = { REDIS_URL: redisUrl ?? '', HEAD_POLL_MS: '60000' };
    writer = await TestApp.start(settings);
    reader = await TestApp.start(settings, { database: writer.database });
  });

  afterAll(async () => {
    await reader.close();
    await writer.close();
    await checkLeaks();
  });

  it('pass a new event from one to the other at once', async () => {
    const { id } = await writer.addArticle();
    const listener = reader.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const user = await writer.signUp();
    for (let index = 1; index <= 20; index++)
      await writer.addComment(user, { articleId: id, body: `Number ${index}` });
    const events = await listener.waitFor(20, 'CommentAdded');
    expect(events.map((event) => event.sequence)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });
});
