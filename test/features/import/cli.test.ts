/**
 * @database either
 * @seconds 30
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../../support/app.ts';
import { onDatabase, serverUrl } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { addCampaign, campaignInput } from '../../support/funding.ts';
import { disqusXml } from '../../support/exports.ts';
import { letter } from '../../support/imports.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { LiveClients } from '../../support/live.ts';
import { buildProgram, runProgram } from '../../support/program.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

let folder: string;

beforeAll(buildProgram, 240_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-import-'));
  await chmod(folder, 0o755);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, value: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  return file;
}

describe('import and export on a PostgreSQL', () => {
  let app: TestApp;
  let env: Record<string, string>;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    const redisUrl = process.env.TEST_REDIS_URL;
    // With Redis, events can only arrive through Redis; without it, the service polls the database.
    const bus: Record<string, string> = redisUrl ? { REDIS_URL: redisUrl, HEAD_POLL_MS: '60000' } : {};
    app = await TestApp.start({ ...noFundingWork, ...bus }, { payments: new ProviderDouble() });
    env = { DATABASE_URL: app.database.url, ...(redisUrl ? { REDIS_URL: redisUrl } : {}) };
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  it('accept documents one by one, also from standard input, and a running service sends the events to its subscribers', async () => {
    const [first, second] = [letter('first'), letter('second')];
    const file = await fileOf('first.json', `\ufeff${JSON.stringify(first)}`);
    expect(await runProgram('import', [file, '-'], { env, input: JSON.stringify(second) })).toEqual({
      code: 0,
      out:
        `${file}: new: first, 3 comments and 2 endorsements\n` +
        `-: new: second, 3 comments and 2 endorsements\n`,
      err: '',
    });
    const { article } = await app.data('{ article(slug: "first") { id } }');
    const listener = app.live.events(article.id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    first.comments.push({ key: 'c9', parentKey: 'c1', body: 'Heard at once', createdAt: '2016' });
    await fileOf('first.json', first);
    expect((await runProgram('import', [file], { env })).out).toBe(
      `${file}: changed: first, 1 comment and 0 endorsements added, 1 event\n`,
    );
    const [event] = await listener.waitFor(1, 'CommentAdded');
    expect(event?.comment.bodyText).toBe('Heard at once');
    expect((await runProgram('import', [file], { env })).out).toBe(`${file}: unchanged: first\n`);
  });

  it('refuse a document with its name and the path of the fault, and import the others', async () => {
    const wrong = letter('wrong');
    const files = [
      await fileOf('wrong.json', { ...wrong, comments: [{ ...wrong.comments[0], parentKey: 'gone' }] }),
      await fileOf('broken.json', '{\n"journalist": ,'),
      join(folder, 'missing.json'),
      folder,
      await fileOf('right.json', letter('right')),
    ];
    const { code, out, err } = await runProgram('import', files, { env });
    expect(code).toBe(1);
    expect(out).toBe(`${files[4]}: new: right, 3 comments and 2 endorsements\n`);
    expect(err.split('\n')).toEqual([
      `${files[0]}: comments[0].parentKey: no such comment`,
      `${files[1]}: line 2, column 15: not JSON: Unexpected token Comma found.`,
      `${files[2]}: no such file`,
      `${files[3]}: is a folder`,
      '4 documents refused and not written.',
      '',
    ]);
    expect((await app.data('{ article(slug: "wrong") { id } }')).article).toBeNull();
  });

  it('write an article to a complete file or to standard output', async () => {
    await runProgram('import', ['-'], { env, input: JSON.stringify(letter('out')) });
    const file = join(folder, 'out.json');
    expect(await runProgram('export', ['out', '--out', file], { env })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    const { out } = await runProgram('export', ['out'], { env });
    expect(await readFile(file, 'utf8')).toBe(out);
    expect(out.endsWith('}\n')).toBe(true);
    expect((await runProgram('import', [file], { env })).out).toBe(`${file}: unchanged: out\n`);
    expect(await readdir(folder)).toEqual(['out.json']);
    const refused = await runProgram('export', ['none'], { env });
    expect(refused).toEqual({ code: 1, out: '', err: 'There is no article "none".\n' });
  });

  it('import the export of another system, and tell what was left out with its line', async () => {
    await runProgram('import', ['-'], { env, input: JSON.stringify(letter('threads')) });
    const posts = [
      { id: 1, message: '<p>From Disqus</p>' },
      { id: 2, thread: 2 },
      { id: 3, thread: 3 },
      { id: 4, state: 'spam' as const },
    ];
    const addresses = ['https://example.org/threads', 'https://example.org/none', 'https://example.org/old'];
    const file = await fileOf('disqus.xml', disqusXml(addresses, posts));
    const map = await fileOf('map.csv', '# old addresses\nhttps://example.org/old, threads\n');
    const run = (...args: string[]) => runProgram('import', ['--from', 'disqus', ...args], { env });
    expect(await run('--map', map, file)).toEqual({
      code: 1,
      out: `${file}: changed: threads, 2 comments and 0 endorsements added, 2 events\n`,
      err:
        `${file}: 1 × comment that is not public: left out, or a tombstone above replies\n` +
        `${file}: line 6: no article for https://example.org/none, 1 comment left out\n` +
        '--map names articles for threads, and --create makes them.\n',
    });
    expect(await run('--map', map, '--create', 'threads-ada', file)).toMatchObject({
      code: 0,
      out: `${file}: unchanged: threads\n` + `${file}: new: thread-2, 1 comment and 0 endorsements\n`,
    });
    const unreadable = async (text: string) => (await run('--map', await fileOf('bad.csv', text), file)).err;
    const bad = `${file}: ${join(folder, 'bad.csv')}`;
    expect(await unreadable('1,threads\n\n9,threads\n')).toBe(
      `${bad}, line 3: no thread of the export has this id or address: 9\nNothing was written.\n`,
    );
    expect(await unreadable('1,threads\n1\tthreads\n')).toBe(
      `${bad}, line 2: the thread 1 is in line 1 already\nNothing was written.\n`,
    );
    expect((await run('--map', join(folder, 'none.csv'), file)).err).toBe(
      `${file}: --map ${join(folder, 'none.csv')}: no such file\nNothing was written.\n`,
    );
    const broken = await fileOf('broken.xml', '<disqus>\n<post>');
    expect(await run(broken)).toEqual({
      code: 1,
      out: '',
      err: `${broken}: line 2: not well-formed XML: Unclosed root tag\nNothing was written.\n`,
    });
    expect((await runProgram('import', ['--from', 'coral', file], { env })).err).toBe(
      `${file}: is a file: Coral takes the folder with comments.json, stories.json and users.json\nNothing was written.\n`,
    );
    expect(await run(join(folder, 'missing.xml'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such file'),
    });
    for (const args of [
      ['--from', 'usenet', file],
      ['--from', 'disqus'],
      ['--map', map, file],
      ['--from', 'disqus', file, file],
    ])
      expect((await runProgram('import', args, { env })).code).toBe(2);
    const alone = { articleSlug: 'threads', comments: [{ key: 'z', body: 'Alone', createdAt: '2015' }] };
    expect((await runProgram('import', ['-'], { env, input: JSON.stringify(alone) })).out).toBe(
      '-: changed: threads, 1 comment and 0 endorsements added, 1 event\n',
    );
  });

  it('import thousands of comments: each has its own text, and one that is refused is told with its line', async () => {
    await runProgram('import', ['-'], { env, input: JSON.stringify(letter('many')) });
    // More than are converted before a thread is started for it.
    const posts = Array.from({ length: 2600 }, (_, index) => ({
      id: 10_000 + index,
      thread: index % 2 === 0 ? 1 : index + 1,
      message: `<p>Text of <b>${10_000 + index}</b></p>`,
    }));
    const addresses = posts.map((_, index) => `https://example.org/many${index === 0 ? '' : `/${index}`}`);
    const run = async (name: string, xml: string) =>
      runProgram('import', ['--from', 'disqus', '--create', 'many-ada', await fileOf(name, xml)], { env });
    const tooLong = { id: 9999, message: 'a'.repeat(800_001) };
    const refused = await run('refused.xml', disqusXml(addresses, [...posts, tooLong]));
    const line = disqusXml(addresses, posts).split('\n').length - 1;
    // On a slow machine it says before how many comments were read.
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(
        new RegExp(
          `refused\\.xml: line ${line}: the text is longer than 800000 characters\\nNothing was written\\.\\n$`,
        ),
      ),
    });
    expect((await run('many.xml', disqusXml(addresses, posts))).code).toBe(0);
    const [row] = await onDatabase(app.database.url, async (client) => {
      const { rows } = await client.query(
        `SELECT count(*)::int AS all, count(DISTINCT article_id)::int AS articles, count(*) FILTER (WHERE
           body_html = '<p>Text of <strong>' || split_part(import_key, ':', 2) || '</strong></p>')::int AS own
         FROM comment WHERE import_key LIKE 'disqus:1____'`,
      );
      return rows;
    });
    expect(row).toEqual({ all: 2600, articles: 1301, own: 2600 });
  });

  it("leave an article's campaign as it is, and say so", async () => {
    const document = letter('pitch');
    await runProgram('import', ['-'], { env, input: JSON.stringify(document) });
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const { article } = await app.data('{ article(slug: "pitch") { id } }');
    await addCampaign(app, editor, campaignInput(article.id, [{ title: 'A goal', goal: 9000 }]));
    const rows = () =>
      app.app.db.query(
        `SELECT c.*, m.* FROM campaign c JOIN milestone m USING (article_id) JOIN article a ON a.id = c.article_id
         WHERE a.slug = 'pitch'`,
      );
    const before = await rows();
    expect(before).toHaveLength(1);
    const { out, err } = await runProgram('export', ['pitch'], { env });
    expect(err).toBe('The campaign of the article is not in the document.\n');
    expect(out).not.toContain('A goal');
    const changed = JSON.stringify({
      ...document,
      article: { ...document.article, title: 'Another title' },
    });
    expect(await runProgram('import', ['-'], { env, input: changed })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^-: changed: pitch, .*; its campaign is left as it is\n$/),
    });
    expect(await rows()).toEqual(before);
  });

  it('print their usage, and say if the database can not be reached or is not migrated', async () => {
    for (const [name, args] of [
      ['import', []],
      ['import', ['--force', 'x']],
      ['export', []],
      ['export', ['a', 'b']],
    ] as const) {
      const { code, err } = await runProgram(name, args, { env });
      expect([code, err]).toEqual([2, expect.stringContaining(`Usage: npm run`)]);
    }
    expect(await runProgram('import', ['--help'], { env })).toMatchObject({ code: 0, err: '' });
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await runProgram('export', ['x'], { env: nowhere })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^.*ECONNREFUSED.*\n$/),
    });
    expect(await runProgram('migrate', ['status'], { env: nowhere })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The database of DATABASE_URL can not be reached: .*ECONNREFUSED.*\n$/),
    });
    // A server that takes connections and never answers, or hangs up: the driver has no codes for these.
    const mute = createServer((socket) => void socket.on('data', () => socket.destroy())).listen(
      0,
      '127.0.0.1',
    );
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const hangsUp = { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` };
    for (const [program, args] of [
      ['import', ['x']],
      ['export', ['x']],
      ['account', ['create', 'a@example.org']],
      ['events', ['prune']],
      ['funding', ['reconcile']],
    ] as const) {
      const { code, err } = await runProgram(program, [...args], { env: hangsUp });
      expect([program, code, err]).toEqual([
        program,
        1,
        expect.stringMatching(/^The database can not be reached, or answers no more \(.*\)\. .*\n$/),
      ]);
    }
    mute.close();
    const name = `${process.env.TEST_TEMPLATE}_bare_import`;
    await onDatabase(serverUrl(), (client) => client.query(`CREATE DATABASE "${name}"`));
    const bare = new URL(serverUrl());
    bare.pathname = `/${name}`;
    const { code, err } = await runProgram('import', ['-'], {
      env: { DATABASE_URL: bare.href },
      input: '{}',
    });
    expect([code, err]).toEqual([1, expect.stringContaining('npm run migrate')]);
    await onDatabase(serverUrl(), (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  });
});

describe('import on the embedded database', () => {
  const root = join(import.meta.dirname, '../../..');

  it('works before the service starts and while the service runs', async () => {
    const env = { DATA_DIR: join(folder, 'data') };
    const document = letter('embedded');
    const bringIn = () => runProgram('import', ['-'], { env, input: JSON.stringify(document) });
    expect(await bringIn()).toMatchObject({ code: 0, out: expect.stringContaining('new: embedded') });

    let said = '';
    const service: ChildProcess = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [service.stdout, service.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const exited = new Promise((resolve) => service.once('exit', resolve));
    try {
      const address = await eventually(
        'the service to be ready',
        () => /explorer +(\S+)\/graphql/.exec(said)?.[1],
      );
      const response = await fetch(`${address}/graphql?query={articles{nodes{id,slug}}}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
      const { data } = (await response.json()) as any;
      // The article from the first import is there, and demo data are not added to it.
      expect(data.articles.nodes.map((node: any) => node.slug)).toEqual(['embedded']);

      const live = new LiveClients(`${address.replace('http', 'ws')}/graphql`);
      const listener = live.events(data.articles.nodes[0].id);
      await listener.waitFor(1, 'ArticleCheckpoint');
      document.comments.push({ key: 'c9', body: 'Beside the service', createdAt: '2016' });
      expect(await bringIn()).toMatchObject({ code: 0, out: expect.stringContaining('1 event') });
      const [event] = await listener.waitFor(1, 'CommentAdded');
      expect(event?.comment.bodyText).toBe('Beside the service');
      await live.close();
    } finally {
      service.kill('SIGTERM');
      expect(await exited).toBe(0);
    }
  }, 240_000);
});
