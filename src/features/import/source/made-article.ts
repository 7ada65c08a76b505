import { type ImportDocument, requireDocument } from '../document.ts';
import { formatPartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { markdownOfLink } from '../html.ts';
import { normaliseLine } from '../../../platform/text/plain.ts';
import type { SourceThread } from './source.ts';

/** The byline under which articles are made for threads that have none. */
export interface Byline {
  readonly slug: string;
  readonly name: string;
}

/** The longest title, in characters. */
const maxTitle = 300;

/** An article of a thread: its text, or where the export has none, a link to the page that was discussed. */
export function madeArticle({ url, title, publishedAt, html }: SourceThread, byline: Byline): ImportDocument {
  const address = new URL(url);
  // It leads to a place within the page.
  address.hash = '';
  const shown = [...normaliseLine(title || address.pathname)].slice(0, maxTitle).join('') || address.host;
  const hasText = html !== undefined && html.trim() !== '';
  const at = publishedAt && publishedAt.at.getUTCFullYear() >= 1000 ? publishedAt : undefined;
  return requireDocument(
    {
      journalist: byline,
      article: {
        title: shown,
        // Not as HTML: its conversion would take most of the time of an article.
        ...(hasText
          ? { body: html, bodyFormat: 'html' }
          : { body: markdownOfLink(address.href, shown), bodyFormat: 'markdown' }),
        publishedAt: formatPartialDateTime(at ?? { at: new Date(), precision: 'DAY' }),
        canonicalUrl: address.href,
      },
    },
    0,
  );
}
