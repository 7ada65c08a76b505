/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styles as ofEmbed } from '../../web/embed/styles.ts';

const web = join(import.meta.dirname, '../../web');

/** Declarations that name a side of the window, in place of a side of the text. */
function physicalIn(css: string): string[] {
  const declarations = css.replace(/\/\*.*?\*\//gs, '').match(/[\w-]+\s*:[^;{}]+(?=[;}])/g) ?? [];
  return declarations.filter((declaration) => {
    const [, name = '', value = ''] = /^([\w-]+)\s*:\s*(.*)$/s.exec(declaration) ?? [];
    // Spaces inside functions separate no sides.
    let sides = value.trim();
    while (/\([^()]*\)/.test(sides)) sides = sides.replace(/\([^()]*\)/g, '');
    const [, right, , left] = sides.split(/\s+/);
    return (
      /^(left|right)$|-(left|right)(-|$)/.test(name) ||
      (/^(text-align|float|clear)$/.test(name) && /^(left|right)$/.test(sides)) ||
      (/^(margin|padding|inset|border-width|border-color|border-style)$/.test(name) &&
        left !== undefined &&
        left !== right) ||
      (name === 'border-radius' && /\s/.test(sides))
    );
  });
}

it('the styles’ sides are those of the text, so that they follow its direction', async () => {
  const names = (await readdir(web, { recursive: true })).filter((name) => name.endsWith('.css'));
  expect(names.length).toBeGreaterThan(8);
  const sheets = await Promise.all(names.map((name) => readFile(join(web, name), 'utf8')));
  expect([...sheets, ofEmbed].flatMap(physicalIn)).toEqual([]);
  expect(
    physicalIn(
      'a { margin: 0 1px 0 2px; margin-left: calc(1px + 2px); padding: 1px 2px 3px } b { float: right; inset: 0 auto 0 0; }',
    ),
  ).toEqual(['margin: 0 1px 0 2px', 'margin-left: calc(1px + 2px)', 'float: right', 'inset: 0 auto 0 0']);
});
