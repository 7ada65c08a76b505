import { z } from 'zod';
import { normaliseEmail } from '../people/account/account.rules.ts';
import type { Profile } from '../../platform/text/markdown-parser.ts';
import { markdownFromText } from '../../platform/text/markdown.ts';
import { findAddresses, maskAddresses } from '../../platform/text/addresses.ts';
import { sizeOfOwnPicture } from '../../platform/text/own-pictures.ts';
import { normaliseLine, normaliseText } from '../../platform/text/plain.ts';
import { keepText, type TextFault } from '../../platform/text/rules.ts';
import { maxTagLength, normaliseTagName } from '../../platform/text/tag-name.ts';
import {
  formatPartialDateTime,
  type PartialDateTime,
  parsePartialDateTime,
} from '../../platform/time/partial-date-time.ts';
import { markdownFromHtml } from './html.ts';

const messages: Readonly<Record<TextFault, (max: number) => string>> = {
  TOO_LONG: (max) => `is longer than ${max} characters`,
  EMPTY_TEXT: () => 'has nothing in it that a reader could see',
};

/** Why a text can't be kept. */
export interface Unkept {
  readonly code: TextFault;
  readonly fault: string;
}

const unkept = (code: TextFault, max: number): Unkept => ({ code, fault: messages[code](max) });

/** A text in its stored form, or its fault. */
function keep(value: string, max: number, normalise: (value: string) => string): string | Unkept {
  const kept = keepText(value, max, normalise);
  return 'text' in kept ? kept.text : unkept(kept.fault, max);
}

function kept(max: number, normalise: (value: string) => string) {
  return z.string().transform((value, context) => {
    const result = keep(value, max, normalise);
    if (typeof result === 'string') return result;
    context.addIssue({ code: 'custom', message: result.fault });
    return z.NEVER;
  });
}

/** A text of several lines. */
export const text = (max: number) => kept(max, normaliseText);
/** A text of one line. */
export const line = (max: number) => kept(max, normaliseLine);
/** A name in its public form: e-mail addresses are masked, which makes the name longer. */
export const publicLine = (max: number) => kept(max, (value) => maskAddresses(normaliseLine(value)));

/** The name beside a comment. */
export const authorName = publicLine(300);

/** A tag's name: one line in lower case, without the `#` in front of it. */
export const tagName = kept(maxTagLength, normaliseTagName).refine(
  (name) => findAddresses(name).length === 0,
  {
    error: 'has an e-mail address in it, and tags are public',
  },
);

/** Clocks of other systems may be wrong by a time zone. */
const aheadMs = 24 * 3_600_000;

/** Whether a time is so far ahead that no clock explains it. */
export const isFromFuture = ({ at }: PartialDateTime, now: number): boolean => at.getTime() > now + aheadMs;

/** A time that has passed, with a day of tolerance. */
export const time = z.string().transform((value, context) => {
  const parsed = parsePartialDateTime(value);
  const year = parsed?.at.getUTCFullYear() ?? 0;
  if (!parsed || year < 1000 || year > 3000) {
    context.addIssue({ code: 'custom', message: 'takes a year, a month, a day or an RFC 3339 instant' });
    return z.NEVER;
  }
  if (!isFromFuture(parsed, Date.now())) return parsed;
  context.addIssue({ code: 'custom', message: `is from the future: ${formatPartialDateTime(parsed)}` });
  return z.NEVER;
});

const maxUrlLength = 2000;

/** An http or https URL in its canonical form. */
function readWebUrl(value: string, context: z.RefinementCtx): string {
  const url = value.length <= maxUrlLength && URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username + url.password === '') return url.href;
  context.addIssue({
    code: 'custom',
    message: `takes an http or https address of at most ${maxUrlLength} characters, without a password`,
  });
  return z.NEVER;
}

export const webUrl = z.string().transform(readWebUrl);

/** The address of a picture: on the web, or the path of one of the service's own. */
export const pictureUrl = z
  .string()
  .transform((value, context) => (sizeOfOwnPicture(value) ? value : readWebUrl(value, context)));

export const slug = z
  .string()
  .max(200)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
    error: 'takes words of a to z and 0 to 9 with single hyphens between them',
  });

export const key = z.string().regex(/^[A-Za-z0-9_.:-]{1,200}$/, {
  error: 'takes 1 to 200 of the characters A to Z, a to z, 0 to 9 and _ . : -',
});

export const format = z.enum(['markdown', 'text', 'html']).default('markdown');
export type Format = z.output<typeof format>;

/** An e-mail address in its stored form. */
export const email = z.string().transform((value, context) => {
  const normal = normaliseEmail(value);
  if (normal !== undefined) return normal;
  context.addIssue({ code: 'custom', message: 'takes an e-mail address' });
  return z.NEVER;
});

/** Characters of HTML that one character of a stored body may take. */
const htmlPerCharacter = 4;

/** The most elements of a text in HTML. The parser takes the square of how deep they are nested. */
const maxElements = 50_000;

/** Whether HTML has more elements than are converted. */
function hasTooManyElements(html: string): boolean {
  let count = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
    if (/[a-z]/i.test(html[at + 1] ?? '')) count += 1;
    if (count > maxElements) return true;
  }
  return false;
}

/** The Markdown source of a body in one of the formats, before it is normalised. */
function sourceOf(body: string, bodyFormat: Format, profile: Profile): string {
  switch (bodyFormat) {
    case 'markdown':
      return body;
    case 'text':
      return markdownFromText(normaliseText(body));
    case 'html':
      return markdownFromHtml(body, profile);
  }
}

/** The Markdown source of a body as it is stored, or its fault. */
export function keepBody(
  { body, bodyFormat }: { readonly body: string; readonly bodyFormat: Format },
  { max, profile }: { readonly max: number; readonly profile: Profile },
): string | Unkept {
  // HTML is converted as a whole, so that its length is bounded before.
  const most = bodyFormat === 'html' ? htmlPerCharacter * max : undefined;
  if (most !== undefined && body.length > most) return unkept('TOO_LONG', most);
  if (bodyFormat === 'html' && hasTooManyElements(body))
    return { code: 'TOO_LONG', fault: `has more than ${maxElements} elements of HTML` };
  return keep(body, max, (value) => normaliseText(sourceOf(value, bodyFormat, profile)));
}

/**
 * The Markdown source of a body in any format. The limit applies to the stored source, so that an export of the text can be
 * imported again.
 */
export function markdownOf(
  given: { body: string; bodyFormat: Format },
  rules: { max: number; profile: Profile },
  context: z.RefinementCtx,
): string {
  const result = keepBody(given, rules);
  if (typeof result === 'string') return result;
  context.addIssue({ code: 'custom', path: ['body'], message: result.fault });
  return z.NEVER;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** Messages that replace Zod's own, worded to follow the path. */
export function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `takes ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `takes ${issue.values.map(String).join(' or ')}`;
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') return `is more than ${issue.maximum}`;
      return `has more than ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `is less than ${issue.minimum}`
        : undefined;
    default:
      return undefined;
  }
}
