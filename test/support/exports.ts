import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportService } from '../../src/features/import/import.service.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import { SourceImport, type SourceReport } from '../../src/features/import/source/source-import.ts';
import { Texts } from '../../src/features/import/source/texts.ts';
import type { SourceName } from '../../src/features/import/source/source.ts';
import type { ArticleReport } from '../../src/features/import/source/write-groups.ts';
import { escapeHtml } from '../../src/platform/text/escape-html.ts';
import type { TestApp } from './app.ts';
import { pagesOf } from './imports.ts';

/** What an import of another system's export reports. */
export interface Brought extends SourceReport {
  readonly articles: readonly ArticleReport[];
}

/** Imports an export: a text, or the files of a folder. */
export async function bringFrom(
  app: TestApp,
  source: SourceName,
  content: string | Buffer | Readonly<Record<string, string>>,
  {
    given = {},
    ...options
  }: { createUnder?: string; given?: Record<string, string>; maxDepth?: number } = {},
): Promise<Brought> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-export-'));
  try {
    const isFile = typeof content === 'string' || Buffer.isBuffer(content);
    const files: [string, string | Buffer][] = isFile ? [['export', content]] : Object.entries(content);
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    const { db, bus } = app.app;
    const { maxDepth = 100, createUnder } = options;
    const pages = pagesOf(app);
    // So few texts that no thread is started.
    const texts = new Texts('');
    const articles: ArticleReport[] = [];
    const report = await new SourceImport({
      db,
      service: new ImportService({ db, log: new EventLog(bus), maxDepth, pages }),
      texts,
      maxDepth,
      given: new Map(
        Object.entries(given).map(([from, to], index) => [
          from,
          { to, place: { line: index + 1, file: 'map' } },
        ]),
      ),
      pages,
      createUnder,
      progress: { read: () => undefined, written: () => undefined },
    }).run(source, isFile ? join(folder, 'export') : folder, (article) => {
      articles.push(article);
      return Promise.resolve();
    });
    return { ...report, articles };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A post of Disqus. */
export interface DisqusPost {
  readonly id: number | string;
  readonly thread?: number;
  readonly parent?: number | undefined;
  readonly message?: string;
  readonly createdAt?: string;
  readonly state?: 'deleted' | 'spam';
  readonly author?: { readonly name?: string; readonly username?: string; readonly email?: string };
}

const element = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `<${name}>${escapeHtml(text)}</${name}>`;

function postXml({
  id,
  thread = 1,
  parent,
  message = '<p>A text</p>',
  state,
  author = {},
  ...given
}: DisqusPost): string {
  const { name, username, email } = author;
  return `<post dsq:id="${id}"><id/><message><![CDATA[${message.replaceAll(']]>', ']]]]><![CDATA[>')}]]></message>
<createdAt>${given.createdAt ?? '2015-07-25T10:00:00Z'}</createdAt><isDeleted>${state === 'deleted'}</isDeleted>
<isSpam>${state === 'spam'}</isSpam><author>${element('email', email)}${element('name', name)}
<isAnonymous>${username === undefined}</isAnonymous>${element('username', username)}</author>
<thread dsq:id="${thread}"/>${parent === undefined ? '' : `<parent dsq:id="${parent}"/>`}</post>\n`;
}

/** An export of Disqus, as it writes them. @param links addresses of threads 1, 2, … */
export const disqusXml = (links: readonly string[], posts: readonly DisqusPost[]): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<category dsq:id="1"><forum>sample</forum><title>General</title><isDefault>true</isDefault></category>
${links
  .map(
    (
      link,
      index,
    ) => `<thread dsq:id="${index + 1}"><id/><forum>sample</forum><category dsq:id="1"/>${element('link', link)}
<title>Thread ${index + 1}</title><message/><createdAt>2015-01-01T00:00:00Z</createdAt></thread>\n`,
  )
  .join('')}${posts.map(postXml).join('')}</disqus>
`;
