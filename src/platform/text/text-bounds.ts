/**
 * Characters of HTML that one character of source may become. Six, since `"` becomes `&quot;`: a text without markup
 * always fits, whatever its characters. Prose with links and lists takes less than two.
 */
const htmlPerCharacter = 6;
/** Allowance for the tags of short texts: `- a` becomes 22 characters. */
const htmlOfAnyText = 2000;

/** The parser's time for blocks grows with the number of lines; nested blocks multiply it. */
const maxLines = 10_000;

/**
 * Most opening and closing tags of quotations, lists, items and paragraphs. A list of 10,000 one-line items has 50,002.
 */
const maxBlocks = 60_000;

/**
 * The longest paragraph, or piece of code, in characters: its content is parsed, sanitised and rendered without a
 * pause.
 */
const maxLeafSource = 100_000;
const maxLeafHtml = 300_000;

/**
 * Most steps that the parser takes for one paragraph: positions at which it looks for markup, and tokens that it
 * creates. Prose of 100,000 characters takes about 10,000 steps.
 */
const maxSteps = 20_000;

/** Steps that one link counts for: its URL is parsed and normalised. */
export const stepsOfLink = 10;

/** The longest HTML that a source of this length may become. */
export const maxHtmlLength = (sourceLength: number): number =>
  htmlPerCharacter * sourceLength + htmlOfAnyText;

/**
 * A text is too expensive to render. The message is a predicate whose subject is the text: `body` `has more than 10000
 * lines`.
 */
export class TextOverflow extends Error {
  override readonly name = 'TextOverflow';
}

/**
 * Bounds of one text while it is rendered: rendering is aborted as soon as it takes too long, or the HTML becomes too
 * long.
 */
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

  /** Counts a block token. @throws TextOverflow */
  block(): void {
    this.#blocks += 1;
    if (this.#blocks > maxBlocks)
      throw new TextOverflow(`has more than ${maxBlocks / 2} paragraphs, quotations and lists`);
  }

  /** Begins a leaf. @param source a paragraph, or a piece of code. @throws TextOverflow */
  beginLeaf(source: string): void {
    this.#steps = 0;
    if (source.length > maxLeafSource)
      throw new TextOverflow(
        `has a paragraph of more than ${maxLeafSource} characters; empty lines part paragraphs`,
      );
  }

  /** Counts steps within the present paragraph. @throws TextOverflow */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > maxSteps)
      throw new TextOverflow('has a paragraph with too much markup in it; empty lines part paragraphs');
  }

  /**
   * Counts the tokens of a paragraph before later rules process them: a link reference repeats its URL and title
   * wherever it is used.
   * @throws TextOverflow
   */
  hold(length: number): void {
    this.#content += length;
    if (this.#content > this.#maxHtml) this.#refuse();
  }

  /** Counts the HTML of a rendered paragraph or piece of code. @throws TextOverflow */
  writeLeaf(html: string): string {
    if (html.length > maxLeafHtml)
      throw new TextOverflow(`has a paragraph that becomes more than ${maxLeafHtml} characters of HTML`);
    return this.write(html);
  }

  /** Counts rendered HTML. @throws TextOverflow */
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
