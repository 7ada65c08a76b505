import { z } from 'zod';
import { slugFrom } from '../text/slug.ts';
import { type Fault, ImportRefusal } from './faults.ts';
import {
  format,
  key,
  line,
  markdownOf,
  messageOf,
  pictureUrl,
  publicLine,
  slug,
  tagName,
  text,
  time,
  webUrl,
} from './fields.ts';
import { keyFaults, threadFaults } from './thread-faults.ts';

/** The most comments, and the most endorsements, of one document. */
const maxEntries = 200_000;
/** Markdown escapes count too, so these limits are higher than those for texts that are written here. */
const maxArticleBody = 400_000;
const maxCommentBody = 200_000;

// A field that a document omits stays unchanged; a field that is null is cleared. Hence "nullish" in most places.
const journalist = z
  .strictObject({
    slug: slug.nullish(),
    name: line(120),
    location: line(120).nullish(),
    photoUrl: pictureUrl.nullish(),
    bio: text(5000).nullish(),
  })
  .transform((given) => ({ ...given, slug: given.slug ?? slugFrom(given.name, 'journalist') }));

const article = z
  .strictObject({
    slug: slug.nullish(),
    title: line(300),
    standfirst: text(1000).nullish(),
    body: z.string(),
    bodyFormat: format,
    publishedAt: time,
    canonicalUrl: webUrl.nullish(),
    tags: z
      .array(tagName)
      .max(20)
      // Two spellings can be the same tag; the tag gets the position of the first.
      .transform((names) => [...new Set(names)])
      .optional(),
    signatures: z
      .array(
        z.strictObject({
          name: line(120),
          role: line(120).nullish(),
          organisation: line(200).nullish(),
        }),
      )
      .max(1000)
      .optional(),
    commentPolicy: z.enum(['OPEN', 'PREMODERATED', 'CLOSED']).optional(),
  })
  .transform(({ body, bodyFormat, ...given }, context) => ({
    ...given,
    slug: given.slug ?? slugFrom(given.title, 'article'),
    /** True if the document has no slug: the slug made from the title may belong to another article. */
    slugIsMade: given.slug == null,
    markdown: markdownOf({ body, bodyFormat }, maxArticleBody, context),
  }));

const endorsement = z.strictObject({
  key,
  displayName: publicLine(300),
  affiliation: publicLine(300).nullish(),
  statement: text(2000).nullish(),
  featured: z.boolean().optional(),
  createdAt: time,
});

const comment = z
  .strictObject({
    key,
    parentKey: key.nullish(),
    authorName: publicLine(300).nullish(),
    body: z.string().optional(),
    bodyFormat: format,
    createdAt: time,
    removed: z.boolean().optional(),
  })
  .transform(({ body, bodyFormat, removed = false, parentKey = null, ...given }, context) => {
    if (removed && (body !== undefined || given.authorName != null)) {
      const path = [body === undefined ? 'authorName' : 'body'];
      context.addIssue({ code: 'custom', path, message: 'a removed comment has neither body nor author' });
      return z.NEVER;
    }
    if (!removed && body === undefined) {
      context.addIssue({ code: 'custom', path: ['body'], message: 'is missing' });
      return z.NEVER;
    }
    // Null stands for a tombstone.
    const markdown = removed ? null : markdownOf({ body: body ?? '', bodyFormat }, maxCommentBody, context);
    return { ...given, parentKey, markdown };
  });

const shape = z.strictObject({
  journalist,
  article,
  endorsements: z.array(endorsement).max(maxEntries).default([]),
  comments: z.array(comment).max(maxEntries).default([]),
});

/** Format of an imported article with its history. Unknown fields are refused. */
export const importDocument = shape.superRefine((document, context) => {
  for (const fault of threadFaults(document.comments, 250))
    context.addIssue({ code: 'custom', ...fault, path: [...fault.path] });
});

/** A document before validation. */
export type ImportDocumentInput = z.input<typeof importDocument>;
/** A document after validation and normalisation. */
export type ImportDocument = z.output<typeof importDocument>;
export type ImportedComment = ImportDocument['comments'][number];
export type ImportedEndorsement = ImportDocument['endorsements'][number];

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((name) => ({ path: [...issue.path, name], message: 'unknown field' }));
}

/**
 * Validates a parsed JSON value completely: an invalid field in one place does not hide an invalid key in another.
 * @param maxDepth the greatest depth of comments here
 * @throws ImportRefusal with every fault and its path
 */
export function requireDocument(value: unknown, maxDepth: number): ImportDocument {
  const { endorsements, comments } = fields(value);
  const keyed = (list: unknown) => (Array.isArray(list) ? list.slice(0, maxEntries).map(fields) : []);
  const parsed = shape.safeParse(value, { error: messageOf });
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(toFaults)),
    ...keyFaults(keyed(endorsements), 'endorsements'),
    ...threadFaults(keyed(comments), maxDepth),
  ];
  if (!parsed.success || faults.length > 0) throw new ImportRefusal(faults);
  return parsed.data;
}
