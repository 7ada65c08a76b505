import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';
import * as pageOperations from '../../src/carriers/site/page-operations.ts';
import config from '../../web/codegen.ts';
import { generateTypes, possibleTypesFile, readSchema, type Source } from './generate-types.ts';

export const webFolder = join(import.meta.dirname, '../../web');

const generated = 'graphql/generated/';

/** The operations and fragments in the page's components. */
async function readDocuments(): Promise<Source[]> {
  const names = (await readdir(webFolder, { recursive: true })).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith(generated) && !name.endsWith('.d.ts'),
  );
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const code = await readFile(join(webFolder, name), 'utf8');
      const found = await gqlPluckFromCodeString(name, code, {
        modules: [{ name: '../graphql/generated/gql.ts', identifier: 'graphql' }],
        globalGqlIdentifierName: 'graphql',
        skipIndent: true,
      });
      return found.map(({ body: rawSDL }) => ({ location: name, rawSDL, document: parse(rawSDL) }));
    }),
  );
  return files.flat();
}

/** The types of the operations for the page's HTML. */
async function siteTypes(): Promise<string> {
  const { scalars, strictScalars, useTypeImports } = config.generates[generated].config;
  return codegen({
    filename: 'operations.ts',
    schema: await readSchema(),
    documents: Object.values(pageOperations).map(({ source }) => ({
      location: 'page-operations.ts',
      rawSDL: source,
      document: parse(source),
    })),
    config: { scalars, strictScalars, useTypeImports, skipTypename: true, immutableTypes: true },
    plugins: [{ 'typescript-operations': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations },
  });
}

/** The page's generated files, by their paths inside `web/`. */
export async function webArtefacts(): Promise<Map<string, string>> {
  const types = await generateTypes(config.generates[generated], await readDocuments());
  return new Map([
    [`${generated}gql.ts`, types.get('gql.ts') ?? ''],
    [`${generated}graphql.ts`, types.get('graphql.ts') ?? ''],
    ['../src/carriers/site/generated/operations.ts', `/* eslint-disable */\n${await siteTypes()}`],
    ['../packages/client/possible-types.json', await possibleTypesFile()],
  ]);
}
