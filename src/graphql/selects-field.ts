import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Whether any field below a field that is being resolved has a name that matches, at any depth. */
export function selectsField({ fieldNodes, fragments }: GraphQLResolveInfo, name: RegExp): boolean {
  const seen = new Set<string>();
  const isIn = (selectionSet: SelectionSetNode | undefined): boolean =>
    selectionSet?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD)
        return name.test(selection.name.value) || isIn(selection.selectionSet);
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet);
      const fragment = selection.name.value;
      if (seen.has(fragment)) return false;
      seen.add(fragment);
      return isIn(fragments[fragment]?.selectionSet);
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet));
}
