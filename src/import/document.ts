import { z } from 'zod';
import { articleTexts } from '../article/article.texts.ts';
import { isVisible, normaliseLine, normaliseText } from '../text/plain.ts';
import { parsePartialDateTime } from '../time/partial-date-time.ts';

/** A text in its kept form; the length is checked before and after, so that a huge one costs nothing. */
const text = (max: number, normalise: (value: string) => string) =>
  z
    .string()
    .max(4 * max)
    .transform(normalise)
    .refine((value) => isVisible(value), { error: 'has nothing in it that a reader could see' })
    .refine((value) => value.length <= max, { error: `is longer than ${max} characters` });

const line = (max: number) => text(max, normaliseLine);
const optionalLine = (max: number) => line(max).nullish();

const time = z.string().transform((value, context) => {
  const parsed = parsePartialDateTime(value);
  const year = parsed?.at.getUTCFullYear() ?? 0;
  if (parsed && year >= 1000 && year <= 3000) return parsed;
  context.addIssue({ code: 'custom', message: 'takes a year, a month, a day or an RFC 3339 instant' });
  return z.NEVER;
});

const url = z.url({ protocol: /^https?$/ }).max(2000);
const slug = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(200);
const key = z.string().regex(/^[A-Za-z0-9_.:-]{1,200}$/);
const format = z.enum(['markdown', 'text']).default('markdown');

/** An article with its history, as it is brought in. Unknown fields are refused. */
export const importDocument = z
  .strictObject({
    journalist: z.strictObject({
      slug,
      name: line(120),
      location: optionalLine(120),
      photoUrl: url.nullish(),
      bio: text(5000, normaliseText).nullish(),
    }),
    article: z.strictObject({
      slug,
      ...articleTexts,
      bodyFormat: format,
      publishedAt: time,
    }),
    endorsements: z
      .array(
        z.strictObject({
          key,
          displayName: line(120),
          affiliation: optionalLine(120),
          statement: text(2000, normaliseText).nullish(),
          createdAt: time,
        }),
      )
      .max(200_000)
      .default([]),
    comments: z
      .array(
        z.strictObject({
          key,
          parentKey: key.nullish(),
          authorName: optionalLine(80),
          body: text(100_000, normaliseText),
          bodyFormat: format,
          createdAt: time,
        }),
      )
      .max(200_000)
      .default([]),
  })
  .superRefine((document, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const list of ['endorsements', 'comments'] as const) {
      const seen = new Set<string>();
      document[list].forEach((item, index) => {
        if (seen.has(item.key)) refuse([list, index, 'key'], 'stands in this document twice');
        seen.add(item.key);
      });
    }
    const keys = new Set(document.comments.map((comment) => comment.key));
    document.comments.forEach(({ parentKey }, index) => {
      if (parentKey != null && !keys.has(parentKey))
        refuse(['comments', index, 'parentKey'], 'no such comment');
    });
  });

export type ImportDocument = z.output<typeof importDocument>;
export type ImportedComment = ImportDocument['comments'][number];
