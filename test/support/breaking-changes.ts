import {
  type Change,
  ChangeType,
  CriticalityLevel,
  diff,
  DiffRule,
  type Rule,
} from '@graphql-inspector/core';
import { type GraphQLSchema, isInterfaceType, isObjectType, isUnionType } from 'graphql';

/** @returns the changes that a rule lets pass, as no longer breaking */
const allow =
  (isAllowed: (change: Change, oldSchema: GraphQLSchema) => boolean): Rule =>
  ({ changes, oldSchema }) =>
    changes.map((change) =>
      oldSchema && isAllowed(change, oldSchema)
        ? { ...change, criticality: { ...change.criticality, level: CriticalityLevel.Dangerous } }
        : change,
    );

/** The inspector's own rule knows fields and values only. */
const allowDeprecatedArguments = allow(({ type, path = '' }, oldSchema) => {
  if (type !== ChangeType.FieldArgumentRemoved) return false;
  const [typeName = '', fieldName = '', argName] = path.split('.');
  const owner = oldSchema.getType(typeName);
  if (!isObjectType(owner) && !isInterfaceType(owner)) return false;
  const arg = owner.getFields()[fieldName]?.args.find(({ name }) => name === argName);
  return arg?.deprecationReason != null;
});

/**
 * The inspector's own rule lets any type go, since fields of that type would be reported. But one that is reached through
 * an interface or a union, an event for example, is reached through no field. It is deprecated by all of its fields.
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
 * What would break a client that works with the old schema, apart from removing what was deprecated there.
 * @returns a sentence for each, empty when nothing does
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
