/** A field of a type or of an input of the schema: `Comment.bodyHtml`. */
export type FieldName = `${string}.${string}`;

/** A text that people write and send to the service, and what bounds it. */
export interface WrittenText {
  /** One line, several lines, or Markdown. A text in which a reader would see nothing is refused, or counts as none. */
  readonly form: 'LINE' | 'TEXT' | 'MARKDOWN';
  /** Most characters (Unicode code points) of the form in which it is stored; those of comments are a setting. */
  readonly max: number | ((limits: { readonly maxCommentLength: number }) => number);
  /** What it passes before others can read it: `PHASES`, which hold it or refuse it, or nothing. */
  readonly screening: 'PHASES' | 'NONE';
}

/**
 * What a `String` of the schema holds. `QUOTED`: words of people that no input takes, because they come from an import, an operator
 * or another server, or stand in what the service writes. `NO_TEXT`: an address, a key, a credential, a search, or the service's
 * own words.
 */
export type DeclaredText = WrittenText | 'QUOTED' | 'NO_TEXT';

/** What fields hold, by their names. */
export type TextDeclarations = Readonly<Record<string, DeclaredText>>;

/** Declares that some fields hold the same. */
export const holding = (text: DeclaredText, ...fields: readonly FieldName[]): TextDeclarations =>
  Object.fromEntries(fields.map((field) => [field, text]));
