import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor, scopeHash } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import { type FoundArticleRow, selectCorrections, selectFoundArticles } from './article-search.queries.ts';

const cursorScope = (_: null, text: string): string => `search:${scopeHash(text)}`;

/** The cursor of a row in the results of a search. */
export function foundArticleCursor(text: string, row: FoundArticleRow): string {
  return encodeCursor(cursorScope(null, text), [row.score, row.published, row.id]);
}

/** Words that can be corrected; shorter words differ in one letter from too many others. */
const correctable = /[\p{L}\p{M}\p{N}]{4,60}/gu;

/** The most words of one query that are corrected. */
const maxCorrections = 8;

const wordsOf = (text: string): string[] => [
  ...new Set([...text.matchAll(correctable)].map(([word]) => word.toLowerCase())),
];

/** Pages of the published articles that match a text. The text must be a single line of bounded length. */
export const foundArticles: LoaderFactory<PageLoader<null, string, FoundArticleRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 3,
    find: async (_, text, range) => {
      const words = wordsOf(text).slice(0, maxCorrections);
      const rows = words.length === 0 ? [] : await selectCorrections(db, words);
      const corrections = new Map(rows.map(({ word, correction }) => [word, correction]));
      const meant = text.replace(correctable, (word) => corrections.get(word.toLowerCase()) ?? word);
      return [await selectFoundArticles(db, meant, range)];
    },
  });
