import { z } from 'zod';
import {
  line,
  optionalLine,
  optionalText,
  requireInput,
  slug,
  tagName,
  text,
  webUrl,
} from '../text/schema.ts';

/** The longest text of an article, in characters of its source. */
export const maxBodyLength = 200_000;
/** The most tags of an article. */
export const maxTags = 20;
/** The most signatures of an article; more people than that endorse. */
export const maxSignatures = 100;

const signature = z.strictObject({
  name: line(120),
  role: optionalLine(120),
  organisation: optionalLine(200),
});

/**
 * The rules of what an article is made of, for the API and for documents that are brought in alike. What may be left out
 * may be null, and comes out as null or as an empty list.
 */
export const articleTexts = {
  title: line(300),
  standfirst: optionalText(1000),
  body: text(maxBodyLength),
  canonicalUrl: webUrl.nullish().transform((url) => url ?? null),
  tags: z
    .array(tagName)
    .max(maxTags, { error: `has more than ${maxTags} entries` })
    .nullish()
    // Two spellings can be one tag; the first one has the place.
    .transform((names) => [...new Set(names ?? [])]),
  signatures: z
    .array(signature)
    .max(maxSignatures, { error: `has more than ${maxSignatures} entries` })
    .nullish()
    .transform((signatures) => signatures ?? []),
};

/** A new article; without a slug one is made of its title. */
export const newArticle = z.strictObject({ ...articleTexts, slug: slug.nullish() });
export type NewArticleInput = z.input<typeof newArticle>;
export type NewArticle = z.output<typeof newArticle>;

const changeable = { ...articleTexts, slug };
export type ArticleChangeInput = { readonly [Part in keyof NewArticleInput]?: NewArticleInput[Part] | null };
export type ArticleChange = Partial<z.output<z.ZodObject<typeof changeable>>>;

/**
 * The parts of an article that an input changes, and no others: what is undefined stays as it is.
 * @throws Refusal with every fault and its path
 */
export function requireArticleChange(input: ArticleChangeInput): ArticleChange {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const parts = new Set(given.map(([part]) => part));
  const shape = Object.fromEntries(Object.entries(changeable).filter(([part]) => parts.has(part)));
  return requireInput(z.strictObject(shape), Object.fromEntries(given));
}
