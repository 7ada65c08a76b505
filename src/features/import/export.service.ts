import type { Database, Tx } from '../../platform/db/database.ts';
import { maskAddresses } from '../../platform/text/addresses.ts';
import { formatPartialDateTime, type Precision } from '../../platform/time/partial-date-time.ts';
import { selectWholeArticle, type WholeArticleRow } from './article-import.queries.ts';
import type { ImportDocumentInput } from './document.ts';
import {
  type ExportedCommentRow,
  type ExportedEndorsementRow,
  freezeSnapshot,
  selectArticleBySlug,
  selectListedComments,
  selectListedEndorsements,
} from './export.queries.ts';
import { selectWholeJournalist, type WholeJournalistRow } from './journalist-import.queries.ts';
import { ownKey } from './own-key.ts';

/** Thrown for an article that cannot be exported; the message gives the reason. */
export class ExportRefusal extends Error {
  override readonly name = 'ExportRefusal';
}

/**
 * Exports a published article in the format of imports: its public data, with the Markdown sources of its texts, and
 * with every field present, so that a field that is empty here is cleared by the import.
 * @throws ExportRefusal
 */
export function exportArticle(db: Database, slug: string): Promise<ImportDocumentInput> {
  return db.transaction(async (tx) => {
    await freezeSnapshot(tx);
    const found = await selectArticleBySlug(tx, slug);
    if (!found) throw new ExportRefusal(`There is no article "${slug}".`);
    if (found.status !== 'PUBLISHED')
      throw new ExportRefusal(`"${slug}" is not published: only what is public is exported.`);
    return read(tx, found.id);
  });
}

async function read(tx: Tx, articleId: string): Promise<ImportDocumentInput> {
  const article = await selectWholeArticle(tx, articleId);
  const journalist = article && (await selectWholeJournalist(tx, article.journalistId));
  if (!journalist) throw new Error(`Article ${articleId} is not whole`);
  const comments = await selectListedComments(tx, articleId);
  const keys = new Map(comments.map((row) => [row.id, keyOf(row)]));
  return {
    journalist: journalistOf(journalist),
    article: articleOf(article),
    endorsements: (await selectListedEndorsements(tx, articleId)).map(endorsementOf),
    authors: authorsOf(comments),
    comments: comments.map((row) => commentOf(row, keys)),
  };
}

const keyOf = (row: { id: string; ordinal: string; importKey: string | null }): string =>
  row.importKey ?? ownKey(row);

const timeOf = (row: { createdAt: Date; createdPrecision: Precision }): string =>
  formatPartialDateTime({ at: row.createdAt, precision: row.createdPrecision });

const masked = (text: string | null): string | null => (text === null ? null : maskAddresses(text));

function journalistOf(row: WholeJournalistRow): ImportDocumentInput['journalist'] {
  const { slug, name, location, photoUrl, bioMarkdown: bio } = row;
  return { slug, name, location, photoUrl, bio };
}

function articleOf(row: WholeArticleRow): ImportDocumentInput['article'] {
  if (!row.publishedAt || !row.publishedPrecision) throw new Error(`Article ${row.id} has no date`);
  return {
    slug: row.slug,
    title: row.title,
    standfirst: row.standfirst,
    body: row.bodyMarkdown,
    bodyFormat: 'markdown',
    publishedAt: formatPartialDateTime({ at: row.publishedAt, precision: row.publishedPrecision }),
    canonicalUrl: row.canonicalUrl,
    commentPolicy: row.commentPolicy,
    tags: [...row.tags],
    signatures: row.signatures.map(({ name, role, organisation }) => ({ name, role, organisation })),
  };
}

function endorsementOf(row: ExportedEndorsementRow): EndorsementInput {
  return {
    key: keyOf(row),
    displayName: maskAddresses(row.displayName),
    affiliation: masked(row.affiliation),
    statement: row.statement,
    featured: row.featured,
    createdAt: timeOf(row),
  };
}

function commentOf(row: ExportedCommentRow, keys: ReadonlyMap<string, string>): CommentInput {
  const key = keyOf(row);
  const parentKey = row.parentId === null ? null : (keys.get(row.parentId) ?? null);
  const createdAt = timeOf(row);
  if (row.bodyMarkdown === null) return { key, parentKey, createdAt, removed: true };
  const { authorKey, likes } = row;
  const author = authorKey === null ? { authorName: masked(row.authorName) } : { authorKey };
  return { key, parentKey, ...author, body: row.bodyMarkdown, bodyFormat: 'markdown', createdAt, likes };
}

/** The imported authors of some comments, in the order of their keys. Nobody's address is known in its own form. */
function authorsOf(comments: readonly ExportedCommentRow[]): AuthorInput[] {
  const names = new Map<string, string>();
  for (const { authorKey, authorName } of comments)
    if (authorKey !== null && authorName !== null) names.set(authorKey, maskAddresses(authorName));
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, name]) => ({ key, name }));
}

type EndorsementInput = NonNullable<ImportDocumentInput['endorsements']>[number];
type AuthorInput = NonNullable<ImportDocumentInput['authors']>[number];
type CommentInput = NonNullable<ImportDocumentInput['comments']>[number];
