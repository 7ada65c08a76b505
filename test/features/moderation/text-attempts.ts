import { done } from '../../support/comments.ts';
import { onPerson, personId } from '../../support/persons.ts';
import type { TextAttempt, TextAttempts, Writers } from '../../support/text-attempts.ts';
import { addedComment } from '../comments/text-attempts.ts';

const onComment = async (writers: Writers, by: TextAttempt['by'], input = {}): Promise<TextAttempt> => ({
  by,
  input: { commentId: await addedComment(writers), ...input },
});

/** About an account of its own. */
const onAccount = async ({ app, moderator }: Writers, input = {}): Promise<TextAttempt> => ({
  by: moderator,
  input: { personId: personId((await app.signUp()).accountId), reason: 'SPAM', ...input },
});

const inAWeek = (): string => new Date(Date.now() + 7 * 86_400_000).toISOString();

/** @returns the decision by which a moderator has removed a comment of the reader */
async function decisionOn(writers: Writers): Promise<string> {
  const { app, reader, moderator } = writers;
  const commentId = await addedComment(writers);
  await done(app, 'removeComment', { commentId, reasonCode: 'SPAM' }, moderator);
  const { viewer } = await app.data(
    '{ viewer { decisions(first: 1) { nodes { decisionId } } } }',
    {},
    reader.token,
  );
  return viewer.decisions.nodes[0].decisionId as string;
}

export const moderationTexts: TextAttempts = {
  reportComment: async (writers) => onComment(writers, await writers.app.signUp(), { reason: 'SPAM' }),
  removeComment: (writers) => onComment(writers, writers.moderator),
  rejectComment: async (writers) => {
    const { app, reader, moderator } = writers;
    const { id: articleId, articleId: key } = await app.addArticle();
    await app.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [key]);
    const { comment } = await done(app, 'addComment', { articleId, body: 'A comment.' }, reader);
    return { by: moderator, input: { commentId: comment.id } };
  },
  decideComments: async (writers) => {
    const { by, input } = await onComment(writers, writers.moderator);
    await done(writers.app, 'reportComment', { ...input, reason: 'SPAM' }, await writers.app.signUp());
    return {
      by,
      input: { decisions: [{ ...input, expectedRevision: 1, verdict: 'REMOVE', reason: 'SPAM' }] },
    };
  },
  suspendAccount: (writers) => onAccount(writers, { until: inAWeek() }),
  banAccount: (writers) => onAccount(writers),
  premoderateAccount: (writers) => onAccount(writers),
  liftSanction: async (writers) => {
    const { by, input } = await onAccount(writers);
    await onPerson(writers.app, writers.moderator, 'banAccount', input);
    return { by, input: { personId: input.personId, kind: 'SUSPENSION' } };
  },
  removeCommentsSince: (writers) => onAccount(writers, { since: '2020-01-01T00:00:00Z' }),
  addPersonNote: (writers) => onAccount(writers, { reason: undefined }),
  appealDecision: async (writers) => ({
    by: writers.reader,
    input: { decisionId: await decisionOn(writers) },
  }),
  answerAppeal: async (writers) => {
    const { app, reader, administrator } = writers;
    const decisionId = await decisionOn(writers);
    await app.data(
      `mutation ($input: AppealDecisionInput!) { appealDecision(input: $input) { userErrors { code } } }`,
      { input: { decisionId, text: 'No.' } },
      reader.token,
    );
    const { moderationAppeals } = await app.data(
      '{ moderationAppeals(first: 100) { nodes { id decision { id } } } }',
      {},
      administrator.token,
    );
    const { id: appealId } = moderationAppeals.nodes.find((one: any) => one.decision.id === decisionId);
    return { by: administrator, input: { appealId, outcome: 'UPHELD' } };
  },
};
