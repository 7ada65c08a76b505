import type { Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { maskAddresses } from './addresses.ts';
import { parseInSteps, type Profile } from './markdown-parser.ts';
import { atOnce, inTurns } from './turns.ts';

/** A rendered text. `html` and `text` are fit for anybody's eyes; `addresses` are what they hide, in order. */
export interface Rendered {
  readonly html: string;
  readonly text: string;
  readonly addresses: readonly string[];
}

const links = {
  allowedAttributes: { a: ['href', 'rel', 'title'] },
  allowedSchemes: ['http', 'https'],
  allowProtocolRelative: false,
};

const inlineTags = ['a', 'br', 'code', 'em', 's', 'strong'];

const inline: Record<Profile, sanitizeHtml.IOptions> = {
  article: {
    ...links,
    allowedTags: [...inlineTags, 'img'],
    allowedAttributes: {
      ...links.allowedAttributes,
      img: ['alt', 'loading', 'referrerpolicy', 'src', 'title'],
    },
    allowedSchemesByTag: { img: ['https'] },
  },
  comment: { ...links, allowedTags: inlineTags },
};

const code: sanitizeHtml.IOptions = { allowedTags: ['pre', 'code'], allowedAttributes: {} };

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

function* renderInSteps(source: string, profile: Profile): Generator<void, Rendered> {
  // The parser lets no HTML through; the sanitiser stands behind it should that ever fail.
  const { tokens, html, addresses } = yield* parseInSteps(source, profile, (leaf, kind) =>
    sanitizeHtml(leaf, kind === 'code' ? code : inline[profile]),
  );
  yield;
  return {
    html: html.trim(),
    // Text that runs across two paragraphs can't form an address, but a pass over the whole costs little.
    text: maskAddresses(plainText(tokens)),
    addresses: [...new Set(addresses)],
  };
}

/**
 * Renders Markdown (CommonMark without raw HTML; links to http and https only) for the public, in turns with whatever else
 * the process does.
 * @param source a normalised text
 * @throws TextOverflow for a text that takes too much time, or becomes too long
 */
export function renderInTurns(source: string, profile: Profile): Promise<Rendered> {
  return inTurns(renderInSteps(source, profile));
}

/**
 * As `renderInTurns`, in one go, for what serves nobody meanwhile.
 * @throws TextOverflow
 */
export function renderMarkdown(source: string, profile: Profile): Rendered {
  return atOnce(renderInSteps(source, profile));
}

/** Markdown that shows a plain text as it is, line by line. */
export function markdownFromText(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1\\\n');
}
