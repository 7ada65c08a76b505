import type { OwnVariables } from '../operations/public-reader.ts';
import { siteName } from '../text/site-name.ts';
import type { Html } from './html.ts';
import type { PageHead } from './page-head.ts';
import { noContent } from './page-layout.ts';
import { needsScripts, texts } from './page-texts.ts';

/*
 * The HTML that the service serves is made of what features declare: pages, each with the one query whose data it shows,
 * and parts of the pages of others. A page names its slots, and each slot stands in two places: as a spread in the page's query
 * (`...articleUpper`), which the fragments of the parts replace, and in its HTML, where their HTML is inserted (`partsAt`).
 * `compose-pages.ts` puts the queries together when the service starts.
 */

/** The data source of a page. */
export interface PageSource {
  /** Runs a query for the client that requests the page; undefined: it could not be read; null: its variables were refused. */
  readonly read: <Data>(source: string, variables: OwnVariables) => Promise<Data | null | undefined>;
  /** The site's public URL, without a slash at its end. */
  readonly siteUrl: string;
  /** Whether pages of an origin may show threads of this service. */
  readonly mayEmbed: (origin: string) => boolean;
}

/** Additions of a part to the head of its page. Lists of several parts that JSON-LD has by one name are joined. */
export type PartHead = Pick<PageHead, 'alternates' | 'jsonLd'>;

/** A page for which data were read. */
export interface OpenPage extends PageSource {
  /** The variables of the page's query. */
  readonly variables: OwnVariables;
  /** The HTML of the parts in a slot. @param data of the object in whose selection the slot stands */
  readonly partsAt: (slot: string, data: object) => Promise<Html>;
  /** Additions of the parts in several slots to the head, in the order of the slots. */
  readonly headOf: (slots: readonly string[], data: object) => Required<PartHead>;
}

/** What a page's response is made of. */
export interface PageView {
  /** Absent: 200. */
  readonly status?: 404;
  readonly head: PageHead;
  readonly content?: Html;
  /** Whether some of the page's data could not be read, so that the response must not be stored. */
  readonly unread?: boolean;
  /**
   * Origin of the page that has opened this one in a window, and to which this one may hand over a login; undefined: windows of
   * other origins have no reference to this one.
   */
  readonly openedBy?: string;
}

/** A page. */
export interface ServedPage {
  /** The query for the page's data; every spread in it is a slot. Absent: the view is given the variables. */
  readonly operation?: string;
  /** The query's variables, from the parameters of the address, which are unchecked input; undefined: there is no such page. */
  readonly variables?: (
    params: Readonly<Record<string, string>>,
    query: Readonly<Record<string, unknown>>,
  ) => OwnVariables | undefined;
  /** @returns undefined if there is nothing public at the address */
  readonly view: (data: never, page: OpenPage) => PageView | undefined | Promise<PageView | undefined>;
}

/** A part of a page of any feature. */
export interface PagePart {
  readonly slot: string;
  /** The fields that it shows: `on Article { … }`. Absent: those of another part on the same object. */
  readonly fragment?: string;
  /** A second query, which the part reads where the page needs it: what would raise the price of every page. */
  readonly more?: string;
  readonly html?: (data: never, page: OpenPage) => Html | null | Promise<Html | null>;
  readonly head?: (data: never, page: OpenPage) => PartHead;
}

/** A feature's share in the served HTML. */
export interface Served {
  /** By route. Each route of `pageRoutes` belongs to one feature. */
  readonly pages: Readonly<Record<string, ServedPage>>;
  /** By the name of their fragment. */
  readonly parts: Readonly<Record<string, PagePart>>;
  /** Texts that the script's page has by the same names, in `web/texts.ts`; a test compares them. */
  readonly texts: Readonly<Record<string, unknown>>;
}

/** The view of an address without content, or without public content. */
export const notFoundView: PageView = {
  status: 404,
  head: { title: texts.notFoundTitle, noindex: true },
  content: noContent(texts.notFoundTitle, texts.notFound),
};

/** A page that only its own script fills. @param title undefined: the site's name */
export function scriptedPage(title?: string): ServedPage {
  const content = noContent(title ?? siteName, needsScripts);
  return { view: () => ({ head: { title, noindex: true }, content }) };
}

/** Pages that only their scripts fill, under the site's name. */
export const scriptedPages = <Route extends string>(...routes: readonly Route[]) =>
  Object.fromEntries(routes.map((route) => [route, scriptedPage()])) as Readonly<Record<Route, ServedPage>>;
