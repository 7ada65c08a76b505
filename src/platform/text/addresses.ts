/** Replaces an e-mail address in public text. */
export const addressMask = '[address hidden]';

/** An e-mail address in a text. */
export interface FoundAddress {
  /** The address in plain form, without disguise. */
  readonly address: string;
  /** Position in the original text: the index of its first code unit, and the index after its last. */
  readonly start: number;
  readonly end: number;
  /** Whether it is the user part of a URL (`https://user@host`): hidden like any other, but not a mailbox. */
  readonly isUserInfo: boolean;
}

// \p{M}: Indic scripts write vowels as marks.
const localCharacter = /^[\p{L}\p{M}\p{N}._%+'-]$/u;
const maxLocalLength = 64;

/** A quoted local part (RFC 5321, section 4.1.2), up to its end. */
const quotedLocalPart = /"(?:[^"\\\n]|\\[^\n]){1,62}"$/u;

/**
 * The domain after an `@`: as many labels as 253 characters hold, including underscores, which host names lack and mail
 * servers accept. The top-level domain may be in its ASCII form.
 */
const domainPattern = /(?:[\p{L}\p{M}\p{N}_-]{1,63}\.){1,126}(?:xn--[a-z\d-]{1,59}|[\p{L}\p{M}]{2,24})/iuy;

/**
 * One character written as a percent escape or a character reference, escaped any number of times: `%40`, `%2540`,
 * `&#64;`, `&amp;#x40;`, `&commat;`, and the bytes of the fullwidth and the small `@`.
 */
const escaped =
  /%(?:25)*([2-7][\da-f])|%(?:25)*ef%(?:25)*(bc%(?:25)*a0|b9%(?:25)*ab)|&(?:amp;)*(?:#x0*([\da-f]{1,6})|#0*(\d{1,7})|(commat|period|hyphen|lowbar|plus|quot)(?![a-z\d]));?/iy;

const named: Readonly<Record<string, string>> = {
  commat: '@',
  period: '.',
  hyphen: '-',
  lowbar: '_',
  plus: '+',
  quot: '"',
};

/** Invisible characters: soft hyphens, joiners, variation selectors, tags, fillers. */
const unseen = /\p{Default_Ignorable_Code_Point}/u;

/** Full stops of other scripts, which domain names treat as `.` (IDNA, UTS 46) and NFKC does not fold. */
const foreignStops = /[\u3002\uff61]/gu;

/** The character that an escape stands for; undefined: a character that no address contains. */
function unescape([, hex, wideAt, hexReference, reference, name]: RegExpExecArray): string | undefined {
  if (wideAt !== undefined) return '@';
  if (name !== undefined) return named[name.toLowerCase()];
  const code = Number.parseInt(hex ?? hexReference ?? reference ?? '', reference === undefined ? 16 : 10);
  return code > 0x20 && code <= 0x10ffff ? fold(String.fromCodePoint(code)) : undefined;
}

/**
 * The compatibility form of a character (NFKC); empty for an invisible one. A ligature of several words stays as it is:
 * no address has spaces, and U+FDFA would become 18 characters.
 */
function fold(character: string): string {
  if (unseen.test(character)) return '';
  const folded = character.normalize('NFKC').replace(foreignStops, '.');
  return folded.length > 1 && folded.includes(' ') ? character : folded;
}

/** A text without disguises, and the origin of each of its code units. */
interface Plain {
  readonly text: string;
  /** Start and end in the original, by the index in `text`; absent: the text is the original. */
  readonly from?: readonly number[];
  readonly to?: readonly number[];
}

/** A text without any character that could be part of a disguise. */
const undisguised = /^[^%&\u0080-\uffff]*$/;

/**
 * A run of characters of which none begins an escape. Its length is bounded, so that a disguised character makes few
 * others slow.
 */
const undisguisedRun = /[^%&]{1,256}/uy;

/** Whether no character of a run is disguised; checked for the whole run at once, since most runs have none. */
const isUndisguised = (run: string): boolean =>
  undisguised.test(run) ||
  (run.normalize('NFKC') === run && !unseen.test(run) && !/[\u3002\uff61]/u.test(run));

function undisguise(text: string): Plain {
  if (undisguised.test(text)) return { text };
  let plain = '';
  const from: number[] = [];
  const to: number[] = [];
  const put = (folded: string, start: number, end: number): void => {
    plain += folded;
    for (let unit = 0; unit < folded.length; unit++) {
      from.push(start);
      to.push(end);
    }
  };
  const putRun = (run: string, start: number): void => {
    let at = start;
    const isPlain = isUndisguised(run);
    for (const character of run)
      put(isPlain || character <= '\u007f' ? character : fold(character), at, (at += character.length));
  };
  for (let at = 0; at < text.length;) {
    undisguisedRun.lastIndex = at;
    escaped.lastIndex = at;
    const [run] = undisguisedRun.exec(text) ?? [];
    const escape = run === undefined ? escaped.exec(text) : null;
    const meant = escape && unescape(escape);
    const end = at + (run ?? (escape && meant != null ? escape[0] : '%')).length;
    if (run !== undefined) putRun(run, at);
    else put(meant ?? text.charAt(at), at, end);
    at = end;
  }
  return { text: plain, from, to };
}

/** Start of the local part before an `@`; the index of the `@` itself where there is none. */
function startOfLocalPart(text: string, at: number, end: number): number {
  if (text[at - 1] === '"') {
    const quoted = quotedLocalPart.exec(text.slice(Math.max(end, at - maxLocalLength), at));
    return quoted ? at - quoted[0].length : at;
  }
  let start = at;
  for (let length = 0; start > end && length < maxLocalLength; length++) {
    const isLowSurrogate = (text.charCodeAt(start - 1) & 0xfc00) === 0xdc00;
    const before = start - (isLowSurrogate && start - 2 >= end ? 2 : 1);
    if (!localCharacter.test(text.slice(before, start))) break;
    start = before;
  }
  return start;
}

/**
 * Addresses in a text without disguises, from left to right. Each `@` is examined once, with a bounded context, so that
 * the time is linear in the length of the text.
 */
function addressesIn(text: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  let end = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = startOfLocalPart(text, at, end);
    if (start === at) continue;
    domainPattern.lastIndex = at + 1;
    const domain = domainPattern.exec(text);
    if (!domain) continue;
    end = domainPattern.lastIndex;
    found.push({ start, end });
  }
  return found;
}

