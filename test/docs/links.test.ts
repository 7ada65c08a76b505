/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A page without its blocks of code, in which brackets are no links. */
const readProse = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8')).replaceAll(/^```[^]*?^```$/gm, '');

/** The names that GitHub gives the headings of a page; of headings with one name the first. */
const anchorsOf = (prose: string): Set<string> =>
  new Set(
    [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .trim()
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );

async function isAlive(page: string, path: string, anchor: string | undefined): Promise<boolean> {
  const target = path === '' ? page : join(dirname(page), path);
  const exists = await stat(target).then(
    () => true,
    () => false,
  );
  if (!exists || anchor === undefined || !target.endsWith('.md')) return exists;
  return anchorsOf(await readProse(target)).has(anchor);
}

it('links of all pages lead to files and headings that exist', async () => {
  const documents = await readdir(join(root, 'docs'), { recursive: true });
  const packages = await readdir(join(root, 'packages'));
  const pages = [
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...packages.map((name) => join('packages', name, 'README.md')),
    ...documents.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
  ];
  let count = 0;
  const dead: string[] = [];
  for (const page of pages) {
    const links = (await readProse(join(root, page))).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g);
    for (const [, path = '', anchor] of links) {
      if (/^[a-z]+:/.test(path)) continue;
      count += 1;
      if (!(await isAlive(join(root, page), path, anchor)))
        dead.push(`${page}: ${path}${anchor === undefined ? '' : `#${anchor}`}`);
    }
  }
  expect(count).toBeGreaterThan(300);
  expect(dead).toEqual([]);
});
