import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { checkJsonFeed } from './json-feed.ts';

/** An element as a strict parser of XML reads it, with its text and that of its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All elements of a document, in the order of their ends. @throws Error where it is not well-formed XML */
export function readXml(document: string): XmlElement[] {
  const elements: XmlElement[] = [];
  const open: { tag: SaxesTagNS; text: string }[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const add = (text: string): void => {
    for (const each of open) each.text += text;
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => void open.push({ tag, text: '' }));
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const { tag, text } = open.pop() ?? {};
    if (!tag) return;
    const attributes = Object.values(tag.attributes).map(({ name, value }) => [name, value] as const);
    elements.push({ name: tag.name, text: text ?? '', attributes: Object.fromEntries(attributes) });
  });
  parser.write(document).close();
  return elements;
}

/** An Atom feed as a reader of feeds takes it, of well-formed XML. */
export function readAtom(document: string) {
  readXml(document);
  return parseAtomFeed(document);
}

/** An RSS feed as a reader of feeds takes it, of well-formed XML. */
export function readRss(document: string) {
  readXml(document);
  return parseRssFeed(document);
}

/** A JSON Feed as a reader of feeds takes it, of a document that keeps the rules of its specification. */
export function readJsonFeed(document: string) {
  checkJsonFeed(document);
  return parseJsonFeed(document);
}

/** An answer that was read to its end. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks for an address, and reads the answer, so that nothing is under way when the service closes. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<ReadAnswer> {
  const answer = await fetch(url, { headers, method, redirect: 'manual' });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
