import {
  type DocumentNode,
  getNamedType,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { RequestError } from '../errors/errors.ts';
import { longestAt, longestOf, type Place } from '../graphql/max-length.ts';
import type { PriceSettings } from '../graphql/price.ts';

/*
 * Compares the texts of a request with their greatest lengths (`graphql/max-length.ts`) before they are coerced, and so before any
 * other work with them. The lengths that the variables of an operation may have are computed once for each document.
 */

/** A variable with the length of its texts; fields of input objects have lengths of their own. */
interface Bound {
  readonly type: GraphQLNamedInputType;
  readonly longest: number;
}

/** The bounds of an operation's variables, and the refusal of a text in the document itself. */
interface Texts {
  readonly variables: ReadonlyMap<string, Bound>;
  readonly tooLong: string | undefined;
}

/** By operation, whose document is kept after its first request. The settings of a process never change. */
const known = new WeakMap<OperationDefinitionNode, Texts>();

const tooLong = (what: string, longest: number): string =>
  `${what} is longer than the ${longest} characters that are read at most.`;

function textsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  settings: PriceSettings,
): Texts {
  const before = known.get(operation);
  if (before) return before;
  const uses = new Map<string, number>();
  const faults: string[] = [];
  const fields: (GraphQLInputField | undefined)[] = [];
  const fragments = new Set<string>();
  const types = new TypeInfo(schema);
  const place = (): Place | undefined => fields.at(-1) ?? types.getArgument() ?? undefined;
  const visitor = visitWithTypeInfo(types, {
    FragmentSpread: ({ name }) => void fragments.add(name.value),
    ObjectField: {
      enter({ name }) {
        const type = getNamedType(types.getParentInputType());
        fields.push(isInputObjectType(type) ? type.getFields()[name.value] : undefined);
      },
      leave: () => void fields.pop(),
    },
    Variable({ name }) {
      const at = place();
      if (at) uses.set(name.value, Math.min(uses.get(name.value) ?? Infinity, longestAt(at, settings)));
    },
    StringValue({ value }) {
      const at = place();
      if (at && value.length > longestAt(at, settings))
        faults.push(tooLong(`The text of \`${at.name}\``, longestAt(at, settings)));
    },
  });
  visit(operation, visitor);
  // The set grows while it is traversed: fragments spread others.
  for (const name of fragments) {
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    if (fragment) visit(fragment, visitor);
  }
  const variables = new Map<string, Bound>();
  for (const { variable, type: node, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    // Validation has refused any other type.
    if (!type || !isInputType(type)) continue;
    const longest = uses.get(name) ?? longestOf(getNamedType(type), settings);
    variables.set(name, { type: getNamedType(type), longest });
    // Texts in a default value of an input type stand in its fields, and were compared above.
    if (defaultValue && !isInputObjectType(getNamedType(type)))
      visit(defaultValue, {
        StringValue({ value }) {
          if (value.length > longest) faults.push(tooLong(`The default of \`$${name}\``, longest));
        },
      });
  }
  const texts = { variables, tooLong: faults[0] };
  known.set(operation, texts);
  return texts;
}

/** Compares the texts of a value. @param longest of texts that stand in no field of an input object */
function compare(
  value: unknown,
  type: GraphQLNamedInputType,
  longest: number,
  path: string,
  settings: PriceSettings,
): void {
  if (typeof value === 'string') {
    if (value.length > longest) throw new RequestError('BAD_USER_INPUT', tooLong(`\`${path}\``, longest));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) compare(item, type, longest, `${path}.${at}`, settings);
    return;
  }
  const fields = isInputObjectType(type) ? type.getFields() : {};
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    // A field that does not exist is refused when the variables are coerced. A scalar may be an object.
    if (!field && isInputObjectType(type)) continue;
    compare(
      item,
      field ? getNamedType(field.type) : type,
      field ? longestAt(field, settings) : longest,
      `${path}.${name}`,
      settings,
    );
  }
}

export interface SentTexts {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly settings: PriceSettings;
}

/**
 * Checks that no text of a request is longer than the schema allows.
 * @throws RequestError BAD_USER_INPUT
 */
export function checkTextLengths({ schema, document, operation, variables, settings }: SentTexts): void {
  const texts = textsOf(schema, document, operation, settings);
  if (texts.tooLong !== undefined) throw new RequestError('BAD_USER_INPUT', texts.tooLong);
  for (const [name, { type, longest }] of texts.variables)
    compare(variables[name], type, longest, `$${name}`, settings);
}

/** Characters of texts that cost one point wherever they are used, and those that cost the least part of it. */
const charactersOfPoint = 1000;
const charactersOfPart = 100;

/** The part of a text's length that has a price: equal parts have equal prices. */
export const pricedParts = (text: string): number => Math.floor(text.length / charactersOfPart);

/**
 * Points of the texts in an argument's value.
 * @param seen values that were counted before in the same operation: one variable may be used a thousand times
 */
export function textPoints(value: unknown, seen: Map<object, number>): number {
  const text = value instanceof URL ? value.href : value;
  if (typeof text === 'string') return (pricedParts(text) * charactersOfPart) / charactersOfPoint;
  if (typeof value !== 'object' || value === null) return 0;
  const before = seen.get(value);
  if (before !== undefined) return before;
  let points = 0;
  for (const item of Object.values(value)) points += textPoints(item, seen);
  seen.set(value, points);
  return points;
}
