import markdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { addressMask, cleanText, findAddresses, maskAddresses } from './plain.ts';

/** A rendered text. `html` and `text` are fit for anybody's eyes; `addresses` are what they hide, in order. */
export interface Rendered {
  readonly html: string;
  readonly text: string;
  readonly addresses: readonly string[];
}

/** Whose text it is: articles may have headings and pictures, comments may not, and search engines follow no link of theirs. */
export type Profile = 'article' | 'comment';

const inlineTags = ['a', 'br', 'code', 'em', 's', 'strong'];
const blockTags = ['blockquote', 'hr', 'li', 'ol', 'p', 'pre', 'ul'];

const profiles: Record<Profile, { rel: string; disabled: string[]; sanitise: sanitizeHtml.IOptions }> = {
  article: {
    rel: 'noopener',
    disabled: ['html_block', 'html_inline'],
    sanitise: {
      allowedTags: [...inlineTags, ...blockTags, 'h2', 'h3', 'h4', 'img'],
      allowedAttributes: { a: ['href', 'rel', 'title'], img: ['alt', 'src', 'title'], ol: ['start'] },
      allowedSchemes: ['http', 'https'],
      allowProtocolRelative: false,
    },
  },
  comment: {
    rel: 'ugc nofollow noopener',
    disabled: ['heading', 'lheading', 'image', 'html_block', 'html_inline', 'table'],
    sanitise: {
      allowedTags: [...inlineTags, ...blockTags],
      allowedAttributes: { a: ['href', 'rel', 'title'], ol: ['start'] },
      allowedSchemes: ['http', 'https'],
      allowProtocolRelative: false,
    },
  },
};

function createParser(profile: Profile): MarkdownIt {
  const parser = markdownIt({ html: false, linkify: true, breaks: profile === 'comment', maxNesting: 40 });
  parser.disable(profiles[profile].disabled, true);
  parser.linkify.set({ fuzzyEmail: false, fuzzyLink: false });
  // A relative address would mean something else on every page that shows the text.
  parser.validateLink = (url) => /^https?:\/\//i.test(url.trim());
  return parser;
}

const parsers: Record<Profile, MarkdownIt> = {
  article: createParser('article'),
  comment: createParser('comment'),
};

/** An address that was hidden, and in which token it began. */
interface Hidden {
  readonly address: string;
  readonly at: number;
}

const leaves = new Set(['text', 'code_inline', 'fence', 'code_block']);
const gaps = new Set(['softbreak', 'hardbreak', 'image']);

/** Hides the addresses in the texts of one paragraph, also where emphasis or an escape cuts one in pieces. */
function maskTexts(tokens: Token[]): Hidden[] {
  const contents = tokens.map(({ type, content }) =>
    leaves.has(type) ? content : gaps.has(type) ? '\n' : '',
  );
  const found = findAddresses(contents.join(''));
  const hidden: Hidden[] = [];
  let offset = 0;
  tokens.forEach((token, at) => {
    const start = offset;
    const end = start + (contents[at]?.length ?? 0);
    offset = end;
    if (!leaves.has(token.type)) return;
    let masked = '';
    let kept = start;
    for (const match of found) {
      if (match.end <= start || match.start >= end) continue;
      if (match.start >= start) {
        masked += token.content.slice(kept - start, match.start - start) + addressMask;
        hidden.push({ address: match.address, at });
      }
      kept = Math.min(match.end, end);
    }
    token.content = masked + token.content.slice(kept - start);
  });
  return hidden;
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Hides addresses in what a tag carries: a link's target, a title, a picture's description. */
function maskAttributes(token: Token): string[] {
  return (token.attrs ?? []).flatMap((attribute) => {
    const found = findAddresses(decoded(String(attribute[1])));
    if (found.length > 0) attribute[1] = attribute[0] === 'title' ? addressMask : '';
    return found.map((match) => match.address);
  });
}

/** Tokens that stand beside each other: character references become clean text, addresses are hidden. */
function mask(tokens: Token[]): string[] {
  for (const token of tokens) {
    if (leaves.has(token.type)) token.content = cleanText(token.content);
    const title = token.attrGet('title');
    if (title !== null) token.attrSet('title', cleanText(String(title)));
  }
  const hidden = [
    ...maskTexts(tokens),
    ...tokens.flatMap((token, at) => maskAttributes(token).map((address) => ({ address, at }))),
  ];
  return hidden.sort((a, b) => a.at - b.at).map(({ address }) => address);
}

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
    return [...mask([token]), ...mask(inner)];
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
