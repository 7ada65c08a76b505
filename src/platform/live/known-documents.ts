import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TrustedDocuments } from '../operations/trusted-documents.ts';
import { digestOfText, isFixed, type Selection, selectionDigest } from './selection.ts';

/**
 * The build of the readers' page writes this file beside the page. It holds the digests of the page's subscriptions.
 */
const pageFile = 'live-documents.json';

const digests = z.array(z.string().min(1));

/** @returns the digests of the subscriptions of a built page; none if the page lists none */
async function readPageDigests(webRoot: string): Promise<readonly string[]> {
  const text = await readFile(join(webRoot, pageFile), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
    throw error;
  });
  return digests.parse(JSON.parse(text));
}

/**
 * The documents whose selections are accepted on every article, however many others are open: those of the readers'
 * page and of the manifest. Their number is set by the operator, and clients can't raise it.
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

  /** Whether a selection is one of a known document, without a variable that could make many selections of it. */
  has(selection: Selection): boolean {
    return this.#digests.has(selectionDigest(selection)) && isFixed(selection);
  }
}
