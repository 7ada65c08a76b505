import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TrustedDocuments } from '../operations/trusted-documents.ts';
import { digestOfText, isFixed, type Selection, selectionDigest } from './selection.ts';

/** The build of the readers' page writes this file beside the page: the digests of its own subscriptions. */
const pageFile = 'live-documents.json';

const digests = z.array(z.string().min(1));

/** @returns the digests of the subscriptions of a built page; none where the page lists none */
async function readPageDigests(webRoot: string): Promise<readonly string[]> {
  const text = await readFile(join(webRoot, pageFile), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
    throw error;
  });
  return digests.parse(JSON.parse(text));
}

/**
 * The documents whose selections have room on every article, whatever others have opened there: those of the readers'
 * page and of the manifest. How many there are is up to whoever runs the service, and no client can make more.
 */
export class KnownDocuments {
  readonly #digests: ReadonlySet<string>;

  constructor(digests: Iterable<string>) {
    this.#digests = new Set(digests);
  }

  /** @param sources `webRoot`: the folder of the page that is served; undefined: none */
  static async open(sources: {
    readonly webRoot: string | undefined;
    readonly trusted: TrustedDocuments | undefined;
  }): Promise<KnownDocuments> {
    const page = sources.webRoot === undefined ? [] : await readPageDigests(sources.webRoot);
    const manifest = [...(sources.trusted?.texts ?? [])].map(digestOfText);
    return new KnownDocuments([...page, ...manifest]);
  }

  /** Whether a selection is one of a known document, without a variable that could make many of it. */
  has(selection: Selection): boolean {
    return this.#digests.has(selectionDigest(selection)) && isFixed(selection);
  }
}
