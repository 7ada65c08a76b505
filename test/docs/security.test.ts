/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { settingNames } from '../../src/platform/config/config.ts';
import { requestErrorCodes } from '../../src/platform/errors/errors.ts';
import { defaultOf } from '../support/default-setting.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['docs/security.md', 'docs/security-asvs.md'];

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** The inline code of a page. */
const quoted = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** Whether inline code is a path in the repository: with a folder, a file extension or a leading dot. */
const isPath = (code: string): boolean =>
  /^(src|test|docs|web|faults|harness|packages|bin|deploy|migrations|\.ci)\/[\w./-]+$/.test(code) ||
  /^[\w.-]+\.(yml|js|json|graphql|ts|md)$/.test(code) ||
  /^\.[\w.]+$/.test(code);

/** The name of a setting or of an error code, which have the same form. */
const nameOf = (code: string): string | undefined =>
  /^([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)(?:=.*)?$/.exec(code)?.[1];

/** Parses a default as the pages write it: "6,000", "8 MiB", "10 s", "30 days". */
function written(number: string, unit: string | undefined, name: string): number {
  const factors: Readonly<Record<string, number>> = { MiB: 1024 ** 2, days: 86_400 };
  const factor = unit === 's' && name.endsWith('_MS') ? 1000 : (factors[unit ?? ''] ?? 1);
  return Number(number.replaceAll(',', '')) * factor;
}

describe.each(pages)('%s', (page) => {
  it('names files that exist', async () => {
    const text = await read(page);
    const links = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) =>
      join('docs', link),
    );
    const paths = [...new Set([...quoted(text).filter(isPath), ...links])];
    expect(paths.length).toBeGreaterThan(30);
    const missing: string[] = [];
    for (const path of paths) await stat(join(root, path)).catch(() => missing.push(path));
    expect(missing).toEqual([]);
  });

  it('names settings that exist, with their defaults', async () => {
    const text = await read(page);
    const known = new Set([...settingNames, ...Object.keys(requestErrorCodes)]);
    expect(
      quoted(text)
        .flatMap((code) => nameOf(code) ?? [])
        .filter((name) => !known.has(name)),
    ).toEqual([]);
    const told = [...text.matchAll(/`([A-Z\d_]+)` \(([\d,]+)(?: (MiB|s|days))?/g)].map(
      ([, name = '', number = '', unit]) => [name, written(number, unit, name)],
    );
    expect(told).toEqual(told.map(([name = '']) => [name, defaultOf(String(name))]));
  });
});

describe('the table of ASVS 5.0', () => {
  /** Levels of all requirements of levels 1 and 2, by number, in the order of the standard. */
  const readLevels = async () =>
    new Map(Object.entries(JSON.parse(await read('test/docs/asvs-5.0.json')) as Record<string, number>));

  const readRows = async (all: readonly string[]) =>
    [
      ...(await read('docs/security-asvs.md')).matchAll(
        /^\| (\d+\.\d+\.\d+[^|]*)\|([^|]*)\|[^|]*\|([^|]*)\|([^|]*)\|$/gm,
      ),
    ].map(([, numbers = '', levels = '', verdict = '', reason = '']) => ({
      numbers: numbers
        .trim()
        .split(', ')
        .flatMap((part) => {
          const [first = '', last = first] = part.split('–');
          return all.slice(all.indexOf(first), all.indexOf(last) + 1);
        }),
      levels: levels.trim(),
      verdict: verdict.trim().replaceAll('*', ''),
      reason: reason.trim(),
    }));

  it('has each requirement once, with its level, a verdict, and a test, source or reason', async () => {
    const levels = await readLevels();
    const rows = await readRows([...levels.keys()]);
    expect(rows.flatMap(({ numbers }) => numbers)).toEqual([...levels.keys()]);
    for (const { numbers, levels: told, verdict, reason } of rows) {
      const real = [...new Set(numbers.map((number) => levels.get(number)))].sort().join(', ');
      expect([numbers, told, verdict]).toEqual([
        numbers,
        real,
        expect.stringMatching(/^(met|not met|not applicable)$/),
      ]);
      expect([numbers, reason]).not.toEqual([numbers, '']);
    }
  });

  it('shows the right counts of its verdicts', async () => {
    const levels = await readLevels();
    const rows = await readRows([...levels.keys()]);
    const count = (wanted: string, level: number) =>
      rows
        .filter(({ verdict }) => verdict === wanted)
        .flatMap(({ numbers }) => numbers)
        .filter((number) => levels.get(number) === level).length;
    const text = await read('docs/security-asvs.md');
    for (const verdict of ['met', 'not met', 'not applicable']) {
      const line = new RegExp(`^\\| ${verdict} +\\| +(\\d+) \\| +(\\d+) \\|$`, 'm').exec(text)?.slice(1);
      expect([verdict, line]).toEqual([verdict, [1, 2].map((level) => String(count(verdict, level)))]);
    }
  });
});
