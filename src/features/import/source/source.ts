import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import type { Format } from '../fields.ts';
import type { SourceLine } from './field.ts';

/** A comment system whose exports can be read. */
export type SourceName = 'disqus' | 'wordpress' | 'coral';

/** A place in an export. */
export interface Place {
  readonly line: number;
  /** The file of a folder; undefined if the export is one file. */
  readonly file?: string;
}

/** A discussion of an export. */
export interface SourceThread {
  readonly place: Place;
  /** Identifies the thread within the export. */
  readonly id: string;
  /** The address of the page that was discussed. */
  readonly url: string;
  readonly title: SourceLine;
  readonly publishedAt: PartialDateTime | undefined;
  /** The text of the page as HTML, if the export has it and the page is public. */
  readonly html: string | undefined;
}

/** Who wrote a comment, as far as the export knows. */
export interface SourceAuthor {
  readonly name: SourceLine;
  /** Identifies the author in the system; undefined: only the address does, if it is known. */
  readonly id: string | undefined;
  readonly email: string | undefined;
}

/** A comment of an export. */
export interface SourceComment {
  readonly place: Place;
  readonly threadId: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly author: SourceAuthor;
  readonly body: string;
  readonly bodyFormat: Format;
  /** Undefined: the export's time is none. */
  readonly createdAt: PartialDateTime | undefined;
  /** False: deleted, spam, rejected, or waiting for approval. */
  readonly isPublic: boolean;
  readonly likes: number | undefined;
}

/** Receives what a reader finds, in the order of the export. A comment may come before its thread. */
export interface Sink {
  thread(thread: SourceThread): void;
  comment(comment: SourceComment): void;
  /** Counts what no import brings in, such as pingbacks. */
  skip(what: string): void;
  /** Notes what is wrong at one place; nothing of the export is written then. */
  fault(place: Place, message: string): void;
  /** To be called after each piece of the export: resolves once it may be read on. */
  ready(): Promise<void>;
}

/**
 * Reads an export to its end.
 * @throws SourceRefusal for a file that can't be read on
 */
export type Reader = (file: string, sink: Sink) => Promise<void>;
