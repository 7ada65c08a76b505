import { waysToWrite } from '../articles/article/canonical-url.ts';
import type { Queryable } from '../../platform/db/database.ts';
import { maxSlugNumber } from '../../platform/text/slug.ts';
import {
  type ArticleIdentity,
  selectIdentitiesBySlug,
  selectIdentitiesByUrl,
} from './article-import.queries.ts';
import { chunksOf } from './chunks.ts';
import type { ImportDocument } from './document.ts';
import { ImportRefusal } from './faults.ts';

/** The article that a document refers to, or the slug of the article to be created. */
export type Target =
  | { readonly article: ArticleIdentity; readonly slug: string }
  | { readonly article: undefined; readonly slug: string };

/** Articles by their slugs: those that are here, and those that are to be made in the same transaction. */
class KnownSlugs {
  readonly #articles = new Map<string, ArticleIdentity | 'new' | undefined>();

  constructor(private readonly db: Queryable) {}

  /** Reads several at once. */
  async read(slugs: readonly string[]): Promise<void> {
    const unknown = new Set(slugs.filter((slug) => !this.#articles.has(slug)));
    const found = await selectIdentitiesBySlug(this.db, unknown);
    for (const slug of unknown) this.#articles.set(slug, found.get(slug));
  }

  has(slug: string): boolean {
    return this.#articles.has(slug);
  }

  get(slug: string): ArticleIdentity | 'new' | undefined {
    return this.#articles.get(slug);
  }

  take(slug: string): void {
    this.#articles.set(slug, 'new');
  }
}

/**
 * Finds the articles that documents refer to: by their slugs; that of a document without a slug by its canonical URL, or else
 * by the slug made from its title, which gets a number while the slug belongs to another journalist's article or to one
 * with another canonical URL.
 * @param documents those that refer to no article here have different canonical URLs
 * @throws ImportRefusal if slug and canonical URL refer to two articles
 */
export async function findArticles(
  db: Queryable,
  documents: readonly ImportDocument[],
): Promise<readonly Target[]> {
  const urls = new Set(documents.flatMap(({ article: { canonicalUrl } }) => canonicalUrl ?? []));
  const byUrl = await selectIdentitiesByUrl(db, urls);
  const slugs = new KnownSlugs(db);
  await slugs.read(documents.map(({ article }) => article.slug));
  const targets: Target[] = [];
  for (const document of documents) {
    const { canonicalUrl } = document.article;
    const target = await targetOf(
      document,
      canonicalUrl == null ? undefined : byUrl.get(canonicalUrl),
      slugs,
    );
    if (!target.article) slugs.take(target.slug);
    targets.push(target);
  }
  return targets;
}

/** @param byUrl the article that has the document's canonical URL */
async function targetOf(
  document: ImportDocument,
  byUrl: ArticleIdentity | undefined,
  slugs: KnownSlugs,
): Promise<Target> {
  const { slug, slugIsMade } = document.article;
  if (slugIsMade) return byUrl ? { article: byUrl, slug: byUrl.slug } : findByMadeSlug(document, slugs);
  const article = slugs.get(slug);
  if (article === 'new') throw ImportRefusal.of(['article', 'slug'], 'is that of another document');
  if (byUrl && byUrl.id !== article?.id) {
    const message = `is the one of another article here, "${byUrl.slug}"`;
    throw ImportRefusal.of(['article', 'canonicalUrl'], message);
  }
  return { article, slug };
}

async function findByMadeSlug(
  { article: { slug: base, canonicalUrl }, journalist }: ImportDocument,
  slugs: KnownSlugs,
): Promise<Target> {
  const numbered = (number: number) => (number === 1 ? base : `${base}-${number}`);
  for (let number = 1; number <= maxSlugNumber; number += 1) {
    const slug = numbered(number);
    // As many as were tried before, so that very many articles with one title take few statements.
    if (!slugs.has(slug))
      await slugs.read(Array.from({ length: number }, (_, index) => numbered(number + index)));
    const article = slugs.get(slug);
    if (!article) return { article, slug };
    if (article === 'new') continue;
    const isSameUrl =
      canonicalUrl == null || article.canonicalUrl === null || article.canonicalUrl === canonicalUrl;
    if (isSameUrl && article.journalistSlug === journalist.slug) return { article, slug };
  }
  throw ImportRefusal.of(['article', 'slug'], 'is missing, and none can be made: too many have this title');
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

/** The pages of articles here. */
export interface OwnPages {
  /** The slug in the address of an article's page here; undefined for any other address. */
  readonly slugOfArticle: (url: URL) => string | undefined;
  /** The address of the service itself. */
  readonly site: () => string;
}

/**
 * Finds articles as `articleByUrl` does: by the addresses of their pages here, else by their canonical addresses, however these
 * are written, by http or https.
 * @returns articles by the given addresses, without the addresses that no article has
 */
export async function findIdentitiesByPage(
  db: Queryable,
  addresses: readonly string[],
  pages: Pick<OwnPages, 'slugOfArticle'>,
): Promise<ReadonlyMap<string, ArticleIdentity>> {
  const found = new Map<string, ArticleIdentity>();
  for (const chunk of chunksOf(addresses)) {
    const searched = chunk.map((address) => {
      const slug = URL.canParse(address) ? pages.slugOfArticle(new URL(address)) : undefined;
      return { address, slug, ways: [...waysOfBoth(address)] };
    });
    const bySlug = await selectIdentitiesBySlug(db, new Set(searched.flatMap(({ slug }) => slug ?? [])));
    const byUrl = await selectIdentitiesByUrl(db, new Set(searched.flatMap(({ ways }) => ways)));
    for (const { address, slug, ways } of searched) {
      const way = ways.find((one) => byUrl.has(one));
      const article = (slug === undefined ? undefined : bySlug.get(slug)) ?? byUrl.get(way ?? '');
      if (article) found.set(address, article);
    }
  }
  return found;
}
