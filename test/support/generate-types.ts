import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import type { Types } from '@graphql-codegen/plugin-helpers';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildASTSchema, type DocumentNode, isAbstractType, parse } from 'graphql';
import config from '../../examples/front-end/codegen.ts';

const root = join(import.meta.dirname, '../..');

export interface Source {
  readonly location: string;
  readonly rawSDL: string;
  readonly document: DocumentNode;
}

/** The folder of the examples for front-end developers. */
export const exampleFolder = join(root, 'examples/front-end');

/** The project's schema, as clients get it. */
export async function readSchema(): Promise<DocumentNode> {
  return parse(await readFile(join(root, 'schema.graphql'), 'utf8'));
}

/** The object types of each interface and union, which a cache needs to match fragments. */
export function possibleTypesOf(schemaNode: DocumentNode): Record<string, string[]> {
  const schema = buildASTSchema(schemaNode);
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(
    abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}

async function readDocuments(): Promise<Source[]> {
  const folder = join(exampleFolder, 'documents');
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const rawSDL = await readFile(join(folder, name), 'utf8');
      return { location: join('documents', name), rawSDL, document: parse(rawSDL) };
    }),
  );
}

/** The parts of a graphql-codegen configuration for the client preset that affect the generated documents. */
interface Generated {
  readonly presetConfig: { readonly fragmentMasking: boolean };
  readonly config: Record<string, unknown>;
  readonly documentTransforms: readonly Types.DocumentTransformObject[];
}

/**
 * Generates the files that `graphql-codegen` writes, without its command line, which would install 70 MB of loaders.
 * @returns the texts by file name
 */
export async function generateTypes(
  { presetConfig, config: pluginConfig, documentTransforms }: Generated,
  documents: Source[],
  schema?: DocumentNode,
): Promise<Map<string, string>> {
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: './',
    schema: schema ?? (await readSchema()),
    documents,
    config: pluginConfig,
    presetConfig,
    documentTransforms: documentTransforms.map((transformObject, index) => ({
      name: String(index),
      transformObject,
    })),
    plugins: [],
    pluginMap: {},
    pluginContext: {},
  });
  const files = new Map<string, string>();
  for (const section of sections) files.set(section.filename.replace('./', ''), await codegen(section));
  return files;
}

/** The generated files for `examples/front-end/codegen.ts`. @param schema absent: the project's */
export async function generateExampleTypes(schema?: DocumentNode): Promise<Map<string, string>> {
  return generateTypes(config.generates['generated/'], await readDocuments(), schema);
}

/** `possible-types.json` of the client's package, as Apollo Client's cache takes it. */
export async function possibleTypesFile(): Promise<string> {
  return `${JSON.stringify(possibleTypesOf(await readSchema()), null, 2)}\n`;
}

/** The content of `generated/`: the files that the examples import, without the tag function and the barrel. */
export async function exampleArtefacts(): Promise<Map<string, string>> {
  const types = await generateExampleTypes();
  return new Map([['graphql.ts', types.get('graphql.ts') ?? '']]);
}
