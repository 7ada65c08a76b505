/*
 * What the conversion of HTML can't bear is taken out before. The converter takes the square of the length of white space
 * that nothing interrupts, and Markdown shows nothing of what is nested too deep.
 */

/** White space is cut after so many characters, however it is divided among elements. */
const maxSpace = 200;
/** What a line break becomes: two spaces and a line feed. */
const breakLength = 3;

/** Levels of Markdown: a quotation is one, an entry of a list two. It bears 19, and a paragraph is one. */
const maxLevels = 18;
const levelsOf: Readonly<Record<string, number>> = { blockquote: 1, li: 2, ol: 0, ul: 0 };

const token = /<(\/?)([a-z0-9]+)[^>]*>|[^<]+/g;
const spaceOrWord = /\s+|\S+/g;

/**
 * Bounds white space and nesting. Quotations and lists that are nested too deep become paragraphs.
 * @param html as a sanitiser writes it: well-formed, and each `<` is that of a tag
 */
export function boundedHtml(html: string): string {
  let space = 0;
  let levels = 0;
  /** The names of the open quotations, lists and entries; undefined: it was taken out. */
  const open: (string | undefined)[] = [];
  const cut = (word: string): string => {
    if (word.trim() !== '') {
      space = 0;
      return word;
    }
    const kept = word.slice(0, Math.max(0, maxSpace - space));
    space += kept.length;
    return kept;
  };
  const begin = (name: string, tag: string): string => {
    const added = levelsOf[name] ?? 0;
    // The entries of a list would be too deep, so that the list itself is taken out as well.
    const needed = added === 0 ? 2 : added;
    const isKept = levels + needed <= maxLevels;
    open.push(isKept ? name : undefined);
    if (!isKept) return '<div>';
    levels += added;
    return tag;
  };
  const end = (tag: string): string => {
    const name = open.pop();
    if (name === undefined) return '</div>';
    levels -= levelsOf[name] ?? 0;
    return tag;
  };
  return html.replace(token, (whole: string, slash: string | undefined, name: string | undefined) => {
    if (name === undefined) return whole.replace(spaceOrWord, cut);
    if (name === 'br') {
      if (space + breakLength > maxSpace) return '';
      space += breakLength;
    }
    // These are shown without any text.
    if (name === 'img' || name === 'hr') space = 0;
    if (!(name in levelsOf)) return whole;
    return slash === '/' ? end(whole) : begin(name, whole);
  });
}
