/** Rows in one statement: enough to be fast, few enough to bound the size of the message. */
const chunkSize = 1000;

/**
 * Divides items into chunks of so many at most.
 * @param weight a chunk ends as well once its items weigh that much together
 */
export function* chunksOf<T>(
  items: Iterable<T>,
  size = chunkSize,
  weight: { readonly of: (item: T) => number; readonly most: number } = { of: () => 0, most: Infinity },
): Generator<T[]> {
  let [chunk, weighs]: [T[], number] = [[], 0];
  for (const item of items) {
    chunk.push(item);
    weighs += weight.of(item);
    if (chunk.length < size && weighs < weight.most) continue;
    yield chunk;
    [chunk, weighs] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}
