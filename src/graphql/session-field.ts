import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { Extensions } from 'type-graphql';

/**
 * Marks a mutation that proves who somebody is by its input. A client goes on sending the access token that it has, so
 * one that has expired must not stand in the way of the next.
 */
export const IgnoresCredential = (): PropertyDecorator & MethodDecorator =>
  Extensions({ ignoresCredential: true });

/**
 * Whether all that an operation does is to begin or renew a session: then a wrong or expired token beside it is no fault.
 * One other field, and it is: an operation never runs as signed out because its token proved nothing.
 */
export function ignoresCredential(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  const names = rootFieldNames(operation.selectionSet, fragmentsOf(document)).filter(
    (name) => name !== '__typename',
  );
  return names.length > 0 && names.every((name) => fields[name]?.extensions.ignoresCredential === true);
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

/** Of a valid document, whose fragments make no cycle; each is looked into once. */
function rootFieldNames(set: SelectionSetNode, fragments: Fragments, seen = new Set<string>()): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return rootFieldNames(selection.selectionSet, fragments, seen);
    const { value } = selection.name;
    const fragment = fragments.get(value);
    if (fragment === undefined || seen.has(value)) return [];
    seen.add(value);
    return rootFieldNames(fragment.selectionSet, fragments, seen);
  });
}
