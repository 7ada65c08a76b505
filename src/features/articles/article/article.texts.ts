import { z } from 'zod';
import {
  line,
  optionalLine,
  optionalText,
  requireInput,
  slug,
  tagName,
  longText,
  webUrl,
} from '../../../platform/text/schema.ts';

/** Maximum length of a title, in characters. */
export const maxTitleLength = 300;
/** Maximum length of a standfirst, in characters. */
export const maxStandfirstLength = 1000;
/** Maximum lengths of a signature's parts, in characters. */
export const maxSignatureLengths = { name: 120, role: 120, organisation: 200 } as const;
/** Maximum length of an article's text, in characters of its Markdown source. */
export const maxBodyLength = 200_000;
/** The most tags of an article. */
export const maxTags = 20;
/** The most signatures of an article; larger numbers of supporters endorse instead. */
export const maxSignatures = 100;

const signature = z.strictObject({
  name: line(maxSignatureLengths.name),
  role: optionalLine(maxSignatureLengths.role),
  organisation: optionalLine(maxSignatureLengths.organisation),
});

/**
 * Validation rules for the parts of an article in the API; imported documents have their own rules, in
 * `import/document.ts`. Optional parts may be null, and become null or an empty list.
 */
export const articleTexts = {
  title: line(maxTitleLength),
  standfirst: optionalText(maxStandfirstLength),
  body: longText(maxBodyLength),
  canonicalUrl: webUrl.nullish().transform((url) => url ?? null),
  tags: z
    .array(tagName)
    .max(maxTags, { error: `has more than ${maxTags} entries` })
    .nullish()
    // Two spellings can be the same tag; the tag gets the position of the first.
    .transform((names) => [...new Set(names ?? [])]),
  signatures: z
    .array(signature)
    .max(maxSignatures, { error: `has more than ${maxSignatures} entries` })
    .nullish()
    .transform((signatures) => signatures ?? []),
};

/** A new article; without a slug, one is made from the title. */
export const newArticle = z.strictObject({ ...articleTexts, slug: slug.nullish() });
export type NewArticleInput = z.input<typeof newArticle>;
export type NewArticle = z.output<typeof newArticle>;

const changeable = { ...articleTexts, slug };
export type ArticleChangeInput = { readonly [Part in keyof NewArticleInput]?: NewArticleInput[Part] | null };
export type ArticleChange = Partial<z.output<z.ZodObject<typeof changeable>>>;

/**
 * Validates the parts of an article that an input changes; parts that are undefined stay unchanged.
 * @throws Refusal with every fault and its path
 */
export function requireArticleChange(input: ArticleChangeInput): Promise<ArticleChange> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const parts = new Set(given.map(([part]) => part));
  const shape = Object.fromEntries(Object.entries(changeable).filter(([part]) => parts.has(part)));
  return requireInput(z.strictObject(shape), Object.fromEntries(given));
}
