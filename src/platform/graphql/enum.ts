import { registerEnumType } from 'type-graphql';

/**
 * Makes a GraphQL enum of a union of strings, each value its own name.
 * @param values every value with its description
 */
export function graphqlEnum<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): { readonly [V in Value]: V } {
  const names = Object.keys(values) as Value[];
  const made = Object.fromEntries(names.map((value) => [value, value])) as { [V in Value]: V };
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] }]));
  registerEnumType(made, { name, description, valuesConfig: valuesConfig as never });
  return made;
}
