import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { readFileSync } from 'node:fs';

/** The committed schema. */
export const committedSchema = buildSchema(
  readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
);

function fieldsOf(typeName: string): GraphQLField<unknown, unknown>[] {
  const type = committedSchema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type`);
  return Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
}

/** Selects every field of a type, and of the objects that they lead to, down to a number of steps. */
export function everything(typeName: string, steps: number): string {
  return fieldsOf(typeName)
    .map((field) => {
      const type = getNamedType(field.type);
      if (isLeafType(type)) return field.name;
      // Skips fields of an interface type, which would need a selection for each object type. The types that tests
      // select here have none.
      if (isInterfaceType(type) || steps === 0) return '';
      const isPage = type.name.endsWith('Connection');
      const args = isPage ? '(first: 3)' : '';
      const inner = everything(type.name, isPage || type.name.endsWith('Edge') ? steps : steps - 1);
      return inner === '' ? '' : `${field.name}${args} { ${inner} }`;
    })
    .join(' ');
}

/** As `everything`, for all object types of an interface, with `__typename`. */
export function everythingOf(interfaceName: string, steps: number): string {
  const type = committedSchema.getType(interfaceName);
  if (!isInterfaceType(type)) throw new Error(`${interfaceName} is no interface`);
  const names = committedSchema.getPossibleTypes(type).map(({ name }) => name);
  // Two object types may have a field of one name with different types; fields that are not leaves differ in their
  // names.
  return ['__typename', ...names.map((name) => `... on ${name} { ${everything(name, steps)} }`)].join(' ');
}
