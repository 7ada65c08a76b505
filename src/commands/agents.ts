import 'reflect-metadata';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DocumentNode, getOperationAST, type GraphQLSchema } from 'graphql';
import { buildApiSchema } from '../platform/feature/api-schema.ts';
import { features } from '../app/features.ts';
import { commandLine } from '../platform/config/command-line.ts';
import { type Config, parseConfig } from '../platform/config/config.ts';
import { RequestError } from '../platform/errors/errors.ts';
import { agentOperation, type AgentOperation } from '../platform/operations/agent-operation.ts';
import { leastCost } from '../platform/operations/least-cost.ts';
import { readDocument } from '../platform/operations/read-document.ts';
import { RefusedError } from '../platform/operations/refused.ts';
import { readManifest } from '../platform/operations/trusted-documents.ts';
import { runCommand, UsageError } from './command.ts';
import { count } from './import-outcome.ts';

const usage = `Usage: ${commandLine('agents', '[--out FILE] [FILE or FOLDER …]')}

Writes a manifest of operations that agents call as tools, in the form that Apollo's MCP server reads. The operations come
from manifests of trusted documents (.json), and from files with one operation each and its fragments (.graphql, also those of
a folder); without either, from TRUSTED_DOCUMENTS. Each operation is checked against the schema and the limits of the
service, its cost with the smallest values of the variables that it needs and without the others. The comment before an operation is the tool's description: operations without one are left out, and so are
subscriptions.

  --out FILE    the file to write, instead of the standard output

Exit code: 0 done, 1 an operation is wrong or there is none, 2 wrongly called.
`;

/** A document, and where it comes from. */
interface Source {
  readonly from: string;
  readonly text: string;
}

async function readSources(path: string): Promise<Source[]> {
  if ((await stat(path)).isDirectory()) {
    const names = (await readdir(path)).filter((name) => name.endsWith('.graphql')).sort();
    return (await Promise.all(names.map((name) => readSources(join(path, name))))).flat();
  }
  if (path.endsWith('.graphql')) return [{ from: path, text: (await readFile(path, 'utf8')).trim() }];
  const entries = await readManifest(path, (message) => new UsageError(message));
  return entries.map(({ id, name, text }) => ({ from: `${path}, ${name ?? id}`, text }));
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Why an operation would be refused whatever its variables are, or undefined. */
function costFault(schema: GraphQLSchema, document: DocumentNode, config: Config): string | undefined {
  const operation = getOperationAST(document);
  if (!operation) return undefined;
  try {
    const cost = leastCost(schema, { document, operation }, config);
    return cost === undefined || cost <= config.maxQueryCost
      ? undefined
      : `The operation costs at least ${cost} points of ${config.maxQueryCost} allowed.`;
  } catch (error) {
    if (error instanceof RefusedError) return error.errors.map(({ message }) => message).join(' ');
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}

/** The tools among the documents; says which documents are none. @returns undefined after a document that is wrong */
function toolsOf(sources: readonly Source[]): AgentOperation[] | undefined {
  const config = parseConfig(process.env);
  const schema = buildApiSchema(features);
  const tools = new Map<string, AgentOperation>();
  let isWrong = false;
  const wrong = (from: string, message: string): void => {
    isWrong = true;
    say(`${from}: ${message}`);
  };
  for (const { from, text } of sources) {
    const { document, errors } = readDocument(schema, text, config);
    if (errors) {
      wrong(from, errors.map(({ message }) => message).join(' '));
      continue;
    }
    const tool = agentOperation(text, document);
    if ('reason' in tool) {
      say(`${from} is left out: ${tool.reason}.`);
      continue;
    }
    const tooCostly = costFault(schema, document, config);
    if (tooCostly !== undefined) wrong(from, tooCostly);
    else if ((tools.get(tool.name) ?? tool).body !== text)
      wrong(from, `Two operations are named ${tool.name}.`);
    else tools.set(tool.name, tool);
  }
  return isWrong ? undefined : [...tools.values()];
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const paths = positionals.length > 0 ? positionals : (parseConfig(process.env).trustedDocuments ?? []);
  if (paths.length === 0)
    throw new UsageError('There are no documents: name files, or set TRUSTED_DOCUMENTS.');
  const tools = toolsOf((await Promise.all(paths.map(readSources))).flat());
  if (!tools) return 1;
  if (tools.length === 0) {
    say('There is no operation for agents.');
    return 1;
  }
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: tools };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else await writeFile(values.out, text);
  say(`${count(tools.length, 'operation')} for agents: ${tools.map(({ name }) => name).join(', ')}.`);
  return 0;
}

await runCommand(main, usage);
