import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The fields that an operation selects on its root, including those in fragments. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): FieldNode[] {
  return rootSelections(document, operation).filter((selection) => selection.kind === Kind.FIELD);
}

/** The same, with the fragments that contain them. */
export function rootSelections(document: DocumentNode, operation: OperationDefinitionNode): SelectionNode[] {
  const fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  return selectionsOf(operation.selectionSet, fragments, new Set());
}

/** Visits each fragment once. */
function selectionsOf(set: SelectionSetNode, fragments: Fragments, seen: Set<string>): SelectionNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return [selection, ...selectionsOf(selection.selectionSet, fragments, seen)];
    const { value } = selection.name;
    const fragment = fragments.get(value);
    if (fragment === undefined || seen.has(value)) return [selection];
    seen.add(value);
    return [selection, ...selectionsOf(fragment.selectionSet, fragments, seen)];
  });
}
