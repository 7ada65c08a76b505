/** Rows in one statement: enough to be fast, few enough to bound the size of the message. */
const chunkSize = 1000;

export function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += chunkSize) yield items.slice(start, start + chunkSize);
}
