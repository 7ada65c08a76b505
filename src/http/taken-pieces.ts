/**
 * The pieces of a text, for a body that is made as fast as its client takes it.
 * @param cut called once no further piece was taken for `ms` milliseconds
 */
export async function* takenPieces(
  pieces: AsyncIterable<string>,
  ms: number,
  cut: () => void,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const timer = setTimeout(cut, ms);
    try {
      yield piece;
    } finally {
      clearTimeout(timer);
    }
  }
}
