import type { StateCore, Token } from 'markdown-it';
import { sizeOfOwnPicture } from './own-pictures.ts';

/** Whether there is a token of one of these types: most paragraphs have neither links nor pictures. */
const hasAny = (tokens: readonly Token[] | null, ...types: readonly string[]): boolean =>
  tokens?.some(({ type }) => types.includes(type)) ?? false;

/** The description of a picture as a single text token. */
function asText(state: StateCore, picture: Token): Token {
  const { renderer, options } = state.md;
  const text = new state.Token('text', '', 0);
  text.content = renderer.renderInlineAsText(picture.children ?? [], options, state.env);
  return text;
}

/** Tokens for a picture that is not shown: a link to it, with its description; inside a link the description alone. */
function asLink(state: StateCore, picture: Token, inLink: boolean): Token[] {
  const source = String(picture.attrGet('src') ?? '');
  const text = asText(state, picture);
  text.content ||= state.md.normalizeLinkText(source);
  if (inLink) return [text];
  const open = new state.Token('link_open', 'a', 1);
  open.attrs = [['href', source]];
  const title = picture.attrGet('title');
  if (title !== null) open.attrSet('title', String(title));
  return [open, text, new state.Token('link_close', 'a', -1)];
}

/**
 * Keeps each picture, or replaces it by a link. Kept pictures load without a referrer, so that their server does not
 * learn from which page. They load lazily, but for the first one of a `lead`, which is what readers see first. A picture
 * over http is never kept: browsers would warn about the page. A picture of the service's own gets its size, so that
 * nothing moves when it arrives.
 */
export function settlePictures(
  state: StateCore,
  { keep, lead }: { readonly keep: boolean; readonly lead: boolean },
): void {
  let isFirst = lead;
  for (const block of state.tokens) {
    if (!hasAny(block.children, 'image')) continue;
    let links = 0;
    block.children =
      block.children?.flatMap((token) => {
        links += token.type === 'link_open' ? 1 : token.type === 'link_close' ? -1 : 0;
        if (token.type !== 'image') return [token];
        const source = String(token.attrGet('src') ?? '');
        const size = sizeOfOwnPicture(source);
        // Comments show no pictures, and a path is no link.
        if (size && !keep) return [asText(state, token)];
        if (!keep || !(size || /^https:/i.test(source))) return asLink(state, token, links > 0);
        if (size) for (const [name, value] of Object.entries(size)) token.attrSet(name, value as string);
        if (isFirst) token.attrSet('fetchpriority', 'high');
        else token.attrSet('loading', 'lazy');
        isFirst = false;
        token.attrSet('referrerpolicy', 'no-referrer');
        // The description becomes one text token, because the search for addresses works on whole texts.
        token.children = [asText(state, token)];
        return [token];
      }) ?? null;
  }
}

/** The address of a mailto link; undefined for any other link. */
function mailboxOf(token: Token): string | undefined {
  const [, address] = /^mailto:([^?]*)/i.exec(String(token.attrGet('href') ?? '')) ?? [];
  if (address === undefined) return undefined;
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/**
 * Replaces a mailto link by its text, followed by the address where the text does not contain it. The address is then
 * masked, and revealed to privileged viewers, like any other one.
 */
export function settleMail(state: StateCore): void {
  for (const block of state.tokens) {
    if (!hasAny(block.children, 'link_open')) continue;
    let address: string | undefined;
    let words = '';
    block.children =
      block.children?.flatMap((token) => {
        if (token.type === 'link_open') {
          [address, words] = [mailboxOf(token), ''];
          return address === undefined ? [token] : [];
        }
        if (token.type !== 'link_close' || address === undefined) {
          words += token.content;
          return [token];
        }
        const behind = new state.Token('text', '', 0);
        behind.content = ` (${address})`;
        const isSaid = address === '' || words.includes(address);
        address = undefined;
        return isSaid ? [] : [behind];
      }) ?? null;
  }
}

/** Removes the target of links to pictures of the service's own: a path is an address only where a picture is shown. */
export function unlinkPictures({ tokens }: StateCore): void {
  for (const { children } of tokens)
    for (const token of children ?? [])
      if (token.type === 'link_open' && sizeOfOwnPicture(String(token.attrGet('href') ?? '')))
        token.attrSet('href', '');
}

/**
 * Removes the target of an autolinked URL that is followed by `@`: in `https://user@host` the link finder sees
 * `https://user`, which the author did not mean.
 */
export function unlinkUsers({ tokens }: StateCore): void {
  for (const { children } of tokens) {
    let open: Token | undefined;
    children?.forEach((token, at) => {
      if (token.type === 'link_open') open = token;
      const next = children[at + 1];
      const isUser =
        token.type === 'link_close' && token.markup === 'linkify' && next?.content.startsWith('@');
      if (isUser) open?.attrSet('href', '');
    });
  }
}

/** Replaces links and pictures that have lost their target by their text. */
export function dropEmptyLinks(tokens: Token[]): Token[] {
  if (!hasAny(tokens, 'link_open', 'image')) return tokens;
  const dropped: boolean[] = [];
  return tokens.flatMap((token) => {
    if (token.type === 'image' && token.attrGet('src') === '') return token.children ?? [];
    if (token.type === 'link_close') return dropped.pop() === true ? [] : [token];
    if (token.type !== 'link_open') return [token];
    const isEmpty = token.attrGet('href') === '';
    dropped.push(isEmpty);
    return isEmpty ? [] : [token];
  });
}
