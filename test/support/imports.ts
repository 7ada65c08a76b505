import { EventLog } from '../../src/platform/events/log.ts';
import { Links } from '../../src/platform/http/links.ts';
import {
  type ImportDocument,
  type ImportDocumentInput,
  requireDocument,
} from '../../src/features/import/document.ts';
import { ImportRefusal } from '../../src/features/import/faults.ts';
import { ImportService } from '../../src/features/import/import.service.ts';
import type { ImportOutcome } from '../../src/features/import/outcome.ts';
import type { TestApp } from './app.ts';

/** Addresses of pages of a running app. */
export function pagesOf(app: TestApp): Links {
  const links = new Links();
  links.setBase(app.url);
  return links;
}

/** The import service, as the command line runs it, on the bus of a running app, whose subscribers get its events. */
export function importerOf(app: TestApp, maxDepth = 100): ImportService {
  return new ImportService({ db: app.app.db, log: new EventLog(app.app.bus), maxDepth, pages: pagesOf(app) });
}

/** Imports a document with the checks of a file. */
export function bringIn(app: TestApp, document: unknown): Promise<ImportOutcome> {
  return importerOf(app).import(requireDocument(document, 100));
}

/** The faults with which a document is refused, one line each. */
export async function faultsOf(work: () => Promise<unknown> | ImportDocument): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ImportRefusal) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** A small document that uses every feature, to be varied. */
export function letter(slug: string): Required<ImportDocumentInput> {
  return {
    journalist: {
      slug: `${slug}-ada`,
      name: 'Ada Example',
      location: 'LONDON, UK',
      bio: 'Writes about *ships*.',
    },
    article: {
      slug,
      title: 'Keep the ferry',
      standfirst: 'An open letter.',
      body: 'We *ask* you. Write to keep@example.org.',
      publishedAt: '2015-07-25',
      canonicalUrl: `https://example.org/${slug}`,
      tags: ['ferries', 'open letters'],
      signatures: [{ name: 'Bo Example', role: 'Skipper', organisation: null }],
    },
    endorsements: [
      {
        key: 'e1',
        displayName: 'Cy Example',
        affiliation: 'Islander',
        statement: 'I need it.',
        createdAt: '2015-07',
      },
      { key: 'e2', displayName: 'Di Example', createdAt: '2015-07' },
    ],
    authors: [],
    comments: [
      { key: 'c2', parentKey: 'c1', authorName: 'Ed Example', body: 'A reply', createdAt: '2015' },
      { key: 'c1', parentKey: null, authorName: 'Flo Example', body: 'A **comment**', createdAt: '2015' },
      { key: 'c3', authorName: null, body: '1 * 2 * 3', bodyFormat: 'text', createdAt: '2015' },
    ],
  };
}
