/**
 * Characters of HTML that one character of source may become. Six, since `"` becomes `&quot;`: a text without markup always
 * fits, whatever characters it is made of. Prose with links and lists takes less than two.
 */
const htmlPerCharacter = 6;
/** For the tags of short texts: `- a` becomes 22 characters. */
const htmlOfAnyText = 2000;

/** The time that the parser takes for blocks grows with their lines, those of nested ones several times. */
const maxLines = 10_000;

/** Quotations, lists, their items, paragraphs: tags that open and close. A list of 10,000 items of one line has 50,002. */
const maxBlocks = 60_000;

/** The longest paragraph, or piece of code, in characters: what is in it is parsed, cleaned and written in one go. */
const maxLeafSource = 100_000;
const maxLeafHtml = 300_000;

/**
 * Steps that the parser takes for one paragraph: places at which it looks for markup, and pieces that it finds. Prose of
 * 100,000 characters takes about 10,000 of them.
 */
const maxSteps = 20_000;

/** What a link counts for among these: its address is parsed and normalised. */
export const stepsOfLink = 10;

/** The longest HTML that a source of this length may become. */
export const maxHtmlLength = (sourceLength: number): number =>
  htmlPerCharacter * sourceLength + htmlOfAnyText;

/** A text that takes too much to render. The message goes on where the text is named: `body` `has more than 10000 lines`. */
export class TextOverflow extends Error {
  override readonly name = 'TextOverflow';
}

/** Bounds of one text while it is rendered: what takes too long, or becomes too long, is given up on the way. */
export class TextBounds {
  readonly #maxHtml: number;
  #blocks = 0;
  #steps = 0;
  #content = 0;
  #html = 0;

  /**
   * @param source the whole text
   * @throws TextOverflow
   */
  constructor(source: string) {
    this.#maxHtml = maxHtmlLength(source.length);
    let lines = 1;
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines += 1;
    if (lines > maxLines) throw new TextOverflow(`has more than ${maxLines} lines`);
  }

  /** The parser found one more block. @throws TextOverflow */
  block(): void {
    this.#blocks += 1;
    if (this.#blocks > maxBlocks)
      throw new TextOverflow(`has more than ${maxBlocks / 2} paragraphs, quotations and lists`);
  }

  /** @param source a paragraph, or a piece of code. @throws TextOverflow */
  beginLeaf(source: string): void {
    this.#steps = 0;
    if (source.length > maxLeafSource)
      throw new TextOverflow(
        `has a paragraph of more than ${maxLeafSource} characters; empty lines part paragraphs`,
      );
  }

  /** The parser goes on in a paragraph. @throws TextOverflow */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > maxSteps)
      throw new TextOverflow('has a paragraph with too much markup in it; empty lines part paragraphs');
  }

  /**
   * Counts what a paragraph consists of before anything goes through it: a reference brings its address and title along
   * wherever it is used.
   * @throws TextOverflow
   */
  hold(length: number): void {
    this.#content += length;
    if (this.#content > this.#maxHtml) this.#refuse();
  }

  /** Counts a paragraph or a piece of code that was written. @throws TextOverflow */
  writeLeaf(html: string): string {
    if (html.length > maxLeafHtml)
      throw new TextOverflow(`has a paragraph that becomes more than ${maxLeafHtml} characters of HTML`);
    return this.write(html);
  }

  /** Counts HTML that was written. @throws TextOverflow */
  write(html: string): string {
    this.#html += html.length;
    if (this.#html > this.#maxHtml) this.#refuse();
    return html;
  }

  #refuse(): never {
    throw new TextOverflow(
      `becomes more than ${this.#maxHtml} characters of HTML, ${htmlPerCharacter} for each of its own`,
    );
  }
}
