import type { FeedForm } from '../../platform/http/paths.ts';
import { isolated } from '../../platform/text/direction.ts';
import { siteName } from '../../platform/text/site-name.ts';
import type { DiscussedArticle, FeedArticle, FeedArticles, FeedComment } from './feed-operations.ts';
import { type ShownAuthor, shownAuthor } from './shown-author.ts';

/** The absolute addresses of one feed in all of its forms. */
export type FeedAddresses = Readonly<Record<FeedForm, string>>;

/** A feed, before it is written in one form or the other. */
export interface Feed {
  readonly title: string;
  /** The page whose news the feed tells. */
  readonly page: string;
  /** Whose feed it is, where that is one person or the site; each entry has an author of its own. */
  readonly author: ShownAuthor | undefined;
  /** The time of the last change of an entry; of an empty feed, of what it belongs to. */
  readonly updatedAt: string;
  /** The time before which nothing of the feed has changed, for `Last-Modified`; undefined: it is not known. */
  readonly lastModified: string | undefined;
  /** The newest first. */
  readonly entries: readonly FeedEntry[];
}

export interface FeedEntry {
  /** The address of what the entry is about. It never changes, so it is the entry's id as well. */
  readonly address: string;
  readonly title: string;
  readonly author: ShownAuthor;
  /** An instant; undefined: it is known less exactly, and none is invented. */
  readonly publishedAt: string | undefined;
  readonly updatedAt: string;
  readonly summary: string | null;
  /** Sanitised HTML with absolute addresses; undefined: the feed would become too long. */
  readonly html: string | undefined;
  readonly tags: readonly string[];
  /** The address of the first publication; null if that was here. */
  readonly firstPublishedAt: string | null;
  /** The address of what the entry replies to; null for an article. */
  readonly repliesTo: string | null;
}

/** Most bytes of all texts in one feed. The entries beyond have their summaries only. */
const maxTextBytes = 1_000_000;

/** The feed of what has never had an entry. */
const neverUpdated = '1970-01-01T00:00:00.000Z';

/** An instant as it is known; undefined for a day, a month or a year. */
const instantOf = (time: string): string | undefined => (time.includes('T') ? time : undefined);

/** An instant for a time that may be known less exactly: the beginning, as filters of the API have it. */
const beginningOf = (time: string): string => instantOf(time) ?? new Date(time).toISOString();

/** Leaves out texts from the first one on with which all of them would be too long. */
function bounded(entries: readonly FeedEntry[]): FeedEntry[] {
  let left = maxTextBytes;
  return entries.map((entry) => {
    left -= Buffer.byteLength(entry.html ?? '');
    return left < 0 ? { ...entry, html: undefined } : entry;
  });
}

function latest(times: readonly string[]): string | undefined {
  const all = times.map((time) => Date.parse(time));
  return all.length === 0 ? undefined : new Date(Math.max(...all)).toISOString();
}

function entryOfArticle(article: FeedArticle): FeedEntry {
  const { permalink, title, standfirst, publishedAt, updatedAt, canonicalUrl, author, tags } = article;
  return {
    address: permalink,
    title,
    author: { name: author.name, page: author.permalink },
    publishedAt: publishedAt === null ? undefined : instantOf(publishedAt),
    updatedAt,
    summary: standfirst,
    html: article.bodyHtml,
    tags: (tags ?? []).map(({ name }) => name),
    firstPublishedAt: canonicalUrl,
    repliesTo: null,
  };
}

/** The feed of a list of articles. */
export function feedOfArticles(articles: FeedArticles, about: Pick<Feed, 'title' | 'page' | 'author'>): Feed {
  const entries = (articles?.nodes ?? []).map(entryOfArticle);
  const updatedAt = latest(entries.map((entry) => entry.updatedAt));
  return {
    ...about,
    updatedAt: updatedAt ?? neverUpdated,
    lastModified: updatedAt,
    entries: bounded(entries),
  };
}

const isShown = ({ status }: FeedComment): boolean => status === 'PUBLISHED';

const entryOfComment =
  (article: DiscussedArticle) =>
  ({ permalink, createdAt, editedAt, author, parent, bodyHtml }: FeedComment): FeedEntry => {
    const by = shownAuthor(author);
    return {
      address: permalink,
      title: `${isolated(by.name)} on “${isolated(article.title)}”`,
      author: by,
      publishedAt: instantOf(createdAt),
      updatedAt: editedAt ?? beginningOf(createdAt),
      summary: null,
      html: bodyHtml ?? undefined,
      tags: [],
      firstPublishedAt: null,
      repliesTo: parent?.permalink ?? article.permalink,
    };
  };

/**
 * The feed of the newest comments on an article; without tombstones, of which nothing is left to be read. Every change
 * of a thread is an event of its article, removals included, so that the time of the last event is that of the feed.
 */
export function feedOfComments(article: DiscussedArticle): Feed {
  const { title, permalink, updatedAt, lastEventAt, allComments } = article;
  const entries = (allComments?.nodes ?? []).filter(isShown).map(entryOfComment(article));
  return {
    title: `Comments on “${isolated(title)}” – ${siteName}`,
    page: `${permalink}#discussion`,
    author: undefined,
    updatedAt: latest(entries.map((entry) => entry.updatedAt)) ?? updatedAt,
    lastModified: lastEventAt,
    entries: bounded(entries),
  };
}
