import type { Token } from 'markdown-it';
import { addressMask, findAddresses } from './addresses.ts';
import { cleanText } from './plain.ts';

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
  // Both lists are in the order of the text: each is gone through once.
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
      // The rest of it is in tokens behind this one.
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

/** Hides addresses in what a tag carries: a title, a picture's description; a target with one is emptied. */
function maskAttributes(token: Token): string[] {
  return (token.attrs ?? []).flatMap((attribute) => {
    const found = findAddresses(decoded(String(attribute[1])));
    if (found.length > 0) attribute[1] = attribute[0] === 'title' ? addressMask : '';
    return found.filter(({ isUserInfo }) => !isUserInfo).map(({ address }) => address);
  });
}

/**
 * Tokens that stand beside each other: character references become clean text, addresses are hidden.
 * @returns the mailboxes among what was hidden, in the order of the text
 */
export function maskTokens(tokens: Token[]): string[] {
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
