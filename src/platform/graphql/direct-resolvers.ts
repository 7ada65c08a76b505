import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** A field resolver as its class declares it. */
type Declared = ReturnType<typeof getMetadataStorage>['fieldResolvers'][number];
type Parameter = NonNullable<Declared['params']>[number];

type Class = abstract new (...given: never[]) => object;

/** What a method that is called directly may take. */
type Taken = 'root' | 'context' | 'info';

/**
 * Makes fields call the methods of their resolvers. The library sorts the parameters of a method anew for each call, and
 * looks for what each of them is, which costs more than most methods do. Fields that the library has more to do for are
 * left to it: those with arguments or middlewares, and values that are no instance of their type's class.
 * @param instances by the resolvers' classes
 */
export function callDirectly(schema: GraphQLSchema, instances: ReadonlyMap<unknown, object>): void {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const typeNames = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]));
  for (const declared of fieldResolvers) {
    const target = declared.getObjectType?.();
    const type = schema.getType(typeNames.get(target) ?? '');
    const field = isObjectType(type) ? type.getFields()[declared.schemaName] : undefined;
    const instance = instances.get(declared.target);
    if (!field?.resolve || !instance) continue;
    const direct = directResolver(declared, instance, target as unknown as Class, field.resolve);
    if (direct) field.resolve = direct;
  }
}

/** @returns undefined where the library is needed */
function directResolver(
  { kind, methodName, params = [], middlewares = [], roles }: Declared,
  instance: object,
  type: Class,
  byLibrary: GraphQLFieldResolver<unknown, unknown>,
): GraphQLFieldResolver<unknown, unknown> | undefined {
  if (kind !== 'external' || middlewares.length > 0 || roles) return undefined;
  const taken = [...params].sort((a, b) => a.index - b.index).map(takenBy);
  if (taken.includes(undefined)) return undefined;
  const method = (instance as Record<string, (...given: unknown[]) => unknown>)[methodName];
  if (!method) return undefined;
  return (root, args, context, info) => {
    if (!(root instanceof type)) return byLibrary(root, args, context, info);
    const values = { root, context, info };
    const [first, second, third] = taken as Taken[];
    return method.call(instance, first && values[first], second && values[second], third && values[third]);
  };
}

/** What a parameter takes; undefined: something else than all of it. */
function takenBy(parameter: Parameter): Taken | undefined {
  switch (parameter.kind) {
    case 'root':
    case 'context':
      return parameter.propertyName === undefined ? parameter.kind : undefined;
    case 'info':
      return 'info';
    default:
      return undefined;
  }
}
