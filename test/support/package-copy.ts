import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Creates a folder in which npm finds the package's scripts and the built program, so that commands run as users type
 * them. The build script is disabled, because other test files use its output.
 */
export async function copyPackage(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const scripts = { ...manifest.scripts, build: 'node --version' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, scripts }));
  for (const name of ['bin', 'dist', 'node_modules', 'demo'])
    await symlink(join(root, name), join(folder, name));
}
