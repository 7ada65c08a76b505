import type { Tx } from '../../../platform/db/database.ts';
import { nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { siteByline } from '../journalist/byline.ts';
import { requireInput } from '../../../platform/text/schema.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { refreshArticleSearch } from '../search/article-search.queries.ts';
import {
  type ArticleBody,
  lockAddress,
  selectArticlesAt,
  updateArticlePublished,
} from '../article/article-write.queries.ts';
import type { CommentPolicy } from '../article/article.policy.ts';
import { newArticle } from '../article/article.texts.ts';
import { waysToWrite } from '../article/canonical-url.ts';
import { insertUnderFreeSlug, renderBody } from './new-article.ts';
import type { SitePage } from './site-pages.ts';

/** An article that stands for a page of another site, ready to be stored. */
export interface PageArticle {
  readonly title: string;
  /** The address of the page. */
  readonly canonicalUrl: string;
  readonly body: ArticleBody;
  readonly commentPolicy: CommentPolicy;
  readonly published: PartialDateTime;
}

/** The article of a page, inside a transaction. */
export interface FoundPageArticle {
  readonly articleId: string;
  /** Whether this transaction has made it: then the event that publishes it is still to be appended. */
  readonly isNew: boolean;
}

/** No thread can begin at an address. The causes have one answer, because one of them is an article that is hidden. */
export const pageUnavailable = (): Refusal => new Refusal('ARTICLE_URL_UNAVAILABLE', ['articleUrl']);

/** Backslashes before everything that Markdown may take for markup. */
const escapeMarkdown = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '\\$&');

/**
 * Makes the article for a page: its title, and a link to it as the text, like an article that was imported for a thread alone.
 * @throws Refusal for a page that no article can have
 */
export async function pageArticle(
  { title, address, publishedAt }: SitePage,
  commentPolicy: CommentPolicy,
  now: Date,
): Promise<PageArticle> {
  const texts = await requireInput(newArticle, {
    title,
    body: `[${escapeMarkdown(title)}](<${address}>)`,
    canonicalUrl: address,
  });
  const isKnown =
    publishedAt !== undefined && publishedAt.at <= now && publishedAt.at.getUTCFullYear() >= 1000;
  return {
    title: texts.title,
    canonicalUrl: address,
    body: await renderBody(texts.body),
    commentPolicy,
    published: isKnown ? publishedAt : { at: now, precision: 'INSTANT' },
  };
}

/**
 * Finds the article of a page, or stores it as a published one under the byline of its site. Transactions for one address wait for
 * each other, so that the address gets one article, however it is written.
 * @throws Refusal ARTICLE_URL_UNAVAILABLE if the article is hidden: what was taken back stays so
 */
export async function ensurePageArticle(tx: Tx, article: PageArticle): Promise<FoundPageArticle> {
  const ways = waysToWrite(new URL(article.canonicalUrl));
  await lockAddress(tx, ways);
  for (;;) {
    const found = await selectArticlesAt(tx, ways);
    const open = found.find(({ status }) => status === 'PUBLISHED');
    if (open) return { articleId: open.id, isNew: false };
    if (found.length > 0) throw pageUnavailable();
    const articleId = await store(tx, article);
    if (articleId !== undefined) return { articleId, isNew: true };
  }
}

/** @returns undefined if somebody else has just given the address to an article */
async function store(tx: Tx, { published, ...article }: PageArticle): Promise<string | undefined> {
  const id = await nextId(tx, 'article_id_seq');
  const journalistId = await siteByline(tx, new URL(article.canonicalUrl));
  try {
    await insertUnderFreeSlug(tx, { ...article, id, journalistId, standfirst: null }, undefined);
  } catch (error) {
    if (error instanceof Refusal && error.userErrors[0]?.code === 'CANONICAL_URL_TAKEN') return undefined;
    throw error;
  }
  await updateArticlePublished(tx, id, published);
  await refreshArticleSearch(tx, [id]);
  return id;
}
