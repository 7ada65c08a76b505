import { createReadStream } from 'node:fs';
import { SourceRefusal } from './source-faults.ts';

/** The longest line in bytes. */
const maxLine = 8 * 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a file with one JSON object in each line, as `mongoexport` writes it.
 * @param name the file's name in faults
 * @throws SourceRefusal
 */
export async function* jsonLines(
  path: string,
  name: string,
): AsyncGenerator<{ readonly value: JsonObject; readonly line: number }> {
  let line = 0;
  for await (const bytes of linesOf(path, name)) {
    line += 1;
    const place = { line, file: name };
    const text = decode(bytes);
    if (text === undefined) throw SourceRefusal.at(place, 'is not UTF-8');
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw SourceRefusal.at(place, 'is not JSON: one object in each line is expected, not a list');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw SourceRefusal.at(place, 'is no object: one object in each line is expected');
    yield { value: value as JsonObject, line };
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function* linesOf(path: string, name: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let [length, line] = [0, 1];
  const add = (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > maxLine)
      throw SourceRefusal.at({ line, file: name }, `is longer than ${maxLine / 1024 / 1024} MiB`);
  };
  for await (const chunk of createReadStream(path)) {
    let rest = chunk as Buffer;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      add(rest.subarray(0, end));
      yield Buffer.concat(parts);
      [parts, length, line, rest] = [[], 0, line + 1, rest.subarray(end + 1)];
    }
    add(rest);
  }
  if (length > 0) yield Buffer.concat(parts);
}
