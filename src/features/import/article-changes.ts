import type { SignatureRow } from '../articles/article/article-write.queries.ts';
import type { ArticleColumns, WholeArticleRow } from './article-import.queries.ts';
import type { ImportDocument } from './document.ts';
import type { JournalistColumns, WholeJournalistRow } from './journalist-import.queries.ts';

/** A value that the document omits stays unchanged. */
const kept = <T>(given: T | undefined, present: T): T => (given === undefined ? present : given);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const signaturesOf = (document: ImportDocument): SignatureRow[] | undefined =>
  document.article.signatures?.map(({ name, role = null, organisation = null }) => ({
    name,
    role,
    organisation,
  }));

/** The changes that a document makes to an article; unchanged parts are undefined. */
export interface ArticleChanges {
  readonly columns: ArticleColumns | undefined;
  readonly markdown: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly signatures: readonly SignatureRow[] | undefined;
  readonly isPolicyChanged: boolean;
  /** Whether anything other than the comment policy changed; the policy has its own event. */
  readonly isContentChanged: boolean;
}

/** Compares a document with its article. */
export function articleChanges(
  document: ImportDocument,
  present: WholeArticleRow,
  journalistId: string,
): ArticleChanges {
  const { article } = document;
  const before: ArticleColumns = {
    journalistId: present.journalistId,
    title: present.title,
    standfirst: present.standfirst,
    publishedAt: present.publishedAt,
    publishedPrecision: present.publishedPrecision,
    canonicalUrl: present.canonicalUrl,
    commentPolicy: present.commentPolicy,
  };
  const content: ArticleColumns = {
    ...before,
    journalistId,
    title: article.title,
    standfirst: kept(article.standfirst, present.standfirst),
    publishedAt: article.publishedAt.at,
    publishedPrecision: article.publishedAt.precision,
    canonicalUrl: kept(article.canonicalUrl, present.canonicalUrl),
  };
  const commentPolicy = kept(article.commentPolicy, present.commentPolicy);
  const columns = { ...content, commentPolicy };
  const signatures = signaturesOf(document);
  const parts = {
    markdown: article.markdown === present.bodyMarkdown ? undefined : article.markdown,
    tags: article.tags === undefined || same(article.tags, present.tags) ? undefined : article.tags,
    signatures: signatures === undefined || same(signatures, present.signatures) ? undefined : signatures,
  };
  return {
    ...parts,
    columns: same(columns, before) ? undefined : columns,
    isPolicyChanged: commentPolicy !== present.commentPolicy,
    isContentChanged: !same(content, before) || Object.values(parts).some((part) => part !== undefined),
  };
}

/** All parts of a new article, with defaults for those that the document omits. */
export function newArticle(document: ImportDocument, journalistId: string) {
  const { article } = document;
  return {
    columns: {
      journalistId,
      title: article.title,
      standfirst: article.standfirst ?? null,
      commentPolicy: article.commentPolicy ?? 'OPEN',
      publishedAt: article.publishedAt.at,
      publishedPrecision: article.publishedAt.precision,
      canonicalUrl: article.canonicalUrl ?? null,
    } satisfies ArticleColumns,
    tags: article.tags ?? [],
    signatures: signaturesOf(document) ?? [],
  };
}

/** @returns the columns to write to the byline; undefined if nothing changes */
export function journalistChanges(
  { journalist }: ImportDocument,
  present: WholeJournalistRow | undefined,
): Omit<JournalistColumns, 'bioHtml' | 'bioText'> | undefined {
  const before = {
    slug: journalist.slug,
    name: present?.name,
    location: present?.location ?? null,
    photoUrl: present?.photoUrl ?? null,
    bioMarkdown: present?.bioMarkdown ?? null,
  };
  const columns = {
    slug: journalist.slug,
    name: journalist.name,
    location: kept(journalist.location, before.location),
    photoUrl: kept(journalist.photoUrl, before.photoUrl),
    bioMarkdown: kept(journalist.bio, before.bioMarkdown),
  };
  return same(columns, before) ? undefined : columns;
}
