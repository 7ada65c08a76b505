import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One encoding of a file; `identity` is the file itself. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** A file in memory in all its encodings, with the tag of its content. */
export interface EmbedFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Readonly<Partial<Record<Encoding, Buffer>> & { identity: Buffer }>;
}

const endings: Readonly<Record<Exclude<Encoding, 'identity'>, string>> = { br: '.br', gzip: '.gz' };

const types: Readonly<Record<string, string>> = {
  'thread.js': 'text/javascript; charset=utf-8',
  'frame.js': 'text/javascript; charset=utf-8',
  'licences.txt': 'text/plain; charset=utf-8',
};

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/**
 * The files for pages of other sites, read once: there are three of them, and the tag of their content is the same on all nodes,
 * which a time of change would not be.
 */
export class EmbedFiles {
  private constructor(private readonly files: ReadonlyMap<string, EmbedFile>) {}

  /**
   * @param webRoot the folder of the built page
   * @returns undefined if the files were not built
   */
  static async find(webRoot: string): Promise<EmbedFiles | undefined> {
    const files = new Map<string, EmbedFile>();
    for (const [name, type] of Object.entries(types)) {
      const path = join(webRoot, 'embed', name);
      const identity = await readIfThere(path);
      if (!identity) return undefined;
      const [br, gzip] = await Promise.all([
        readIfThere(path + endings.br),
        readIfThere(path + endings.gzip),
      ]);
      const digest = createHash('sha256').update(identity).digest('base64url');
      const bytes = { identity, ...(br && { br }), ...(gzip && { gzip }) };
      files.set(name, { type, etag: `W/"${digest}"`, bytes });
    }
    return new EmbedFiles(files);
  }

  get(name: string): EmbedFile | undefined {
    return this.files.get(name);
  }

  get names(): readonly string[] {
    return [...this.files.keys()];
  }
}
