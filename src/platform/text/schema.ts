import { z } from 'zod';
import { maxUserErrors, Refusal, type UserErrorCode, type UserErrorValue } from '../errors/errors.ts';
import { findAddresses } from './addresses.ts';
import { normaliseLine, normaliseText } from './plain.ts';
import { keepLongText, keepText, type TextFault } from './rules.ts';
import { maxTagLength, normaliseTagName } from './tag-name.ts';
import { maxSlugLength, slugPattern } from './slug.ts';

/**
 * Messages of this file are predicates whose subject is the path of the fault: `title` `is longer than 300 characters`.
 */
const missing = 'must not be null';

const issue = (code: UserErrorCode, message: string) => ({
  code: 'custom' as const,
  params: { code },
  message,
});

/**
 * A text in the form in which it is stored.
 * @param max in characters (Unicode code points) of that form
 */
function kept(max: number, normalise: (text: string) => string) {
  return z.string({ error: missing }).transform((value, context) => {
    const result = keepText(value, max, normalise);
    return 'text' in result ? result.text : refuse(result.fault, max, context);
  });
}

function refuse(fault: TextFault, max: number, context: z.RefinementCtx): never {
  context.addIssue(
    fault === 'TOO_LONG'
      ? issue('TOO_LONG', `is longer than ${max} characters`)
      : issue('EMPTY_TEXT', 'has nothing in it that a reader could see'),
  );
  return z.NEVER;
}

/** An omitted value, null and mere white space all become null. */
function optional(schema: z.ZodType<string, string>) {
  return z
    .string()
    .nullish()
    .transform((value) => (value == null || normaliseText(value) === '' ? null : value))
    .pipe(schema.nullable());
}

/** A text of several lines that may be long: it is parsed in turns with other work. */
export const longText = (max: number) =>
  z.string({ error: missing }).transform(async (value, context) => {
    const result = await keepLongText(value, max);
    return 'text' in result ? result.text : refuse(result.fault, max, context);
  });

/** A text of several lines. */
export const text = (max: number) => kept(max, normaliseText);
/** A text of one line: a name, a title. */
export const line = (max: number) => kept(max, normaliseLine);
export const optionalText = (max: number) => optional(text(max));
export const optionalLine = (max: number) => optional(line(max));

/** A tag's name: one line in lower case, without the leading `#`. */
export const tagName = kept(maxTagLength, normaliseTagName).refine(
  (name) => findAddresses(name).length === 0,
  {
    error: 'has an e-mail address in it, and tags are public',
  },
);

/** A slug that a user chose. */
export const slug = z
  .string({ error: missing })
  .max(maxSlugLength, { error: `is longer than ${maxSlugLength} characters`, abort: true })
  .regex(slugPattern, { error: 'takes words of a to z and 0 to 9 with single hyphens between them' });

/** The longest address, in characters. */
export const maxUrlLength = 2000;

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** An http or https URL in its canonical form. */
export const webUrl = z.string({ error: missing }).transform((value, context) => {
  const url = value.length <= maxUrlLength && URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '';
  if (!isWeb || url.href.length > maxUrlLength) {
    context.addIssue(
      `takes an http or https address of at most ${maxUrlLength} characters, without a password`,
    );
    return z.NEVER;
  }
  if (findAddresses(decoded(url.href)).length > 0) {
    context.addIssue('has an e-mail address in it, and is public');
    return z.NEVER;
  }
  return url.href;
});

function toUserError({ path, message, ...rest }: z.core.$ZodIssue): UserErrorValue {
  const params = 'params' in rest ? (rest.params as { code?: UserErrorCode } | undefined) : undefined;
  const code = params?.code ?? (rest.code === 'too_big' ? 'TOO_LONG' : 'INVALID_INPUT');
  return { code, message: `\`${path.join('.')}\` ${message}.`, field: path.map(String) };
}

/**
 * Parses an input into the form in which it is stored.
 * @throws Refusal with every fault and its path
 */
export async function requireInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Promise<z.output<Schema>> {
  const result = await schema.safeParseAsync(input);
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues.slice(0, maxUserErrors).map(toUserError);
  if (!first) throw result.error;
  throw Refusal.of(first, ...others);
}
