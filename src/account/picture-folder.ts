import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of files: 128 random bits. An address tells nothing, and no two accounts share one. */
const namePattern = /^[\w-]{22}\.webp$/;

export const newPictureName = (): string => `${randomBytes(16).toString('base64url')}.webp`;

/** A folder of pictures. Nodes share it: each serves what another one has written. */
export class PictureFolder {
  readonly #folder: string;

  /** @param folder made with the first picture if it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a file so that it is there whole or not at all. */
  async write(name: string, bytes: Buffer): Promise<void> {
    const path = this.#pathOf(name);
    const unfinished = `${path}.part`;
    await mkdir(this.#folder, { recursive: true });
    const file = await open(unfinished, 'w', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  }

  /** @returns undefined: there is no such file */
  async read(name: string): Promise<Buffer | undefined> {
    if (!namePattern.test(name)) return undefined;
    try {
      return await readFile(this.#pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Deletes a file, and what an interrupted write has left of it. */
  async delete(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await rm(path, { force: true });
    await rm(`${path}.part`, { force: true });
  }

  #pathOf(name: string): string {
    if (!namePattern.test(name)) throw new Error('Not the name of a picture');
    return join(this.#folder, name);
  }
}
