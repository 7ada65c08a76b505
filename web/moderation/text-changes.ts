import type { Place } from './use-marks.ts';

/** Most comparisons of words: beyond that, all that is between the common ends counts as changed. */
const mostComparisons = 1_000_000;

/** Words and what is between them. */
const wordsOf = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? [];

/** Where a text has words that the earlier one has not: what is left of both without their longest common row of words. */
export function addedPlaces(before: string, after: string): Place[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const isKept = keptOf(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  const places: Place[] = [];
  let at = 0;
  const text = (from: number, to: number) => after.slice(from, to);
  now.forEach((word, index) => {
    const isAdded = index >= head && index < now.length - tail && isKept[index - head] !== true;
    const last = places.at(-1);
    const joins = last !== undefined && text(last.to, at).trim() === '';
    if (isAdded && joins && word.trim() !== '')
      places[places.length - 1] = { from: last.from, to: at + word.length };
    else if (isAdded && word.trim() !== '') places.push({ from: at, to: at + word.length });
    at += word.length;
  });
  return places;
}

/** Which words of the second list are in the longest common row of both. */
function keptOf(old: readonly string[], now: readonly string[]): readonly boolean[] {
  const width = now.length + 1;
  if (old.length * width > mostComparisons) return [];
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        old[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const kept = now.map(() => false);
  for (let i = 0, j = 0; i < old.length && j < now.length;)
    if (old[i] === now[j]) {
      kept[j] = true;
      i++;
      j++;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  return kept;
}
