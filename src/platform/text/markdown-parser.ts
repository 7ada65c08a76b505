import markdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import { maskTokens } from './mask-tokens.ts';
import { dropEmptyLinks, settleMail, settlePictures, unlinkPictures, unlinkUsers } from './links.ts';
import { sizeOfOwnPicture } from './own-pictures.ts';
import { stepsOfLink, TextBounds } from './text-bounds.ts';
import { atOnce } from '../fairness/computations.ts';

export { TextOverflow } from './text-bounds.ts';

// Imports `markdown-it` and pure functions only: the page's preview runs this file in the browser, so that the preview
// equals the service's output.

/**
 * Kind of the text. Articles may have headings and pictures over https. In comments, which anybody can write, pictures
 * become links, so that no third party's server learns who reads them, and links are marked for search engines not to
 * follow.
 */
export type Profile = 'article' | 'comment';

/** Quotations and lists that are nested deeper show no text. */
const maxNesting = 20;

const rules: Record<Profile, { readonly rel: string; readonly disabled: string[] }> = {
  article: { rel: 'noopener', disabled: ['html_block', 'html_inline', 'table'] },
  comment: {
    rel: 'ugc nofollow noopener',
    disabled: ['heading', 'lheading', 'html_block', 'html_inline', 'table'],
  },
};

