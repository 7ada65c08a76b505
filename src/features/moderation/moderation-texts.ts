import { decisionNote } from '../../platform/screening/decision-note.ts';
import { holding, type TextDeclarations } from '../../platform/text/written-text.ts';
import { commentText } from '../comments/comment-texts.ts';
import { accountName } from '../people/account/account.rules.ts';
import { maxAppealLength } from './appeals/appeal.policy.ts';
import { maxPersonNoteLength } from './person-page/person-note.service.ts';
import { maxNoteLength } from './reports/report.policy.ts';

export const moderationTexts: TextDeclarations = {
  'Person.name': accountName,
  ...holding(
    commentText,
    'ModerationItem.bodyHtml',
    'ModerationItem.bodyText',
    'ModerationItem.publicBodyHtml',
    'ModerationDecision.bodyHtml',
    'ModerationDecision.bodyText',
    'DecisionNotice.bodyHtml',
    'TakenBackComment.bodyHtml',
    'TakenBackComment.bodyText',
  ),
  ...holding(
    decisionNote,
    'ModerationDecision.note',
    'DecisionNotice.note',
    'CommentDecisionInput.note',
    'RejectCommentInput.reason',
    'RemoveCommentInput.reason',
    'SuspendAccountInput.note',
    'BanAccountInput.note',
    'PremoderateAccountInput.note',
    'LiftSanctionInput.note',
    'RemoveCommentsSinceInput.note',
    'ModerationAppeal.answer',
    'AppealNotice.answer',
    'AnswerAppealInput.answer',
  ),
  ...holding(
    { form: 'TEXT', max: maxAppealLength, screening: 'NONE' },
    'ModerationAppeal.text',
    'AppealNotice.text',
    'AppealDecisionInput.text',
  ),
  ...holding(
    { form: 'TEXT', max: maxNoteLength, screening: 'NONE' },
    'CommentReport.note',
    'ViewerReport.note',
    'ReportCommentInput.note',
  ),
  ...holding(
    { form: 'TEXT', max: maxPersonNoteLength, screening: 'NONE' },
    'PersonNote.text',
    'AddPersonNoteInput.text',
  ),
  ...holding(
    'NO_TEXT',
    'PersonFilter.name',
    'SettingChange.setting',
    'SettingChange.before',
    'SettingChange.after',
  ),
};
