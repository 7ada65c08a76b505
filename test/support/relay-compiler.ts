import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ConcreteRequest, ReaderFragment } from 'relay-runtime';
import { exampleFolder } from './generate-types.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The project of `examples/front-end/relay`, or one with other documents, compiled in a temporary folder. */
export interface RelayProject {
  readonly folder: string;
  /** Loads the compiler's artefact of a document. */
  artefact<Kind extends ConcreteRequest | ReaderFragment>(name: string): Promise<Kind>;
}

/**
 * Runs the real compiler, a binary that comes with its package.
 * @param documents the text of the module with the documents; absent: the module of the examples
 * @throws Error with the compiler's message
 */
export async function compileRelayProject(documents?: string): Promise<RelayProject> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-relay-'));
  const source = join(exampleFolder, 'relay');
  const config = JSON.parse(await readFile(join(source, 'relay.config.json'), 'utf8')) as object;
  await mkdir(join(folder, '__generated__'));
  await copyFile(join(root, 'schema.graphql'), join(folder, 'schema.graphql'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify({ ...config, schema: 'schema.graphql' }));
  const text = documents ?? (await readFile(join(source, 'documents.ts'), 'utf8'));
  await writeFile(join(folder, 'documents.ts'), text);
  const compiler = join(root, 'node_modules/relay-compiler/cli.js');
  await run(process.execPath, [compiler, 'relay.config.json'], { cwd: folder });
  return {
    folder,
    artefact: async <Kind>(name: string) => {
      const file = pathToFileURL(join(folder, '__generated__', `${name}.graphql.ts`));
      return ((await import(file.href)) as { default: Kind }).default;
    },
  };
}
