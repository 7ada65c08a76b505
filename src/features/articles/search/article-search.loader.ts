import DataLoader from 'dataloader';
import type { Queryable } from '../../../platform/db/database.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import {
  countFoundArticles,
  type FoundArticleRow,
  selectCorrections,
  selectFoundArticles,
} from './article-search.queries.ts';
import { ofAnyExtent } from '../reading/article-list.loader.ts';
import type { ArticleExtent } from '../article/article.queries.ts';

/** One search. */
export interface Search {
  /** The text as it was given, which identifies the list to its cursors. */
  readonly given: string;
  /** The text that is searched for: the given one, or that with its misspelt words corrected. */
  readonly text: string;
  readonly extent: ArticleExtent;
}

/** Words that can be corrected; shorter words differ in one letter from too many others. */
const correctable = /[\p{L}\p{M}\p{N}]{4,60}/gu;

/** The most words of one query that are corrected. */
const maxCorrections = 8;

const wordsOf = (text: string): string[] => [
  ...new Set([...text.matchAll(correctable)].map(([word]) => word.toLowerCase())),
];

/**
 * Whether a text is looked for as all of its words: it has no syntax, and nothing else that PostgreSQL could read in
 * another way together than word by word.
 */
export const isOnlyWords = (text: string): boolean => /^[\p{L}\p{N} ]*$/u.test(text) && !/\bor\b/i.test(text);

/** Texts with their misspelt words corrected. */
export const correctedTexts: LoaderFactory<DataLoader<string, string>> = ({ db }) =>
  new DataLoader((texts) => Promise.all(texts.map((text) => correct(db, text))));

async function correct(db: Queryable, text: string): Promise<string> {
  const words = wordsOf(text).slice(0, maxCorrections);
  const rows = words.length === 0 ? [] : await selectCorrections(db, words);
  const corrections = new Map(rows.map(({ word, correction }) => [word, correction]));
  return text.replace(correctable, (word) => corrections.get(word.toLowerCase()) ?? word);
}

/** Pages of the published articles that match a text. The text must be a single line of bounded length. */
export const foundArticles: LoaderFactory<PageLoader<null, Search, FoundArticleRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (_, { given }) => `search:${scopeHash(given)}`,
    cursorKeys: ['score', 'published', 'id'],
    together: ofAnyExtent<Search>(),
    find: async (_, { text, extent }, range) => [await selectFoundArticles(db, text, extent, range)],
  });

/** Numbers of published articles that match a text. */
export const foundArticleCount: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  new DataLoader((texts) => Promise.all(texts.map((text) => countFoundArticles(db, text))));
