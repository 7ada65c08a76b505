import { isolated } from '../../platform/text/direction.ts';

/** The author of a comment, as the API shows them; null: no name was given, or it was erased. */
type Author = {
  readonly name: string;
  readonly permalink: string | null;
  readonly sharesNameWithJournalist: boolean;
} | null;

/** A person in a feed, or in what another site shows. */
export interface ShownAuthor {
  readonly name: string;
  /** The address of their page; null: they have none. */
  readonly page: string | null;
}

/**
 * The author of a comment with the words that the page has beside the name: nobody is to be taken for a journalist
 * elsewhere either.
 */
export function shownAuthor(author: Author): ShownAuthor {
  if (!author) return { name: 'No name given', page: null };
  const { name, permalink, sharesNameWithJournalist } = author;
  return {
    name: sharesNameWithJournalist ? `${isolated(name)} (not the journalist of this name)` : name,
    page: permalink,
  };
}
