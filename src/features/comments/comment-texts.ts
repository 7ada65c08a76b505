import { commentLength } from '../../platform/graphql/max-length.ts';
import { decisionNote } from '../../platform/screening/decision-note.ts';
import { holding, type TextDeclarations, type WrittenText } from '../../platform/text/written-text.ts';
import { accountName } from '../people/account/account.rules.ts';

/** What people write below articles. */
export const commentText: WrittenText = { form: 'MARKDOWN', max: commentLength, screening: 'PHASES' };

export const commentTexts: TextDeclarations = {
  ...holding(
    commentText,
    'Comment.bodyHtml',
    'Comment.bodyText',
    'Comment.viewerBodyMarkdown',
    'HeldEdit.bodyHtml',
    'HeldEdit.bodyText',
    'HeldEdit.viewerBodyMarkdown',
    'AddCommentInput.body',
    'EditCommentInput.body',
  ),
  'CommentAuthor.name': accountName,
  'ImportedAuthor.name': 'QUOTED',
  ...holding(decisionNote, 'Comment.viewerDecisionReason', 'Notification.reason'),
  ...holding('NO_TEXT', 'Comment.importKey', 'Comment.threadPosition'),
};
