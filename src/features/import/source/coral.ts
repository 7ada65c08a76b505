import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeHtml } from '../../../platform/text/escape-html.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { fromPlain } from './field.ts';
import { type JsonObject, jsonLines } from './json-lines.ts';
import { SourceRefusal } from './source-faults.ts';
import type { Reader, SourceAuthor, SourceComment, SourceThread } from './source.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : {};

/** A date of MongoDB's extended JSON: `{"$date": "2020-01-01T00:00:00Z"}`, `{"$date": {"$numberLong": "…"}}`, or a text. */
function timeOf(value: unknown): PartialDateTime | undefined {
  const date = typeof value === 'object' && value !== null ? objectOf(value).$date : value;
  const long = textOf(objectOf(date).$numberLong);
  const at = new Date(long === '' ? (date as string | number) : Number(long));
  const isTime = typeof date === 'string' || typeof date === 'number' || long !== '';
  return isTime && !Number.isNaN(at.getTime()) ? { at, precision: 'INSTANT' } : undefined;
}

/** A number of extended JSON: `3`, `{"$numberInt": "3"}` or `{"$numberLong": "3"}`. */
function numberOf(value: unknown): number | undefined {
  const { $numberInt, $numberLong } = objectOf(value);
  const number = typeof value === 'number' ? value : Number(textOf($numberInt ?? $numberLong) || Number.NaN);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Statuses of comments that Coral shows. `PREMOD` and `SYSTEM_WITHHELD` wait; `REJECTED` is not shown. */
const shown = new Set(['APPROVED', 'NONE']);

/** A picture or a video beside a comment: a link to it. */
function mediaLink(media: unknown): string {
  const url = textOf(objectOf(media).url);
  return URL.canParse(url) ? `<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>` : '';
}

function commentOf(
  comment: JsonObject,
  line: number,
  authors: ReadonlyMap<string, SourceAuthor>,
): SourceComment {
  const revisions = Array.isArray(comment.revisions) ? (comment.revisions as unknown[]) : [];
  const last = objectOf(revisions.at(-1));
  const authorId = textOf(comment.authorID);
  return {
    place: { line, file: 'comments.json' },
    threadId: textOf(comment.storyID),
    id: textOf(comment.id),
    parentId: textOf(comment.parentID) || undefined,
    author: authors.get(authorId) ?? { name: fromPlain(''), id: undefined, email: undefined },
    body: textOf(last.body) + mediaLink(last.media),
    bodyFormat: 'html',
    createdAt: timeOf(comment.createdAt),
    isPublic: shown.has(textOf(comment.status)) && comment.deletedAt == null,
    likes: numberOf(objectOf(comment.actionCounts).REACTION) ?? 0,
  };
}

function threadOf(story: JsonObject, line: number): SourceThread {
  const { title, publishedAt } = objectOf(story.metadata);
  return {
    place: { line, file: 'stories.json' },
    id: textOf(story.id),
    url: textOf(story.url),
    title: fromPlain(textOf(title)),
    publishedAt: timeOf(publishedAt) ?? timeOf(story.createdAt),
    html: undefined,
  };
}

/** The users by their ids. They are in memory while the comments are read. */
async function readUsers(folder: string): Promise<ReadonlyMap<string, SourceAuthor>> {
  const authors = new Map<string, SourceAuthor>();
  for await (const { value } of jsonLines(join(folder, 'users.json'), 'users.json')) {
    const [id, name] = [textOf(value.id), textOf(value.username)];
    // A deleted user has no name any more.
    if (id !== '' && name !== '')
      authors.set(id, { name: fromPlain(name), id, email: textOf(value.email) || undefined });
  }
  return authors;
}

/** Reads a folder with `comments.json`, `stories.json` and `users.json`, as `mongoexport` writes them of Coral's database. */
export const readCoral: Reader = async (folder, sink) => {
  if (!(await stat(folder)).isDirectory())
    throw new SourceRefusal([
      'is a file: Coral takes the folder with comments.json, stories.json and users.json',
    ]);
  for await (const { value, line } of jsonLines(join(folder, 'stories.json'), 'stories.json'))
    sink.thread(threadOf(value, line));
  const authors = await readUsers(folder);
  for await (const { value, line } of jsonLines(join(folder, 'comments.json'), 'comments.json')) {
    sink.comment(commentOf(value, line, authors));
    await sink.ready();
  }
};
