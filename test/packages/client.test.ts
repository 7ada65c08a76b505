/**
 * @database none
 * @seconds 40
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildClient } from '../support/program.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The program of an application that installs the client. */
const program = `
import { createLiveClient, LiveError, SessionKeeper, type LiveState } from '@standfirst/client';
import possibleTypes from '@standfirst/client/possible-types.json' with { type: 'json' };
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };

class NoSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
}

const states: LiveState[] = [];
const live = createLiveClient({ url: 'http://127.0.0.1:9/graphql', webSocketImpl: NoSocket });
const listening = live.article({
  articleId: 'QXJ0aWNsZTox',
  document: 'subscription ($articleId: ID!, $after: EventCursor) { articleEvents(articleId: $articleId, after: $after) { __typename cursor ... on ArticleReset { resetReason } } }',
  onEvent: (event) => event.cursor.length,
  onReset: () => undefined,
  onState: (state) => states.push(state),
});
listening.stop();
live.close();
const keeper = new SessionKeeper('/graphql', () => undefined);
// @ts-expect-error A URL is needed.
if (states.length > 1000) createLiveClient({});
console.log(typeof keeper.fetch, LiveError.name, possibleTypes.CommentEvent.length > 3, scalars.DateTime);
`;

describe('the package @standfirst/client', () => {
  let folder: string;
  let tarball: string;

  beforeAll(async () => {
    await buildClient();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-client-'));
    const args = ['pack', '--silent', '--workspace=@standfirst/client', `--pack-destination=${folder}`];
    await run('npm', args, { cwd: root });
    tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'an-application', type: 'module' }));
    const packages = [`./${tarball}`, 'graphql@^16.8.0', 'graphql-ws@^6.0.0'];
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', ...packages], {
      cwd: folder,
    });
    await writeFile(join(folder, 'program.ts'), program);
  }, 240_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is small, and installs nothing of the service', async () => {
    expect((await stat(join(folder, tarball))).size).toBeLessThan(100_000);
    const installed = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['@standfirst', 'graphql', 'graphql-ws']);
    const files = await readdir(join(folder, 'node_modules/@standfirst/client'), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'schema.graphql', 'possible-types.json', 'scalars.json']),
    );
    expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
  });

  it('has the schema of the service', async () => {
    const packed = await readFile(join(folder, 'node_modules/@standfirst/client/schema.graphql'), 'utf8');
    expect(packed).toBe(await readFile(join(root, 'schema.graphql'), 'utf8'));
  });

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'preserve', moduleResolution: 'bundler' },
  ])('is typed under strict TypeScript with $moduleResolution', async (resolution) => {
    const compilerOptions = {
      ...resolution,
      strict: true,
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: [],
      noEmit: true,
      resolveJsonModule: true,
      exactOptionalPropertyTypes: true,
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }).replace(
        '"lib"',
        '"skipLibCheck":false,"lib"',
      ),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    // The application's own `lib` setting declares `console`.
    expect(stdout).toBe('');
  });

  it('runs in Node.js', async () => {
    const script = program.replaceAll(
      /: LiveState\[\]|, type LiveState| readonly|\/\/ @ts-expect-error.*/g,
      '',
    );
    await writeFile(join(folder, 'program.mjs'), script);
    const { stdout } = await run(process.execPath, ['--no-warnings', 'program.mjs'], { cwd: folder });
    expect(stdout).toBe('function LiveError true string\n');
  });

  it('adds less than 12 kB to a compressed bundle', async () => {
    await writeFile(join(folder, 'entry.js'), `export * from '@standfirst/client';\n`);
    const build = `
      const { build } = await import(${JSON.stringify(join(root, 'node_modules/vite/dist/node/index.js'))});
      await build({ root: ${JSON.stringify(folder)}, configFile: false, logLevel: 'error', build: {
        outDir: 'bundle', minify: true, reportCompressedSize: false,
        lib: { entry: 'entry.js', formats: ['es'], fileName: 'bundle' },
        rollupOptions: { external: [/^graphql/] } } });`;
    await run(process.execPath, ['--input-type=module', '--eval', build], { cwd: folder });
    const [bundle = ''] = await readdir(join(folder, 'bundle'));
    expect(gzipSync(await readFile(join(folder, 'bundle', bundle))).length).toBeLessThan(12_000);
  }, 240_000);
});
