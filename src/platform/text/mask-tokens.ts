import type { Token } from 'markdown-it';
import { addressMask, findAddresses } from './addresses.ts';
import { balanceAcross } from './direction.ts';
import { cleanPiece, cleanText } from './plain.ts';

/** A masked address, and the index of the token in which it began. */
interface Hidden {
  readonly address: string;
  readonly at: number;
}

const leaves = new Set(['text', 'code_inline', 'fence', 'code_block']);
const gaps = new Set(['softbreak', 'hardbreak', 'image']);

/** The texts of one paragraph, by token. */
const contentsOf = (tokens: readonly Token[]): string[] =>
  tokens.map(({ type, content }) => (leaves.has(type) ? content : gaps.has(type) ? '\n' : ''));

/** Cleans texts that character references may have produced. */
function cleanTexts(tokens: readonly Token[]): void {
  const balanced = balanceAcross(contentsOf(tokens));
  for (const [at, token] of tokens.entries())
    if (leaves.has(token.type)) token.content = cleanPiece(balanced[at] ?? '');
}

/**
 * Masks the addresses in the texts of one paragraph, including those that emphasis or an escape splits over several
 * tokens.
 */
function maskTexts(tokens: readonly Token[]): Hidden[] {
  const contents = contentsOf(tokens);
  const found = findAddresses(contents.join(''));
  if (found.length === 0) return [];
  const hidden: Hidden[] = [];
  let offset = 0;
  // Tokens and addresses are both in the order of the text, so each list is traversed once.
  let next = 0;
  tokens.forEach((token, at) => {
    const start = offset;
    const end = start + (contents[at]?.length ?? 0);
    offset = end;
    if (!leaves.has(token.type)) return;
    let masked = '';
    let kept = start;
    for (let match = found[next]; match && match.start < end; match = found[next]) {
      if (match.start >= start) {
        masked += token.content.slice(kept - start, match.start - start) + addressMask;
        if (!match.isUserInfo) hidden.push({ address: match.address, at });
      }
      kept = Math.min(match.end, end);
      // The address continues in later tokens.
      if (match.end > end) break;
      next += 1;
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

/** Masks addresses in attributes: in the title of a link or picture; a target that contains one is emptied. */
function maskAttributes(attributes: NonNullable<Token['attrs']>): string[] {
  return attributes.flatMap((attribute) => {
    const found = findAddresses(decoded(String(attribute[1])));
    if (found.length > 0) attribute[1] = attribute[0] === 'title' ? addressMask : '';
    return found.filter(({ isUserInfo }) => !isUserInfo).map(({ address }) => address);
  });
}

/**
 * Cleans and masks adjacent tokens: text that character references have produced is cleaned, addresses are masked.
 * @returns the masked addresses that are mailboxes, in the order of the text
 */
export function maskTokens(tokens: readonly Token[]): string[] {
  cleanTexts(tokens);
  for (const token of tokens) {
    const title = token.attrs && token.attrGet('title');
    if (title !== null) token.attrSet('title', cleanText(String(title)));
  }
  const hidden = maskTexts(tokens);
  tokens.forEach(({ attrs }, at) => {
    if (attrs) for (const address of maskAttributes(attrs)) hidden.push({ address, at });
  });
  return hidden.sort((a, b) => a.at - b.at).map(({ address }) => address);
}
