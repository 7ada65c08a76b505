import { z } from 'zod';
import type { FormFields } from './form-body.ts';
import { StripeFault } from './stripe-fault.ts';

/** Text of a parameter. */
export const text = (maxLength: number) => z.string().min(1).max(maxLength);

export const objectId = text(100);

export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

/** Stripe's bound of an amount. */
export const amount = whole(1, 99_999_999);

export const currency = z.string().regex(/^[a-z]{3}$/);

export const metadata = z
  .record(text(40), z.string().max(500))
  .refine((fields) => Object.keys(fields).length <= 50)
  .optional();

/** `name[0]=a&name[1]=b`. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (given) => (typeof given === 'object' && given !== null ? Object.values(given) : given),
    z.array(item).max(20),
  );

/** Fields to be shown as objects instead of their ids. */
export const expand = list(z.string().regex(/^[a-z]\w*(\.[a-z]\w*){0,3}$/)).optional();

export const cards = list(z.literal('card')).optional();

export const webAddress = z.url({ protocol: /^https?$/ }).max(2000);

/**
 * Checks the parameters of a request. Those that are not known are refused, so that nobody begins to use
 * something that the test provider would ignore.
 * @throws StripeFault
 */
export function parametersOf<Shape extends z.ZodRawShape>(shape: Shape, given: FormFields) {
  const parsed = z.strictObject(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const isUnknown = issue?.code === 'unrecognized_keys';
  const path = [...(issue?.path ?? []), ...(isUnknown ? issue.keys.slice(0, 1) : [])];
  const [first, ...rest] = path.map((part) => String(part).slice(0, 100));
  const param = `${first ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
  throw StripeFault.parameter(
    param,
    isUnknown ? 'parameter_unknown' : 'parameter_invalid',
    `${isUnknown ? 'Unknown' : 'Invalid'} parameter: ${param}`,
  );
}
