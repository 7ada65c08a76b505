import type { ImportOutcome } from '../features/import/outcome.ts';

/** A number with its noun. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** One line on what became of a document. */
export function describe({ outcome, slug, ...numbers }: ImportOutcome): string {
  const { addedComments, addedEndorsements, events, leftOut } = numbers;
  const added = `${count(addedComments, 'comment')} and ${count(addedEndorsements, 'endorsement')}`;
  const aside =
    leftOut === 0
      ? ''
      : ` (${count(leftOut, 'reply', 'replies')} left out: what they reply to has vanished here)`;
  switch (outcome) {
    case 'new':
      return `new: ${slug}, ${added}${aside}`;
    case 'changed':
      return `changed: ${slug}, ${added} added, ${count(events, 'event')}${aside}`;
    case 'unchanged':
      return `unchanged: ${slug}${aside}`;
    case 'left':
      return `left as it is: ${slug} was taken back here`;
  }
}
