import { balanceDirections, isolated } from '../text/direction.ts';
import { siteName } from '../text/site-name.ts';
import { html, type Html, jsonData } from './html.ts';
import { type Alternate, alternateLinks } from './page-alternates.ts';

/** A value of schema.org; undefined members are left out. */
export type JsonLd = Readonly<Record<string, unknown>>;

/** Elements in the head of a page beside those that every page has. */
export interface PageHead {
  /** Title of the content; the site's name is appended. Undefined: the site's name alone. */
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** The address for search engines; undefined: none is named. */
  readonly canonical?: string | undefined;
  readonly type?: 'article' | 'profile' | 'website';
  readonly image?: string | null | undefined;
  /** Open Graph properties that only this type has, in order. */
  readonly properties?: readonly (readonly [property: string, content: string | null])[];
  /** Feeds and other forms for programs. */
  readonly alternates?: readonly Alternate[];
  readonly jsonLd?: JsonLd;
  /** Whether search engines should leave the page out. */
  readonly noindex?: boolean;
}

/** The longest description, in characters: search engines and messengers show less. */
const maxDescription = 200;

/** The beginning of a text in one line, cut after a word. */
export function excerpt(text: string | null): string | undefined {
  // Cut generously first, so that a long text costs no more than its beginning.
  const line = text
    ?.slice(0, 8 * maxDescription)
    .replace(/\s+/gu, ' ')
    .trim();
  if (!line) return undefined;
  const characters = [...line];
  if (characters.length <= maxDescription) return line;
  const cut = characters.slice(0, maxDescription - 1).join('');
  return `${balanceDirections(cut.slice(0, Math.max(0, cut.lastIndexOf(' ')) || cut.length))}…`;
}

function named(attribute: 'name' | 'property', key: string, content: string | null | undefined): Html[] {
  if (content === null || content === undefined || content === '') return [];
  return attribute === 'name'
    ? [html`<meta name="${key}" content="${content}" data-served />`]
    : [html`<meta property="${key}" content="${content}" data-served />`];
}

/** The title, equal to the one that the page's script sets once it runs. */
const titleOf = (title: string | undefined) =>
  title === undefined ? siteName : `${isolated(title)} – ${siteName}`;

function openGraph({ title, description, canonical, type, image, properties = [] }: PageHead): Html[] {
  if (type === undefined) return [];
  return [
    ...named('property', 'og:site_name', siteName),
    ...named('property', 'og:title', title ?? siteName),
    ...named('property', 'og:description', description),
    ...named('property', 'og:type', type),
    ...named('property', 'og:url', canonical),
    ...named('property', 'og:image', image),
    ...properties.flatMap(([property, content]) => named('property', property, content)),
    ...named('name', 'twitter:card', 'summary'),
  ];
}

/** The elements of a head, each marked as served: the page's script removes them once it shows something else. */
export function renderHead(head: PageHead): Html {
  const { title, description, canonical, alternates = [], jsonLd, noindex = false } = head;
  const elements = [
    html`<title data-served>${titleOf(title)}</title>`,
    ...named('name', 'description', description),
    ...named('name', 'robots', noindex ? 'noindex' : undefined),
    ...(canonical === undefined ? [] : [html`<link rel="canonical" href="${canonical}" data-served />`]),
    ...alternateLinks(alternates),
    ...openGraph(head),
    ...(jsonLd === undefined ? [] : [jsonData('application/ld+json', jsonLd)]),
  ];
  return html`${elements}`;
}
