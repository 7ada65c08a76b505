import { feedForms } from '../../platform/http/paths.ts';
import type { Feed, FeedAddresses, FeedEntry } from './feed.ts';
import type { ShownAuthor } from './shown-author.ts';
import { type Xml, xml } from './xml.ts';

/** A feed as Atom (RFC 4287), with what an entry replies to (RFC 4685). */
export function atomOf(feed: Feed, { atom, json }: FeedAddresses): string {
  const { title, page, author, updatedAt, entries } = feed;
  return xml`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<id>${atom}</id>
<title>${title}</title>
<updated>${updatedAt}</updated>
<link rel="self" type="${feedForms.atom}" href="${atom}"/>
<link rel="alternate" type="text/html" href="${page}"/>
<link rel="alternate" type="${feedForms.json}" href="${json}"/>
${author && authorOf(author)}${entries.map(entryOf)}</feed>
`.text;
}

const authorOf = ({ name, page }: ShownAuthor): Xml =>
  xml`<author><name>${name}</name>${page !== null && xml`<uri>${page}</uri>`}</author>
`;

function entryOf(entry: FeedEntry): Xml {
  const { address, title, author, publishedAt, updatedAt, summary, html, tags } = entry;
  const { firstPublishedAt, repliesTo } = entry;
  return xml`<entry>
<id>${address}</id>
<title>${title}</title>
${authorOf(author)}${publishedAt !== undefined && xml`<published>${publishedAt}</published>\n`}<updated>${updatedAt}</updated>
<link rel="alternate" type="text/html" href="${address}"/>
${firstPublishedAt !== null && xml`<link rel="via" href="${firstPublishedAt}"/>\n`}${
    repliesTo !== null && xml`<thr:in-reply-to ref="${repliesTo}" type="text/html" href="${repliesTo}"/>\n`
  }${tags.map((tag) => xml`<category term="${tag}"/>\n`)}${
    summary !== null && xml`<summary>${summary}</summary>\n`
  }${html !== undefined && xml`<content type="html">${html}</content>\n`}</entry>
`;
}
