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

/** A GraphQL enum whose values are known once the features of a schema are. */
export interface OpenEnum<Value extends string> {
  readonly type: object;
  /** Sets the values, as they are declared, of the schemas that are built from now on. */
  readonly fill: (values: Readonly<Partial<Record<Value, { readonly describe: string }>>>) => void;
}

/** Makes a GraphQL enum without values. */
export function openEnum<Value extends string>(name: string, description: string): OpenEnum<Value> {
  const type: Record<string, string> = {};
  const valuesConfig: Record<string, { description: string }> = {};
  registerEnumType(type, { name, description, valuesConfig });
  return {
    type,
    fill(values) {
      for (const value of Object.keys(type)) delete type[value];
      for (const [value, declared] of Object.entries<{ readonly describe: string } | undefined>(values)) {
        type[value] = value;
        valuesConfig[value] = { description: declared?.describe ?? '' };
      }
    },
  };
}