/** A URL without user and password. */
function withoutUserInfo(url: string): string {
  return url.replace(/^(\s*https?:\/\/)[^/\\?#]*@/i, '$1');
}

/** The environment that the parser passes to its rules. */
interface Environment {
  readonly bounds: TextBounds;
  /** Whether the paragraph at hand begins the text. */
  isLead: boolean;
  [name: string | symbol]: unknown;
}

const boundsOf = ({ env }: { readonly env: object }): TextBounds => (env as Environment).bounds;

/** Total length of tokens in characters, counting shared tokens each time they occur. */
function lengthOf(tokens: readonly Token[]): number {
  let length = 0;
  for (const { content, attrs, children } of tokens) {
    length += children ? lengthOf(children) : content.length;
    for (const [, value] of attrs ?? []) length += String(value).length;
  }
  return length;
}

function createParser(profile: Profile): MarkdownIt {
  // `xhtmlOut` writes `<br />` as the sanitiser does, so that sanitised HTML is never longer than the counted HTML.
  const parser = markdownIt({
    html: false,
    linkify: true,
    breaks: profile === 'comment',
    xhtmlOut: true,
    maxNesting,
  });
  parser.disable(rules[profile].disabled, true);
  // Blocks are parsed for the whole text; the remaining rules run on one paragraph at a time.
  parser.core.ruler.disable(['normalize', 'block', 'strip_references']);
  parser.inline.ruler.before('text', 'steps', (state) => {
    boundsOf(state).step();
    return false;
  });
  parser.inline.State = class extends parser.inline.State {
    override push(type: string, tag: string, nesting: Token['nesting']): Token {
      boundsOf(this).step();
      return super.push(type, tag, nesting);
    }
  };
  parser.block.State = class extends parser.block.State {
    override push(type: string, tag: string, nesting: Token['nesting']): Token {
      boundsOf(this).block();
      return super.push(type, tag, nesting);
    }
  };
  parser.core.ruler.after('inline', 'hold', (state) => boundsOf(state).hold(lengthOf(state.tokens)));
  parser.linkify.set({ fuzzyEmail: false, fuzzyLink: false });
  // User and password of a URL are never shown: they look like an e-mail address, or like another site's host.
  const normalizeLink = parser.normalizeLink.bind(parser);
  const normalizeLinkText = parser.normalizeLinkText.bind(parser);
  parser.normalizeLink = (url) => normalizeLink(withoutUserInfo(url));
  parser.normalizeLinkText = (url) => normalizeLinkText(withoutUserInfo(url));
  // A relative URL would have another meaning on every page that shows the text.
  parser.validateLink = (url) =>
    (/^(https?:\/\/[^/\\]|mailto:)/i.test(url.trim()) && URL.canParse(url.trim())) ||
    sizeOfOwnPicture(url) !== undefined;
  parser.core.ruler.push('users', unlinkUsers);
  parser.core.ruler.push('paths', unlinkPictures);
  parser.core.ruler.push('pictures', (state) =>
    settlePictures(state, { keep: profile === 'article', lead: (state.env as Environment).isLead }),
  );
  // Runs last, so that no mailto link remains.
  parser.core.ruler.push('mail', settleMail);
  return parser;
}

const parsers: Record<Profile, MarkdownIt> = {
  article: createParser('article'),
  comment: createParser('comment'),
};

/** A parser that counts links as steps. A wrapper per text, because `normalizeLink` is called without the environment. */
function withBounds(parser: MarkdownIt, bounds: TextBounds): MarkdownIt {
  const bounded = Object.create(parser) as MarkdownIt;
  bounded.normalizeLink = (url) => {
    bounds.step(stepsOfLink);
    return parser.normalizeLink(url);
  };
  return bounded;
}

/**
 * Shifts headings below the page's own title without skipping a level, whichever levels the author uses: readers who
 * navigate by headings would search for the missing level (WCAG technique G141).
 */
function levelHeadings(tokens: Token[]): void {
  const above: number[] = [];
  for (const token of tokens) {
    if (token.type === 'heading_open') {
      const level = Number(token.tag.slice(1));
      while ((above.at(-1) ?? 0) >= level) above.pop();
      above.push(level);
    }
    if (token.type.startsWith('heading_')) token.tag = `h${Math.min(4, above.length + 1)}`;
  }
}

/** Masks the addresses in one block and sets `rel` on its links. */
function prepare(token: Token, profile: Profile): string[] {
  const hidden = maskTokens([token]);
  if (!token.children) return hidden;
  const inner = token.children.flatMap((child) => [child, ...(child.children ?? [])]);
  for (const child of inner) {
    if (child.type === 'link_open') child.attrSet('rel', rules[profile].rel);
  }
  hidden.push(...maskTokens(inner));
  token.children = dropEmptyLinks(token.children);
  return hidden;
}

const blockTags: ReadonlySet<string> = new Set(['blockquote', 'h2', 'h3', 'h4', 'hr', 'li', 'ol', 'p', 'ul']);

/**
 * Renders a tag around paragraphs, which bypasses the sanitiser: only known tags, and no attribute except the start
 * number of a list.
 */
function renderBlockTag({ renderer, options }: MarkdownIt, tokens: Token[], at: number): string {
  const { tag = '', attrs } = tokens[at] ?? {};
  const isPlain = (attrs ?? []).every(
    ([name, value]) => tag === 'ol' && name === 'start' && /^\d{1,9}$/.test(String(value)),
  );
  if (!blockTags.has(tag) || !isPlain) throw new Error(`The parser made a tag that is not known: ${tag}`);
  return renderer.renderToken(tokens, at, options);
}

/** Sanitises the HTML of one paragraph or one piece of code; never makes it longer. */
export type Sanitiser = (html: string, leaf: 'inline' | 'code') => string;

/** A parsed text: its tokens and its HTML, both with masked addresses, and the `addresses` that were masked. */
export interface ParsedMarkdown {
  readonly tokens: readonly Token[];
  readonly html: string;
  readonly addresses: readonly string[];
}

/**
 * Parses Markdown (CommonMark without raw HTML; links to http and https only) and renders it as HTML, all text escaped.
 * Yields before each block.
 * @param source a normalised text
 * @throws TextOverflow
 */
export function* parseInSteps(
  source: string,
  profile: Profile,
  sanitise: Sanitiser = (html) => html,
): Generator<void, ParsedMarkdown> {
  const bounds = new TextBounds(source);
  const parser = withBounds(parsers[profile], bounds);
  const environment: Environment = { bounds, isLead: false };
  const all: Token[] = [];
  parser.block.parse(source.replace(/\r\n?/g, '\n').replace(/\0/g, '\ufffd'), parser, environment, all);
  const tokens = all.filter(({ type }) => type !== 'reference_definition');
  levelHeadings(tokens);
  const addresses: string[] = [];
  let html = '';
  for (const [at, token] of tokens.entries()) {
    yield;
    bounds.beginLeaf(token.content);
    if (token.type === 'inline') {
      // The token before it begins the paragraph.
      environment.isLead = at === 1;
      const state = new parser.core.State('', parser, environment);
      state.tokens = [token];
      parser.core.process(state);
    }
    addresses.push(...prepare(token, profile));
    html += render(at);
  }
  return { tokens, html, addresses };

  function render(at: number): string {
    const { renderer, options } = parser;
    const { type = '', children } = tokens[at] ?? {};
    if (type === 'inline')
      return sanitise(
        bounds.writeLeaf(renderer.renderInline(children ?? [], options, environment)),
        'inline',
      );
    const rule = renderer.rules[type];
    return rule
      ? sanitise(bounds.writeLeaf(rule(tokens, at, options, environment, renderer)), 'code')
      : bounds.write(renderBlockTag(parser, tokens, at));
  }
}

/**
 * As `parseInSteps`, without pauses.
 * @throws TextOverflow
 */
export function parseMarkdown(source: string, profile: Profile): ParsedMarkdown {
  return atOnce(parseInSteps(source, profile));
}
