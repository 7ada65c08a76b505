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
  /** Points of a number that is counted once for a whole connection, whatever the size of its page. */
  readonly countPoints?: number;
}

/** Points for counting a list whose length is stored nowhere: all of its index entries are read. */
const pointsOfCount = 10;

/** Marks the length of a list that is counted whenever it is selected. */
export const IsCounted = (): PropertyDecorator & MethodDecorator =>
  Extensions({ countPoints: pointsOfCount });

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
