import { TextDecoder } from 'node:util';
import { Parser } from 'htmlparser2';

/** What the head of an HTML page says about the page; texts are as they were written, without markup. */
export interface PageHead {
  /** Titles, the better one first; empty: the page has none. */
  readonly titles: readonly string[];
  /** The address of `rel=canonical`, as it was written. */
  readonly canonical: string | undefined;
  /** The address of `base`, as it was written. */
  readonly base: string | undefined;
  /** The time of publication, as it was written. */
  readonly published: string | undefined;
  /** Whether the page asks not to be listed. */
  readonly isUnlisted: boolean;
}

/** The page is in a charset that cannot be read. */
export class UnknownCharset extends Error {
  override readonly name = 'UnknownCharset';
}

/** Bytes in which a page has to declare its charset (HTML, 13.2.3.2). */
const declarationBytes = 1024;

const declaration = /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w:.-]{1,40})/i;

/** Elements of a head. Any other one begins the body, whether or not the page says so. */
const headElements = new Set([
  'html',
  'head',
  'title',
  'base',
  'link',
  'meta',
  'noscript',
  'script',
  'style',
]);

/** Deepest nesting in a head; a real one has three levels. */
const maxDepth = 16;

/** Characters of a text that are kept. */
const maxTextLength = 4000;

/** Whether a value of `robots` asks that the page is not listed. */
export const isUnlisted = (robots: string): boolean => /(^|[\s,])(noindex|none)($|[\s,])/i.test(robots);

/** The charset that a byte order mark stands for. */
function charsetOfMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined;
}

/** The charset that a page declares in its first bytes. A page that can be read by ASCII is not in UTF-16. */
function declaredCharset(bytes: Buffer): string | undefined {
  const [, label] = declaration.exec(bytes.toString('latin1')) ?? [];
  return label !== undefined && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

/**
 * Reads the head of an HTML page from its bytes as they arrive, and nothing behind it. The charset is that of the byte
 * order mark, of the header, or of the page itself, in this order; otherwise UTF-8.
 */
export class PageHeadReader {
  readonly #charset: string | undefined;
  readonly #parser: Parser;
  #waiting: Buffer | undefined = Buffer.alloc(0);
  #decoder: TextDecoder | undefined;
  #isOver = false;
  #depth = 0;
  /** The depth of the `noscript` that is being read; undefined: none is. */
  #ignoredFrom: number | undefined;
  #isInTitle = false;
  #title: string | undefined;
  readonly #metas = new Map<string, string>();
  #canonical: string | undefined;
  #base: string | undefined;
  #isUnlisted = false;

  /** @param charset of the `Content-Type` header */
  constructor(charset: string | undefined) {
    this.#charset = charset;
    this.#parser = new Parser({
      onopentag: (name, attributes) => this.#open(name, attributes),
      onclosetag: (name) => this.#close(name),
      ontext: (text) => this.#take(text),
    });
  }

  /** Takes the next bytes. @returns whether the head is over. @throws UnknownCharset */
  write(bytes: Buffer): boolean {
    if (this.#isOver) return true;
    if (this.#waiting) {
      this.#waiting = Buffer.concat([this.#waiting, bytes]);
      if (this.#waiting.length < declarationBytes) return false;
      this.#begin(this.#waiting);
    } else {
      this.#parse(this.#decoder?.decode(bytes, { stream: true }) ?? '');
    }
    return this.#isOver;
  }

  /** What was read. @throws UnknownCharset */
  end(): PageHead {
    if (this.#waiting) this.#begin(this.#waiting);
    if (!this.#isOver) this.#parse(this.#decoder?.decode() ?? '');
    return {
      titles: [this.#metas.get('og:title'), this.#title].filter((title) => title !== undefined),
      canonical: this.#canonical,
      base: this.#base,
      published: this.#metas.get('article:published_time'),
      isUnlisted: this.#isUnlisted,
    };
  }

  #begin(bytes: Buffer): void {
    this.#waiting = undefined;
    const label =
      charsetOfMark(bytes) ??
      this.#charset ??
      declaredCharset(bytes.subarray(0, declarationBytes)) ??
      'utf-8';
    try {
      this.#decoder = new TextDecoder(label);
    } catch {
      throw new UnknownCharset(`The charset ${label.slice(0, 40)} is unknown.`);
    }
    this.#parse(this.#decoder.decode(bytes, { stream: true }));
  }

  #parse(text: string): void {
    this.#parser.write(text);
  }

  #stop(): void {
    this.#isOver = true;
    // What is left of the text that was given is not looked at.
    this.#parser.pause();
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) return this.#stop();
    if (this.#ignoredFrom !== undefined) return;
    if (!headElements.has(name)) return this.#stop();
    if (name === 'noscript') this.#ignoredFrom = this.#depth;
    if (name === 'title') this.#isInTitle = this.#title === undefined;
    if (name === 'base') this.#base ??= attributes['href'];
    if (name === 'link' && /(^|\s)canonical(\s|$)/i.test(attributes['rel'] ?? ''))
      this.#canonical ??= attributes['href'];
    if (name === 'meta') this.#keepMeta(attributes);
  }

  #keepMeta({ property, name, content }: Readonly<Record<string, string>>): void {
    const key = (property ?? name)?.toLowerCase();
    if (content === undefined) return;
    if (key === 'robots') this.#isUnlisted ||= isUnlisted(content);
    if ((key === 'og:title' || key === 'article:published_time') && !this.#metas.has(key))
      this.#metas.set(key, content.slice(0, maxTextLength));
  }

  #close(name: string): void {
    if (name === 'noscript' && this.#ignoredFrom === this.#depth) this.#ignoredFrom = undefined;
    if (name === 'title') this.#isInTitle = false;
    this.#depth -= 1;
    if (name === 'head' && this.#ignoredFrom === undefined) this.#stop();
  }

  #take(text: string): void {
    if (this.#isInTitle) this.#title = `${this.#title ?? ''}${text}`.slice(0, maxTextLength);
  }
}
