/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Subscription } from '../../support/live.ts';
import { RawSocket } from '../../support/raw-socket.ts';

const events = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on CommentEvent { comment { bodyText viewerCanReply viewerCanRemove } }
  }
}`;
const unpublish = `mutation ($input: UnpublishArticleInput!) { unpublishArticle(input: $input) { userErrors { code } } }`;

describe('with an open stream,', () => {
  const service = useApp({ MAX_SOCKETS_PER_VIEWER: '3' });

  afterEach(async () => {
    await service().live.close();
    await eventually('every feed to be released', () => service().app.hub.size.streams === 0);
  });

  function listen(user: TestUser | undefined, articleId: string) {
    const app = service();
    const closes: number[] = [];
    const client = app.live.client({
      ...(user ? { token: user.token } : {}),
      onClosed: (code) => closes.push(code),
    });
    return { closes, subscription: app.live.subscribe(events, { articleId }, client) };
  }

  async function setRoles(app: TestApp, user: TestUser, roles: string[]): Promise<void> {
    await app.app.db.query('UPDATE account SET roles = $2 WHERE id = $1', [user.accountId, roles]);
  }

  /** The next comment, as the viewer of a stream receives it. */
  async function shownNext(subscription: Subscription, author: TestUser, articleId: string, body: string) {
    await service().addComment(author, { articleId, body });
    return eventually(
      body,
      () => subscription.events.find((event) => event.comment?.bodyText === body)?.comment,
    );
  }

  it('signing out closes the socket with 4403', async () => {
    const app = service();
    const article = await app.addArticle();
    const user = await app.signUp();
    const { closes, subscription } = listen(user, article.id);
    const stays = listen(undefined, article.id);
    await subscription.waitFor(1, 'ArticleCheckpoint');
    await stays.subscription.waitFor(1, 'ArticleCheckpoint');
    await app.data('mutation { signOut { userErrors { code } } }', {}, user.token);
    await eventually('the socket to close', () => closes.length > 0);
    expect(closes).toEqual([4403]);
    expect(stays.closes).toEqual([]);
  });

  it('a role that is given or taken away shows in the next events, without a gap', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const user = await app.signUp();
    const { closes, subscription } = listen(user, article.id);
    await subscription.waitFor(1, 'ArticleCheckpoint');
    expect(await shownNext(subscription, author, article.id, 'a')).toMatchObject({ viewerCanRemove: false });

    const shown = async (body: string, viewerCanRemove: boolean) => {
      let tries = 0;
      await eventually(`rights in ${body}`, async () => {
        const comment = await shownNext(subscription, author, article.id, `${body} ${(tries += 1)}`);
        return comment.viewerCanRemove === viewerCanRemove;
      });
    };
    await setRoles(app, user, ['READER', 'MODERATOR']);
    await shown('given', true);
    await setRoles(app, user, ['READER']);
    await shown('taken', false);
    expect(closes).toEqual([]);
    const sequences = subscription.events.map(({ sequence }) => sequence).slice(1);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('a suspended account continues to receive events, which say that the account may not reply', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const user = await app.signUp();
    const { closes, subscription } = listen(user, article.id);
    await subscription.waitFor(1, 'ArticleCheckpoint');
    expect(await shownNext(subscription, author, article.id, 'before')).toMatchObject({
      viewerCanReply: true,
    });
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [user.accountId]);
    let tries = 0;
    await eventually('the suspension to show', async () => {
      const comment = await shownNext(subscription, author, article.id, `after ${(tries += 1)}`);
      return !comment.viewerCanReply;
    });
    expect(closes).toEqual([]);
  });

  it('unpublishing the article ends the streams of readers with that event, and not those of editors', async () => {
    const app = service();
    const article = await app.addArticle();
    const editor = await app.signUp('Ada Example', 'EDITOR');
    const other = await app.signUp('Ada Example', 'EDITOR');
    const reader = listen(undefined, article.id);
    const editing = listen(editor, article.id);
    const losing = listen(other, article.id);
    for (const { subscription } of [reader, editing, losing])
      await subscription.waitFor(1, 'ArticleCheckpoint');
    await app.data(unpublish, { input: { articleId: article.id } }, editor.token);
    for (const { subscription } of [reader, editing, losing])
      await subscription.waitFor(1, 'ArticleUnpublished');
    await eventually('the reader’s stream to complete', () => reader.subscription.completed);
    expect(reader.subscription.errors).toEqual([]);
    expect(editing.subscription.completed).toBe(false);

    // A former editor receives nothing more of the article.
    await setRoles(app, other, ['READER']);
    await eventually('the former editor’s stream to end', () => losing.subscription.errors.length > 0);
    expect(losing.subscription.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(editing.subscription.completed).toBe(false);
    expect(editing.subscription.errors).toEqual([]);
  });

  it('unpublishing the article ends the stream of a reader who has fallen behind: with NOT_FOUND', async () => {
    const app = service();
    const article = await app.addArticle();
    const author = await app.signUp();
    const editor = await app.signUp('Ada Example', 'EDITOR');
    const { article: page } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { liveCursor } }',
      {
        slug: article.slug,
      },
    );
    const body = 'x'.repeat(10_000);
    for (let n = 0; n < 80; n++) await app.addComment(author, { articleId: article.id, body });
    // So large that the kernel's buffers hold only some of the results.
    const heavy = `subscription ($articleId: ID!, $after: EventCursor) {
      articleEvents(articleId: $articleId, after: $after) { __typename sequence
        ... on CommentEvent { comment { ${Array.from({ length: 30 }, (_, n) => `b${n}: bodyText`).join(' ')} } } } }`;
    const behind = await new RawSocket(app.url).open();
    behind.subscribe('1', heavy, { articleId: article.id, after: page.liveCursor });
    await behind.answerTo('1');
    behind.ws.pause();
    await app.data(unpublish, { input: { articleId: article.id } }, editor.token);
    const witness = listen(editor, article.id);
    await witness.subscription.waitFor(1, 'ArticleCheckpoint');
    behind.ws.resume();
    await behind.waitFor('the stream to end', ({ type, id }) => type === 'complete' && id === '1');
    const sequences = behind.events('1').map(({ sequence }) => sequence as number);
    // No event is skipped, so that the client can continue from its last cursor if the article is published again.
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    expect(sequences.length).toBeLessThan(80);
    expect(behind.messages.filter(({ payload }) => payload?.errors)).toMatchObject([
      { payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } },
    ]);
    behind.ws.close();
    await behind.closeCode();
  });

  it('unpublishing the article while comments are added ends the stream with that event or NOT_FOUND, without a gap', async () => {
    const app = service();
    const author = await app.signUp();
    const editor = await app.signUp('Ada Example', 'EDITOR');
    for (let round = 0; round < 5; round++) {
      const article = await app.addArticle();
      const { subscription } = listen(undefined, article.id);
      await subscription.waitFor(1, 'ArticleCheckpoint');
      await Promise.all([
        ...['a', 'b', 'c'].map((body) => app.addComment(author, { articleId: article.id, body })),
        app.data(unpublish, { input: { articleId: article.id } }, editor.token),
      ]);
      await eventually('the stream to end', () => subscription.completed);
      const sequences = subscription.events.slice(1).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
      if (subscription.events.at(-1)?.__typename !== 'ArticleUnpublished')
        expect(subscription.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    }
  });

  it('an account may not exceed its number of connections', async () => {
    const app = service();
    const article = await app.addArticle();
    const user = await app.signUp();
    const open = [1, 2, 3].map(() => listen(user, article.id));
    for (const { subscription } of open) await subscription.waitFor(1, 'ArticleCheckpoint');
    const refused = listen(user, article.id);
    await eventually('the further connection to be refused', () => refused.closes.length > 0);
    expect(refused.closes).toEqual([4429]);
    open[0]?.subscription.unsubscribe();
    await eventually('one stream to be gone', () => app.app.hub.size.streams === 2);
    await eventually('room for another connection', async () => {
      const again = listen(user, article.id);
      return eventually(
        'an event or a refusal',
        () => again.subscription.events.length > 0 || again.closes.length > 0,
      ).then(() => again.subscription.events.length > 0);
    });
  });
});
