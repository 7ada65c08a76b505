/**
 * @database none
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '../..');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-runner-'));
  await mkdir(join(folder, 'tests'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(folder, 'jest.config.js'),
    `import config from '${projectFolder}/jest.config.js';
     const { globalSetup, globalTeardown, ...rest } = config;
     export default { ...rest, rootDir: '${projectFolder}', roots: ['${folder}/tests'] };`,
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Kinds of test files. Each notes when it is loaded, as `isFirstRun` knows. */
const kinds = {
  steady: `it('passes', () => undefined)`,
  unsteady: `it('passes', () => undefined); it('passes the second time', () => expect(isFirstRun).toBe(false))`,
  unloadable: `if (isFirstRun) throw new Error('not loaded'); it('passes', () => undefined)`,
  killed: `it('lives the second time', async () => {
    if (!isFirstRun) return;
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  })`,
  broken: `it('passes', () => undefined); it('never passes', () => expect(1).toBe(2))`,
  empty: '',
};

/** @param files the kind of each file, by its name */
async function addFiles(files: Record<string, keyof typeof kinds>): Promise<void> {
  for (const [name, kind] of Object.entries(files))
    await writeFile(
      join(folder, 'tests', `${name}.test.ts`),
      `import { appendFileSync, readFileSync } from 'node:fs';
       import { expect, it } from '${projectFolder}/test/runner/globals.ts';
       appendFileSync('${folder}/runs', '${name}\\n');
       const runs = readFileSync('${folder}/runs', 'utf8').split('\\n').filter((name) => name === '${name}');
       const isFirstRun = runs.length === 1;
       ${kinds[kind]};`,
    );
}

interface Run {
  readonly code: number;
  readonly output: string;
  /** Counts that the last run of each file has added to the tally. */
  readonly tally: Record<string, string>;
  /** Names of files, in the order in which they were loaded. */
  readonly loads: string[];
  /** Names of the files that the end of the output calls unsteady. */
  readonly unsteady: string[];
}

/** `npm test` with these arguments. */
async function npmTest(...values: string[]): Promise<Run> {
  const tally = join(folder, 'tally');
  const { code, output } = await new Promise<Pick<Run, 'code' | 'output'>>((resolve) => {
    const child = execFile(
      'npm',
      ['test', '--', '--config', join(folder, 'jest.config.js'), ...values],
      { cwd: projectFolder, env: { ...process.env, TEST_TALLY: tally, TEST_FAILURES: '' } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
  const lines = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n');
  const nameOf = (path: string) => path.replace(/^.*\/tests\/(.*)\.test\.ts$/, '$1');
  const [, list = ''] = /\d+ unsteady [^\n]*:\n((?: {2}\/[^\n]*\n)+)/.exec(output) ?? [];
  return {
    code,
    output,
    tally: Object.fromEntries(
      (await lines(tally))
        .map((line) => line.split('\t'))
        .map(([p, f, path = '']) => [nameOf(path), `${p} ${f}`]),
    ),
    loads: await lines(join(folder, 'runs')),
    unsteady: list.trim().split(/\s+/).filter(Boolean).map(nameOf).sort(),
  };
}

describe('a file that fails', () => {
  it('is run again after all others, and is named and counted as passed if it passes then', async () => {
    await addFiles({ a: 'unsteady', b: 'steady', c: 'steady', d: 'steady', e: 'steady', f: 'steady' });
    const run = await npmTest();
    expect(run).toMatchObject({ code: 0, unsteady: ['a'], tally: { a: '2 0', b: '1 0', f: '1 0' } });
    expect(run.loads).toHaveLength(7);
    expect(run.loads.at(-1)).toBe('a');
    expect(run.output).toMatch(/FAILED, and is run again at the end: .*a\.test\.ts/);
    expect(run.output).toMatch(/Tests: +7 passed, 7 total/);
  });

  it('is run again if it could not be loaded or its process was killed, and no other file is lost', async () => {
    await addFiles({
      a: 'unloadable',
      b: 'killed',
      c: 'steady',
      d: 'steady',
      e: 'steady',
      f: 'steady',
      g: 'steady',
    });
    const run = await npmTest();
    expect(run).toMatchObject({ code: 0, unsteady: ['a', 'b'] });
    expect(run.output).toMatch(/Tests: +7 passed, 7 total/);
  });

  it('fails the run if it fails twice, and files that are unsteady are named as well', async () => {
    await addFiles({ a: 'broken', b: 'unsteady', c: 'empty' });
    const run = await npmTest();
    expect(run).toMatchObject({ code: 1, unsteady: ['b'], tally: { a: '1 1', b: '2 0', c: '0 1' } });
    expect(run.loads.filter((name) => name === 'a')).toHaveLength(2);
    expect(run.output).toMatch(/Tests: +1 failed, 3 passed, 4 total/);
  });

  it('is run again with the same choice of tests', async () => {
    await addFiles({ a: 'unsteady', b: 'broken' });
    const run = await npmTest('tests/a', '-t', 'second time');
    expect(run).toMatchObject({ code: 0, unsteady: ['a'], tally: { a: '1 0' } });
    expect(run.loads).toEqual(['a', 'a']);
  });

  it('is not run again where the first failure is to end the run', async () => {
    await addFiles({ a: 'unsteady' });
    const run = await npmTest('--bail');
    expect(run).toMatchObject({ code: 1, unsteady: [] });
    expect(run.loads).toEqual(['a']);
  });
});

describe('a run', () => {
  const many = (count: number, kind: keyof typeof kinds) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`file-${index}`, kind]));

  it('passes with three unsteady files', async () => {
    await addFiles(many(3, 'unsteady'));
    expect(await npmTest()).toMatchObject({ code: 0, unsteady: ['file-0', 'file-1', 'file-2'] });
  });

  it('fails with four, although all of them passed in the end', async () => {
    await addFiles(many(4, 'unsteady'));
    const run = await npmTest();
    expect(run).toMatchObject({ code: 1, unsteady: ['file-0', 'file-1', 'file-2', 'file-3'] });
    expect(run.output).toMatch(/Tests: +8 passed, 8 total/);
  });

  it('runs no file again after more than ten failed', async () => {
    await addFiles(many(11, 'unsteady'));
    const run = await npmTest();
    expect(run).toMatchObject({ code: 1, unsteady: [] });
    expect(run.loads).toHaveLength(11);
    expect(run.output).toMatch(/Tests: +11 failed, 11 passed, 22 total/);
  });
});
