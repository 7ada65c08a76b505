import sax, { type QualifiedTag, type SAXOptions } from 'sax';
import { SourceRefusal } from './source-faults.ts';

/** An element with what it contains, except the records within it. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  /** By local name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The element's own text. */
  text: string;
  readonly children: XmlElement[];
  readonly line: number;
}

/** Of named entities, only those of XML itself. The types of the parser don't know the option. */
const strict: SAXOptions & { readonly strictEntities: true } = {
  xmlns: true,
  position: true,
  strictEntities: true,
};

/** Elements within elements: real exports have six levels. */
const maxDepth = 32;
/** The longest text of one element, in characters. */
const maxText = 4 * 1024 * 1024;
/** The most characters and elements of one record, and those around it, which are in memory as a whole. */
const maxRecordText = 8 * 1024 * 1024;
const maxElements = 50_000;
/** The most attributes of one element: the parser compares each with all before it. */
const maxAttributes = 256;

export interface XmlRecordsOptions {
  /** The name of the root element: another one is another kind of file. */
  readonly root: string;
  /** Whether an element is a record. @param within the elements around it, the root first */
  readonly isRecord: (name: string, within: readonly XmlElement[]) => boolean;
  readonly onOpen?: (record: XmlElement) => void;
  /** @param within the elements around the record, which need not be complete yet */
  readonly onRecord: (record: XmlElement, within: readonly XmlElement[]) => void;
}

/** What is in memory of records. */
interface Size {
  readonly elements: number;
  readonly characters: number;
}

const nothing: Size = { elements: 0, characters: 0 };

interface Open {
  readonly element: XmlElement;
  /** What was in memory before this record; undefined: the element is none. */
  readonly before: Size | undefined;
}

/** The text of an element's first child with a name; empty if there is none. */
export const textOf = (element: XmlElement | undefined, name: string): string =>
  element?.children.find((child) => child.name === name)?.text.trim() ?? '';

/**
 * Reads XML piece by piece, and hands over its records one by one. No document type is accepted, so that no entity expands but
 * those of five characters and the numeric ones.
 */
export class XmlRecords {
  readonly #options: XmlRecordsOptions;
  readonly #parser = sax.parser(true, strict);
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #stack: Open[] = [];
  #records = 0;
  #hasRoot = false;
  #size = nothing;

  constructor(options: XmlRecordsOptions) {
    this.#options = options;
    const parser = this.#parser;
    parser.onopentag = (tag) => this.#open(tag as QualifiedTag);
    parser.onclosetag = () => this.#close();
    parser.ontext = (text) => this.#text(text);
    parser.oncdata = (text) => this.#text(text);
    parser.ondoctype = () => this.#refuse('has a document type: no entity is expanded');
    parser.onprocessinginstruction = ({ name, body }) => {
      const [, encoding = 'utf-8'] = /encoding\s*=\s*["']([^"']*)/.exec(body) ?? [];
      if (name === 'xml' && !/^utf-?8$/i.test(encoding))
        this.#refuse(`says that it is ${encoding.slice(0, 40)}: convert the file to UTF-8`);
    };
    parser.onerror = ({ message }) =>
      this.#refuse(`not well-formed XML: ${message.split('\n')[0]?.slice(0, 200) ?? ''}`);
  }

  /** @throws SourceRefusal */
  write(bytes: Buffer): void {
    this.#parser.write(this.#decode(bytes));
    // Those of an element that has not been read to the end of its tag. The types of the parser don't know the list.
    const { attribList } = this.#parser as unknown as { readonly attribList: readonly unknown[] };
    this.#requireAttributes(attribList.length);
  }

  /** @throws SourceRefusal if the root has not ended */
  end(): void {
    if (!this.#hasRoot) this.#refuse('has no element in it');
    this.#parser.write(this.#decode()).close();
  }

  #decode(bytes?: Buffer): string {
    try {
      return this.#decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return this.#refuse('is not UTF-8 from about here on: convert the file');
    }
  }

  #open({ local, uri, attributes }: QualifiedTag): void {
    const line = this.#parser.line + 1;
    if (this.#stack.length >= maxDepth) this.#refuse(`has elements nested deeper than ${maxDepth}`);
    const within = this.#stack.map(({ element }) => element);
    const { root } = this.#options;
    this.#hasRoot = true;
    if (within.length === 0 && local !== root) this.#refuse(`begins with <${local}>, not with <${root}>`);
    const isRecord = this.#options.isRecord(local, within);
    const given = Object.values(attributes);
    this.#requireAttributes(given.length);
    const named = given.map((attribute) => [attribute.local, attribute.value] as const);
    const element: XmlElement = {
      name: local,
      namespace: uri,
      attributes: Object.fromEntries(named),
      text: '',
      children: [],
      line,
    };
    this.#stack.push({ element, before: isRecord ? this.#size : undefined });
    if (isRecord) this.#records += 1;
    this.#hold(
      1,
      named.reduce((sum, [name, value]) => sum + name.length + value.length, local.length),
    );
    if (isRecord) this.#options.onOpen?.(element);
  }

  /** Counts what a record has. */
  #hold(elements: number, characters: number): void {
    if (this.#records === 0) return;
    const size = {
      elements: this.#size.elements + elements,
      characters: this.#size.characters + characters,
    };
    if (size.elements > maxElements) this.#refuse(`a record has more than ${maxElements} elements`);
    if (size.characters > maxRecordText) this.#refuse(`a record has more than ${maxRecordText} characters`);
    this.#size = size;
  }

  #requireAttributes(count: number): void {
    if (count > maxAttributes) this.#refuse(`an element has more than ${maxAttributes} attributes`);
  }

  #text(text: string): void {
    const top = this.#stack.at(-1)?.element;
    if (!top || this.#records === 0) return;
    if (top.text.length + text.length > maxText)
      this.#refuse(`<${top.name}> has more than ${maxText} characters`);
    this.#hold(0, text.length);
    top.text += text;
  }

  #close(): void {
    const closed = this.#stack.pop();
    if (!closed || this.#records === 0) return;
    const { element, before } = closed;
    if (!before) {
      this.#stack.at(-1)?.element.children.push(element);
      return;
    }
    this.#records -= 1;
    this.#size = before;
    this.#options.onRecord(
      element,
      this.#stack.map((item) => item.element),
    );
  }

  #refuse(message: string): never {
    throw SourceRefusal.at({ line: this.#parser.line + 1 }, message);
  }
}
