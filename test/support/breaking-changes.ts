import {
  type Change,
  ChangeType,
  CriticalityLevel,
  diff,
  DiffRule,
  type Rule,
} from '@graphql-inspector/core';
import { type GraphQLSchema, isInterfaceType, isObjectType, isUnionType } from 'graphql';

/** A rule that downgrades the allowed changes from breaking to dangerous. */
const allow =
  (isAllowed: (change: Change, oldSchema: GraphQLSchema) => boolean): Rule =>
  ({ changes, oldSchema }) =>
    changes.map((change) =>
      oldSchema && isAllowed(change, oldSchema)
        ? { ...change, criticality: { ...change.criticality, level: CriticalityLevel.Dangerous } }
        : change,
    );

/** The inspector's own rule covers fields and values only. */
const allowDeprecatedArguments = allow(({ type, path = '' }, oldSchema) => {
  if (type !== ChangeType.FieldArgumentRemoved) return false;
  const [typeName = '', fieldName = '', argName] = path.split('.');
  const owner = oldSchema.getType(typeName);
  if (!isObjectType(owner) && !isInterfaceType(owner)) return false;
  const arg = owner.getFields()[fieldName]?.args.find(({ name }) => name === argName);
  return arg?.deprecationReason != null;
});

/**
 * The inspector's own rule allows the removal of any type, because fields of that type would be reported. But a type
 * that is reached through an interface or a union, such as an event, is the type of no field. It is deprecated when all
 * of its fields are.
 */
function goneWithoutNotice({ type, path = '' }: Change, oldSchema: GraphQLSchema): boolean {
  if (type !== ChangeType.TypeRemoved) return false;
  const gone = oldSchema.getType(path);
  if (
    !isObjectType(gone) ||
    Object.values(gone.getFields()).every((field) => field.deprecationReason != null)
  ) {
    return false;
  }
  const isMember = Object.values(oldSchema.getTypeMap()).some(
    (other) => isUnionType(other) && other.getTypes().includes(gone),
  );
  return isMember || gone.getInterfaces().length > 0;
}

/**
 * Changes that would break a client of the old schema, except removals of deprecated elements.
 * @returns a sentence for each; empty when nothing breaks
 */
export async function breakingChanges(oldSchema: GraphQLSchema, newSchema: GraphQLSchema): Promise<string[]> {
  const rules = [DiffRule.suppressRemovalOfDeprecatedField, allowDeprecatedArguments];
  const changes = await diff(oldSchema, newSchema, rules);
  return changes
    .filter(
      (change) =>
        change.criticality.level === CriticalityLevel.Breaking || goneWithoutNotice(change, oldSchema),
    )
    .map(({ message }) => message);
}
