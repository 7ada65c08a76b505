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

// The newest of each.
describe.each(['16', '17'])('the package @standfirst/client beside graphql %s', (version) => {
  let folder: string;
  let tarball: string;

  beforeAll(async () => {
    await buildClient();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-client-'));
    const args = ['pack', '--silent', '--workspace=@standfirst/client', `--pack-destination=${folder}`];
    await run('npm', args, { cwd: root });
    tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'an-application', type: 'module' }));
    const packages = [`./${tarball}`, `graphql@${version}`, 'graphql-ws@^6.0.0'];
    // Without `--force`: a version that the package does not allow is refused. Without `--prefer-offline`: npm asks for
    // the newest version.
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', ...packages], { cwd: folder });
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

  it('takes syntax trees by its main entry, and says by the others that they do not', async () => {
    const script = `
      import { parse, version } from 'graphql';
      import { createLiveClient } from '@standfirst/client';
      import { createLiveClient as ofTexts } from '@standfirst/client/live';
      const document = parse(\`subscription ($articleId: ID!, $after: EventCursor) {
        articleEvents(articleId: $articleId, after: $after) { __typename cursor ... on ArticleReset { resetReason } } }\`);
      const options = { articleId: 'QXJ0aWNsZTox', document, onEvent: () => undefined, onReset: () => undefined };
      class NoSocket { static CONNECTING = 0; static OPEN = 1; static CLOSING = 2; static CLOSED = 3; }
      const open = (create) => create({ url: 'http://127.0.0.1:9/graphql', webSocketImpl: NoSocket });
      const live = open(createLiveClient);
      live.article(options).stop();
      try { open(ofTexts).article(options); } catch (error) { console.log(version, error.name, error.message); }`;
    await writeFile(join(folder, 'trees.mjs'), script);
    const { stdout } = await run(process.execPath, ['--no-warnings', 'trees.mjs'], { cwd: folder });
    expect(stdout).toMatch(new RegExp(`^${version}\\..* TypeError The document is a syntax tree`));
  });

  it('prints the syntax trees of that version as its own printer does, but for objects the same by meaning', async () => {
    const script = `
      import { parse, print as printByLibrary } from 'graphql';
      import { print } from './node_modules/@standfirst/client/dist/print.js';
      const plain = parse('subscription A($articleId: ID!, $after: EventCursor = null, $all: [[Int!]!] = [1]) @a(b: "c") {' +
        'a: articleEvents(articleId: $articleId, after: $after) { ...B ... on C @include(if: true) { d(e: """f""", g: BEST) } } }' +
        'fragment B on D { e(f: -1.5, g: true, h: "' + 'i'.repeat(70) + '") }');
      const objects = parse('subscription { a(b: { c: [{}, { d: "e" }], f: "' + 'g'.repeat(80) + '" }) }');
      const again = (tree) => printByLibrary(parse(print(tree)));
      console.log(print(plain) === printByLibrary(plain), again(objects) === printByLibrary(objects));`;
    await writeFile(join(folder, 'print.mjs'), script);
    const { stdout } = await run(process.execPath, ['--no-warnings', 'print.mjs'], { cwd: folder });
    expect(stdout).toBe('true true\n');
  });

  it('imports nothing of graphql by any entry', async () => {
    const hook = String.raw`export const resolve = (name, context, next) => {
      if (/^graphql(\/|$)/.test(name)) throw new Error(context.parentURL + ' imports ' + name);
      return next(name, context);
    };`;
    const refuse = `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;
    await writeFile(join(folder, 'refuse.mjs'), refuse);
    const exportsOf = async (name: string): Promise<string[]> => {
      const script = `console.log(JSON.stringify(Object.keys(await import('${name}'))))`;
      const args = ['--no-warnings', '--import', './refuse.mjs', '--input-type=module', '--eval', script];
      return JSON.parse((await run(process.execPath, args, { cwd: folder })).stdout);
    };
    const all = ['LiveError', 'SessionKeeper', 'createLiveClient'];
    expect(await exportsOf('@standfirst/client')).toEqual(all);
    expect(await exportsOf('@standfirst/client/live')).toEqual(all);
    expect(await exportsOf('@standfirst/client/session')).toContain('SessionKeeper');
    await expect(exportsOf('graphql')).rejects.toThrow(/ imports graphql/);
  });

  // Minified and compressed by gzip, with all that is imported, for browsers.
  it.each([
    ['session', 2500, []],
    ['live', 9000, ['graphql-ws/client']],
    ['', 11_000, ['graphql-ws/client']],
  ] as const)(
    'bundles @standfirst/client/%s in less than %d bytes',
    async (entry, most, needed) => {
      const name = entry === '' ? '@standfirst/client' : `@standfirst/client/${entry}`;
      await writeFile(join(folder, 'entry.js'), `export * from '${name}';\n`);
      const bundled = async (external: string): Promise<string> => {
        const build = `
        const { build } = await import(${JSON.stringify(join(root, 'node_modules/vite/dist/node/index.js'))});
        await build({ root: ${JSON.stringify(folder)}, configFile: false, logLevel: 'error', build: {
          outDir: 'bundle', minify: true, reportCompressedSize: false, modulePreload: { polyfill: false },
          rollupOptions: { input: ${JSON.stringify(join(folder, 'entry.js'))}, external: ${external},
            preserveEntrySignatures: 'strict', output: { entryFileNames: 'bundle.js' } } } });`;
        await run(process.execPath, ['--input-type=module', '--eval', build], { cwd: folder });
        const [bundle = ''] = await readdir(join(folder, 'bundle'));
        return readFile(join(folder, 'bundle', bundle), 'utf8');
      };
      expect(gzipSync(await bundled('[]')).length).toBeLessThan(most);
      const imports = [...(await bundled('[/^graphql/]')).matchAll(/\}\s*from\s*["'`]([\w@/.-]+)["'`]/g)];
      expect([...new Set(imports.map(([, from]) => from))].sort()).toEqual(needed);
    },
    240_000,
  );
});
