/**
 * @database either
 * @seconds 30
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import {
  newSecret,
  signedHeaders,
  type SignedParts,
} from '../../src/features/integrations/webhooks/signature.ts';
import { TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { useReceivers } from '../support/receiver.ts';
import { describeWithPrograms } from '../support/programs.ts';
import { addServiceAccount, addToken } from '../support/tokens.ts';
import { Front, type Language, languages, ShortLine, type WayProgram, Ways } from '../support/ways.ts';

/** An event as the programs print it. */
interface Printed {
  readonly position: number;
  readonly articleId?: string;
  readonly event?: { readonly __typename: string; readonly comment?: { readonly bodyText: string } };
}

/** The events that a program has printed: one a line, or a page of them a line. */
function eventsOf(out: string): Printed[] {
  const lines = out.split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line))
    .flatMap((printed) => printed.data?.events?.events ?? printed.data?.siteEvents ?? printed);
}

/** A test of one way in all languages, at the same time. */
const inEach = (test: (language: Language) => Promise<void>) => async (): Promise<void> => {
  const ended = await Promise.allSettled(languages.map(test));
  for (const [index, result] of ended.entries())
    if (result.status === 'rejected')
      throw new Error(`in ${languages[index]}: ${result.reason}`, { cause: result.reason });
};

