import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';

const mutations = buildApiSchema(features).getMutationType()?.getFields();

/** A document that runs a mutation, with the variable `input` if it takes one. */
export function documentOf(name: string): string {
  const type = mutations?.[name]?.args[0]?.type;
  return type === undefined
    ? `mutation { ${name} { userErrors { code } } }`
    : `mutation ($input: ${String(type)}) { ${name}(input: $input) { userErrors { code } } }`;
}
