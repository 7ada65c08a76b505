import { firstDirection, mayTurn } from './direction.ts';

/*
 * The direction of each block of a rendered text. `dir="auto"` of an element is the direction of its first strong character outside
 * of descendants with a `dir` of their own. So blocks that hold text carry `auto`, and blocks that hold blocks, whose bullets, edges
 * and indentation follow their own direction, carry `rtl` where their first letter is written so. Stored HTML has no directions: what
 * shows it adds them, so that the texts of all versions have them.
 */

const hasHolders = /<(?:blockquote|[ou]l)[ >]/;

/** A tag of a block with the line feed behind it. */
const blocks = /<(\/?)(p|pre|h[2-4]|blockquote|[ou]l|li)(?=[ >])[^<>]*>(\n?)/g;

/** The beginning of a block's tag. */
const opening = /<(p|pre|h[2-4]|blockquote|[ou]l|li)(?=[ >])/g;

/** What is in no direction: tags within a block, and character references. */
const asides = /<[^<>]*>|&[^;<&]*;/g;

const holders: ReadonlySet<string> = new Set(['blockquote', 'li', 'ol', 'ul']);

/** Longest HTML of a text that could be written today, and more: longer ones are of early versions. */
const longest = 2_000_000;

/** Tags of blocks whose own direction is looked for; beyond them, each has `auto`. */
const mostTags = 10_000;

/** Rendered HTML in which each block has its direction. @param html as `renderInTurns` makes it; returned as it is if it is too long */
export function withDirections(html: string): string {
  if (html.length > longest) return html;
  // What the browser finds for each block is right where nothing is written from right to left.
  if (!hasHolders.test(html) || !mayTurn(html)) return html.replace(opening, '<$1 dir="auto"');
  const written: string[] = [];
  /** Places in `written` of the open holders' tags; undefined: an item that holds its text itself. */
  const open: (number | undefined)[] = [];
  /** Holders, from the outermost one, that have had a letter. */
  let decided = 0;
  let [from, tags] = [0, 0];
  for (const { 0: part, 1: end = '', 2: tag = '', 3: lineFeed = '', index } of html.matchAll(blocks)) {
    const text = html.slice(from, index);
    from = index + part.length;
    const direction = decided < open.length ? firstDirection(text.replace(asides, '')) : undefined;
    if (direction !== undefined) {
      for (const at of open.slice(decided))
        if (at !== undefined && direction === 'rtl')
          written[at] = written[at]?.replace('dir="auto"', 'dir="rtl"') ?? '';
      decided = open.length;
    }
    written.push(text);
    const isHolder = holders.has(tag);
    if (isHolder && end !== '') {
      open.pop();
      decided = Math.min(decided, open.length);
    } else if (isHolder) open.push(tag === 'li' && lineFeed === '' ? undefined : written.length);
    written.push(end === '' ? `<${tag} dir="auto"${part.slice(tag.length + 1)}` : part);
    if (++tags === mostTags) break;
  }
  written.push(html.slice(from).replace(opening, '<$1 dir="auto"'));
  return written.join('');
}
