import { parse } from '@humanwhocodes/momoa';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type ImportDocument, requireDocument } from './document.ts';
import { ImportRefusal } from './faults.ts';

/** The largest document, in bytes: what one transaction and one process take without trouble. */
export const maxDocumentBytes = 128 * 1024 * 1024;

/** @throws ImportRefusal for more than the bound, as soon as it is passed */
async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxDocumentBytes) {
      stream.destroy();
      throw ImportRefusal.of([], `is larger than ${maxDocumentBytes / 1024 / 1024} MiB`);
    }
  }
  return Buffer.concat(chunks);
}

/** Where the text stops being JSON; the engine's own message seldom says. */
function syntaxFault(json: string, error: unknown): string {
  try {
    parse(json, { mode: 'json' });
  } catch (found) {
    const { line, column, message } = found as { line?: number; column?: number; message: string };
    if (line !== undefined && column !== undefined) {
      return `line ${line}, column ${column}: not JSON: ${message.replace(/ \(\d+:\d+\)$/, '')}`;
    }
  }
  // What the second parser lets pass, or what is nested too deep for it.
  return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
}

/** @throws ImportRefusal for what is not UTF-8 or not JSON, with line and column */
export function parseJson(bytes: Buffer): unknown {
  let json: string;
  try {
    // A byte order mark is dropped by default.
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw ImportRefusal.of([], 'is not UTF-8');
  }
  try {
    return JSON.parse(json);
  } catch (error) {
    throw ImportRefusal.of([], syntaxFault(json, error));
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
};

/**
 * Reads and checks one document.
 * @param file its path; `-`: the standard input
 * @throws ImportRefusal
 */
export async function readDocument(file: string, maxDepth: number): Promise<ImportDocument> {
  let bytes: Buffer;
  try {
    bytes = await readAll(file === '-' ? process.stdin : createReadStream(file));
  } catch (error) {
    const problem = problems[(error as NodeJS.ErrnoException).code ?? ''];
    throw problem === undefined ? error : ImportRefusal.of([], problem);
  }
  return requireDocument(parseJson(bytes), maxDepth);
}
