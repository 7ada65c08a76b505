import type { DocumentNode } from 'graphql';

const numbers = new WeakMap<DocumentNode, number>();
let last = 0;

/** A number that stands for a parsed document in keys; the same text parsed again has another one. */
export function documentNumber(document: DocumentNode): number {
  let number = numbers.get(document);
  if (number === undefined) numbers.set(document, (number = last += 1));
  return number;
}
