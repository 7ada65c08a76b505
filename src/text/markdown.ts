import type { Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { maskAddresses } from './addresses.ts';
import { parseMarkdown, type Profile } from './markdown-parser.ts';

/** A rendered text. `html` and `text` are fit for anybody's eyes; `addresses` are what they hide, in order. */
export interface Rendered {
  readonly html: string;
  readonly text: string;
  readonly addresses: readonly string[];
}

const inlineTags = ['a', 'br', 'code', 'em', 's', 'strong'];
const blockTags = ['blockquote', 'hr', 'li', 'ol', 'p', 'pre', 'ul'];

const sanitising: Record<Profile, sanitizeHtml.IOptions> = {
  article: {
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
  comment: {
    allowedTags: [...inlineTags, ...blockTags],
    allowedAttributes: { a: ['href', 'rel', 'title'], ol: ['start'] },
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
  },
};

function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'image') return inlineText(token.children ?? []);
      return token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content;
    })
    .join('');
}

/** The words alone: paragraphs apart by an empty line. */
function plainText(tokens: readonly Token[]): string {
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
  const { tokens, html, addresses } = parseMarkdown(source, profile);
  // The parser lets no HTML through; the sanitiser stands behind it should that ever fail.
  const sanitised = sanitizeHtml(html, sanitising[profile]);
  // Text that runs across two paragraphs can't form an address, but a pass over the whole costs little.
  return {
    html: sanitised.trim(),
    text: maskAddresses(plainText(tokens)),
    addresses: [...new Set(addresses)],
  };
}

/** Markdown that shows a plain text as it is, line by line. */
export function markdownFromText(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1\\\n');
}
