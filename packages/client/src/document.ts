/** The document type of graphql-codegen, which carries the types of its result and variables. */
export interface TypedDocument<TResult, TVariables> {
  readonly __apiType?: (variables: TVariables) => TResult;
}

/** A document as text, as a syntax tree, or as graphql-codegen generates it in either of its document modes. */
export type SubscriptionDocument<TResult, TVariables> =
  string | (TypedDocument<TResult, TVariables> & { toString(): string });

/** Fields of every event after which a stream can be resumed. */
export interface EventFields {
  readonly __typename?: string;
  readonly cursor: string;
}

/** An event of a document without types. */
export interface UntypedEvent extends EventFields {
  readonly __typename: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- The type depends on the document.
  readonly [field: string]: any;
}

/** The result of a subscription with one field. */
export type EventResult = Readonly<Record<string, EventFields | 'Subscription' | null | undefined>>;

/** The event in a result. */
export type EventOf<TResult> = Exclude<TResult[keyof TResult], 'Subscription' | null | undefined>;

/** The document's own variables, without the two that the client provides. */
export type OwnVariables<TVariables> = [Exclude<keyof TVariables, 'articleId' | 'after'>] extends [never]
  ? Record<string, never>
  : Omit<TVariables, 'articleId' | 'after'>;

/** Makes a text of a syntax tree. @throws TypeError where trees are not taken */
export type PrintTree = (tree: object) => string;

export function textOf(document: SubscriptionDocument<unknown, never>, print: PrintTree): string {
  if (typeof document === 'string' || document instanceof String) return document.toString();
  return print(document);
}

/**
 * Refuses a document that could not be resumed: a service accepts variables that the document does not use, and a
 * missing cursor shows only after a disconnection. The text itself is sent unchanged, because a service may accept only
 * documents that it knows.
 * @param parts variables and fields that must occur
 * @throws TypeError
 */
export function requireParts(text: string, parts: readonly string[]): void {
  const missing = parts.filter((part) => !new RegExp(`${part.replace('$', String.raw`\$`)}\\b`).test(text));
  if (missing.length > 0)
    throw new TypeError(
      `The subscription can’t be resumed without ${missing.join(', ')}: ${text.slice(0, 200)}`,
    );
}
