/*
 * The formats of the HTML that is served before any script runs, and the texts that no feature brings. The reader's page has the
 * same ones in `web/format.ts` and `web/texts.ts`, each by the same name; a test compares them. They are not one file, because
 * the service imports nothing of the page, and the page's texts are its own.
 */

import { html, type Html } from './html.ts';

const language = 'en';

const number = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);
// The HTML is the same for all readers, so instants are formatted in UTC.
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });

export const formatNumber = (value: number): string => number.format(value);

/** A number with its noun. */
export const formatCount = (count: number, one: string, other: string): string =>
  `${formatNumber(count)} ${plural.select(count) === 'one' ? one : other}`;

/** The day of a `PartialDateTime`, or its month or year if no more is known. */
export function formatDay(time: string): string {
  if (time.length === 4) return time;
  return (time.length === 7 ? month : day).format(new Date(time));
}

/** A day with the time that it stands for. */
export const dayOf = (time: string): Html => html`<time datetime="${time}">${formatDay(time)}</time>`;

export const texts = {
  siteLine: 'Crowdfunded journalism',
  notFoundTitle: 'Not found',
  notFound: 'There is nothing at this address, or it was unpublished.',
  toFront: 'To the latest articles',
  skipToContent: 'Skip to content',
  footer: 'Standfirst is free software. This page uses nothing but its public API.',
  explorer: 'The API and its explorer',
  licences: 'Licences',
  searchLabel: 'Search articles',
  searchPlaceholder: 'Search',
  searchButton: 'Search',
  namesake: 'not the journalist of this name',
} as const;

/** A text that the script has no use for. */
export const needsScripts = 'This page needs JavaScript. Articles and discussions can be read without it.';
