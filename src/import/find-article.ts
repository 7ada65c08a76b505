import { waysToWrite } from '../article/canonical-url.ts';
import type { Queryable } from '../db/database.ts';
import { maxSlugNumber } from '../text/slug.ts';
import { type ArticleIdentity, selectIdentityBySlug, selectIdentityByUrl } from './article-import.queries.ts';
import type { ImportDocument } from './document.ts';
import { ImportRefusal } from './faults.ts';

/** The article that a document refers to, or the slug of the article to be created. */
export type Target =
  | { readonly article: ArticleIdentity; readonly slug: string }
  | { readonly article: undefined; readonly slug: string };

/**
 * Finds the article that a document refers to: by its slug; in a document without a slug by its canonical URL, or else
 * by the slug made from its title, which gets a number while the slug belongs to another journalist's article or to one
 * with another canonical URL.
 * @throws ImportRefusal if slug and canonical URL refer to two articles
 */
export async function findArticle(db: Queryable, document: ImportDocument): Promise<Target> {
  const { slug, slugIsMade, canonicalUrl } = document.article;
  const byUrl = canonicalUrl == null ? undefined : await selectIdentityByUrl(db, canonicalUrl);
  if (slugIsMade) return byUrl ? { article: byUrl, slug: byUrl.slug } : findByMadeSlug(db, document);
  const article = await selectIdentityBySlug(db, slug);
  if (byUrl && byUrl.id !== article?.id) {
    const message = `is the one of another article here, "${byUrl.slug}"`;
    throw ImportRefusal.of(['article', 'canonicalUrl'], message);
  }
  return { article, slug };
}

/** An address in the forms in which it may be stored: those of `waysToWrite`, then the same by the other of http and https. */
function* waysOfBoth(address: string): Generator<string> {
  if (!URL.canParse(address)) return;
  const url = new URL(address);
  yield* waysToWrite(url);
  if (!/^https?:$/.test(url.protocol)) return;
  url.protocol = url.protocol === 'http:' ? 'https:' : 'http:';
  yield* waysToWrite(url);
}

/** Finds an article by its canonical address, however the address is written, by http or https. */
async function findIdentityByAddress(db: Queryable, address: string): Promise<ArticleIdentity | undefined> {
  for (const way of waysOfBoth(address)) {
    const found = await selectIdentityByUrl(db, way);
    if (found) return found;
  }
  return undefined;
}

/** The pages of articles here. */
export interface OwnPages {
  /** The slug in the address of an article's page here; undefined for any other address. */
  readonly slugOfArticle: (url: URL) => string | undefined;
  /** The address of the service itself. */
  readonly site: () => string;
}

/** Finds an article as `articleByUrl` does: by the address of its page here, else by its canonical address. */
export async function findIdentityByPage(
  db: Queryable,
  address: string,
  pages: Pick<OwnPages, 'slugOfArticle'>,
): Promise<ArticleIdentity | undefined> {
  if (!URL.canParse(address)) return undefined;
  const slug = pages.slugOfArticle(new URL(address));
  const own = slug === undefined ? undefined : await selectIdentityBySlug(db, slug);
  return own ?? (await findIdentityByAddress(db, address));
}

async function findByMadeSlug(
  db: Queryable,
  { article: { slug: base, canonicalUrl }, journalist }: ImportDocument,
): Promise<Target> {
  for (let number = 1; number <= maxSlugNumber; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`;
    const article = await selectIdentityBySlug(db, slug);
    if (!article) return { article, slug };
    const isSameUrl =
      canonicalUrl == null || article.canonicalUrl === null || article.canonicalUrl === canonicalUrl;
    if (isSameUrl && article.journalistSlug === journalist.slug) return { article, slug };
  }
  throw ImportRefusal.of(['article', 'slug'], 'is missing, and none can be made: too many have this title');
}