/** Whether a text can contain an address: nearly all texts have no `@` in any form, and need no further search. */
const mayHold = /[@\uff20\ufe6b]|%(?:25)*40|%(?:25)*ef|&(?:amp;)*(?:#|commat)/i;

const scheme = /[a-z][a-z\d+.-]{0,30}$/i;

/** Whether the address that begins here is the user part of a URL, after `https://`. */
function isBehindScheme(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 240), start);
  const slashes = before.lastIndexOf('://');
  return slashes >= 0 && !/[\s/?#@]/.test(before.slice(slashes + 3)) && scheme.test(before.slice(0, slashes));
}

/**
 * Finds the e-mail addresses in a text, in order, disguised ones included: with invisible characters in them, with
 * fullwidth or small forms of `@` and of letters, with percent escapes or character references. Spellings for human
 * readers only, such as `bo (at) example`, are not found.
 */
export function findAddresses(text: string): FoundAddress[] {
  if (!mayHold.test(text)) return [];
  const plain = undisguise(text);
  return addressesIn(plain.text).map(({ start, end }) => ({
    address: plain.text.slice(start, end),
    start: plain.from?.[start] ?? start,
    end: plain.to?.[end - 1] ?? end,
    isUserInfo: isBehindScheme(plain.text, start),
  }));
}

/** Masks the e-mail addresses in a text that is published. */
export function maskAddresses(text: string): string {
  let masked = '';
  let kept = 0;
  for (const { start, end } of findAddresses(text)) {
    masked += text.slice(kept, start) + addressMask;
    kept = end;
  }
  return masked + text.slice(kept);
}
