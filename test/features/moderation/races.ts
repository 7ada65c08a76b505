import { notRaced, type Races, stateOf } from '../../support/races/declaration.ts';
import type { RaceArticle, RaceWriter } from '../../support/races/writer.ts';
import { commentIdsOf, heldIdsOf, ownIdsOf, someComment } from '../comments/races.ts';

/** Decisions of all moderators about comments of an article. */
const decisionIdsOf = stateOf<RaceArticle, string[]>(() => []);

/** Up to three of the last comments that had to wait. */
function someHeld({ random }: RaceWriter, article: RaceArticle): string[] {
  const last = heldIdsOf(article).slice(-6);
  return [...new Set([1, 2, 3].flatMap(() => random.pick(last) ?? []))];
}

async function remove(writer: RaceWriter): Promise<void> {
  const commentId =
    writer.role === 'READER' ? writer.random.pick(ownIdsOf(writer)) : someComment(writer, writer.article());
  if (commentId !== undefined) await writer.twice('removeComment', { commentId });
}

async function report(writer: RaceWriter): Promise<void> {
  const commentId = someComment(writer, writer.article());
  const reason = writer.random.pick(['SPAM', 'ABUSE', 'OTHER']);
  if (commentId !== undefined) await writer.twice('reportComment', { commentId, reason });
}

const judge = (name: 'approveComment' | 'rejectComment') => async (writer: RaceWriter) => {
  const { random } = writer;
  const article = writer.article();
  const commentId = random.chance(0.6) ? random.pick(heldIdsOf(article)) : someComment(writer, article);
  // The decision on a held edit refers to its revision.
  const expectedRevision = random.chance(0.4) ? random.pick([1, 2, 2, 3]) : undefined;
  if (commentId !== undefined) await writer.twice(name, { commentId, expectedRevision });
};

async function restore(writer: RaceWriter): Promise<void> {
  const commentId = someComment(writer, writer.article());
  if (commentId !== undefined) await writer.twice('restoreComment', { commentId });
}

/** Decides about some comments that wait, at times several at once. */
async function decide(writer: RaceWriter): Promise<void> {
  const article = writer.article();
  const decisions = someHeld(writer, article).map((commentId) => ({
    commentId,
    expectedRevision: writer.random.pick([1, 1, 2, 3]),
    verdict: writer.random.pick(['APPROVE', 'APPROVE', 'REJECT', 'REMOVE']),
    reason: 'OFF_TOPIC',
  }));
  if (decisions.length === 0) return;
  const { results } = await writer.send('decideComments', { decisions }, article);
  for (const { decision } of results) if (decision) decisionIdsOf(article).push(decision.id);
}

/** Claims some comments that wait, and mostly gives them back. */
async function claim(writer: RaceWriter): Promise<void> {
  const article = writer.article();
  const commentIds = someHeld(writer, article);
  if (commentIds.length === 0) return;
  await writer.send('claimComments', { commentIds }, article);
  if (writer.random.chance(0.8)) await writer.send('releaseComments', { commentIds }, article);
}

async function undo(writer: RaceWriter): Promise<void> {
  const article = writer.article();
  const decisionId = writer.random.pick(decisionIdsOf(article).slice(-6));
  if (decisionId !== undefined) await writer.send('undoDecision', { decisionId }, article);
}

async function setPolicy(writer: RaceWriter): Promise<void> {
  const { id: articleId } = writer.article();
  const policies = ['OPEN', 'OPEN', 'PREMODERATED', 'PREMODERATED', 'CLOSED'];
  const commentPolicy = writer.random.pick(policies);
  await writer.twice('setCommentPolicy', { articleId, commentPolicy });
  if (commentPolicy === 'CLOSED') await writer.send('setCommentPolicy', { articleId, commentPolicy: 'OPEN' });
}

/** Unpublishes the last article, removes a comment, which only editors can do then, and publishes the article again. */
async function takeBackForAWhile(writer: RaceWriter): Promise<void> {
  const article = writer.run.takenBack;
  await writer.twice('unpublishArticle', { articleId: article.id });
  const commentId = writer.random.pick(commentIdsOf(article));
  if (commentId !== undefined) await writer.send('removeComment', { commentId });
  await writer.twice('publishArticle', { articleId: article.id });
}

export const moderationRaces = {
  mutations: {
    removeComment: { refusals: [] },
    // FORBIDDEN: a comment of the writer's own.
    reportComment: { refusals: ['COMMENT_REMOVED', 'NOT_FOUND', 'WRONG_STATUS', 'FORBIDDEN'] },
    // FORBIDDEN, here and below: what others have reported or decided about a comment of the writer's own.
    restoreComment: { refusals: ['CLAIMED', 'FORBIDDEN'], demanded: ['WRONG_STATUS'] },
    approveComment: {
      refusals: ['COMMENT_REMOVED', 'PARENT_REMOVED', 'STALE_REVISION', 'CLAIMED', 'FORBIDDEN'],
    },
    rejectComment: {
      refusals: ['COMMENT_REMOVED', 'WRONG_STATUS', 'STALE_REVISION', 'CLAIMED', 'FORBIDDEN'],
    },
    decideComments: {
      fields: 'results { decision { id } userErrors { code message } }',
      refusals: [
        'ALREADY_DECIDED',
        'CLAIMED',
        'COMMENT_REMOVED',
        'FORBIDDEN',
        'PARENT_REMOVED',
        'STALE_REVISION',
        'WRONG_STATUS',
      ],
    },
    claimComments: { refusals: [] },
    releaseComments: { refusals: [] },
    undoDecision: { refusals: ['DECISION_NOT_UNDOABLE', 'CLAIMED', 'FORBIDDEN'] },
    setCommentPolicy: { refusals: [] },
    ...notRaced(
      'Takes rights from a writer, or gives some: its next requests would have other refusals than those of its role.',
      'suspendAccount',
      'banAccount',
      'premoderateAccount',
      'liftSanction',
      'grantRole',
      'revokeRole',
    ),
    ...notRaced(
      'Removes everything for which the writers compete; removal-races.test.ts sends it beside other decisions.',
      'removeCommentsSince',
    ),
    ...notRaced(
      'Happens once to a decision, and needs the person whom the decision is about and another moderator.',
      'appealDecision',
      'answerAppeal',
    ),
    ...notRaced('Writes rows that nothing else changes.', 'addPersonNote', 'removePersonNote'),
  },
  acts: {
    READER: [
      [12, remove],
      [4, report],
    ],
    MODERATOR: [
      [24, judge('approveComment')],
      [12, judge('rejectComment')],
      [20, restore],
      [20, decide],
      [8, claim],
      [10, undo],
      [14, setPolicy],
    ],
    EDITOR: [[16, takeBackForAWhile]],
  },
} satisfies Races;
