import { createHash } from 'node:crypto';
import { type DocumentNode, getOperationAST, Kind, print, visit } from 'graphql';
import { rootFields } from '../graphql/root-fields.ts';

/** One subscription as its client wrote it. */
export interface Selection {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Points of what the selection shows of one event: about as many objects. */
  readonly cost: number;
}

/** The digest that names a document, of its exact text. */
export const digestOfText = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Digests of parsed documents, made from their text: a document that was dropped and parsed again has the same digest.
 */
const digests = new WeakMap<DocumentNode, string>();

function digestOf(document: DocumentNode): string {
  let digest = digests.get(document);
  if (digest === undefined) {
    const text = document.loc?.source.body ?? print(document);
    digests.set(document, (digest = digestOfText(text)));
  }
  return digest;
}

/** The digest of a selection's document. */
export const selectionDigest = ({ document }: Pick<Selection, 'document'>): string => digestOf(document);

/** By operation; null: none. */
const cursorVariables = new WeakMap<DocumentNode, Map<string | undefined, string | null>>();

/**
 * The variable that holds only the client's cursor, if the cursor is given by a variable: any value of it selects the
 * same.
 */
export function cursorVariable(document: DocumentNode, operationName: string | undefined): string | null {
  let known = cursorVariables.get(document);
  if (known === undefined)
    cursorVariables.set(document, (known = new Map<string | undefined, string | null>()));
  let name = known.get(operationName);
  if (name === undefined) known.set(operationName, (name = findCursorVariable(document, operationName)));
  return name;
}

/** The variable that gives an argument of the root field; null: none. */
function variableOf(
  { document, operationName }: Pick<Selection, 'document' | 'operationName'>,
  argument: string,
): string | null {
  const operation = getOperationAST(document, operationName);
  const [field] = operation ? rootFields(document, operation) : [];
  const value = field?.arguments?.find(({ name }) => name.value === argument)?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : null;
}

function findCursorVariable(document: DocumentNode, operationName: string | undefined): string | null {
  const name = variableOf({ document, operationName }, 'after');
  if (name === null) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable(node) {
      if (node.name.value === name) uses += 1;
    },
  });
  return uses === 1 ? name : null;
}

/** The variables that distinguish this selection from others of its document. */
function ownVariables({ document, operationName, variables }: Omit<Selection, 'cost'>): [string, unknown][] {
  const cursor = cursorVariable(document, operationName);
  const declared = new Set(
    getOperationAST(document, operationName)?.variableDefinitions?.map(({ variable }) => variable.name.value),
  );
  return Object.entries(variables)
    .filter(([name]) => name !== cursor && declared.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Whether all clients with this operation on one article select the same: their variables hold the article and a
 * cursor, and nothing else. An article has one id, with one spelling.
 */
export function isFixed(selection: Omit<Selection, 'cost'>): boolean {
  const article = variableOf(selection, 'articleId');
  return ownVariables(selection).every(([name]) => name === article);
}

/** The same for all subscriptions that select the same things of the same article, wherever they begin. */
export function selectionKey(selection: Omit<Selection, 'cost'>): string {
  const { document, operationName } = selection;
  return JSON.stringify([digestOf(document), operationName ?? null, ownVariables(selection)]);
}
