import markdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import { maskTokens } from './mask-tokens.ts';
import { dropEmptyLinks, settleMail, settlePictures, unlinkUsers } from './links.ts';

// Nothing here but `markdown-it` and pure functions: the page's preview runs it in the browser, so that it shows what the
// service will.

/**
 * Whose text it is. Articles may have headings and pictures over https; in comments, which anybody can write, a picture
 * is a link, so that no stranger's server learns who reads them, and search engines follow no link of theirs.
 */
export type Profile = 'article' | 'comment';

const rules: Record<Profile, { readonly rel: string; readonly disabled: string[] }> = {
  article: { rel: 'noopener', disabled: ['html_block', 'html_inline', 'table'] },
  comment: {
    rel: 'ugc nofollow noopener',
    disabled: ['heading', 'lheading', 'html_block', 'html_inline', 'table'],
  },
};

/** A web address without user and password. */
function withoutUserInfo(url: string): string {
  return url.replace(/^(\s*https?:\/\/)[^/\\?#]*@/i, '$1');
}

function createParser(profile: Profile): MarkdownIt {
  const parser = markdownIt({ html: false, linkify: true, breaks: profile === 'comment', maxNesting: 40 });
  parser.disable(rules[profile].disabled, true);
  parser.linkify.set({ fuzzyEmail: false, fuzzyLink: false });
  // Who a link signs in as is never shown: it looks like an address, or like another site before the real one.
  const normalizeLink = parser.normalizeLink.bind(parser);
  const normalizeLinkText = parser.normalizeLinkText.bind(parser);
  parser.normalizeLink = (url) => normalizeLink(withoutUserInfo(url));
  parser.normalizeLinkText = (url) => normalizeLinkText(withoutUserInfo(url));
  // A relative address would mean something else on every page that shows the text.
  parser.validateLink = (url) => /^(https?:\/\/[^/\\]|mailto:)/i.test(url.trim()) && URL.canParse(url.trim());
  parser.core.ruler.push('users', unlinkUsers);
  parser.core.ruler.push('pictures', (state) => settlePictures(state, { keep: profile === 'article' }));
  // No link to a mailbox outlives this.
  parser.core.ruler.push('mail', settleMail);
  return parser;
}

const parsers: Record<Profile, MarkdownIt> = {
  article: createParser('article'),
  comment: createParser('comment'),
};

/**
 * Puts headings below the page's own title without leaving a level out, whichever ones the author uses: readers who go from
 * heading to heading would look for what is missing (WCAG technique G141).
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

/** Goes through all tokens: masks addresses, marks links, settles the levels of headings. */
function prepare(tokens: Token[], profile: Profile): string[] {
  levelHeadings(tokens);
  return tokens.flatMap((token) => {
    const inner = (token.children ?? []).flatMap((child) => [child, ...(child.children ?? [])]);
    for (const child of inner) {
      if (child.type === 'link_open') child.attrSet('rel', rules[profile].rel);
    }
    const hidden = [...maskTokens([token]), ...maskTokens(inner)];
    if (token.children) token.children = dropEmptyLinks(token.children);
    return hidden;
  });
}

/** A text that was read: what it consists of, and as HTML. Addresses are masked in both; `addresses` are what they hide. */
export interface ParsedMarkdown {
  readonly tokens: readonly Token[];
  readonly html: string;
  readonly addresses: readonly string[];
}

/**
 * Reads Markdown (CommonMark without raw HTML; links to http and https only) and writes it as HTML, all texts escaped.
 * @param source a normalised text
 */
export function parseMarkdown(source: string, profile: Profile): ParsedMarkdown {
  const parser = parsers[profile];
  const environment = {};
  const tokens = parser.parse(source, environment);
  const addresses = prepare(tokens, profile);
  return { tokens, html: parser.renderer.render(tokens, parser.options, environment), addresses };
}
