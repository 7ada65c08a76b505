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
