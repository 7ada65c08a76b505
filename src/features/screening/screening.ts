import type { ArticleFacts } from '../articles/article/article.policy.ts';
import { isAccount, isModerator, type Viewer } from '../../platform/auth/viewer.ts';
import type { Tx } from '../../platform/db/database.ts';
import { foldedString, foldText } from '../../platform/text/fold.ts';
import { linkTitlesOf } from './links.ts';
import { runPhases, type Verdict } from './phases.ts';
import type { ScreeningFacts } from './screened-article.queries.ts';
import type { ScreeningMemory } from './screening-memory.ts';
import { type ScreeningSettings, settingsFor } from './screening-settings.ts';
import { lockRepeatedTexts, selectAuthorFacts, takeSlowModeTurn } from './screening.queries.ts';

/** A text that somebody has sent. */
export interface Candidate {
  readonly viewer: Viewer;
  readonly articleId: string;
  /** The comment whose text it replaces; undefined: it is a new comment. */
  readonly commentId: string | undefined;
  readonly article: Pick<ArticleFacts, 'commentPolicy' | 'ownerAccountId'>;
  readonly facts: ScreeningFacts;
  readonly html: string;
  readonly text: string;
}

const passed: Verdict = { kind: 'pass' };

/** Runs the phases on texts, with what they need to know. Moderators' texts pass. */
export class Screening {
  constructor(private readonly memory: ScreeningMemory) {}

  /** Whether comments on an article take turns, which are stored. */
  async takesTurns(tx: Tx, facts: ScreeningFacts): Promise<boolean> {
    const { settings } = await this.memory.at(tx, facts.settingsRevision);
    return settingsFor(settings, facts).slowModeSeconds > 0;
  }

  /** In the transaction that has locked the article. Where nothing is set, no statement is sent. */
  async screen(tx: Tx, candidate: Candidate): Promise<Verdict> {
    const { viewer, facts, article, html, text } = candidate;
    if (isModerator(viewer)) return passed;
    const kept = await this.memory.at(tx, facts.settingsRevision);
    const settings = settingsFor(kept.settings, facts);
    const isEdit = candidate.commentId !== undefined;
    const [slowUntil, author] = await Promise.all([
      takeTurn(tx, candidate, settings),
      askAboutAuthor(tx, candidate, settings),
    ]);
    return runPhases({
      text,
      html,
      isEdit,
      isPersonPremoderated: viewer.premoderated === true,
      settings,
      commentPolicy: article.commentPolicy,
      words: kept.words.isEmpty
        ? { held: undefined, refused: [] }
        : kept.words.find([text, ...linkTitlesOf(html)].join('\n\n')),
      slowUntil,
      ...author,
    });
  }
}

/** An edit takes no turn, and neither does the article's journalist, who answers others. */
async function takeTurn(
  tx: Tx,
  { viewer, articleId, commentId, article }: Candidate,
  { slowModeSeconds: seconds }: ScreeningSettings,
): Promise<Date | undefined> {
  if (seconds === 0 || commentId !== undefined || isAccount(viewer, article.ownerAccountId)) return undefined;
  return takeSlowModeTurn(tx, { articleId, accountId: viewer.accountId, seconds });
}

async function askAboutAuthor(
  tx: Tx,
  { viewer, commentId, text }: Candidate,
  { holdsRepeatedText, firstComments }: ScreeningSettings,
): Promise<{ isRepeated: boolean; publicComments: number }> {
  if (!holdsRepeatedText && firstComments === 0) return { isRepeated: false, publicComments: 0 };
  // Before the look, whose statement then sees what the account has sent at the same time under other articles.
  if (holdsRepeatedText) await lockRepeatedTexts(tx, viewer.accountId);
  const { earlierTexts, publicComments } = await selectAuthorFacts(tx, {
    accountId: viewer.accountId,
    commentId,
    textLength: holdsRepeatedText ? [...text].length : undefined,
    countUpTo: firstComments,
  });
  if (earlierTexts.length === 0) return { isRepeated: false, publicComments };
  const folded = foldedString(foldText(text));
  return {
    isRepeated: earlierTexts.some((earlier) => foldedString(foldText(earlier)) === folded),
    publicComments,
  };
}
