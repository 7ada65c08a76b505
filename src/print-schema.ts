import { writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import 'reflect-metadata';
import { buildApiSchema } from './schema.ts';

/** The schema as `schema.graphql` has it: sorted, with all descriptions. */
export function printApiSchema(): string {
  const schema = buildApiSchema(() => {
    throw new Error('Nothing is resolved while the schema is printed');
  });
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** `npm run schema`: writes the file in the working directory. */
if (process.argv[1]?.endsWith('print-schema.js')) await writeFile('schema.graphql', printApiSchema());
