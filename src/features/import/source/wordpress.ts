import { createReadStream } from 'node:fs';
import { parsePartialDateTime, type PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { fromHtml } from './field.ts';
import type { Reader, SourceComment, SourceThread } from './source.ts';
import { textOf, type XmlElement, XmlRecords } from './xml-records.ts';

/** A time of WordPress: in GMT, or else only the day in the site's own time is sure. */
function timeOf(element: XmlElement, name: string): PartialDateTime | undefined {
  const gmt = textOf(element, `${name}_gmt`);
  const known = parsePartialDateTime(`${gmt.replace(' ', 'T')}Z`);
  return known ?? parsePartialDateTime(textOf(element, name).slice(0, 10));
}

const blocks = 'address|blockquote|div|dl|figure|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr|ul';
// Each takes a run of white space as a whole: it may be long.
const behindBlock = new RegExp(`(</?(?:${blocks})\\b[^<>]*>)\\s+`, 'gi');
const beforeBlock = new RegExp(`(\\s+)(</?(?:${blocks})\\b)?`, 'gi');

/**
 * The HTML that WordPress makes of a stored text when it shows it: an empty line parts paragraphs, and a line break is one. Texts
 * of its block editor are HTML already.
 */
export function htmlOfWordPress(text: string): string {
  if (text.includes('<!-- wp:')) return text;
  const parts = text.replace(/\r\n?/g, '\n').split(/(<pre\b|<\/pre>)/i);
  const isEnd = (part: string) => /^<\/pre>$/i.test(part);
  const lastEnd = parts.findLastIndex(isEnd);
  let [html, plain, isCode] = ['', '', false];
  parts.forEach((part, index) => {
    if (!isCode && index < lastEnd && /^<pre$/i.test(part)) {
      html += withBreaks(plain);
      [plain, isCode] = ['', true];
    }
    if (!isCode) plain += part;
    else html += part;
    if (isEnd(part)) isCode = false;
  });
  return html + withBreaks(plain);
}

const withBreaks = (text: string): string =>
  text
    .replace(behindBlock, '$1')
    .replace(beforeBlock, (_, space: string, tag: string | undefined) => tag ?? space)
    .replace(/\n[ \t]*\n\s*/g, '<p>')
    .replace(/\n/g, '<br>');

/** Types of comments that people write. Others are notes of shops, pingbacks and the like. */
const written = new Set(['', 'comment']);

function commentOf(comment: XmlElement, threadId: string): SourceComment {
  const parent = textOf(comment, 'comment_parent');
  const user = textOf(comment, 'comment_user_id');
  return {
    place: { line: comment.line },
    threadId,
    id: textOf(comment, 'comment_id'),
    parentId: parent === '' || parent === '0' ? undefined : parent,
    author: {
      name: fromHtml(textOf(comment, 'comment_author')),
      id: user === '' || user === '0' ? undefined : user,
      email: textOf(comment, 'comment_author_email') || undefined,
    },
    body: htmlOfWordPress(textOf(comment, 'comment_content')),
    bodyFormat: 'html',
    createdAt: timeOf(comment, 'comment_date'),
    isPublic: textOf(comment, 'comment_approved') === '1',
    likes: undefined,
  };
}

function threadOf(item: XmlElement, id: string): SourceThread {
  const isPublic =
    textOf(item, 'status') === 'publish' &&
    ['post', 'page'].includes(textOf(item, 'post_type')) &&
    textOf(item, 'post_password') === '';
  const content = item.children.find(
    ({ name, namespace }) => name === 'encoded' && namespace.includes('/content/'),
  );
  return {
    place: { line: item.line },
    id,
    url: textOf(item, 'link'),
    title: fromHtml(textOf(item, 'title')),
    publishedAt: timeOf(item, 'post_date'),
    html: isPublic ? htmlOfWordPress(content?.text ?? '') : undefined,
  };
}

/** Reads the XML that WordPress exports (WXR): items, each with its comments. */
export const readWordPress: Reader = async (file, sink) => {
  let items = 0;
  const records = new XmlRecords({
    isRecord: (name, within) =>
      (name === 'item' && within.length === 2) || (name === 'comment' && within.at(-1)?.name === 'item'),
    onOpen: ({ name }) => {
      if (name === 'item') items += 1;
    },
    onRecord: (record) => {
      // No number alone: a map might mean the post's by one, which is not known yet where its comments are read.
      const threadId = `item ${items}`;
      if (record.name === 'item') sink.thread(threadOf(record, threadId));
      else if (written.has(textOf(record, 'comment_type'))) sink.comment(commentOf(record, threadId));
      else sink.skip('pingback, trackback or note of a program');
    },
    root: 'rss',
  });
  for await (const chunk of createReadStream(file)) {
    records.write(chunk as Buffer);
    await sink.ready();
  }
  records.end();
};
