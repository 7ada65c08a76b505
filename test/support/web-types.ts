import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'graphql';
import config from '../../web/codegen.ts';
import { generateTypes, possibleTypesFile, type Source } from './generate-types.ts';

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

/** The page's generated files, by their paths inside `web/`. */
export async function webArtefacts(): Promise<Map<string, string>> {
  const types = await generateTypes(config.generates[generated], await readDocuments());
  return new Map([
    [`${generated}gql.ts`, types.get('gql.ts') ?? ''],
    [`${generated}graphql.ts`, types.get('graphql.ts') ?? ''],
    ['../packages/client/possible-types.json', await possibleTypesFile()],
  ]);
}
