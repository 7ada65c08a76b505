/**
 * @database either
 */
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createLiveClient,
  type Listening,
  type LiveClient,
  type LiveClientOptions,
  type LiveState,
  type Reset,
  type UntypedEvent,
} from '@standfirst/client';
import WebSocket from 'ws';
import { type TestUser, useApp } from '../support/app.ts';
import { keyIn, write } from '../support/articles.ts';
import { logOf } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { restart } from '../support/front-end.ts';
import { Line } from '../support/line.ts';

const document = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor
    ... on ArticleReset { resetReason }
    ... on CommentAdded { comment { bodyText } }
  }
}`;

const commentsDocument = `subscription ($articleId: ID!, $after: EventCursor) {
  commentAdded(articleId: $articleId, after: $after) { cursor sequence comment { bodyText } }
}`;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

function liveTo(url: string, options: Partial<LiveClientOptions> = {}): LiveClient {
  const live = createLiveClient({
    url: `${url}/graphql`,
    webSocketImpl: WebSocket,
    maxWaitMs: 30,
    ...options,
  });
  closing.push(() => live.close());
  return live;
}

async function lineTo(url: string): Promise<{ line: Line; address: string }> {
  const line = new Line(url);
  const address = await line.open();
  closing.push(() => line.close());
  return { line, address };
}

/** Records the reports of a subscription, in order: states by name, events by text or type. */
function record() {
  const states: LiveState[] = [];
  const events: UntypedEvent[] = [];
  const resets: Reset[] = [];
  const all: string[] = [];
  return {
    states,
    events,
    resets,
    all,
    texts: () => events.flatMap(({ comment }) => (comment ? [comment.bodyText as string] : [])),
    numbers: () =>
      events.filter(({ __typename }) => __typename !== 'ArticleCheckpoint').map((e) => e.sequence as number),
    handlers: {
      document,
      onEvent: (event: UntypedEvent): unknown => {
        events.push(event);
        return void all.push((event.comment?.bodyText as string | undefined) ?? event.__typename);
      },
      onReset: (reset: Reset): unknown => {
        resets.push(reset);
        return void all.push(`load again: ${reset.reason}`);
      },
      onState: (state: LiveState) => {
        states.push(state);
        if (all.at(-1) !== state.status) all.push(state.status);
      },
    },
  };
}

const becomes = (listening: Listening, status: LiveState['status']) =>
  eventually(
    () => `the state ${status}; is ${JSON.stringify(listening.state)}`,
    () => listening.state.status === status,
  );

const failure = async (listening: Listening) => {
  const end = await listening.ended;
  if (end.because !== 'failed') throw new Error(`Ended because ${end.because}`);
  return end.error;
};

describe('@standfirst/client', () => {
  const app = useApp({ MAX_REPLAY_EVENTS: '12' });
  let user: TestUser;
  beforeAll(async () => {
    user = await app().signUp('Cy Example');
  });

  const post = (articleId: string, body: string) => app().addComment(user, { articleId, body });
  const liveCursor = async (slug: string): Promise<string> =>
    (await app().data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', { slug })).article
      .liveCursor;

  it('reports its state, hands over missed and new events, and ends on request', async () => {
    const { id: articleId, slug } = await app().addArticle();
    const cursor = await liveCursor(slug);
    await post(articleId, '1');
    const live = liveTo(app().url);
    const abort = new AbortController();
    const { all, events, handlers } = record();
    const listening = live.article({ ...handlers, articleId, cursor, signal: abort.signal });
    expect(listening.cursor).toBe(cursor);
    await becomes(listening, 'live');
    await post(articleId, '2');
    await eventually('the second', () => events.length === 3);
    expect(all).toEqual(['connecting', 'catching-up', '1', 'ArticleCheckpoint', 'live', '2']);
    expect(listening.cursor).toBe(events[2]?.cursor);

    abort.abort();
    expect(await listening.ended).toEqual({ status: 'ended', because: 'stopped' });
    expect(all.at(-1)).toBe('ended');
    await eventually('the socket to close', async () => (await openSockets()) === 0);
    const late = live.article({ ...handlers, articleId, signal: abort.signal });
    expect(late.state.status).toBe('ended');
  });

  const openSockets = async () => {
    const metrics = await (await fetch(`${app().url}/metrics`)).text();
    return Number(/^\w*sockets\w* (\d+)$/m.exec(metrics)?.[1]);
  };

  it('subscribes to many articles over one socket, and resumes each after every disconnection', async () => {
    const { line, address } = await lineTo(app().url);
    const live = liveTo(address);
    const articles = await Promise.all([1, 2, 3].map(() => app().addArticle()));
    const followed = articles.map(({ id: articleId }) => {
      const kept = record();
      return { articleId, ...kept, listening: live.article({ ...kept.handlers, articleId }) };
    });
    for (const { listening } of followed) await becomes(listening, 'live');
    expect(line.connections).toBe(1);
    for (let round = 1; round <= 4; round += 1) {
      for (const { listening } of followed) await becomes(listening, 'live');
      for (const { articleId } of followed) await post(articleId, `${round}a`);
      line.cut();
      for (const { articleId } of followed) await post(articleId, `${round}b`);
    }
    for (const { articleId, listening, numbers, texts } of followed) {
      await eventually('all comments', () => numbers().length >= 8);
      const log = await logOf(app(), keyIn(articleId));
      expect(numbers()).toEqual(log.map((_, index) => index + 1));
      expect(texts()).toEqual(['1a', '1b', '2a', '2b', '3a', '3b', '4a', '4b']);
      await becomes(listening, 'live');
    }
    expect(line.connections).toBeGreaterThan(3);
  });

  it('replaces a dead connection, and one that never answers', async () => {
    const { line, address } = await lineTo(app().url);
    const { id: articleId } = await app().addArticle();
    const live = liveTo(address, { keepAliveMs: 300, connectTimeoutMs: 1000 });
    const { handlers, states, texts } = record();
    const listening = live.article({ ...handlers, articleId });
    await becomes(listening, 'live');
    const before = line.connections;
    line.fallSilent();
    await post(articleId, '1');
    // One more connection, which is accepted and never answered.
    await eventually('another try', () => line.connections > before);
    line.mend();
    await eventually('the comment', () => texts().length === 1);
    expect(line.connections).toBeGreaterThan(before + 1);
    const interruption = { closeCode: 4499, reason: 'The connection was silent for too long' };
    expect(states).toContainEqual({ status: 'connecting', interruption });
  });

  it('reports why there is no connection, and leaves no timer when it is closed meanwhile', async () => {
    const { line, address } = await lineTo(app().url);
    const { id: articleId } = await app().addArticle();
    const live = liveTo(address, { maxWaitMs: Infinity });
    const { handlers, states } = record();
    const listening = live.article({ ...handlers, articleId });
    await becomes(listening, 'live');
    // The wait is longer than any test: the leak check would find a timer that is left.
    const random = jest.spyOn(Math, 'random').mockReturnValue(1000);
    line.break();
    await becomes(listening, 'connecting');
    random.mockRestore();
    expect(states.at(-1)).toMatchObject({ interruption: { reason: expect.stringMatching(/.+/) } });
    live.close();
    expect(listening.state).toEqual({ status: 'ended', because: 'stopped' });
    expect(() => live.article({ ...handlers, articleId })).toThrow('closed');
  });

  it('reports a reset, and continues after it when the page was loaded again', async () => {
    const [{ id: articleId }, other] = [await app().addArticle(), await app().addArticle()];
    const live = liveTo(app().url);
    const { all, handlers, resets } = record();
    let loaded: () => void = () => undefined;
    const loading = new Promise<void>((resolve) => (loaded = resolve));
    const cursor = await liveCursor(other.slug);
    const listening = live.article({
      ...handlers,
      articleId,
      cursor,
      onReset: (reset) => {
        handlers.onReset(reset);
        return loading.then(() => all.push('loaded'));
      },
    });
    await becomes(listening, 'reset');
    await post(articleId, 'behind it');
    expect(listening.cursor).toBe(cursor);
    loaded();
    await eventually('what is behind the reset', () => all.includes('behind it'));
    expect(listening.state.status).toBe('live');
    expect(all).toEqual([
      'connecting',
      'catching-up',
      'reset',
      'load again: UNKNOWN_CURSOR',
      'loaded',
      'ArticleCheckpoint',
      'live',
      'behind it',
    ]);
    expect(resets[0]?.cursor).not.toBe(cursor);
  });

  it('retries loading the page until it succeeds, and hands over no event before', async () => {
    const [{ id: articleId }, other] = [await app().addArticle(), await app().addArticle()];
    const { all, handlers, resets, states } = record();
    const cursor = await liveCursor(other.slug);
    const listening = liveTo(app().url).article({
      ...handlers,
      articleId,
      cursor,
      onReset: async (reset) => {
        handlers.onReset(reset);
        if (resets.length === 1) await post(articleId, 'behind it');
        if (resets.length < 3) throw new TypeError('fetch failed');
      },
    });
    await eventually('what is behind the reset', () => all.includes('behind it'));
    expect(listening.state.status).toBe('live');
    expect(resets).toHaveLength(3);
    expect(new Set(resets.map((reset) => reset.cursor)).size).toBe(1);
    const [reset] = resets;
    const failed = { status: 'reset', reset, interruption: { reason: 'fetch failed' } };
    const connecting = { status: 'connecting' };
    expect(states).toMatchObject([
      connecting,
      { status: 'catching-up' },
      { status: 'reset', reset },
      failed,
      failed,
      { status: 'live' },
    ]);
  });

  it('can be stopped while the page cannot be loaded, and leaves no timer', async () => {
    const [{ id: articleId }, other] = [await app().addArticle(), await app().addArticle()];
    const { handlers, states } = record();
    const live = liveTo(app().url, { maxWaitMs: Infinity });
    // The wait is longer than any test: the leak check would find a timer that is left.
    const random = jest.spyOn(Math, 'random').mockReturnValue(1000);
    const listening = live.article({
      ...handlers,
      articleId,
      cursor: await liveCursor(other.slug),
      onReset: () => {
        throw new Error('no page');
      },
    });
    await eventually('the failure', () => 'interruption' in (states.at(-1) ?? {}));
    random.mockRestore();
    listening.stop();
    expect(await listening.ended).toEqual({ status: 'ended', because: 'stopped' });
  });

  it('treats an empty cursor as unknown', async () => {
    const { id: articleId } = await app().addArticle();
    const { all, handlers } = record();
    await becomes(liveTo(app().url).article({ ...handlers, articleId, cursor: '' }), 'live');
    expect(all).toContain('load again: UNKNOWN_CURSOR');
  });

  it('reports no interruption to a subscription that begins when another has just ended', async () => {
    const { id: articleId } = await app().addArticle();
    const live = liveTo(app().url);
    const first = live.article({ ...record().handlers, articleId });
    await becomes(first, 'live');
    first.stop();
    // The socket is closing by now.
    await new Promise(setImmediate);
    const { handlers, states } = record();
    await becomes(live.article({ ...handlers, articleId }), 'live');
    expect(states).toEqual([{ status: 'connecting' }, { status: 'catching-up' }, { status: 'live' }]);
  });

  it('ends a subscription when the article is unpublished', async () => {
    const owner = await app().signUp('Owner Example', 'JOURNALIST');
    const article = await write(app(), 'createArticle', { title: 'A title', body: 'A body.' }, owner);
    await write(app(), 'publishArticle', { articleId: article.id }, owner);
    const live = liveTo(app().url);
    const { events, handlers } = record();
    const listening = live.article({ ...handlers, articleId: article.id });
    const comments = live.comments({
      ...handlers,
      articleId: article.id,
      cursor: await liveCursor(article.slug),
      document: commentsDocument,
    });
    await becomes(listening, 'live');
    await becomes(comments, 'live');
    await write(app(), 'unpublishArticle', { articleId: article.id }, owner);
    expect(await listening.ended).toEqual({ status: 'ended', because: 'unpublished' });
    expect(events.at(-1)?.__typename).toBe('ArticleUnpublished');
    expect(await comments.ended).toEqual({ status: 'ended', because: 'unpublished' });
    const again = live.article({ ...handlers, articleId: article.id, cursor: listening.cursor });
    expect(await failure(again)).toMatchObject({ kind: 'refused', code: 'NOT_FOUND' });
  });

  it('ends a subscription when the article is unpublished while there is no connection', async () => {
    const owner = await app().signUp('Owner Example', 'JOURNALIST');
    const article = await write(app(), 'createArticle', { title: 'A title', body: 'A body.' }, owner);
    await write(app(), 'publishArticle', { articleId: article.id }, owner);
    const { line, address } = await lineTo(app().url);
    const live = liveTo(address);
    const { handlers, texts } = record();
    const [articleId, cursor] = [article.id, await liveCursor(article.slug)];
    const listening = live.article({ ...handlers, articleId });
    const comments = live.comments({ ...handlers, articleId, cursor, document: commentsDocument });
    await becomes(listening, 'live');
    await becomes(comments, 'live');
    await post(articleId, 'to both');
    await eventually('the comment', () => texts().length === 2);
    line.break();
    await becomes(listening, 'connecting');
    await write(app(), 'unpublishArticle', { articleId }, owner);
    line.mend();
    expect(await listening.ended).toEqual({ status: 'ended', because: 'unpublished' });
    expect(await comments.ended).toEqual({ status: 'ended', because: 'unpublished' });
  });

  it('reports the reset again after a disconnection during the reset', async () => {
    const [{ id: articleId }, other] = [await app().addArticle(), await app().addArticle()];
    const { line, address } = await lineTo(app().url);
    const live = liveTo(address);
    const { handlers, states } = record();
    let loaded: () => void = () => undefined;
    const loading = new Promise<void>((resolve) => (loaded = resolve));
    const cursor = await liveCursor(other.slug);
    const listening = live.article({ ...handlers, articleId, cursor, onReset: () => loading });
    await becomes(listening, 'reset');
    line.cut();
    // Checked in the reports, because the connection may be back before a look at the state.
    const said = () =>
      states.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
    await eventually('the reset said again', () => said().filter((status) => status === 'reset').length > 1);
    loaded();
    await becomes(listening, 'live');
    expect(said()).toEqual(['connecting', 'catching-up', 'reset', 'connecting', 'reset', 'live']);
  });

  it('ends only the subscription with a faulty document, with the service’s message', async () => {
    const { id: articleId } = await app().addArticle();
    const live = liveTo(app().url);
    const { handlers, texts } = record();
    const sound = live.article({ ...handlers, articleId });
    const faulty = live.article({
      ...handlers,
      articleId,
      document: document.replace('bodyText', 'bodyTxt'),
    });
    expect(await failure(faulty)).toMatchObject({
      name: 'LiveError',
      kind: 'refused',
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: expect.stringContaining('bodyTxt'),
    });
    await becomes(sound, 'live');
    await post(articleId, 'heard');
    await eventually('the comment', () => texts().includes('heard'));
  });

  it('refuses a document that could not be resumed', async () => {
    const live = liveTo(app().url);
    const { handlers } = record();
    const attempt = (text: string) => () => live.article({ ...handlers, articleId: 'a', document: text });
    expect(attempt(document.replace('cursor', ''))).toThrow(/without cursor:/);
    expect(attempt(document.replace('__typename', ''))).toThrow(/without __typename:/);
    expect(attempt(document.replace('{ resetReason }', '{ cursor }'))).toThrow(/without resetReason:/);
    expect(attempt(document.replaceAll('$after', '$since'))).toThrow(/without \$after:/);
    const withoutTypes = (options: object) => () => live.comments(options as never);
    const comments = { ...handlers, articleId: 'a', cursor: 'b', document: commentsDocument };
    expect(withoutTypes({ ...comments, cursor: undefined })).toThrow(/needs a cursor/);
    expect(withoutTypes({ ...comments, onReset: undefined })).toThrow(/needs onEvent and onReset/);
    // Selected, but under another name.
    const { id: articleId } = await app().addArticle();
    const renamed = document.replace('sequence cursor', 'position: cursor');
    expect(await failure(live.article({ ...handlers, articleId, document: renamed }))).toMatchObject({
      kind: 'document',
    });
    for (const url of ['ftp://example.org', '/graphql', '127.0.0.1:4000/graphql', ''])
      expect(() => createLiveClient({ url, webSocketImpl: WebSocket })).toThrow(`: ${JSON.stringify(url)}`);
  });

  it('does not move its cursor past an event at which the handler threw', async () => {
    const { id: articleId } = await app().addArticle();
    const live = liveTo(app().url);
    const { handlers } = record();
    const bystander = record();
    live.article({ ...bystander.handlers, articleId });
    const cause = new Error('a fault of the application');
    const listening = live.article({
      ...handlers,
      articleId,
      onEvent: async ({ comment }) => {
        await Promise.resolve();
        if (comment?.bodyText === '2') throw cause;
      },
    });
    await becomes(listening, 'live');
    for (const body of ['1', '2', '3']) await post(articleId, body);
    expect(await failure(listening)).toMatchObject({ kind: 'handler', cause });
    await eventually('the others to hear all', () => bystander.texts().length === 3);

    const again = record();
    live.article({ ...again.handlers, articleId, cursor: listening.cursor });
    await eventually('the event again', () => again.texts().length === 2);
    expect(again.texts()).toEqual(['2', '3']);
    const broken = live.article({
      ...handlers,
      articleId,
      onState: () => {
        throw cause;
      },
    });
    expect(await failure(broken)).toMatchObject({ kind: 'handler', cause });
  });

  it('waits for the handler of one event before it hands over the next', async () => {
    const { id: articleId, slug } = await app().addArticle();
    const cursor = await liveCursor(slug);
    for (const body of ['1', '2', '3']) await post(articleId, body);
    const steps: string[] = [];
    const { handlers } = record();
    const listening = liveTo(app().url).article({
      ...handlers,
      articleId,
      cursor,
      onEvent: async ({ comment, __typename }) => {
        steps.push(`begin ${comment?.bodyText ?? __typename}`);
        await new Promise((resolve) => setImmediate(resolve));
        steps.push('end');
      },
    });
    await becomes(listening, 'live');
    expect(steps).toEqual([
      'begin 1',
      'end',
      'begin 2',
      'end',
      'begin 3',
      'end',
      'begin ArticleCheckpoint',
      'end',
    ]);
  });

  it('requests another token when one is refused, and fails when there is none', async () => {
    const { id: articleId } = await app().addArticle();
    const asked: (string | undefined)[] = [];
    const { handlers, states } = record();
    const token = (refused?: string) => {
      asked.push(refused);
      if (asked.length === 2) throw new Error('no network');
      return Promise.resolve(refused === undefined ? 'worthless' : user.token);
    };
    const listening = liveTo(app().url, { token }).article({ ...handlers, articleId });
    await becomes(listening, 'live');
    expect(asked).toEqual([undefined, 'worthless', 'worthless']);
    expect(states).toContainEqual({
      status: 'connecting',
      interruption: { closeCode: 4403, reason: expect.any(String) },
    });
    expect(states).toContainEqual({
      status: 'connecting',
      interruption: { closeCode: undefined, reason: 'no network' },
    });
    const hopeless = liveTo(app().url, { token: () => 'worthless' }).article({ ...handlers, articleId });
    const error = await failure(hopeless);
    expect(error).toMatchObject({ kind: 'token', closeCode: 4403 });
    expect(error.message).toContain('wrong, expired, or its session ended');
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      kind: 'token',
      closeCode: 4403,
      message: error.message,
    });
  });

  it('reconnects as another viewer on request', async () => {
    const { id: articleId } = await app().addArticle();
    let tokens: (string | undefined)[] = [undefined];
    let meanwhile: () => void = () => undefined;
    const token = () => {
      const [current] = tokens;
      if (tokens.length > 1) tokens = tokens.slice(1);
      meanwhile();
      return Promise.resolve(current);
    };
    const live = liveTo(app().url, { token, maxWaitMs: Infinity });
    const { events, handlers, states, texts } = record();
    const listening = live.article({
      ...handlers,
      articleId,
      document: document.replace('bodyText', 'bodyText viewerCanReply'),
    });
    await becomes(listening, 'live');
    await post(articleId, 'as nobody');
    await eventually('the first', () => texts().length === 1);
    // Any back-off would be longer than the test, so there must be none.
    const random = jest.spyOn(Math, 'random').mockReturnValue(1000);
    tokens = [user.token];
    live.reconnect();
    await post(articleId, 'as somebody');
    await eventually('the second', () => texts().length === 2);
    // Requested again while the last token is being fetched, before the socket exists.
    tokens = [undefined, user.token];
    meanwhile = () => {
      meanwhile = () => undefined;
      live.reconnect();
    };
    live.reconnect();
    await post(articleId, 'as somebody still');
    await eventually('the third', () => texts().length === 3);
    random.mockRestore();
    expect(texts()).toEqual(['as nobody', 'as somebody', 'as somebody still']);
    const added = events.flatMap(({ comment }) => (comment ? [comment.viewerCanReply] : []));
    expect(added).toEqual([false, true, true]);
    expect(states).toContainEqual({
      status: 'connecting',
      interruption: { closeCode: 4499, reason: 'A new socket was requested' },
    });
  });

  it('subscribes to comments alone, through disconnections and resets', async () => {
    const { line, address } = await lineTo(app().url);
    const { id: articleId, slug } = await app().addArticle();
    const { all, handlers, texts } = record();
    const cursor = await liveCursor(slug);
    const listening = liveTo(address).comments({
      ...handlers,
      articleId,
      cursor,
      document: commentsDocument,
    });
    await post(articleId, '1');
    await eventually('the first', () => texts().length === 1);
    line.break();
    await post(articleId, '2');
    line.mend();
    await eventually('the second', () => texts().length === 2);
    line.break();
    for (let number = 0; number < 13; number += 1) await post(articleId, 'too many');
    line.mend();
    await eventually('the reset', () => all.includes('load again: TOO_MANY'));
    await becomes(listening, 'live');
    await post(articleId, '3');
    await eventually('the third', () => texts().includes('3'));
    expect(texts()).toEqual(['1', '2', '3']);
    listening.stop();
  });

  it('provides a graphql-ws client for libraries that take one', async () => {
    const { line, address } = await lineTo(app().url);
    const { id: articleId } = await app().addArticle();
    const { client } = liveTo(address);
    const results = client.iterate({ query: document, variables: { articleId } });
    const next = async () => (await results.next()).value?.data?.articleEvents as UntypedEvent;
    expect((await next()).__typename).toBe('ArticleCheckpoint');
    line.cut();
    await post(articleId, '1');
    let event = await next();
    while (event.__typename === 'ArticleCheckpoint') event = await next();
    expect(event.comment.bodyText).toBe('1');
    await results.return?.();
    expect(await results.next()).toEqual({ done: true, value: undefined });
    const both = client.iterate({ query: document, variables: { articleId } });
    const [first, second] = [both.next(), both.next()];
    expect((await first).value?.data?.articleEvents).toMatchObject({ __typename: 'ArticleCheckpoint' });
    await post(articleId, '2');
    expect((await second).value?.data?.articleEvents).toMatchObject({ comment: { bodyText: '2' } });
    const left = [both.next(), both.next()];
    await both.return?.();
    expect(await Promise.all(left)).toEqual([1, 2].map(() => ({ done: true, value: undefined })));
    const refused = client.iterate({ query: 'subscription { nothing }' });
    await expect(refused.next()).rejects.toMatchObject([{ message: expect.stringContaining('nothing') }]);
  });
});

it('@standfirst/client resumes from its cursor after a restart of the service', async () => {
  const { handlers, states, texts } = record();
  let [user, articleId, listening]: [TestUser?, string?, Listening?] = [];
  await restart({
    before: async (app) => {
      user = await app.signUp('Cy Example');
      articleId = (await app.addArticle()).id;
      listening = liveTo(app.url).article({ ...handlers, articleId });
      await becomes(listening, 'live');
      await app.addComment(user, { articleId, body: '1' });
      await eventually('the first', () => texts().length === 1);
    },
    meanwhile: async (other) => {
      await eventually('the end to be noticed', () => states.at(-1)?.status === 'connecting');
      for (const body of ['2', '3']) await other.addComment(user!, { articleId: articleId!, body });
    },
    after: async (app) => {
      await becomes(listening!, 'live');
      await app.addComment(user!, { articleId: articleId!, body: '4' });
      await eventually('the last', () => texts().length >= 4);
      expect(texts()).toEqual(['1', '2', '3', '4']);
      listening!.stop();
    },
  });
});
