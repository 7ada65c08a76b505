import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/**
 * Whether any field below a field that is being resolved has a name that matches, at any depth.
 * @param under only fields below a field with this name count; absent: all do
 */
export function selectsField(
  { fieldNodes, fragments }: GraphQLResolveInfo,
  name: RegExp,
  under?: string,
): boolean {
  const seen = new Set<string>();
  const isIn = (selectionSet: SelectionSetNode | undefined, counts: boolean): boolean =>
    selectionSet?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) {
        if (counts && name.test(selection.name.value)) return true;
        return isIn(selection.selectionSet, counts || selection.name.value === under);
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet, counts);
      const fragment = selection.name.value;
      const visit = `${String(counts)} ${fragment}`;
      if (seen.has(visit)) return false;
      seen.add(visit);
      return isIn(fragments[fragment]?.selectionSet, counts);
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet, under === undefined));
}
