import type { Random } from '../random.ts';

const sentences = [
  'The last boat left the pier at ten past eight, as it has for forty years.',
  'Nobody on the board had read the *figures* before they voted.',
  'I rowed across in the winter of the long ice, and I would do it again.',
  'What the minutes leave out is who asked for the change.',
  'My mother worked the lock until it closed; she kept the **keys**.',
  'You can read the whole report at <https://example.org/reports/harbour>.',
  'That is not how the toll was meant when it was brought in.',
  'There were eleven lamps then, and today there are two.',
  'The school has nine pupils, and one of them is leaving in spring.',
  'I asked the council for the contract and got a [summary](https://example.org/summary) instead.',
  'It is easy to say so from the mainland.',
  'Thank you for writing this down while there are people left who remember.',
  'Perhaps, but the wind does not wait for a timetable.',
  'The `tide table` says otherwise, and I trust it more.',
] as const;

const quotations = [
  '> It was never about the money.',
  '> Ask those who have to cross in January.',
  '> Nobody asked us.',
] as const;

const firstNames = ['Ada', 'Bo', 'Cy', 'Dee', 'Eli', 'Fay', 'Gil', 'Hal', 'Ivy', 'Jo', 'Kit', 'Lou'] as const;
const lastNames = ['Archer', 'Brook', 'Carver', 'Dyer', 'Ferrier', 'Gale', 'Hewer', 'Tiller'] as const;

/** Entry number `index` in a sequence of different names. */
export function personName(index: number): string {
  const first = firstNames[index % firstNames.length];
  const last = lastNames[Math.floor(index / firstNames.length) % lastNames.length];
  return `${first} ${last} ${1 + Math.floor(index / (firstNames.length * lastNames.length))}`;
}

function paragraph(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick(sentences)).join(' ');
}

/** Markdown of a comment: mostly a sentence or two, occasionally several paragraphs with a quotation. */
export function commentMarkdown(random: Random): string {
  const length = 1 + Math.floor(random.next() ** 2 * 5);
  const quoted = random.chance(0.2) ? `${random.pick(quotations)}\n\n` : '';
  const more = random.chance(0.15) ? `\n\n${paragraph(random, 3)}` : '';
  return `${quoted}${paragraph(random, length)}${more}`;
}

/** Markdown of an article: about 6 kB with headings, quotations and an e-mail address. */
export function articleMarkdown(random: Random): string {
  const paragraphs = Array.from({ length: 16 }, (_, index) => {
    const text = paragraph(random, 5);
    if (index % 7 === 4) return `## ${paragraph(random, 1).slice(0, 40)}\n\n${text}`;
    return index % 7 === 6 ? `${random.pick(quotations)}\n\n${text}` : text;
  });
  return `${paragraphs.join('\n\n')}\n\nWrite to harbour@example.org.`;
}
