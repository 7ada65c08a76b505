/**
 * @database none
 */
import { expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { webArtefacts, webFolder } from '../support/web-types.ts';

it('the page’s types are those of its operations', async () => {
  for (const [name, text] of await webArtefacts()) {
    const path = join(webFolder, name);
    if (process.env.UPDATE_GOLDEN) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    // `npm run codegen` rewrites the files.
    expect(text).toBe(await readFile(path, 'utf8'));
  }
});
