import {
  type DocumentNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { Extensions } from 'type-graphql';
import type { TokenGrant } from '../auth/viewer.ts';
import type { Scope } from '../auth/scopes.ts';
import { RequestError } from '../errors/errors.ts';
import { rootFields } from './root-fields.ts';

/*
 * An operation of a machine token needs a scope for every root field that it selects, and for everything private. The
 * gate decides this from the document, before anything is executed, so that all carriers behave alike and events are
 * rendered once for viewers with and without a token. A query or a subscription needs READ unless it is marked
 * otherwise, and so does a field that depends on the viewer and tells more than yes or no. Every mutation has to be
 * marked: `requireScopes` fails otherwise.
 */

type ScopeDecorator = PropertyDecorator & MethodDecorator & ClassDecorator;

/** Marks a field or an object type with the scopes of which a machine token needs one. */
export const NeedsScope = (...anyOf: readonly [Scope, ...Scope[]]): ScopeDecorator =>
  Extensions({ scopes: anyOf });

/**
 * Marks a field or an object type for people alone: no machine token may select it, whatever its scopes and documents. Whatever
 * makes, widens or keeps rights is marked so: roles, tokens, service accounts, secrets, the ways to sign in, erasure. A token would
 * otherwise make what outlives it. `test/permissions/declaration.ts` has the kinds of mutations.
 */
export const NeverByToken = (): ScopeDecorator => Extensions({ scopes: [] });

/**
 * Marks a field for which a session takes a proof of who the viewer is, at most ten minutes old. No machine token can give one: it may
 * select the field only with one of the scopes that are named, and not at all without any. The description in the schema ends with it.
 */
export const NeedsProof = (...anyOf: readonly Scope[]): ScopeDecorator =>
  Extensions({ scopes: anyOf, needsProof: true });

type Marked = { readonly extensions: Readonly<Record<string, unknown>> };

/** The scopes that a field or a type is marked with. */
export const markOf = ({ extensions }: Marked): readonly Scope[] | undefined =>
  extensions.scopes as readonly Scope[] | undefined;

/** The scopes of which a field needs one; empty: no token may select it; undefined: it needs none. */
export function scopesOfField(
  schema: GraphQLSchema,
  parent: Marked,
  field: GraphQLField<unknown, unknown>,
): readonly Scope[] | undefined {
  const type = getNamedType(field.type);
  const mark = markOf(field);
  if (mark) return mark;
  if (parent === schema.getMutationType()) return [];
  if (parent === schema.getQueryType() || parent === schema.getSubscriptionType()) return ['READ'];
  const isPrivate = field.extensions.viewerDependent === true && type.name !== 'Boolean';
  return markOf(type) ?? markOf(parent) ?? (isPrivate ? ['READ'] : undefined);
}

/** Whether an operation selects a root field that takes a recent proof, whatever its directives leave out when it runs. */
export function needsProof(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return rootFields(document, operation).some(({ name }) => takesProof(fields[name.value]));
}

/** Whether a root field takes a recent proof. */
export const takesProof = (field: Marked | undefined): boolean => field?.extensions.needsProof === true;

/** Puts into the descriptions which fields take a recent proof. */
export function describeProofs(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {}))
    if (takesProof(field)) {
      const who = markOf(field)?.length ? 'From a session it takes' : 'Takes';
      field.description = `${field.description ?? ''} ${who} a recent proof (PROOF_REQUIRED).`.trim();
    }
}

/** @throws Error for a mutation that is not marked */
export function requireScopes(schema: GraphQLSchema): void {
  const unmarked = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
    (field) => !markOf(field),
  );
  if (unmarked.length > 0)
    throw new Error(`No @NeedsScope or @NeverByToken: ${unmarked.map(({ name }) => name).join(', ')}`);
}

/** A selected field, and the scopes of which it needs one. */
interface Need {
  readonly field: string;
  readonly anyOf: readonly Scope[];
}

/** By operation, whose document is kept after its first request. */
const known = new WeakMap<OperationDefinitionNode, readonly Need[]>();

/** What an operation needs, whatever its directives leave out when it runs. */
function needsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly Need[] {
  const before = known.get(operation);
  if (before) return before;
  const needs = new Map<string, Need>();
  const fragments = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field() {
      const [parent, field] = [types.getParentType(), types.getFieldDef()];
      if (!parent || !field || field.name.startsWith('__')) return;
      const anyOf = scopesOfField(schema, parent as GraphQLObjectType, field);
      const isRoot = parent === schema.getRootType(operation.operation);
      const name = isRoot ? field.name : `${parent.name}.${field.name}`;
      if (anyOf) needs.set(name, { field: name, anyOf });
    },
    FragmentSpread({ name }) {
      fragments.add(name.value);
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
  const found = [...needs.values()];
  known.set(operation, found);
  return found;
}

/**
 * Checks that a machine token permits an operation. A token that is bound to documents needs no scopes: the document is
 * one of them.
 * @throws RequestError FORBIDDEN
 */
export function requireGrant(
  { scopes, documents }: TokenGrant,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): void {
  for (const { field, anyOf } of needsOf(schema, document, operation)) {
    if (anyOf.length === 0)
      throw new RequestError('FORBIDDEN', `No token may select \`${field}\`: sign in to do this.`);
    if (documents || anyOf.some((scope) => scopes.has(scope))) continue;
    throw new RequestError(
      'FORBIDDEN',
      `The token lacks the scope ${anyOf.join(' or ')}, which \`${field}\` needs.`,
      {
        missingScope: anyOf[0],
      },
    );
  }
}
