/** What stands in public where an e-mail address was written. */
export const addressMask = '[address hidden]';

/** An e-mail address in a text. */
export interface FoundAddress {
  /** As it is written plainly, whatever it was disguised as. */
  readonly address: string;
  /** Where it stands in the text as given: the index of its first code unit, and the one behind its last. */
  readonly start: number;
  readonly end: number;
  /** Whether it is the user of a web address (`https://user@host`): hidden like any other, but nobody's mailbox. */
  readonly isUserInfo: boolean;
}

// Indic scripts write vowels as marks. A top-level domain may stand in its ASCII form.
const addressPattern =
  /[\p{L}\p{M}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{M}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z\d-]{1,59}|[\p{L}\p{M}]{2,24})/giu;

/**
 * One character written as a percent escape or a character reference, as often escaped as one likes: `%40`, `%2540`,
 * `&#64;`, `&amp;#x40;`, `&commat;`, and the bytes of the wide and the small `@`.
 */
const escaped =
  /%(?:25)*([2-7][\da-f])|%(?:25)*ef%(?:25)*(bc%(?:25)*a0|b9%(?:25)*ab)|&(?:amp;)*(?:#x0*([\da-f]{1,6})|#0*(\d{1,7})|(commat|period|hyphen|lowbar|plus)(?![a-z\d]));?/iy;

const named: Readonly<Record<string, string>> = {
  commat: '@',
  period: '.',
  hyphen: '-',
  lowbar: '_',
  plus: '+',
};

/** Characters that show nothing: soft hyphens, joiners, variation selectors, tags, fillers. */
const unseen = /\p{Default_Ignorable_Code_Point}/u;

/** Full stops of other scripts, which domain names take for their own (IDNA, UTS 46) and Unicode does not fold. */
const foreignStops = /[\u3002\uff61]/gu;

/** The character that an escape stands for; undefined: one that no address has. */
function unescape([, hex, wideAt, hexReference, reference, name]: RegExpExecArray): string | undefined {
  if (wideAt !== undefined) return '@';
  if (name !== undefined) return named[name.toLowerCase()];
  const code = Number.parseInt(hex ?? hexReference ?? reference ?? '', reference === undefined ? 16 : 10);
  return code > 0x20 && code <= 0x10ffff ? fold(String.fromCodePoint(code)) : undefined;
}

/** A character in the form that all its looks have in common (NFKC), nothing for one that can't be seen. */
function fold(character: string): string {
  return unseen.test(character) ? '' : character.normalize('NFKC').replace(foreignStops, '.');
}

/** A text without disguises, and for each of its code units where it came from. */
interface Plain {
  readonly text: string;
  /** Start and end in the original, by the index in `text`. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function undisguise(text: string): Plain {
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
  for (let at = 0; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    escaped.lastIndex = at;
    const escape = character === '%' || character === '&' ? escaped.exec(text) : null;
    const meant = escape && unescape(escape);
    const end = at + (escape && meant != null ? escape[0].length : character.length);
    put(meant ?? (character <= '\u007f' ? character : fold(character)), at, end);
    at = end;
  }
  return { text: plain, from, to };
}

/** Whether an address could hide in a text: nearly all have no `@` in any form, and need no closer look. */
const mayHold = /[@\uff20\ufe6b]|%(?:25)*40|%(?:25)*ef|&(?:amp;)*(?:#|commat)/i;

const userInfo = /[a-z][a-z\d+.-]{0,30}:\/\/[^\s/?#@]{0,200}$/i;

/**
 * Where in a text e-mail addresses stand, in order, also disguised ones: with characters in them that can't be seen,
 * with wide or small forms of `@` and of letters, with percent escapes or character references. What people write for
 * people alone, such as `bo (at) example`, is left as it is.
 */
export function findAddresses(text: string): FoundAddress[] {
  if (!mayHold.test(text)) return [];
  const plain = undisguise(text);
  return [...plain.text.matchAll(addressPattern)].map((match) => ({
    address: match[0],
    start: plain.from[match.index] ?? 0,
    end: plain.to[match.index + match[0].length - 1] ?? text.length,
    isUserInfo: userInfo.test(plain.text.slice(Math.max(0, match.index - 240), match.index)),
  }));
}

/** A text for everybody's eyes: e-mail addresses masked. */
export function maskAddresses(text: string): string {
  let masked = '';
  let kept = 0;
  for (const { start, end } of findAddresses(text)) {
    masked += text.slice(kept, start) + addressMask;
    kept = end;
  }
  return masked + text.slice(kept);
}
