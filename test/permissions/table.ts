import { permissions } from './all.ts';
import type { Scope } from '../../src/platform/auth/scopes.ts';
import type { MutationDeclaration, Permissions } from './declaration.ts';
import type { Gates } from './rules.ts';

/** Joins rows of several features. Two features that declare the same element are an error. */
export function joined<Row>(
  declarations: readonly Permissions[],
  rowsOf: (declaration: Permissions) => Readonly<Record<string, Row>>,
): Readonly<Record<string, Row>> {
  const all: Record<string, Row> = {};
  for (const [element, row] of declarations.flatMap((one) => Object.entries(rowsOf(one)))) {
    if (element in all) throw new Error(`Two features declare ${element}`);
    all[element] = row;
  }
  return all;
}

const join = <Row>(rowsOf: (declaration: Permissions) => Readonly<Record<string, Row>>) =>
  joined(permissions, rowsOf);

/*
 * The permissions of every element of the schema: the source of docs/permissions.md, which
 * `UPDATE_GOLDEN=1 npm test -- test/permissions` rewrites.
 */
export const queries = join((one) => one.queries);
export const mutations = join((one) => one.mutations);
export const subscriptions = join((one) => one.subscriptions);
export const types = join((one) => one.types);
export const fields = join((one) => one.fields);
/** Of a field, by `Type.field`, or of all fields of a type. */
export const privateScopes = join((one) => one.privateScopes);
export const predictions = join((one) => one.predictions);
export const thingDeclarations = join((one) => one.world.things);

/** The roots of the schema with their rows. */
export const roots = { Query: queries, Mutation: mutations, Subscription: subscriptions };

/** The conditions of a field of `Query`, `Mutation` or `Subscription`. */
export function gatesOf(root: keyof typeof roots, name: string): Gates {
  const row = roots[root][name];
  if (!row) throw new Error(`No feature declares ${root}.${name}`);
  return row.gates;
}

/** The scopes of which a machine token needs one to select a mutation; `[]`: no token may select it. */
export const scopesOfMutation = (row: MutationDeclaration): readonly Scope[] =>
  'needs' in row ? row.needs : [];
