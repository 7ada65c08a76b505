import { z } from 'zod';

// The rules of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/, the source of which is pages/version/1.1.markdown of
// manton/JSONFeed), with what it calls required on the public web. Members that it does not define are refused, apart from
// extensions, of which this service has none.

/** An absolute address of the web. */
const url = z.url({ protocol: /^https?$/ });
/** RFC 3339. */
const date = z.iso.datetime({ offset: true });
const text = z.string().min(1);
/** RFC 5646, as far as its form goes. */
const language = z.string().regex(/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i);

const authors = z.array(
  z
    .strictObject({ name: text, url: z.url(), avatar: url })
    .partial()
    .refine((author) => Object.keys(author).length > 0, 'an author needs at least one member'),
);

const attachment = z.strictObject({
  url,
  mime_type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/),
  title: text.optional(),
  size_in_bytes: z.number().nonnegative().optional(),
  duration_in_seconds: z.number().nonnegative().optional(),
});

const item = z
  .strictObject({
    id: text,
    // Should be present, also where it is the same as the id.
    url,
    external_url: url.optional(),
    title: text.optional(),
    content_html: z.string().optional(),
    content_text: z.string().optional(),
    summary: text.optional(),
    image: url.optional(),
    banner_image: url.optional(),
    date_published: date.optional(),
    date_modified: date.optional(),
    authors: authors.optional(),
    tags: z.array(text).optional(),
    language: language.optional(),
    attachments: z.array(attachment).optional(),
  })
  .refine(
    ({ content_html: html, content_text: plain }) => html !== undefined || plain !== undefined,
    'an item needs content_html or content_text',
  );

const feed = z
  .strictObject({
    version: z.literal('https://jsonfeed.org/version/1.1'),
    title: text,
    home_page_url: url,
    feed_url: url,
    description: text.optional(),
    user_comment: text.optional(),
    next_url: url.optional(),
    icon: url.optional(),
    favicon: url.optional(),
    authors: authors.optional(),
    language: language.optional(),
    expired: z.boolean().optional(),
    hubs: z.array(z.strictObject({ type: text, url })).optional(),
    items: z
      .array(item)
      .refine((items) => new Set(items.map(({ id }) => id)).size === items.length, 'ids are unique'),
  })
  .refine(({ next_url: next, feed_url: own }) => next !== own, 'next_url is another address');

/** Checks a document by the rules of JSON Feed 1.1. @throws Error that names every broken rule */
export function checkJsonFeed(document: string): void {
  const { error } = feed.safeParse(JSON.parse(document));
  if (error) throw new Error(z.prettifyError(error));
}
