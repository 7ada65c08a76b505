import { createHash } from 'node:crypto';
import { type DocumentNode, getOperationAST, Kind, print, visit } from 'graphql';
import { rootFields } from '../graphql/root-fields.ts';

/** One subscription as its client wrote it. */
export interface Selection {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Points of what it shows of one event: about as many objects. */
  readonly cost: number;
}

/** Of documents that were parsed, by what they say: one that was forgotten and read again is the same. */
const digests = new WeakMap<DocumentNode, string>();

function digestOf(document: DocumentNode): string {
  let digest = digests.get(document);
  if (digest === undefined) {
    const text = document.loc?.source.body ?? print(document);
    digests.set(document, (digest = createHash('sha256').update(text).digest('base64url')));
  }
  return digest;
}

/** By operation; null: none. */
const cursorVariables = new WeakMap<DocumentNode, Map<string | undefined, string | null>>();

/** The variable that holds the client's cursor and nothing else, if it is in one: what is selected is the same for any value. */
export function cursorVariable(document: DocumentNode, operationName: string | undefined): string | null {
  let known = cursorVariables.get(document);
  if (known === undefined)
    cursorVariables.set(document, (known = new Map<string | undefined, string | null>()));
  let name = known.get(operationName);
  if (name === undefined) known.set(operationName, (name = findCursorVariable(document, operationName)));
  return name;
}

function findCursorVariable(document: DocumentNode, operationName: string | undefined): string | null {
  const operation = getOperationAST(document, operationName);
  const [field] = operation ? rootFields(document, operation) : [];
  const value = field?.arguments?.find((argument) => argument.name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  const name = value.name.value;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable(node) {
      if (node.name.value === name) uses += 1;
    },
  });
  return uses === 1 ? name : null;
}

/** The same for all subscriptions that select the same things of the same article, wherever they begin. */
export function selectionKey({ document, operationName, variables }: Omit<Selection, 'cost'>): string {
  const cursor = cursorVariable(document, operationName);
  const declared = new Set(
    getOperationAST(document, operationName)?.variableDefinitions?.map(({ variable }) => variable.name.value),
  );
  const entries = Object.entries(variables)
    .filter(([name]) => name !== cursor && declared.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([digestOf(document), operationName ?? null, entries]);
}
