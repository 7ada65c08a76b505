import { z } from 'zod';
import { markdownFromText } from '../text/markdown.ts';
import { findAddresses, maskAddresses } from '../text/addresses.ts';
import { sizeOfOwnPicture } from '../text/own-pictures.ts';
import { normaliseLine, normaliseText } from '../text/plain.ts';
import { keepText, type TextFault } from '../text/rules.ts';
import { maxTagLength, normaliseTagName } from '../text/tag-name.ts';
import { parsePartialDateTime } from '../time/partial-date-time.ts';

const messages: Readonly<Record<TextFault, (max: number) => string>> = {
  TOO_LONG: (max) => `is longer than ${max} characters`,
  EMPTY_TEXT: () => 'has nothing in it that a reader could see',
};

/** A text in its stored form, or the message for its fault. */
function keep(value: string, max: number, normalise: (value: string) => string): string | { fault: string } {
  const kept = keepText(value, max, normalise);
  return 'text' in kept ? kept.text : { fault: messages[kept.fault](max) };
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

/** A tag's name: one line in lower case, without the `#` in front of it. */
export const tagName = kept(maxTagLength, normaliseTagName).refine(
  (name) => findAddresses(name).length === 0,
  {
    error: 'has an e-mail address in it, and tags are public',
  },
);

export const time = z.string().transform((value, context) => {
  const parsed = parsePartialDateTime(value);
  const year = parsed?.at.getUTCFullYear() ?? 0;
  if (parsed && year >= 1000 && year <= 3000) return parsed;
  context.addIssue({ code: 'custom', message: 'takes a year, a month, a day or an RFC 3339 instant' });
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

export const format = z.enum(['markdown', 'text']).default('markdown');

/**
 * The Markdown source of a body in either format. The limit applies to the stored source, so that an export of the text
 * can be imported again.
 */
export function markdownOf(
  { body, bodyFormat }: { body: string; bodyFormat: 'markdown' | 'text' },
  max: number,
  context: z.RefinementCtx,
): string {
  const source = (value: string) => (bodyFormat === 'text' ? markdownFromText(normaliseText(value)) : value);
  const result = keep(body, max, (value) => normaliseText(source(value)));
  if (typeof result === 'string') return result;
  context.addIssue({ code: 'custom', path: ['body'], message: result.fault });
  return z.NEVER;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
};

/** Messages that replace Zod's own, worded to follow the path. */
export function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `takes ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `takes ${issue.values.map(String).join(' or ')}`;
    case 'too_big':
      return `has more than ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`;
    default:
      return undefined;
  }
}
