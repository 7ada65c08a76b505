import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Makes a folder in which npm finds the package's scripts and the built program, so that commands are run as people type
 * them. Only the build is left out: other test files use what it makes.
 */
export async function copyPackage(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const scripts = { ...manifest.scripts, build: 'node --version' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts }));
  for (const name of ['dist', 'node_modules', 'demo']) await symlink(join(root, name), join(folder, name));
}
