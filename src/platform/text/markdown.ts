import type { Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { maskAddresses } from './addresses.ts';
import { parseInSteps, type Profile } from './markdown-parser.ts';
import { ordinaryHtml } from './ordinary-html.ts';
import { atOnce, inTurns } from '../fairness/computations.ts';

/** A rendered text. `html` and `text` may be published; `addresses` are those masked in both, in order. */
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
      img: ['alt', 'fetchpriority', 'height', 'loading', 'referrerpolicy', 'src', 'title', 'width'],
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

/** The text without markup, paragraphs separated by an empty line. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .filter((token) => token.type === 'inline' || token.type === 'fence' || token.type === 'code_block')
    .map((token) => (token.children ? inlineText(token.children) : token.content).trim())
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Sanitises the HTML of a paragraph. */
export const sanitiseInline = (html: string, profile: Profile): string => sanitizeHtml(html, inline[profile]);

function* renderInSteps(source: string, profile: Profile): Generator<void, Rendered> {
  // The parser lets no HTML through; the sanitiser is a second line of defence.
  const { tokens, html, addresses } = yield* parseInSteps(source, profile, (leaf, kind) =>
    kind === 'code' ? sanitizeHtml(leaf, code) : (ordinaryHtml(leaf) ?? sanitiseInline(leaf, profile)),
  );
  yield;
  return {
    html: html.trim(),
    // Text that runs across two paragraphs cannot form an address; masking the whole again is cheap insurance.
    text: maskAddresses(plainText(tokens)),
    addresses: [...new Set(addresses)],
  };
}

/**
 * Renders Markdown (CommonMark without raw HTML; links to http and https only) for publication, and yields to the event
 * loop on the way.
 * @param source a normalised text
 * @throws TextOverflow for a text that takes too long to render, or whose HTML becomes too long
 */
export function renderInTurns(source: string, profile: Profile): Promise<Rendered> {
  return inTurns(renderInSteps(source, profile));
}

/**
 * As `renderInTurns`, without yielding, for commands that serve no requests meanwhile.
 * @throws TextOverflow
 */
export function renderMarkdown(source: string, profile: Profile): Rendered {
  return atOnce(renderInSteps(source, profile));
}

/** Markdown whose rendering is the given plain text, line by line. */
export function markdownFromText(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1\\\n');
}
