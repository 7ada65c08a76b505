/**
 * @database none
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const typefaces = join(root, 'node_modules/@fontsource-variable');

/** Sections of `licences.txt`: below its first one, a package each. */
const rule = `\n${'='.repeat(80)}\n\n`;

describe('the licences of the built page', () => {
  let folder: string;
  let files: string[];
  let notices: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-page-'));
    const options = ['--outDir', folder, '--emptyOutDir', '--sourcemap', 'hidden', '--logLevel', 'warn'];
    await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'web', ...options],
      {
        cwd: root,
      },
    );
    files = readdirSync(join(folder, 'assets'));
    notices = readFileSync(join(folder, 'licences.txt'), 'utf8').split(rule).slice(1);
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** Folders of the packages that the scripts were made of, by their source maps. */
  function packagesOfScripts(): string[] {
    const sources = files
      .filter((file) => file.endsWith('.js.map'))
      .flatMap((file) => {
        const map = join(folder, 'assets', file);
        const { sources: found } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
        return found.map((source) => resolve(dirname(map), source));
      });
    const folders = sources.map((source) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0] ?? []);
    return [...new Set(folders.flat())];
  }

  /** Folders of the packages that the font files came with. */
  function packagesOfFonts(): string[] {
    const fonts = files.filter((file) => file.endsWith('.woff2'));
    const folders = fonts.map((font) => {
      const name = font.replace(/-[\w-]{8}\.woff2$/, '.woff2');
      const found = readdirSync(typefaces).find((each) =>
        readdirSync(join(typefaces, each, 'files')).includes(name),
      );
      if (found === undefined) throw new Error(`No package has the font ${name}`);
      return join(typefaces, found);
    });
    return [...new Set(folders)];
  }

  it('name each package and typeface in it, with its version and the text of its licence', () => {
    const folders = [...packagesOfScripts(), ...packagesOfFonts()];
    expect(folders.length).toBeGreaterThan(20);
    for (const each of [
      ...folders,
      ...['vite', 'rolldown'].map((name) => join(root, 'node_modules', name)),
    ]) {
      const { name, version, license } = JSON.parse(readFileSync(join(each, 'package.json'), 'utf8'));
      const head = `${name} ${version} (${license})\n\n`;
      const notice = notices.find((text) => text.startsWith(head)) ?? '';
      expect([head, notice.length > head.length + 400]).toEqual([head, true]);
      const file = readdirSync(each).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      // Vite's has the licences of its own parts below.
      if (file !== undefined && name !== 'vite')
        expect(notice).toContain(readFileSync(join(each, file), 'utf8').trim());
    }
  });

  it('are the only file made of Vite’s list', () => {
    expect(readdirSync(folder)).toContain('licences.txt');
    expect(readdirSync(folder)).not.toContain('licences.json');
  });
});
