/** Rows in one statement: enough to be fast, few enough to bound the size of the message. */
const chunkSize = 1000;

export function* chunksOf<T>(items: Iterable<T>, size = chunkSize): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
