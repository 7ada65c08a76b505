import { type DocumentNode, print } from 'graphql';

/** What graphql-codegen writes: a document that carries the types of its result and variables. */
export interface TypedDocument<TResult, TVariables> {
  readonly __apiType?: (variables: TVariables) => TResult;
}

/** Its text, its syntax tree, or what graphql-codegen makes in either of its document modes. */
export type SubscriptionDocument<TResult, TVariables> =
  string | (TypedDocument<TResult, TVariables> & { toString(): string });

/** What every event has that a stream can be resumed behind. */
export interface EventFields {
  readonly __typename?: string;
  readonly cursor: string;
}

/** An event of a document without types. */
export interface UntypedEvent extends EventFields {
  readonly __typename: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Only whoever wrote the document knows.
  readonly [field: string]: any;
}

/** The result of a subscription with one field. */
export type EventResult = Readonly<Record<string, EventFields | 'Subscription' | null | undefined>>;

/** The event in a result. */
export type EventOf<TResult> = Exclude<TResult[keyof TResult], 'Subscription' | null | undefined>;

/** The document's own variables: all but the two that the client fills. */
export type OwnVariables<TVariables> = [Exclude<keyof TVariables, 'articleId' | 'after'>] extends [never]
  ? Record<string, never>
  : Omit<TVariables, 'articleId' | 'after'>;

export function textOf(document: SubscriptionDocument<unknown, never>): string {
  if (typeof document === 'string' || document instanceof String) return document.toString();
  return print(document as DocumentNode);
}

/**
 * Refuses a document that couldn't be resumed: a service takes variables that nothing uses, and a cursor that is not asked
 * for is never missed until a connection is. The text itself is sent as it is: a service may only take those it knows.
 * @param fields that must be selected
 * @throws TypeError
 */
export function requireParts(text: string, fields: readonly string[]): void {
  const missing = ['$articleId', '$after', ...fields].filter(
    (part) => !new RegExp(`${part.replace('$', String.raw`\$`)}\\b`).test(text),
  );
  if (missing.length > 0)
    throw new TypeError(
      `The subscription can’t be resumed without ${missing.join(', ')}: ${text.slice(0, 200)}`,
    );
}
