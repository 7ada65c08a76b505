import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { buildApiSchema, printApiSchema } from '../platform/feature/api-schema.ts';
import { features } from '../app/features.ts';

await writeFile('schema.graphql', printApiSchema(buildApiSchema(features)));
