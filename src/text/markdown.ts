import markdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { maskAddresses } from './addresses.ts';
import { maskTokens } from './mask-tokens.ts';
import { dropEmptyLinks, settleMail, settlePictures, unlinkUsers } from './links.ts';

/** A rendered text. `html` and `text` are fit for anybody's eyes; `addresses` are what they hide, in order. */
export interface Rendered {
  readonly html: string;
  readonly text: string;
  readonly addresses: readonly string[];
}

/**
 * Whose text it is. Articles may have headings and pictures over https; in comments, which anybody can write, a picture
 * is a link, so that no stranger's server learns who reads them, and search engines follow no link of theirs.
 */
export type Profile = 'article' | 'comment';

const inlineTags = ['a', 'br', 'code', 'em', 's', 'strong'];
const blockTags = ['blockquote', 'hr', 'li', 'ol', 'p', 'pre', 'ul'];

const profiles: Record<Profile, { rel: string; disabled: string[]; sanitise: sanitizeHtml.IOptions }> = {
  article: {
    rel: 'noopener',
    disabled: ['html_block', 'html_inline', 'table'],
    sanitise: {
      allowedTags: [...inlineTags, ...blockTags, 'h2', 'h3', 'h4', 'img'],
      allowedAttributes: {
        a: ['href', 'rel', 'title'],
        img: ['alt', 'loading', 'referrerpolicy', 'src', 'title'],
        ol: ['start'],
      },
      allowedSchemes: ['http', 'https'],
      allowedSchemesByTag: { img: ['https'] },
      allowProtocolRelative: false,
    },
  },
  comment: {
    rel: 'ugc nofollow noopener',
    disabled: ['heading', 'lheading', 'html_block', 'html_inline', 'table'],
    sanitise: {
      allowedTags: [...inlineTags, ...blockTags],
      allowedAttributes: { a: ['href', 'rel', 'title'], ol: ['start'] },
      allowedSchemes: ['http', 'https'],
      allowProtocolRelative: false,
    },
  },
};

/** A web address without user and password. */
function withoutUserInfo(url: string): string {
  return url.replace(/^(\s*https?:\/\/)[^/\\?#]*@/i, '$1');
}

function createParser(profile: Profile): MarkdownIt {
  const parser = markdownIt({ html: false, linkify: true, breaks: profile === 'comment', maxNesting: 40 });
  parser.disable(profiles[profile].disabled, true);
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

/** Goes through all tokens once: masks addresses, marks links, lowers headings below the page's own title. */
function prepare(tokens: Token[], profile: Profile): string[] {
  return tokens.flatMap((token) => {
    if (token.type === 'heading_open' || token.type === 'heading_close') {
      token.tag = `h${Math.min(4, Number(token.tag.slice(1)) + 1)}`;
    }
    const inner = (token.children ?? []).flatMap((child) => [child, ...(child.children ?? [])]);
    for (const child of inner) {
      if (child.type === 'link_open') child.attrSet('rel', profiles[profile].rel);
    }
    const hidden = [...maskTokens([token]), ...maskTokens(inner)];
    if (token.children) token.children = dropEmptyLinks(token.children);
    return hidden;
  });
}

function inlineText(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'image') return inlineText(token.children ?? []);
      return token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content;
    })
    .join('');
}

/** The words alone: paragraphs apart by an empty line. */
function plainText(tokens: Token[]): string {
  return tokens
    .filter((token) => token.type === 'inline' || token.type === 'fence' || token.type === 'code_block')
    .map((token) => (token.children ? inlineText(token.children) : token.content).trim())
    .filter((text) => text !== '')
    .join('\n\n');
}

/**
 * Renders Markdown (CommonMark without raw HTML; links to http and https only) for the public.
 * @param source a normalised text
 */
export function renderMarkdown(source: string, profile: Profile): Rendered {
  const parser = parsers[profile];
  const environment = {};
  const tokens = parser.parse(source, environment);
  const addresses = prepare(tokens, profile);
  // The parser lets no HTML through; the sanitiser stands behind it should that ever fail.
  const html = sanitizeHtml(
    parser.renderer.render(tokens, parser.options, environment),
    profiles[profile].sanitise,
  );
  // Text that runs across two paragraphs can't form an address, but a pass over the whole costs little.
  return { html: html.trim(), text: maskAddresses(plainText(tokens)), addresses: [...new Set(addresses)] };
}

/** Markdown that shows a plain text as it is, line by line. */
export function markdownFromText(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1\\\n');
}
