import { parse } from '@humanwhocodes/momoa';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  type ImportDocument,
  isThreadDocument,
  requireDocument,
  requireThreadDocument,
  type ThreadDocument,
} from './document.ts';
import { ImportRefusal } from './faults.ts';

/** Maximum size of a document in bytes, which one transaction and one process can handle without trouble. */
export const maxDocumentBytes = 128 * 1024 * 1024;

/** @throws ImportRefusal as soon as the stream exceeds the maximum size */
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

/** The position at which the text stops being JSON, which the engine's own message seldom contains. */
function syntaxFault(json: string, error: unknown): string {
  try {
    parse(json, { mode: 'json' });
  } catch (found) {
    const { line, column, message } = found as { line?: number; column?: number; message: string };
    if (line !== undefined && column !== undefined) {
      return `line ${line}, column ${column}: not JSON: ${message.replace(/ \(\d+:\d+\)$/, '')}`;
    }
  }
  // The second parser accepts the text, or the text is nested too deep for it.
  return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
}

/** @throws ImportRefusal for bytes that are not UTF-8, or not JSON; for JSON with line and column if known */
export function parseJson(bytes: Buffer): unknown {
  let json: string;
  try {
    // The decoder drops a byte order mark by default.
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

/** What the system says of a file, in words. */
export const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  ENOTDIR: 'no such file: something on the way is no folder',
  EACCES: 'may not be read by this user',
};

/**
 * Reads and validates one document: of an article, or of comments alone.
 * @param file the path, or `-` for the standard input
 * @throws ImportRefusal
 */
export async function readDocument(file: string, maxDepth: number): Promise<ImportDocument | ThreadDocument> {
  let bytes: Buffer;
  try {
    bytes = await readAll(file === '-' ? process.stdin : createReadStream(file));
  } catch (error) {
    const problem = fileProblems[(error as NodeJS.ErrnoException).code ?? ''];
    throw problem === undefined ? error : ImportRefusal.of([], problem);
  }
  const value = parseJson(bytes);
  return isThreadDocument(value) ? requireThreadDocument(value, maxDepth) : requireDocument(value, maxDepth);
}
