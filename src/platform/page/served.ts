import type { OwnOperation, OwnVariables } from '../operations/public-reader.ts';
import type { Html } from './html.ts';
import { noContent } from '../../carriers/site/page-content.ts';
import type { PageHead } from './page-head.ts';
import { texts } from './page-texts.ts';

/** The data source of a view. */
export interface PageSource {
  /**
   * Runs an operation on behalf of the client that requests the page; undefined: it could not be read; null: its
   * variables were refused.
   */
  readonly read: <Data, Variables extends OwnVariables>(
    operation: OwnOperation<Data, Variables>,
    variables: Variables,
  ) => Promise<Data | null | undefined>;
  /** The site's public URL, without a slash at its end. */
  readonly siteUrl: string;
  /** Whether pages of an origin may show threads of this service. */
  readonly mayEmbed: (origin: string) => boolean;
}

/** The status and content of a page's response. */
export interface PageView {
  readonly status: 200 | 404;
  readonly head: PageHead;
  readonly content?: Html;
  /** Whether the page's data could not be read, so that the response must not be stored. */
  readonly unread?: boolean;
  /**
   * Origin of the page that has opened this one in a window, and to which this one may hand over a login; undefined: windows of
   * other origins have no reference to this one.
   */
  readonly openedBy?: string;
}

/** Makes the view of one route; the parameters of its path and of its query are unchecked input. */
export type ViewMaker = (
  params: Readonly<Record<string, string>>,
  source: PageSource,
  query: Readonly<Record<string, unknown>>,
) => Promise<PageView>;

/** The view of an address without content, or without public content. */
export const notFoundView: PageView = {
  status: 404,
  head: { title: texts.notFoundTitle, noindex: true },
  content: noContent(texts.notFoundTitle, texts.notFound),
};

/** The view of a page whose data could not be read. */
export const unreadView: PageView = { status: 200, head: {}, unread: true };
