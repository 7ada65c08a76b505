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
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`${typeName} has no fields`);
  return Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));
}

/**
 * Selects every field of a type, and of the objects that they lead to, down to a number of steps.
 * @param without fields of the type that are left out
 */
export function everything(
  typeName: string,
  steps: number,
  without: ReadonlySet<string> = new Set(),
): string {
  return fieldsOf(typeName)
    .filter(({ name }) => !without.has(name))
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

/**
 * As `everything`, for all object types of an interface, with `__typename`. Objects to which all types of an interface
 * between them lead are selected once, on that interface.
 */
export function everythingOf(interfaceName: string, steps: number): string {
  const type = committedSchema.getType(interfaceName);
  if (!isInterfaceType(type)) throw new Error(`${interfaceName} is no interface`);
  const { interfaces, objects } = committedSchema.getImplementations(type);
  const shared = interfaces.map(({ name }) => ({ name, selection: everything(name, steps) }));
  const covered = (name: string): ReadonlySet<string> => {
    const object = committedSchema.getType(name);
    const above = isObjectType(object) ? object.getInterfaces() : [];
    return new Set(
      above
        .filter((one) => interfaces.includes(one))
        .flatMap((one) => Object.values(one.getFields()))
        .filter((field) => !isLeafType(getNamedType(field.type)))
        .map(({ name: field }) => field),
    );
  };
  // Two object types may have a field of one name with different types; fields that are not leaves differ in their
  // names.
  return [
    '__typename',
    ...shared.map(({ name, selection }) => `... on ${name} { ${selection} }`),
    ...objects.map(({ name }) => `... on ${name} { ${everything(name, steps, covered(name))} }`),
  ].join(' ');
}
