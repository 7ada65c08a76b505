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

/** The schema as it is committed. */
export const committedSchema = buildSchema(
  readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
);

function fieldsOf(typeName: string): GraphQLField<unknown, unknown>[] {
  const type = committedSchema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type`);
  return Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
}

/** Selects every field of a type, and every one of the objects that they lead to, so many steps far. */
export function everything(typeName: string, steps: number): string {
  return fieldsOf(typeName)
    .map((field) => {
      const type = getNamedType(field.type);
      if (isLeafType(type)) return field.name;
      // An interface's fields stand on the types that have it; what is looked at here leads to none.
      if (isInterfaceType(type) || steps === 0) return '';
      const isPage = type.name.endsWith('Connection');
      const args = isPage ? '(first: 3)' : '';
      const inner = everything(type.name, isPage || type.name.endsWith('Edge') ? steps : steps - 1);
      return inner === '' ? '' : `${field.name}${args} { ${inner} }`;
    })
    .join(' ');
}

/** As `everything`, of whichever type that has this interface it turns out to be; `__typename` with it. */
export function everythingOf(interfaceName: string, steps: number): string {
  const type = committedSchema.getType(interfaceName);
  if (!isInterfaceType(type)) throw new Error(`${interfaceName} is no interface`);
  const names = committedSchema.getPossibleTypes(type).map(({ name }) => name);
  // Two types may have one field in different types: each gets names of its own where it is no leaf.
  return ['__typename', ...names.map((name) => `... on ${name} { ${everything(name, steps)} }`)].join(' ');
}
