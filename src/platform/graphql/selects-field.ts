import {
  type FieldNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

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

/**
 * Whether the answer of a field that is being resolved has one of these fields below it. Only fields on the paths are
 * looked at, and those that the request skips do not count.
 * @param paths names of fields, such as `nodes.tags`
 */
export function selectsPath(info: GraphQLResolveInfo, ...paths: readonly string[]): boolean {
  return paths.some((path) => fieldsAt(info, path).size > 0);
}

/**
 * The names of the fields that the answer of a field that is being resolved has directly below others.
 * @param paths names of those others, such as `edges.node`
 */
export function selectedNames(info: GraphQLResolveInfo, ...paths: readonly string[]): Set<string> {
  const fields = paths.flatMap((path) => [...fieldsBelow(fieldsAt(info, path), info)]);
  return new Set(fields.map(({ name }) => name.value));
}

function fieldsAt(info: GraphQLResolveInfo, path: string): Set<FieldNode> {
  return path
    .split('.')
    .reduce((fields, name) => fieldsBelow(fields, info, name), new Set<FieldNode>(info.fieldNodes));
}

/**
 * The fields directly below others, also in fragments.
 * @param name absent: of any name
 */
function fieldsBelow(
  parents: ReadonlySet<FieldNode>,
  { fragments, variableValues }: GraphQLResolveInfo,
  name?: string,
): Set<FieldNode> {
  const found = new Set<FieldNode>();
  const seen = new Set<string>();
  const collect = (selectionSet: SelectionSetNode | undefined): void => {
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD && name !== undefined && selection.name.value !== name) continue;
      if (!isIncluded(selection, variableValues)) continue;
      if (selection.kind === Kind.FIELD) found.add(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        collect(fragments[selection.name.value]?.selectionSet);
      }
    }
  };
  for (const { selectionSet } of parents) collect(selectionSet);
  return found;
}

function isIncluded(selection: SelectionNode, variables: GraphQLResolveInfo['variableValues']): boolean {
  if (!selection.directives?.length) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false
  );
}
