import { refreshSearchOfJournalist } from '../articles/search/article-search.queries.ts';
import { replaceSignatures, replaceTags } from '../articles/article/article-write.queries.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Rendered } from '../../platform/text/markdown.ts';
import { type articleChanges, journalistChanges } from './article-changes.ts';
import { saveArticleTexts } from './article-import.queries.ts';
import type { ImportDocument } from './document.ts';
import { type EndorsementPlan, planEndorsements } from './endorsement-plan.ts';
import { ImportRefusal } from './faults.ts';
import { lockJournalistBySlug, upsertJournalist } from './journalist-import.queries.ts';
import { renderImported } from './rendering.ts';

/**
 * The changes that a document makes to an article's endorsements.
 * @throws ImportRefusal
 */
export function requireEndorsements(
  document: ImportDocument,
  present: Parameters<typeof planEndorsements>[1],
): EndorsementPlan {
  const plan = planEndorsements(document.endorsements, present);
  if ('faults' in plan) throw new ImportRefusal(plan.faults);
  return plan;
}

/** A document may change its byline, whichever account the byline is linked to: importing is an operator's command. */
export async function saveJournalist(
  tx: Tx,
  document: ImportDocument,
): Promise<{ id: string; isChanged: boolean }> {
  const present = await lockJournalistBySlug(tx, document.journalist.slug);
  const changes = journalistChanges(document, present);
  if (present && !changes) return { id: present.id, isChanged: false };
  if (!changes) throw new Error('A new byline is a change');
  const bio =
    changes.bioMarkdown === null
      ? undefined
      : renderImported(changes.bioMarkdown, 'article', ['journalist', 'bio']);
  const id = await upsertJournalist(tx, {
    ...changes,
    bioHtml: bio?.html ?? null,
    bioText: bio?.text ?? null,
  });
  // The byline's articles are found by its name too; without articles this does nothing.
  await refreshSearchOfJournalist(tx, id);
  return { id, isChanged: true };
}

/** The path of an article's text in a document. */
export const pathOfArticleBody = ['article', 'body'];

/** An article's text, rendered. @throws ImportRefusal */
export const renderBody = (markdown: string): Rendered =>
  renderImported(markdown, 'article', pathOfArticleBody);

/** Writes the parts of an article that have changed. */
export async function writeParts(
  tx: Tx,
  articleId: string,
  { markdown, tags, signatures }: Pick<ReturnType<typeof articleChanges>, 'markdown' | 'tags' | 'signatures'>,
): Promise<void> {
  if (markdown !== undefined) await saveArticleTexts(tx, [{ articleId, markdown, ...renderBody(markdown) }]);
  if (tags) await replaceTags(tx, articleId, tags);
  if (signatures) await replaceSignatures(tx, articleId, signatures);
}
