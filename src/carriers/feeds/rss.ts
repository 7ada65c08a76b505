import { feedForms } from '../../platform/http/paths.ts';
import type { Feed, FeedAddresses, FeedEntry } from './feed.ts';
import { type Xml, xml } from './xml.ts';

/** A time as RSS has it, by RFC 822 with years of four digits. */
const dateOf = (instant: string): string => new Date(instant).toUTCString();

/**
 * A feed as RSS 2.0 (rssboard.org), with whole texts as `content:encoded`. Authors are `dc:creator`: `author` takes a mail
 * address. What RSS itself cannot say is said as in Atom.
 */
export function rssOf(feed: Feed, { rss }: FeedAddresses): string {
  const { title, page, updatedAt, entries } = feed;
  return xml`<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:thr="http://purl.org/syndication/thread/1.0">
<channel>
<title>${title}</title>
<link>${page}</link>
<description>${title}</description>
<lastBuildDate>${dateOf(updatedAt)}</lastBuildDate>
<atom:link rel="self" type="${feedForms.rss}" href="${rss}"/>
${entries.map(itemOf)}</channel>
</rss>
`.text;
}

function itemOf(entry: FeedEntry): Xml {
  const { address, title, author, publishedAt, updatedAt, summary, html, tags } = entry;
  const { firstPublishedAt, repliesTo } = entry;
  return xml`<item>
<title>${title}</title>
<link>${address}</link>
<guid isPermaLink="true">${address}</guid>
<dc:creator>${author.name}</dc:creator>
${publishedAt !== undefined && xml`<pubDate>${dateOf(publishedAt)}</pubDate>\n`}<atom:updated>${updatedAt}</atom:updated>
${firstPublishedAt !== null && xml`<atom:link rel="via" href="${firstPublishedAt}"/>\n`}${
    repliesTo !== null && xml`<thr:in-reply-to ref="${repliesTo}" type="text/html" href="${repliesTo}"/>\n`
  }${tags.map((tag) => xml`<category>${tag}</category>\n`)}${
    summary !== null && xml`<description>${summary}</description>\n`
  }${html !== undefined && xml`<content:encoded>${html}</content:encoded>\n`}</item>
`;
}
