/**
 * @database embedded
 * @seconds 120
 */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, databaseUrl, onDatabase, serverUrl } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { LiveClients } from '../support/live.ts';
import { buildProgram } from '../support/program.ts';
import { Service } from '../support/service.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

const services: Service[] = [];

function begin(env: Record<string, string>): Service {
  const service = new Service(env);
  services.push(service);
  return service;
}
let folder: string;

/** All processes with the folder in their command line, working folder or, for PostgreSQL's workers, parent. */
async function processesOf(where: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (command.includes(where) || cwd.startsWith(where)) found.push(Number(name));
  }
  return found;
}

/** Signs in a reader of the demo. @returns the access token */
async function signIn(service: Service): Promise<string> {
  const { query, variables } = await service.demoSignIn();
  return (await service.post(query, variables)).signIn.session.accessToken as string;
}

const newest = `{ articles(first: 1) { nodes { id slug liveCursor } } }`;
const addComment = `mutation ($articleId: ID!) {
  addComment(input: { articleId: $articleId, body: "Still here" }) { comment { id } userErrors { code } } }`;

beforeAll(buildProgram, 240_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-start-'));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  for (const service of services.splice(0)) {
    if (service.process.exitCode === null && service.process.signalCode === null)
      await service.end('SIGTERM');
  }
  await eventually('all processes to be gone', async () => (await processesOf(folder)).length === 0);
  await rm(folder, { recursive: true, force: true });
});

