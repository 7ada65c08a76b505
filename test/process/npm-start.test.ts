/**
 * @database embedded
 * @seconds 110
 */
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { LiveClients } from '../support/live.ts';
import { copyPackage } from '../support/package-copy.ts';
import { buildProgram } from '../support/program.ts';

let folder: string;
let npm: ChildProcess | undefined;

/** Processes of the service that were started in the folder: those that npm starts, or their workers. */
async function nodesIn(where: string, which: 'started' | 'worker' = 'started'): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const isWanted =
      which === 'started'
        ? /^node\0(--[^\0]*\0)*bin\/standfirst\.js/.test(command)
        : command.includes('\0worker\0');
    if (cwd === where && isWanted) found.push(Number(name));
  }
  return found;
}

beforeAll(buildProgram, 240_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-npm-'));
  await chmod(folder, 0o755);
  await copyPackage(folder);
});

afterEach(async () => {
  if (npm?.exitCode === null && npm.signalCode === null) npm.kill('SIGKILL');
  for (const pid of await nodesIn(folder)) process.kill(pid, 'SIGTERM');
  await eventually('the service to be gone', async () => (await nodesIn(folder)).length === 0);
  await rm(folder, { recursive: true, force: true });
});

// PostgreSQL's binaries and /proc limit this test to Linux; npm behaves the same with any POSIX shell.
it.each([
  ['SIGTERM', 1],
  ['SIGINT', 2],
] as const)(
  '`npm start` drains on %s and ends with 0, with WORKERS=%d',
  async (signal, workers) => {
    const child = spawn('npm', ['start'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        PORT: '0',
        WORKERS: String(workers),
        LOG_LEVEL: 'info',
        DATA_DIR: join(folder, 'data'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    npm = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const address = await eventually(
      () => `the service to be ready; it said: ${output}`,
      () => /GraphQL and its explorer +(\S+)\/graphql/.exec(output)?.[1],
      90_000,
    );
    expect(await nodesIn(folder)).toHaveLength(1);
    expect(await nodesIn(folder, 'worker')).toHaveLength(workers === 1 ? 0 : workers);
    const response = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ articles(first: 1) { nodes { id } } }' }),
    });
    const { data } = (await response.json()) as any;
    const live = new LiveClients(`${address.replace('http', 'ws')}/graphql`);
    const codes: number[] = [];
    const listener = live.events(
      data.articles.nodes[0].id,
      undefined,
      live.client({ onClosed: (code) => codes.push(code) }),
    );
    await listener.waitFor(1, 'ArticleCheckpoint');

    const exited = once(child, 'exit');
    child.kill(signal);
    const [code, killedBy] = (await exited) as [number | null, string | null];
    expect({ code, killedBy, log: code === 0 ? '' : output }).toEqual({ code: 0, killedBy: null, log: '' });
    // Each worker has asked its own payment provider of the demo.
    expect(output).not.toContain('CREDENTIALS');
    // npm ends after the service, not before.
    expect(await nodesIn(folder)).toEqual([]);
    expect(await nodesIn(folder, 'worker')).toEqual([]);
    expect(output).toContain('stopped');
    await eventually('the socket to be closed', () => codes.length > 0);
    expect(codes).toEqual([1012]);
    await expect(fetch(`${address}/health/live`)).rejects.toThrow();
    await live.close();
  },
  240_000,
);
