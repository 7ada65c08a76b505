import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Scope } from '../auth/scopes.ts';
import { openEnum } from './enum.ts';
import { markOf, scopesOfField } from './needs-scope.ts';

/** The scopes of the features of the schema that is being built. */
export const TokenScopeEnum = openEnum<Scope>(
  'TokenScope',
  'What a token permits, within the rights of its account.',
);

/** What a scope opens: the names of root fields, of types, and of single fields as `Type.field`. */
export interface Opened {
  readonly mutations: readonly string[];
  readonly queries: readonly string[];
  readonly subscriptions: readonly string[];
  readonly fields: readonly string[];
}

type Typed = Extract<GraphQLNamedType, { getFields(): unknown }> & GraphQLObjectType;

const typesOf = (schema: GraphQLSchema): Typed[] =>
  Object.values(schema.getTypeMap()).filter(
    (type): type is Typed => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('_'),
  );

/** The root fields that a scope opens; those with `_` are for gateways. */
const rootsOf = (schema: GraphQLSchema, root: GraphQLObjectType | null | undefined, scope: Scope): string[] =>
  Object.values(root?.getFields() ?? {})
    .filter(
      (field) => !field.name.startsWith('_') && root && scopesOfField(schema, root, field)?.includes(scope),
    )
    .map(({ name }) => name)
    .sort();

/** The fields of a type that need a scope because of what they are, not of the type that they are in or lead to. */
function ownFieldsOf(schema: GraphQLSchema, type: Typed, scope: Scope): string[] {
  const ofType = markOf(type);
  return Object.values(type.getFields())
    .filter((field) => {
      const to = getNamedType(field.type);
      if (!markOf(field) && (ofType ?? markOf(to))) return false;
      const needed = scopesOfField(schema, type, field);
      return needed?.includes(scope) === true && ofType?.includes(scope) !== true;
    })
    .map(({ name }) => `${type.name}.${name}`);
}

/** All that a scope opens, from the marks of the schema. */
export function openedBy(schema: GraphQLSchema, scope: Scope): Opened {
  const roots = [schema.getMutationType(), schema.getQueryType(), schema.getSubscriptionType()];
  const [mutations = [], queries = [], subscriptions = []] = roots.map((root) =>
    rootsOf(schema, root, scope),
  );
  const others = typesOf(schema).filter((type) => !roots.includes(type));
  const fields = others.flatMap((type) => [
    ...(markOf(type)?.includes(scope) === true ? [type.name] : []),
    ...ownFieldsOf(schema, type, scope),
  ]);
  return { mutations, queries, subscriptions, fields: fields.sort() };
}

const named = (kind: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${kind} ${names.map((name) => `\`${name}\``).join(', ')}`];

/** The description of a scope. */
const describe = ({ mutations, queries, subscriptions, fields }: Opened): string =>
  `Opens ${[
    ...named('the mutations', mutations),
    ...named('the queries', queries),
    ...named('the subscriptions', subscriptions),
    ...named('what is private in', fields),
  ].join('; ')}.`;

const sentenceOf = (needed: readonly Scope[]): string =>
  needed.length === 0
    ? 'For people alone, never for a machine token.'
    : `A machine token needs ${needed.map((scope) => `\`${scope}\``).join(' or ')}.`;

/** Says in the descriptions of the schema what machine tokens need, and in those of the scopes what they open. */
export function describeScopes(schema: GraphQLSchema): void {
  for (const type of typesOf(schema))
    for (const element of [type, ...Object.values(type.getFields())]) {
      const needed = markOf(element);
      if (needed) element.description = `${element.description ?? ''} ${sentenceOf(needed)}`.trim();
    }
  const shown = schema.getType('TokenScope');
  if (!isEnumType(shown)) return;
  for (const value of shown.getValues()) value.description = describe(openedBy(schema, value.name as Scope));
}