describe('the service with nothing but Node', () => {
  it('starts with demo data, and the terminal shows the addresses to open', async () => {
    const service = begin({ DATA_DIR: join(folder, 'data') });
    const address = await service.ready();
    // A program's output arrives in pieces.
    await eventually('the addresses', () => service.output.includes(`ws${address.slice(4)}/graphql`));
    await eventually('the password', () => /Their password +\S{20,}/.test(service.output));
    await eventually('the lines on mails', () =>
      [
        `are not sent, but written to ${join(folder, 'data/mails')}`,
        `Administrators read them at ${address}/mails`,
      ].every((line) => service.output.includes(line)),
    );
    await eventually('the node to be ready', async () => (await fetch(`${address}/health/ready`)).ok);

    const { articles } = await service.post(`{ articles(first: 20) { nodes {
      title publishedAt commentCount endorsementCount author { slug } tags { name }
      allComments(first: 100) { totalCount nodes { depth status createdAt author { name } } } } } }`);
    const { articles: signed } = await service.post(
      '{ articles(first: 20) { nodes { endorsementCount signatures { name } } } }',
    );
    const nodes: any[] = articles.nodes;
    const comments: any[] = nodes.flatMap((article) => article.allComments.nodes);
    expect(nodes.length).toBeGreaterThanOrEqual(12);
    expect(new Set(nodes.map((article) => article.author.slug)).size).toBeGreaterThanOrEqual(3);
    expect(nodes.every((article) => article.tags.length > 0)).toBe(true);
    const letters = (signed.nodes as any[]).filter(({ signatures }) => signatures.length >= 3);
    expect(letters.some(({ endorsementCount }) => endorsementCount >= 10)).toBe(true);
    expect(nodes.some((article) => article.publishedAt.length < 24)).toBe(true);
    expect(Math.max(...nodes.map((article) => article.commentCount))).toBeGreaterThan(550);
    expect(Math.max(...comments.map((comment) => comment.depth))).toBeGreaterThanOrEqual(5);
    expect(comments.some((comment) => comment.status === 'REMOVED')).toBe(true);
    expect(comments.some((comment) => comment.status === 'PUBLISHED' && comment.author === null)).toBe(true);
    expect(comments.some((comment) => comment.createdAt.length < 24)).toBe(true);
    expect(await service.end('SIGINT')).toBe(0);
  });

  it('keeps acknowledged writes through kill -9 of the service and an immediate restart', async () => {
    const env = { DATA_DIR: join(folder, 'data') };
    const first = begin(env);
    const token = await signIn(first);
    const { articles } = await first.post(newest);
    const { addComment: added } = await first.post(addComment, { articleId: articles.nodes[0].id }, token);
    await first.end('SIGKILL');
    const second = begin(env);
    const { node } = await second.post(`query ($id: ID!) { node(id: $id) { ... on Comment { bodyText } } }`, {
      id: added.comment.id,
    });
    expect(node).toEqual({ bodyText: 'Still here' });
    // The token from before the restart is still valid, because the folder contains the secret.
    const { viewer } = await second.post('{ viewer { name } }', {}, token);
    expect(viewer).toEqual({ name: 'Demo Reader' });
  });

  it('comes back when the database is killed, and loses nothing', async () => {
    const service = begin({ DATA_DIR: join(folder, 'data') });
    const token = await signIn(service);
    const { articles } = await service.post(newest);
    await service.post(addComment, { articleId: articles.nodes[0].id }, token);
    const pidFile = join(folder, 'data/cluster/data/postmaster.pid');
    process.kill(Number((await readFile(pidFile, 'utf8')).split('\n')[0]), 'SIGKILL');
    const read = () =>
      service.post(
        `query ($slug: String!) { article(slug: $slug) { allComments(orderBy: NEWEST, first: 1) { nodes { bodyText } } } }`,
        {
          slug: articles.nodes[0].slug,
        },
      );
    const { article } = await eventually('the database to be back', () => read().catch(() => undefined));
    expect(article.allComments.nodes).toEqual([{ bodyText: 'Still here' }]);
  });

  it('refuses a second start on the same folder, and names the folder and the first process', async () => {
    const first = begin({ DATA_DIR: join(folder, 'data') });
    await first.ready();
    const second = begin({ DATA_DIR: join(folder, 'data') });
    expect(await second.exited).toBe(1);
    expect(second.output).toContain(`process ${first.process.pid}`);
    expect(second.output).toContain(join(folder, 'data'));
    expect((await first.post(newest)).articles.nodes).toHaveLength(1);
  });

  it('leaves no process behind when it is stopped while it starts', async () => {
    const service = begin({ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info' });
    await eventually('the database to be made', () => service.output.includes('new database'));
    expect(await service.end('SIGINT')).toBe(0);
    // `afterEach` checks that no process is left.
  });

  it('leaves no process behind when its port is taken', async () => {
    const first = begin({ DATA_DIR: join(folder, 'data') });
    const { port } = new URL(await first.ready());
    const second = begin({ DATA_DIR: join(folder, 'other'), PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.output).toContain(`Port ${port} is in use`);
    await eventually(
      'the second service’s database to be gone',
      async () => (await processesOf(join(folder, 'other'))).length === 0,
    );
  });

  it('sends subscribers away and exits with 0 on SIGTERM', async () => {
    const service = begin({ DATA_DIR: join(folder, 'data') });
    const address = await service.ready();
    const { articles } = await service.post(newest);
    const live = new LiveClients(`${address.replace('http', 'ws')}/graphql`);
    const codes: number[] = [];
    const listener = live.events(
      articles.nodes[0].id,
      undefined,
      live.client({ onClosed: (code) => codes.push(code) }),
    );
    await listener.waitFor(1, 'ArticleCheckpoint');
    expect(await service.end('SIGTERM')).toBe(0);
    await eventually('the socket to be closed', () => codes.length > 0);
    expect(codes).toEqual([1012]);
    await live.close();
  });

  it('says which setting is wrong', async () => {
    const service = begin({ PORT: 'many', MAX_QUERY_DEPTH: '-1' });
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('PORT: takes a whole number');
    expect(service.output).toContain('MAX_QUERY_DEPTH: takes a whole number');
  });
});

describe('the service on a PostgreSQL of its own', () => {
  const secret = 'a secret that only the tests know and use';

  it('explains how to migrate a bare database; is migrated up, down and up; has demo data only with DEMO_DATA', async () => {
    const name = `${process.env.TEST_TEMPLATE}_bare`;
    await onDatabase(serverUrl(), (client) => client.query(`CREATE DATABASE "${name}"`));
    const env = { DATABASE_URL: databaseUrl(name), SESSION_SECRET: secret };
    const migrate = async (...args: string[]) =>
      (await run(process.execPath, ['dist/src/commands/migrate.js', ...args], { cwd: root, env })).stdout;

    for (const workers of ['1', '2']) {
      const unmigrated = begin({ ...env, WORKERS: workers });
      expect(await unmigrated.exited).toBe(1);
      expect(unmigrated.output).toMatch(
        /^Standfirst can not start\.\nThe database is not migrated: \d+ migration\(s\) missing\. Run "npm run migrate"\.\n$/,
      );
    }

    await migrate('up');
    expect(await migrate('status')).not.toMatch(/^(pending|missing)/im);
    await expect(migrate('down')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/would revert \w+, and what is in .* would be lost[^]*--yes/),
    });
    const connected = begin(env);
    await connected.ready();
    await eventually('the line on mails', () =>
      connected.output.includes('are off, because SMTP_URL is not set'),
    );
    await expect(migrate('down', '--yes')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/is not reverted[^]*standfirst: \d+ connection\(s\) from/),
    });
    expect(await migrate('status')).not.toContain('missing');
    expect(await connected.end('SIGTERM')).toBe(0);
    expect(await migrate('down', '--yes')).toMatch(/^Reverted /);
    await migrate();
    const service = begin(env);
    expect((await service.post(newest)).articles.nodes).toEqual([]);
    expect(await service.end('SIGTERM')).toBe(0);

    const demo = begin({ ...env, DEMO_DATA: 'true' });
    expect((await demo.post(newest)).articles.nodes).toHaveLength(1);
    expect(await demo.end('SIGTERM')).toBe(0);
    expect(demo.output).toMatch(/Their password +\S{20,}/);

    // The password is printed only when the demo data are created.
    const again = begin({ ...env, DEMO_DATA: 'true' });
    await again.ready();
    expect(await again.end('SIGTERM')).toBe(0);
    expect(again.output).not.toContain('Their password');
    await onDatabase(serverUrl(), (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  }, 240_000);

  it('says that the database can not be reached', async () => {
    const service = begin({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      SESSION_SECRET: secret,
    });
    expect(await service.exited).toBe(1);
    expect(service.output).toContain('can not be reached');
  });

  it('has one set of demo data when two nodes start at once', async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, SESSION_SECRET: secret, DEMO_DATA: 'true' };
    const nodes = [begin(env), begin(env)];
    for (const node of nodes) await node.ready();
    for (const node of nodes) expect(await node.end('SIGTERM')).toBe(0);
    // The output is complete, because both programs have ended.
    expect(nodes.filter((node) => node.output.includes('Their password'))).toHaveLength(1);
    await database.drop();
  });
});
