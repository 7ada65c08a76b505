import { createReadStream } from 'node:fs';
import { parsePartialDateTime, type PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import { fromHtml } from './field.ts';
import type { Reader, SourceAuthor, SourceComment, SourceThread } from './source.ts';
import { textOf, type XmlElement, XmlRecords } from './xml-records.ts';

/** A time of Disqus, which is in UTC whether it says so or not. */
const timeOf = (text: string): PartialDateTime | undefined =>
  parsePartialDateTime(/[Zz]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);

const idOf = (element: XmlElement | undefined): string => element?.attributes.id ?? '';

const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** The address is bounded, because one may begin within the other. `disq.us/url?url=<address>:<hash>`: the links of Disqus lead to others, which would end with the service. */
const wrappedLink =
  /https?:\/\/disq\.us\/url\?url=([^&"'\s<>]{1,2000}?)(?:%3A|:)[\w-]+(?:&(?:amp;)?[^"'\s<>]*)?(?=["'\s<>]|$)/g;

function unwrapLinks(html: string): string {
  return html.replace(wrappedLink, (link, address: string) => {
    try {
      const url = decodeURIComponent(address);
      return URL.canParse(url) ? new URL(url).href.replaceAll('&', '&amp;').replaceAll('"', '%22') : link;
    } catch {
      return link;
    }
  });
}

function threadOf(thread: XmlElement): SourceThread {
  return {
    place: { line: thread.line },
    id: idOf(thread),
    url: textOf(thread, 'link'),
    title: fromHtml(textOf(thread, 'title')),
    publishedAt: timeOf(textOf(thread, 'createdAt')),
    html: undefined,
  };
}

function authorOf(post: XmlElement): SourceAuthor {
  const author = childOf(post, 'author');
  return {
    name: fromHtml(textOf(author, 'name')),
    // Guests have none, or share one; newer exports are without addresses.
    id: textOf(author, 'isAnonymous') === 'true' ? undefined : textOf(author, 'username') || undefined,
    email: textOf(author, 'email') || undefined,
  };
}

function commentOf(post: XmlElement): SourceComment {
  const isTrue = (name: string) => textOf(post, name) === 'true';
  return {
    place: { line: post.line },
    threadId: idOf(childOf(post, 'thread')),
    id: idOf(post),
    parentId: idOf(childOf(post, 'parent')) || undefined,
    author: authorOf(post),
    body: unwrapLinks(textOf(post, 'message')),
    bodyFormat: 'html',
    createdAt: timeOf(textOf(post, 'createdAt')),
    isPublic: !isTrue('isDeleted') && !isTrue('isSpam') && textOf(post, 'isApproved') !== 'false',
    likes: undefined,
  };
}

/** Reads the XML that Disqus exports: threads, and their posts in any order. */
export const readDisqus: Reader = async (file, sink) => {
  const records = new XmlRecords({
    isRecord: (name, within) => within.length === 1 && (name === 'thread' || name === 'post'),
    onRecord: (record) => {
      if (record.name === 'thread') sink.thread(threadOf(record));
      else sink.comment(commentOf(record));
    },
    root: 'disqus',
  });
  for await (const chunk of createReadStream(file)) {
    records.write(chunk as Buffer);
    await sink.ready();
  }
  records.end();
};