describeWithPrograms(['bash', 'curl', 'openssl', 'python3'], 'each way of docs/integrators.md', () => {
  let ways: Ways;
  let database: TestDatabase;
  let app: TestApp;
  let checkLeaks: () => Promise<void>;
  const lines: ShortLine[] = [];
  const fronts: Front[] = [];

  const start = (port: number): Promise<TestApp> =>
    TestApp.start(
      {
        PORT: String(port),
        SITE_LOG_POLL_MS: '100',
        WEBHOOK_POLL_MS: '100',
        WEBHOOK_PRIVATE_NETWORKS: 'on',
        MODERATION_HOOK_PRIVATE_NETWORKS: 'on',
        // Fewer than are posted while a network is down.
        MAX_REPLAY_EVENTS: '100',
      },
      { database },
    );

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    [ways, database] = await Promise.all([Ways.prepare(), createTestDatabase()]);
    app = await start(await pickLastingPort());
  });
  afterEach(() => ways.killAll());
  afterAll(async () => {
    await ways.killAll();
    await Promise.all([...lines, ...fronts].map((proxy) => proxy.close()));
    await app.close();
    await database.drop();
    await checkLeaks();
  });

  /** A line to the service, for one program. */
  async function newLine(): Promise<{ line: ShortLine; url: string }> {
    const line = new ShortLine(app.url);
    lines.push(line);
    return { line, url: await line.open() };
  }

  describe('that follows the site', () => {
    /** A program that follows the site, over a network of its own. */
    interface Follower {
      readonly name: string;
      readonly line: ShortLine;
      readonly printed: () => Printed[];
      /** What it has complained of. */
      readonly said: () => string;
      /** What it keeps its position in. */
      readonly file: string;
    }

    async function startStream(language: Language): Promise<Follower> {
      const { line, url } = await newLine();
      const file = join(ways.folder, `stream-${language}.cursor`);
      const program = ways.start('stream', language, [file], { STANDFIRST_URL: url });
      return {
        name: `stream.${language}`,
        line,
        file,
        printed: () => eventsOf(program.out),
        said: () => program.err,
      };
    }

    let isOver = false;
    afterEach(() => {
      isOver = true;
    });

    /** A program that is started again and again, as by a timer, until the test is over. */
    async function startPolling(language: Language, total: () => number): Promise<Follower> {
      const { line, url } = await newLine();
      const file = join(ways.folder, `poll-${language}.cursor`);
      const runs: WayProgram[] = [];
      const printed = (): Printed[] => runs.flatMap(({ out }) => eventsOf(out));
      const repeat = async (): Promise<void> => {
        while (!isOver) {
          const run = ways.start('poll', language, [file], { STANDFIRST_URL: url });
          runs.push(run);
          await run.ended;
          // Until then there is nothing to read. The test itself has a deadline.
          await eventually('more events', () => isOver || printed().length < total(), Infinity);
        }
      };
      void repeat();
      return {
        name: `poll.${language}`,
        line,
        file,
        printed,
        said: () => runs.map(({ err }) => err).join(''),
      };
    }

    it('prints every event once and in order, over cut lines, more missed events than a stream sends, and a restart', async () => {
      const articles = [await app.addArticle(), await app.addArticle(), await app.addArticle()];
      const writers = await Promise.all(['Ada', 'Bo', 'Cy'].map((name) => app.signUp(`${name} Example`)));
      // The events of the articles themselves are in the site's log, so that those of comments come next.
      const position = await eventually('the articles in the log', async () => {
        const { events } = await app.data('{ events(begin: OLDEST) { events { position } } }');
        return events.events.length === 3 && events.events.at(-1).position;
      });

      const posted: string[][] = [[], [], []];
      const total = (): number => posted.flat().length;
      const streams = await Promise.all(languages.map(startStream));
      const polls = await Promise.all(languages.map((language) => startPolling(language, total)));
      const followers = [...streams, ...polls];
      const until = (
        what: string,
        holds: (follower: Follower) => boolean,
        of = followers,
      ): Promise<unknown> =>
        eventually(
          () =>
            of
              .filter((follower) => !holds(follower))
              .map(({ name, printed, said }) => `${what} of ${name} (${printed().length}): ${said()}`)
              .join('\n'),
          () => of.every(holds),
        );
      await until('a position', ({ file }) => existsSync(file));

      const post = async (count: number): Promise<void> => {
        const postTo = async (bodies: string[], index: number): Promise<void> => {
          for (let i = 0; i < count / 3; i += 1) {
            // With characters that JSON escapes, or of several bytes.
            const body = `"${bodies.length}" \\ of\n${index} – data: {"x"}`;
            await app.addComment(writers[index]!, { articleId: articles[index]!.id, body });
            bodies.push(body);
          }
        };
        await Promise.all(posted.map(postTo));
      };
      const isUpToDate = ({ printed }: Follower): boolean => printed().length >= total();

      await post(30);
      await until('the first events', isUpToDate);
      for (const { line } of streams) line.cutInEvents(2);
      for (const { line } of polls) line.cutInEvents(1);
      await post(60);
      await until('a cut', ({ line }) => line.cuts > 0, streams);
      for (const { line } of followers) line.break();
      await post(150);
      for (const { line } of followers) line.mend();
      await post(30);
      await app.close();
      app = await start(Number(new URL(app.url).port));
      await post(30);
      await until('all events', isUpToDate);
      isOver = true;

      for (const { name, printed } of followers) {
        const events = printed();
        expect([name, events.map((event) => event.position)]).toEqual([
          name,
          Array.from({ length: total() }, (_, index) => position + 1 + index),
        ]);
        for (const [index, { id }] of articles.entries()) {
          const texts = events
            .filter(({ articleId }) => articleId === id)
            .map(({ event }) => event?.comment?.bodyText);
          expect([name, texts]).toEqual([name, posted[index]]);
        }
      }
    });
  });

  /** A front of the service, for one program. */
  async function newFront(): Promise<{ front: Front; url: string }> {
    const front = new Front(app.url);
    fronts.push(front);
    return { front, url: await front.open() };
  }

  describe('that is one request', () => {
    it(
      'posts a comment once, although an answer is lost and an attempt is refused in passing',
      inEach(async (language) => {
        const [reader, { id: articleId }] = await Promise.all([app.signUp('Rea Example'), app.addArticle()]);
        const { secret } = await addToken(app, reader, { scopes: ['COMMENT'] });
        const { front, url } = await newFront();
        front.next.push('lose the answer', 'refuse');
        const body = 'He said "aye".\nAnd \\ went\t– so & so.';
        const env = { STANDFIRST_URL: url, STANDFIRST_TOKEN: secret };
        const { code, out, err } = await ways.run('post', language, [articleId, body], env);
        expect([code, err]).toEqual([0, expect.any(String)]);
        const { node } = await app.data(
          `query ($id: ID!) { node(id: $id) { ... on Article { allComments { nodes { id bodyText } } } } }`,
          { id: articleId },
        );
        expect(node.allComments.nodes).toEqual([{ id: expect.any(String), bodyText: body }]);
        expect(out).toContain(node.allComments.nodes[0].id);
        expect(front.passed.map(({ status }) => status)).toEqual([null, 429, 200]);
        const [, refused, last] = front.passed;
        expect(last!.at - refused!.at).toBeGreaterThan(1990);
      }),
    );

    it(
      'does not try again what is refused for good',
      inEach(async (language) => {
        const { front, url } = await newFront();
        const wrong = { STANDFIRST_URL: url, STANDFIRST_TOKEN: 'sf_wrong' };
        const { code, out, err } = await ways.run('post', language, ['QXJ0aWNsZTox', 'Hello.'], wrong);
        expect([code, out]).toEqual([1, '']);
        // In the words of the service.
        expect(err).toMatch(/token/);
        expect(front.passed).toMatchObject([{ status: 401 }]);

        const reader = await app.signUp('Rea Example');
        const { secret } = await addToken(app, reader, { scopes: ['COMMENT'] });
        const right = { STANDFIRST_URL: url, STANDFIRST_TOKEN: secret };
        const refused = await ways.run('post', language, ['QXJ0aWNsZTo5OTk', 'Hello.'], right);
        expect(refused.code).toBe(1);
        expect(refused.out + refused.err).toContain('NOT_FOUND');
        expect(front.passed.slice(1)).toMatchObject([{ status: 200 }]);
      }),
    );

    it(
      'ends when the address is wrong, or the token, instead of trying again',
      inEach(async (language) => {
        const { front, url } = await newFront();
        const wrong: Record<string, string>[] = [
          { STANDFIRST_URL: `${url}/elsewhere` },
          { STANDFIRST_URL: url, STANDFIRST_TOKEN: 'sf_wrong' },
        ];
        for (const env of wrong) {
          const { code, out, err } = await ways.run('stream', language, [`wrong-${language}.cursor`], env);
          expect([code, out]).toEqual([1, '']);
          expect(err).not.toBe('');
        }
        expect(front.passed).toMatchObject([{ status: 404 }, { status: 401 }]);
      }),
    );

    it(
      'reads a feed only when it has changed',
      inEach(async (language) => {
        const [writer, { id: articleId, slug }] = await Promise.all([app.signUp(), app.addArticle()]);
        const { front, url } = await newFront();
        const feed = `${url}/articles/${slug}/comments.${language === 'ts' ? 'json' : 'atom'}`;
        const read = async (): Promise<string> => {
          const { code, out, err } = await ways.run('feed', language, [feed, `${slug}.state`]);
          expect([code, err]).toEqual([0, '']);
          return out;
        };
        /** The numbers of comments that are in what was printed, in that order. */
        const numbers = (out: string): string[] => [...out.matchAll(/Number (\d)/g)].map(([, n = '']) => n);
        for (const n of [1, 2, 3]) await app.addComment(writer, { articleId, body: `Number ${n}` });
        // curl prints the feed as it is, the newest first; the programs print what is new, the oldest first.
        expect(numbers(await read())).toEqual(language === 'sh' ? ['3', '2', '1'] : ['1', '2', '3']);
        expect(await read()).toBe('');
        await app.addComment(writer, { articleId, body: 'Number 4' });
        expect(numbers(await read())).toEqual(language === 'sh' ? ['4', '3', '2', '1'] : ['4']);
        expect(await read()).toBe('');
        expect(front.passed.map(({ status }) => status)).toEqual([200, 304, 200, 304]);
      }),
    );

    it(
      'prints numbers of comments in the order asked',
      inEach(async (language) => {
        const [writer, { id: articleId }] = await Promise.all([app.signUp(), app.addArticle()]);
        await app.addComment(writer, { articleId });
        await app.addComment(writer, { articleId });
        const { node } = await app.data(
          'query ($id: ID!) { node(id: $id) { ... on Article { permalink } } }',
          {
            id: articleId,
          },
        );
        const { front, url } = await newFront();
        const unknown = Array.from(
          { length: language === 'sh' ? 9 : 150 },
          (_, n) => `https://example.org/${n}?a=b&c`,
        );
        const { code, out } = await ways.run('counts', language, [...unknown, node.permalink], {
          STANDFIRST_URL: url,
        });
        expect(code).toBe(0);
        if (language === 'sh') {
          expect(JSON.parse(out).counts).toMatchObject([
            ...unknown.map((each) => ({ url: each, commentCount: null })),
            { url: node.permalink, commentCount: 2 },
          ]);
          return;
        }
        const none = language === 'ts' ? 'null' : 'None';
        expect(out.split('\n').slice(0, -1)).toEqual([
          ...unknown.map((each) => `${none} ${each}`),
          `2 ${node.permalink}`,
        ]);
        expect(front.passed).toMatchObject([{ status: 200 }, { status: 200 }]);
      }),
    );
  });

  describe('that receives webhooks', () => {
    const newReceiver = useReceivers();
    const receiving = ['ts', 'py'] as const;
    const folderOf = (language: Language): string =>
      language === 'ts' ? ways.folder : join(ways.folder, 'kept.sqlite');

    /** Starts a receiver on a free port. */
    async function startReceiver(
      language: Language,
      secret: string,
    ): Promise<{ program: WayProgram; url: string }> {
      const env = { STANDFIRST_WEBHOOK_SECRET: secret };
      const program = ways.start('webhook', language, ['0', folderOf(language)], env);
      const port = await eventually(
        () => `a port: ${program.err}`,
        () => /(?:port: |, )(\d+)/.exec(program.err)?.[1],
      );
      return { program, url: `http://127.0.0.1:${port}/` };
    }

    const send = async (url: string, headers: Record<string, string>, body: string): Promise<number> => {
      const answer = await fetch(url, { method: 'POST', headers, body });
      await answer.text();
      return answer.status;
    };

    it('keeps each event once, and nothing that the service has not signed', async () => {
      const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
      const { id: serviceAccountId } = await addServiceAccount(app, administrator, { name: 'Indexer' });
      const { secret: token } = await addToken(app, administrator, { scopes: ['READ', 'ADMINISTER'] });
      const env = { STANDFIRST_URL: app.url, STANDFIRST_TOKEN: token };
      const endpoint = await newReceiver();
      const added = await ways.run('webhook', 'sh', ['add', endpoint.url, serviceAccountId], env);
      const { webhook, secret } = JSON.parse(added.out).data.createWebhook;
      for (const given of [
        [endpoint.url, 'none'],
        ['ftp://example.org/', serviceAccountId],
      ])
        expect(await ways.run('webhook', 'sh', ['add', ...given], env)).toMatchObject({
          code: 1,
          out: expect.stringMatching(/rrors":\[\{/),
        });
      for (const args of [[], ['ad', endpoint.url], ['add', endpoint.url]])
        expect(await ways.run('webhook', 'sh', args, env)).toMatchObject({
          code: 2,
          out: '',
          err: expect.stringMatching(/^webhook\.sh add URL/),
        });
      const receivers = await Promise.all(receiving.map((language) => startReceiver(language, secret)));
      // Every delivery comes to both receivers, three times, twice of them at once.
      endpoint.answer = ({ headers, body }, response) => {
        const {
          'webhook-id': id = '',
          'webhook-timestamp': timestamp = '',
          'webhook-signature': signature = '',
        } = headers;
        const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
        const sendAll = () => Promise.all(receivers.map(({ url }) => send(url, signed, body)));
        void Promise.all([sendAll(), sendAll()])
          .then(async ([statuses]) => [...statuses, ...(await sendAll())])
          .then((statuses) => response.writeHead(Math.max(...statuses)).end());
      };

      const writers = await Promise.all(['Ada', 'Bo'].map((name) => app.signUp(`${name} Example`)));
      const articles = await Promise.all(writers.map(() => app.addArticle()));
      const numbers = Array.from({ length: 8 }, (_, index) => `Number ${index}`);
      await Promise.all(
        articles.map(async ({ id: articleId }, index) => {
          for (const body of numbers) await app.addComment(writers[index]!, { articleId, body });
        }),
      );
      const printed = ({ program }: { program: WayProgram }): any[] =>
        program.out
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line).data.siteEvents);
      const commentsOf = (events: any[], articleId: string): string[] =>
        events
          .filter((event) => event.articleId === articleId && event.event.comment)
          .map(({ event }) => event.comment.bodyText);
      await eventually(
        () => `all events: ${receivers.map(({ program }) => program.out + program.err).join('\n')}`,
        () =>
          receivers.every((receiver) =>
            articles.every(({ id }) => commentsOf(printed(receiver), id).length >= numbers.length),
          ),
      );
      for (const receiver of receivers)
        for (const { id } of articles) expect(commentsOf(printed(receiver), id)).toEqual(numbers);

      const tested = await ways.run('webhook', 'sh', ['test', webhook.id], env);
      expect(JSON.parse(tested.out).data.testWebhook).toEqual({
        httpStatus: 204,
        fault: null,
        userErrors: [],
      });
      await endpoint.close();

      for (const [index, { program, url }] of receivers.entries()) {
        const imitate = (key: string) =>
          ways.run('webhook', 'sh', ['imitate', url], { STANDFIRST_WEBHOOK_SECRET: key });
        expect(await imitate(secret)).toEqual({ code: 0, out: '204\n', err: '' });
        expect(await imitate(newSecret())).toMatchObject({ code: 22, out: '401\n' });

        const timestamp = Math.floor(Date.now() / 1000);
        const body = '{"data":{"siteEvents":{"said":"Déjà vu"}}}';
        const signed = (parts: Partial<SignedParts>, ...secrets: string[]) =>
          signedHeaders({ id: `own-${index}`, timestamp, body, ...parts }, secrets);
        expect(await send(url, signed({ timestamp: timestamp - 400 }, secret), body)).toBe(401);
        expect(await send(url, signed({ timestamp: timestamp + 400 }, secret), body)).toBe(401);
        const moved = { 'webhook-id': 'other', 'webhook-timestamp': String(timestamp + 1) };
        for (const [name, value] of Object.entries(moved))
          expect(await send(url, { ...signed({}, secret), [name]: value }, body)).toBe(401);
        expect(await send(url, signed({}, secret), body.replace('vu', 'eu'))).toBe(401);
        expect(await send(url, {}, body)).toBe(401);
        // While a secret is changed.
        expect(await send(url, signed({}, newSecret(), secret), body)).toBe(204);
        await eventually('what was signed', () => printed({ program }).at(-1)?.said === 'Déjà vu');

        // Killed, it knows what it has kept.
        await program.kill();
        const again = await startReceiver(receiving[index]!, secret);
        expect(await send(again.url, signed({}, secret), body)).toBe(204);
        expect(await send(again.url, signed({ id: `new-${index}` }, secret), body)).toBe(204);
        await eventually('the new one', () => printed(again).length > 0);
        expect(printed(again)).toHaveLength(1);
      }
    });
  });
});
