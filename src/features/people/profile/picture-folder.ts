import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPictureName, type PictureStore } from './picture-store.ts';

/** A folder of pictures. Nodes share it: each serves what another one has written. */
export class PictureFolder implements PictureStore {
  /** @param folder made with the first picture if it is missing */
  constructor(private readonly folder: string) {}

  async write(name: string, bytes: Buffer): Promise<void> {
    const path = this.#pathOf(name);
    const unfinished = `${path}.part`;
    await mkdir(this.folder, { recursive: true });
    const file = await open(unfinished, 'w', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  }

  async read(name: string): Promise<Buffer | undefined> {
    if (!isPictureName(name)) return undefined;
    try {
      return await readFile(this.#pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async delete(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await rm(path, { force: true });
    await rm(`${path}.part`, { force: true });
  }

  #pathOf(name: string): string {
    if (!isPictureName(name)) throw new Error('Not the name of a picture');
    return join(this.folder, name);
  }
}
