import { z } from 'zod';
import { slugFrom } from '../../platform/text/slug.ts';
import { type Fault, ImportRefusal } from './faults.ts';
import {
  authorName,
  email,
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
import { authorFaults, keyFaults, threadFaults } from './thread-faults.ts';

/** The most comments, and the most endorsements, of one document. */
export const maxEntries = 200_000;
/** Markdown escapes count too, so these limits are higher than those for texts that are written here. */
const articleBody = { max: 400_000, profile: 'article' } as const;
/** The rules for bodies of comments. */
export const commentBody = { max: 200_000, profile: 'comment' } as const;
/** The most likes of a comment. */
export const maxLikes = 10_000_000;

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
    markdown: markdownOf({ body, bodyFormat }, articleBody, context),
  }));

const endorsement = z.strictObject({
  key,
  displayName: publicLine(300),
  affiliation: publicLine(300).nullish(),
  statement: text(2000).nullish(),
  featured: z.boolean().optional(),
  createdAt: time,
});

const author = z.strictObject({ key, name: authorName, email: email.optional() });

const comment = z
  .strictObject({
    key,
    parentKey: key.nullish(),
    authorKey: key.nullish(),
    authorName: authorName.nullish(),
    body: z.string().optional(),
    bodyFormat: format,
    createdAt: time,
    likes: z.int().min(0).max(maxLikes).optional(),
    removed: z.boolean().optional(),
  })
  .transform(({ body, bodyFormat, removed = false, parentKey = null, ...given }, context) => {
    const { authorName: name, authorKey, likes = 0 } = given;
    const said = Object.entries({ body, authorName: name, authorKey, likes: likes || undefined });
    const [first] = said.find(([, value]) => value != null) ?? [];
    if (removed && first !== undefined) {
      const what = first === 'likes' ? 'no likes' : 'neither body nor author';
      context.addIssue({ code: 'custom', path: [first], message: `a removed comment has ${what}` });
      return z.NEVER;
    }
    if (name != null && authorKey != null) {
      context.addIssue({ code: 'custom', path: ['authorName'], message: 'stands with the author' });
      return z.NEVER;
    }
    if (!removed && body === undefined) {
      context.addIssue({ code: 'custom', path: ['body'], message: 'is missing' });
      return z.NEVER;
    }
    // Null stands for a tombstone.
    const markdown = removed ? null : markdownOf({ body: body ?? '', bodyFormat }, commentBody, context);
    return { ...given, parentKey, markdown };
  });

const thread = {
  authors: z.array(author).max(maxEntries).default([]),
  comments: z.array(comment).max(maxEntries).default([]),
};

const shape = z.strictObject({
  journalist,
  article,
  endorsements: z.array(endorsement).max(maxEntries).default([]),
  ...thread,
});

/** Comments alone, for an article that exists: it is named by its address or its slug. */
const threadShape = z
  .strictObject({ articleUrl: webUrl.optional(), articleSlug: slug.optional(), ...thread })
  .refine(({ articleUrl, articleSlug }) => (articleUrl === undefined) !== (articleSlug === undefined), {
    path: ['articleUrl'],
    error: 'is needed, or articleSlug: one of both',
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
/** Comments for an article that exists, before and after validation. */
export type ThreadDocumentInput = z.input<typeof threadShape>;
export type ThreadDocument = z.output<typeof threadShape>;
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
  return requireShape(shape, value, maxDepth);
}

/**
 * As `requireDocument`, for comments alone.
 * @throws ImportRefusal
 */
export function requireThreadDocument(value: unknown, maxDepth: number): ThreadDocument {
  return requireShape(threadShape, value, maxDepth);
}

/** Whether a JSON value is a document of comments alone: it has neither an article nor a byline. */
export const isThreadDocument = (value: unknown): boolean =>
  ['articleUrl', 'articleSlug'].some((name) => name in fields(value)) && !('article' in fields(value));

function requireShape<Shape extends typeof shape | typeof threadShape>(
  schema: Shape,
  value: unknown,
  maxDepth: number,
): z.output<Shape> {
  const { endorsements, authors, comments } = fields(value);
  const keyed = (list: unknown) => (Array.isArray(list) ? list.slice(0, maxEntries).map(fields) : []);
  const parsed = schema.safeParse(value, { error: messageOf });
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(toFaults)),
    ...keyFaults(keyed(endorsements), 'endorsements'),
    ...keyFaults(keyed(authors), 'authors'),
    ...authorFaults(keyed(authors), keyed(comments)),
    ...threadFaults(keyed(comments), maxDepth),
  ];
  if (!parsed.success || faults.length > 0) throw new ImportRefusal(faults);
  return parsed.data as z.output<Shape>;
}
