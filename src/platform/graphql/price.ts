import { Extensions } from 'type-graphql';

/** Settings that the size of a response may depend on. */
export interface PriceSettings {
  readonly maxCommentDepth: number;
  readonly maxCommentLength: number;
}

/** A fixed number, or one that depends on the settings. */
export type Priced = number | ((settings: PriceSettings) => number);

export const priced = (value: Priced, settings: PriceSettings): number =>
  typeof value === 'number' ? value : value(settings);

/** Extensions of a field from which the cost of an operation is computed. */
export interface PriceExtensions {
  readonly listBound?: Priced;
  readonly textBytes?: Priced;
  readonly viewerDependent?: boolean;
  /** Whether the field is a number that is counted once for a whole connection, whatever the size of its page. */
  readonly isCounted?: boolean;
  readonly listPrice?: (args: Readonly<Record<string, unknown>>) => ListPrice;
}

/** Points of a connection, in addition to those of what a page holds. */
export interface ListPrice {
  /** Points for finding a page, whatever its size; none by default. */
  readonly page?: number;
  /** Points for counting the whole list; a few by default. */
  readonly count?: number;
}

/** Points for counting a short list whose length is stored nowhere. */
export const pointsOfCount = 10;

/**
 * Points for reading all published articles with their counts or their tags: 50 to 90 ms of the database with 100,000
 * articles. A client that spends the default budget of a minute on nothing else takes two to three cores, or a quarter
 * of the connections, whichever is less.
 */
export const pointsOfAllArticles = 250;

/** Points for reading the index entries of all published articles: 12 ms of the database with 100,000 articles. */
export const pointsOfAllEntries = 50;

/** Marks the length of a list that is counted whenever it is selected. */
export const IsCounted = (): PropertyDecorator & MethodDecorator => Extensions({ isCounted: true });

/** Gives a connection a price by its arguments. */
export const ListPriced = (
  listPrice: NonNullable<PriceExtensions['listPrice']>,
): PropertyDecorator & MethodDecorator => Extensions({ listPrice });

/** Marks a list that is no connection with the most items that it can hold. */
export const Bounded = (listBound: Priced): PropertyDecorator & MethodDecorator => Extensions({ listBound });

/** Marks a text that can be large with the most bytes that it can hold. */
export const LargeText = (textBytes: Priced): PropertyDecorator & MethodDecorator =>
  Extensions({ textBytes });

/** Bytes of HTML that a character of Markdown may become, markup included. */
const bytesPerCharacter = 4;

/** Marks a field that shows a comment's text. */
export const CommentText = (): PropertyDecorator & MethodDecorator =>
  LargeText(({ maxCommentLength }) => bytesPerCharacter * maxCommentLength);

/** Marks a field that shows a text with at most so many characters. */
export const TextOf = (characters: number): PropertyDecorator & MethodDecorator =>
  LargeText(bytesPerCharacter * characters);
