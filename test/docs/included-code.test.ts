/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const pages = [
  { name: 'docs/client-libraries.md', atLeast: 10 },
  { name: 'docs/live-client.md', atLeast: 2 },
  { name: 'docs/frontend.md', atLeast: 5 },
  { name: 'docs/tokens.md', atLeast: 1 },
  { name: 'docs/integrators.md', atLeast: 20 },
  { name: 'docs/single-sign-on.md', atLeast: 2 },
  { name: 'docs/embed.md', atLeast: 4 },
  { name: 'docs/moderation.md', atLeast: 1 },
  { name: 'packages/embedded-postgres/README.md', atLeast: 1 },
  { name: 'packages/graphql-plans/README.md', atLeast: 2 },
  { name: 'packages/test-provider/README.md', atLeast: 1 },
];

/** `<!-- file#region -->`, and the block of code after it, if there is one already. */
const included = /^<!-- ((?:examples|packages|web)\/[^ #]+)(?:#(\w+))? -->\n(?:\n```\w+\n[^]*?\n```\n)?/gm;

/** The text of a file, or of one of its marked regions. */
async function readRegion(path: string, region: string | undefined): Promise<string> {
  const text = await readFile(join(root, path), 'utf8');
  if (region === undefined) return text.trim();
  const [, inside] = text.split(new RegExp(`// #(?:end)?region ${region}\n`));
  if (inside === undefined) throw new Error(`${path} has no region ${region}`);
  // Removes the indentation of the region.
  const indent = /^ */.exec(inside)?.[0] ?? '';
  return inside.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trim();
}

describe.each(pages)('$name', ({ name, atLeast }) => {
  const page = join(root, name);

  it('shows the code that the tests run', async () => {
    const text = await readFile(page, 'utf8');
    let expected = text;
    const marks = [...text.matchAll(included)];
    expect(marks.length).toBeGreaterThanOrEqual(atLeast);
    for (const [block, path = '', region] of marks) {
      const [mark = ''] = block.split('\n');
      const code = await readRegion(path, region);
      const now = `${mark}\n\n\`\`\`${extname(path).slice(1)}\n${code}\n\`\`\`\n`;
      expected = expected.replace(block, () => now);
    }
    if (process.env.UPDATE_GOLDEN) await writeFile(page, expected);
    // `UPDATE_GOLDEN=1 npm test -- test/docs/included-code` rewrites the page.
    else expect(text).toBe(expected);
  });
});
