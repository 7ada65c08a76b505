/**
 * docs/embed.md has every word, every colour and every attribute of the element, and no others.
 * @database none
 */
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styles } from '../../web/embed/styles.ts';
import { defaultTexts } from '../../web/embed/texts.ts';

const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/embed.md'), 'utf8');

/** The rows of the table below a heading: inline code is without its marks. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

it('lists all texts', () => {
  const texts = Object.entries(defaultTexts).map(([key, text]) => [
    key,
    typeof text === 'string' ? text : Object.values(text).join(' / '),
  ]);
  expect(rowsOf('Texts')).toEqual(texts);
});

it('lists all properties of themes, with their defaults', () => {
  const defaults = [
    ...styles.matchAll(/var\((--standfirst-[\w-]+), (?:light-dark\((\S+), (\S+)\)|([^)]+))\);/g),
  ];
  expect(rowsOf('Themes').map(([name, , light, dark]) => [name, light, dark])).toEqual(
    defaults.map(([, name, light, dark, both]) => [name, light ?? both, dark ?? both]),
  );
});

it('lists all attributes', async () => {
  const source = await readFile(join(root, 'web/embed/thread-element.tsx'), 'utf8');
  const [, list = ''] = /observedAttributes = \[([^\]]*)\]/.exec(source) ?? [];
  const observed = [...list.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name);
  const listed = rowsOf('Attributes, properties, events').map(([name = '']) => name);
  // The scheme is a matter of the style sheet alone.
  expect(listed.sort()).toEqual([...observed, 'theme'].sort());
});
