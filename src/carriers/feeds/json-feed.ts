import type { Feed, FeedAddresses, FeedEntry } from './feed.ts';
import type { ShownAuthor } from './shown-author.ts';

/** A feed as JSON Feed 1.1 (jsonfeed.org). */
export function jsonFeedOf(feed: Feed, { json }: FeedAddresses): string {
  const { title, page, author, entries } = feed;
  const members = {
    version: 'https://jsonfeed.org/version/1.1',
    title,
    home_page_url: page,
    feed_url: json,
    authors: author && [authorOf(author)],
    items: entries.map(itemOf),
  };
  return `${JSON.stringify(members)}\n`;
}

const authorOf = ({ name, page }: ShownAuthor) => ({ name, url: page ?? undefined });

function itemOf(entry: FeedEntry) {
  const { address, title, author, publishedAt, updatedAt, summary, html, tags, firstPublishedAt } = entry;
  return {
    id: address,
    url: address,
    external_url: firstPublishedAt ?? undefined,
    title,
    // An item needs a text.
    ...(html === undefined ? { content_text: summary ?? title } : { content_html: html }),
    summary: summary ?? undefined,
    date_published: publishedAt,
    date_modified: updatedAt,
    authors: [authorOf(author)],
    tags: tags.length > 0 ? tags : undefined,
  };
}
