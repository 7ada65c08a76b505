import 'reflect-metadata';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';
import { commentCountsOperation } from '../../src/carriers/feeds/comment-count-operation.ts';
import * as feedOperations from '../../src/carriers/feeds/feed-operations.ts';
import * as oembedOperations from '../../src/carriers/feeds/oembed-operations.ts';
import { features } from '../../src/app/features.ts';
import { withParts } from '../../src/platform/page/compose-pages.ts';
import type { Served } from '../../src/platform/page/served.ts';
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

/** The types of operations of the service's own. @param file the name of the file that has them */
async function ownTypes(file: string, operations: readonly { readonly source: string }[]): Promise<string> {
  const { scalars, strictScalars, useTypeImports } = config.generates[generated].config;
  const types = await codegen({
    filename: 'operations.ts',
    schema: await readSchema(),
    documents: operations.map(({ source }) => ({
      location: file,
      rawSDL: source,
      document: parse(source),
    })),
    config: { scalars, strictScalars, useTypeImports, skipTypename: true, immutableTypes: true },
    plugins: [{ 'typescript-operations': {} }],
    pluginMap: { 'typescript-operations': typescriptOperations },
  });
  return `/* eslint-disable */\n${types}`;
}

/** The queries of a feature's pages and the fragments of its parts, without the parts of other features. */
function servedSources({ pages, parts }: Served): { source: string }[] {
  const bare = (text: string) => ({ source: withParts(text, {}) });
  return [
    ...Object.values(pages).flatMap(({ operation }) => (operation === undefined ? [] : [bare(operation)])),
    ...Object.entries(parts).flatMap(([name, { fragment, more }]) => [
      ...(fragment === undefined ? [] : [bare(`fragment ${name} ${fragment}`)]),
      ...(more === undefined ? [] : [{ source: more }]),
    ]),
  ];
}

/** Folders of the features whose pages or parts show data, by the features' names. */
const folders: Readonly<Record<string, string>> = {
  article: 'articles',
  comment: 'comments',
  endorsement: 'endorsements',
  funding: 'funding',
};

/** Types of variables, which pages do not name, and what these are made of. */
const unused = /\/\*\* Internal type.*\n.*\n|export type \w+Variables = [^>]*>;\n+/g;

/** The types of the served HTML's queries and fragments, a file for each feature. */
const servedTypes = async (): Promise<[string, string][]> =>
  Promise.all(
    features
      .map(({ name, served }) => ({ name, sources: servedSources(served) }))
      .filter(({ sources }) => sources.length > 0)
      .map(async ({ name, sources }): Promise<[string, string]> => [
        `../src/features/${folders[name] ?? name}/page.generated.ts`,
        (await ownTypes('page', sources)).replace(unused, ''),
      ]),
  );

/** The page's generated files, by their paths inside `web/`. */
export async function webArtefacts(): Promise<Map<string, string>> {
  const types = await generateTypes(config.generates[generated], await readDocuments());
  return new Map([
    [`${generated}gql.ts`, types.get('gql.ts') ?? ''],
    [`${generated}graphql.ts`, types.get('graphql.ts') ?? ''],
    ...(await servedTypes()),
    [
      '../src/carriers/feeds/generated/operations.ts',
      await ownTypes('feed-operations.ts', [
        ...Object.values(feedOperations),
        ...Object.values(oembedOperations),
        commentCountsOperation,
      ]),
    ],
    ['../packages/client/possible-types.json', await possibleTypesFile()],
  ]);
}
