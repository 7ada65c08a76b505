import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { barePage, bareScript } from './bare-page.ts';

const root = join(import.meta.dirname, '../../../..');
const graphqlWs = join(root, 'node_modules/graphql-ws/dist');

/** Output folder of the page for the benches. */
export const pageRoot = join(root, 'dist/bench/page');

/** Path of the bare page, which is served and compressed like the page's own files. */
export const barePath = '/assets/bare.html';

async function addFile(name: string, text: string): Promise<void> {
  const path = join(pageRoot, 'assets', name);
  await writeFile(path, text);
  if (name.endsWith('.js')) await writeFile(`${path}.br`, brotliCompressSync(text));
}

/**
 * Builds the page for production, and adds the bare page.
 * @param isLegible for profiles: without minification, and with source maps
 */
export async function buildPage(isLegible: boolean): Promise<void> {
  const options = ['--outDir', pageRoot, '--emptyOutDir', '--logLevel', 'warn'];
  if (isLegible) options.push('--minify', 'false', '--sourcemap');
  await promisify(execFile)('npx', ['vite', 'build', 'web', ...options], { cwd: root });
  await addFile('bare.html', barePage);
  await addFile('bare.js', bareScript);
  for (const name of await readdir(graphqlWs)) {
    // The client module, and the modules that it shares with the server.
    if (!/^(client|common-\w+)\.js$/.test(name)) continue;
    await addFile(name, await readFile(join(graphqlWs, name), 'utf8'));
  }
  await copyFile(join(pageRoot, 'favicon.svg'), join(pageRoot, 'assets/favicon.svg'));
}
