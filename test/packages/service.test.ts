/**
 * @database embedded
 * @seconds 80
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';
import { buildProgram } from '../support/program.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

describe('the package standfirst', () => {
  let folder: string;
  let service: ChildProcess | undefined;
  let address: string;
  let output = '';

  const environment = () => ({
    PATH: process.env.PATH,
    HOME: folder,
    DATA_DIR: join(folder, 'data'),
    npm_config_cache: process.env.npm_config_cache,
  });

  beforeAll(async () => {
    await buildProgram();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-package-'));
    await chmod(folder, 0o755);
    await run('npm', ['pack', '--silent', '--ignore-scripts', `--pack-destination=${folder}`], { cwd: root });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-site' }));
    const options = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['install', ...options, `./${tarball}`], { cwd: folder });
    service = spawn('npx', ['standfirst'], {
      cwd: folder,
      env: { ...environment(), PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [service.stdout, service.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    address = await eventually(
      () => `the service to be ready; it said: ${output}`,
      () => /GraphQL and its explorer +(\S+)\/graphql/.exec(output)?.[1],
      90_000,
    );
  }, 240_000);

  afterAll(async () => {
    if (service?.exitCode === null && service.signalCode === null) service.kill('SIGTERM');
    for (const stream of [service?.stdout, service?.stderr]) stream?.destroy();
    await rm(folder, { recursive: true, force: true });
  }, 240_000);

  it('serves the reader’s page with its files, and the demo', async () => {
    const page = await fetch(`${address}/`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.status).toBe(200);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
    expect((await fetch(`${address}${script}`)).status).toBe(200);
    expect((await fetch(`${address}/embed/thread.js`)).status).toBe(200);
    const answer = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ articles { nodes { title commentCount } } }' }),
    });
    const { data } = (await answer.json()) as { data: { articles: { nodes: unknown[] } } };
    expect(data.articles.nodes.length).toBeGreaterThan(1);
  });

  it('comes without compiler and development packages', async () => {
    const installed = await readdir(join(folder, 'node_modules'));
    for (const name of ['typescript', 'vite', 'jest', 'react', 'graphql-ws'])
      expect([name, installed.includes(name)]).toEqual([name, name === 'graphql-ws']);
    const files = await readdir(join(folder, 'node_modules/standfirst'), { recursive: true });
    expect(files.filter((name) => /^(src|test|bench|faults|harness|packages)\b/.test(name))).toEqual([]);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await readFile(join(folder, 'node_modules/standfirst/CHANGELOG.md'), 'utf8')).toContain(version);
    // The build has libraries in it, whose licences demand their notices.
    const notices = await readFile(join(folder, 'node_modules/standfirst/dist/src/licences.txt'), 'utf8');
    for (const name of ['graphql', 'typeorm', 'type-graphql', 'fastify'])
      expect([name, new RegExp(`^${name} \\d`, 'm').test(notices)]).toEqual([name, true]);
  });

  it('has the commands, which also work while the service runs', async () => {
    const command = (...args: string[]) =>
      run('npx', ['standfirst', ...args], { cwd: folder, env: environment() });
    const { stdout } = await command('account', 'list');
    expect(stdout).toContain('administrator@example.org');
    await expect(command('nonsense')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'The commands are migrate, import, export, account, events, funding, agents.',
      ),
    });
    expect((await command('migrate', '--help').catch((error: { stdout: string }) => error)).stdout).toContain(
      'Usage: npx standfirst migrate [',
    );
  }, 240_000);

  it('drains on SIGTERM', async () => {
    service!.kill('SIGTERM');
    // The signal ends npx at once; the service ends after draining.
    await eventually(
      () => `the service to be stopped; it said: ${output}`,
      () => /"msg":"stopped"/.test(output),
      60_000,
    );
    await expect(fetch(`${address}/health/live`)).rejects.toThrow('fetch failed');
  }, 240_000);
});
