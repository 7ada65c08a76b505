import { type FeedForm, feedForms, oembedPath } from '../http/paths.ts';
import { html, type Html } from './html.ts';

/** Another form of a page, or of a part of it, that programs find by the page's head. */
export interface Alternate {
  readonly type: string;
  readonly title: string;
  /** Absolute. */
  readonly address: string;
}

/**
 * The forms of a feed.
 * @param address the feed's absolute address without its ending
 */
export const feedAlternates = (title: string, address: string): Alternate[] =>
  (Object.keys(feedForms) as FeedForm[]).map((form) => ({
    type: feedForms[form],
    title,
    address: `${address}.${form}`,
  }));

/** What oEmbed says of an article or a comment. @param permalink its absolute address */
export const oembedAlternate = (title: string, siteUrl: string, permalink: string): Alternate => ({
  type: 'application/json+oembed',
  title,
  address: `${siteUrl}${oembedPath}?format=json&url=${encodeURIComponent(permalink)}`,
});

export const alternateLinks = (alternates: readonly Alternate[]): Html[] =>
  alternates.map(
    ({ type, title, address }) =>
      html`<link rel="alternate" type="${type}" title="${title}" href="${address}" data-served />`,
  );
