import type { Tx } from '../../../platform/db/database.ts';
import { selectFreeSlug } from '../../../platform/db/free-slug.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { isVisible } from '../../../platform/text/plain.ts';
import { requireRendered } from '../../../platform/text/rules.ts';
import { slugFrom } from '../../../platform/text/slug.ts';
import {
  type ArticleBody,
  insertArticle,
  type NewArticleRow,
  selectTakenNames,
} from '../article/article-write.queries.ts';

/**
 * Renders the text of an article.
 * @throws Refusal EMPTY_TEXT, TOO_LONG
 */
export async function renderBody(markdown: string): Promise<ArticleBody> {
  const rendered = await requireRendered(markdown, { field: 'body', profile: 'article' });
  // A picture is visible content; a rule or an empty quotation is not.
  if (!isVisible(rendered.text) && !rendered.html.includes('<img')) throw new Refusal('EMPTY_TEXT', ['body']);
  return { markdown, ...rendered };
}

/**
 * Inserts a draft.
 * @param chosen the slug; undefined for one made from the title, with a number if the plain one is taken
 * @throws Refusal SLUG_TAKEN, CANONICAL_URL_TAKEN
 */
export async function insertUnderFreeSlug(
  tx: Tx,
  article: Omit<NewArticleRow, 'slug'>,
  chosen: string | undefined,
): Promise<void> {
  const base = slugFrom(article.title, 'article');
  for (;;) {
    const slug = chosen ?? (await selectFreeSlug(tx, 'article', base));
    if (slug === undefined) {
      throw new Refusal('SLUG_TAKEN', ['title'], 'Too many articles have this title: choose a slug.');
    }
    if (await insertArticle(tx, { ...article, slug })) return;
    // If another transaction has just taken the free slug, the loop tries the next one.
    const { canonicalUrl } = article;
    const [first, ...others] = await selectTakenNames(tx, article.id, { slug: chosen, canonicalUrl });
    if (first) throw Refusal.of(first, ...others);
  }
}
