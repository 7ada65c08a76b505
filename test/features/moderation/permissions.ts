import { type Role, staffRoles } from '../../../src/platform/auth/viewer.ts';
import {
  alike,
  missing,
  nothingInTheWorld,
  shownTo,
  type Permissions,
} from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';
import { personId } from '../../support/persons.ts';
import * as comment from '../comments/comment-things.ts';

/** An account as moderators see it. */
export interface PersonThing {
  readonly kind: 'Person';
  readonly accountId: string;
  readonly roles: readonly Role[];
}

declare module '../../permissions/rules.ts' {
  interface Items {
    readonly Person: is.Item<PersonThing>;
  }
}

export const maySanction = is.rulesOn('Person')(
  'decide about somebody else, and about staff as an administrator, not by a token',
  (person, who) =>
    person.accountId !== who.accountId &&
    (is.has(who, 'ADMINISTRATOR') ||
      !person.roles.some((role) => (staffRoles as readonly Role[]).includes(role))),
);
/** `test/features/moderation/notes.test.ts` tries it. */
export const mayRemoveNote = is.rule('have written the note, or are an administrator', () => true);

const inAWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

export const moderationPermissions = {
  queries: {
    ...alike(
      { gates: is.activeModerators, needs: ['MODERATE'], tried: 'test/permissions/reading.test.ts' },
      { heldComments: {}, moderationQueue: {} },
    ),
    moderationAppeals: {
      gates: is.activeModerators,
      needs: ['MODERATE'],
      tried: 'test/features/moderation/appeals.test.ts',
    },
    persons: {
      gates: is.activeModerators,
      needs: ['MODERATE'],
      tried: 'test/features/moderation/sanctions.test.ts',
    },
    ...alike(
      { gates: is.activeModerators, needs: ['MODERATE'], tried: 'test/features/moderation/history.test.ts' },
      { moderationLog: {}, moderationHistory: {} },
    ),
  },
  mutations: {
    removeComment: {
      gates: [
        ...is.accounts,
        [comment.seesOrRemoves, 'NOT_FOUND'],
        [comment.isAuthorOrModerator, 'FORBIDDEN'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
      ],
      kind: 'WORK',
      needs: ['COMMENT', 'MODERATE'],
      ...comment.aboutComment,
    },
    reportComment: {
      gates: [
        ...is.accounts,
        [comment.seesComment, 'NOT_FOUND'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [is.isConfirmed, 'EMAIL_UNCONFIRMED'],
        [comment.isNotRemoved, 'COMMENT_REMOVED'],
        [comment.isPublicComment, 'WRONG_STATUS'],
        [comment.isNotAuthor, 'FORBIDDEN'],
      ],
      kind: 'WORK',
      needs: ['COMMENT'],
      input: ({ commentId }) => ({ commentId, reason: 'SPAM' }),
      on: { Comment: ({ id }) => ({ commentId: id, reason: 'SPAM' }) },
    },
    restoreComment: {
      gates: [
        ...is.accounts,
        [comment.seesOrModerates, 'NOT_FOUND'],
        [is.isModerator, 'FORBIDDEN'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [comment.isNotHeld, 'WRONG_STATUS'],
        [comment.isNotWithdrawn, 'FORBIDDEN'],
        [comment.isTextKept, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['MODERATE'],
      ...comment.aboutComment,
    },
    approveComment: {
      gates: [
        ...is.accounts,
        [comment.seesOrModerates, 'NOT_FOUND'],
        [is.isModerator, 'FORBIDDEN'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [comment.isNotRemoved, 'COMMENT_REMOVED'],
        [comment.parentStands, 'PARENT_REMOVED'],
        [comment.namesHeldEdit, 'STALE_REVISION'],
      ],
      kind: 'WORK',
      needs: ['MODERATE'],
      ...comment.aboutComment,
    },
    ...alike(
      { gates: is.moderators, kind: 'WORK', needs: ['MODERATE'], tried: 'test/features/moderation' },
      {
        decideComments: {
          input: ({ commentId }) => ({ decisions: [{ commentId, expectedRevision: 1, verdict: 'APPROVE' }] }),
        },
        claimComments: { input: ({ commentId }) => ({ commentIds: [commentId] }) },
        releaseComments: { input: ({ commentId }) => ({ commentIds: [commentId] }) },
      },
    ),
    appealDecision: {
      gates: is.accounts,
      kind: 'PERSONAL',
      tried: 'test/features/moderation',
      input: () => ({ decisionId: missing('ModerationDecision'), text: 'No.' }),
    },
    ...alike(
      { gates: is.moderators, kind: 'STAFF', needs: ['MODERATE'], tried: 'test/features/moderation' },
      {
        answerAppeal: { input: () => ({ appealId: missing('ModerationAppeal'), outcome: 'UPHELD' }) },
        undoDecision: { input: () => ({ decisionId: missing('ModerationDecision') }) },
      },
    ),
    ...alike(
      { gates: [...is.moderators, [maySanction, 'FORBIDDEN']], kind: 'STAFF', needs: ['MODERATE'] },
      {
        suspendAccount: {
          input: () => ({ personId: missing('Person'), until: '2020-01-01T00:00:00Z', reason: 'SPAM' }),
          on: { Person: ({ id }) => ({ personId: id, until: inAWeek(), reason: 'SPAM' }) },
        },
        banAccount: {
          input: () => ({ personId: missing('Person'), reason: 'SPAM' }),
          on: { Person: ({ id }) => ({ personId: id, reason: 'SPAM' }) },
        },
        premoderateAccount: {
          input: () => ({ personId: missing('Person'), reason: 'SPAM' }),
          on: { Person: ({ id }) => ({ personId: id, reason: 'SPAM' }) },
        },
        liftSanction: {
          input: () => ({ personId: missing('Person'), kind: 'SUSPENSION' }),
          on: { Person: ({ id }) => ({ personId: id, kind: 'SUSPENSION' }) },
        },
      },
    ),
    // Its job would go on after the attempt.
    removeCommentsSince: {
      gates: [...is.moderators, [maySanction, 'FORBIDDEN']],
      kind: 'STAFF',
      needs: ['MODERATE'],
      tried: 'test/features/moderation/removal-since.test.ts',
      input: () => ({ personId: missing('Person'), since: '2020-01-01T00:00:00Z', reason: 'SPAM' }),
    },
    addPersonNote: {
      gates: is.moderators,
      kind: 'WORK',
      needs: ['MODERATE'],
      input: () => ({ personId: missing('Person'), text: '' }),
      on: { Person: ({ id }) => ({ personId: id, text: 'A note.' }) },
    },
    removePersonNote: {
      gates: [...is.moderators, [mayRemoveNote, 'FORBIDDEN']],
      kind: 'WORK',
      needs: ['MODERATE'],
      tried: 'test/features/moderation',
      input: () => ({ noteId: missing('PersonNote') }),
    },
    ...alike(
      {
        gates: [...is.accounts, [is.isAdministrator, 'FORBIDDEN'], [is.notSuspended, 'ACCOUNT_SUSPENDED']],
        kind: 'RIGHTS',
      },
      {
        grantRole: {
          input: () => ({ personId: missing('Person'), role: 'READER' }),
          on: {
            Person: ({ id, thing }) => ({
              personId: id,
              role: thing.roles.includes('JOURNALIST') ? 'MODERATOR' : 'JOURNALIST',
            }),
          },
        },
        revokeRole: {
          input: () => ({ personId: missing('Person'), role: 'READER' }),
          on: { Person: ({ id }) => ({ personId: id, role: 'JOURNALIST' }) },
        },
      },
    ),
    rejectComment: {
      gates: [
        ...is.accounts,
        [comment.seesOrModerates, 'NOT_FOUND'],
        [is.isModerator, 'FORBIDDEN'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [comment.isHeldInPart, 'WRONG_STATUS'],
        [comment.isNotRemoved, 'COMMENT_REMOVED'],
        [comment.namesWaitingEdit, 'STALE_REVISION'],
      ],
      kind: 'WORK',
      needs: ['MODERATE'],
      ...comment.aboutComment,
    },
    setCommentPolicy: {
      gates: [
        ...is.accounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [is.managesComments, 'FORBIDDEN'],
      ],
      kind: 'WORK',
      needs: ['MODERATE'],
      input: ({ articleId }) => ({ articleId, commentPolicy: 'CLOSED' }),
      on: {
        Article: ({ id, thing }) => ({
          articleId: id,
          commentPolicy: thing.policy === 'CLOSED' ? 'OPEN' : 'CLOSED',
        }),
      },
    },
  },
  subscriptions: {
    moderationEvents: {
      gates: is.activeModerators,
      needs: ['MODERATE'],
      tried: 'test/features/moderation/events.test.ts',
    },
  },
  types: {
    ...shownTo(
      'moderators who are not suspended',
      'Person',
      'PersonCommentCounts',
      'CommentRemoval',
      'ModerationQueue',
      'ModerationAppeal',
      'ModerationDecision',
      'ModerationEvent',
      'ModerationAction',
      'DecisionAction',
      'RoleAction',
      'DecisionMade',
      'DecisionUndone',
      'PersonSanctioned',
      'SanctionLifted',
      'DecisionAppealed',
      'AppealAnswered',
      'PersonNoted',
      'SettingChange',
      'RoleGranted',
      'RoleRevoked',
      'StaffSignedIn',
      'ModerationCheckpoint',
      'ModerationReset',
      'ModerationEventPage',
      'ReporterStanding',
      'ReportTally',
    ),
    PersonNote:
      'moderators who are not suspended; the person gets the text with their personal data, without a name',
    DecidedCommentResult: 'whoever has sent the mutation',
    ModerationItem: 'moderators who are not suspended, and see its article',
    AppealNotice: 'the account that has appealed',
    DecisionNotice: 'the account that the decision is about',
    ...shownTo(
      'moderators who are not suspended; the comment as they see it when the event is sent',
      'CommentAction',
      'CommentHeld',
      'CommentReported',
      'CommentClaimed',
      'CommentWithdrawn',
      'HookUnanswered',
      'CommentEscalated',
    ),
    ModerationSettingsChanged: 'moderators who are not suspended; the article only to those who see it',
    CommentReport: 'moderators who are not suspended, and see the comment’s article',
    ViewerReport: 'the account that has reported; the comment as long as that account may see it',
    TakenBackComment: 'the comment’s author',
  },
  fields: {
    'Comment.viewerDecision': [
      [comment.isAuthor, 'null'],
      [comment.hasDecision, 'null'],
    ],
    'Comment.viewerPerson': [
      [is.isActiveModerator, 'null'],
      [comment.isNotRemoved, 'null'],
      [comment.hasAccount, 'null'],
    ],
  },
  privateScopes: {
    Person: ['MODERATE', 'ADMINISTER'],
    ModerationItem: ['MODERATE'],
    ModerationAppeal: ['MODERATE'],
    ModerationDecision: ['MODERATE'],
    'Comment.viewerDecision': ['READ'],
  },
  predictions: {
    'Person.viewerCanSanction': ['suspendAccount', 'banAccount', 'premoderateAccount'],
    'Person.viewerCanChangeRoles': ['grantRole'],
    'PersonNote.viewerCanRemove': {
      mutations: ['removePersonNote'],
      tried: 'test/features/moderation/notes.test.ts',
    },
    'Comment.viewerCanRemove': ['removeComment'],
    'Comment.viewerCanReport': ['reportComment'],
  },
  world: {
    ...nothingInTheWorld,
    tables: ['comment_report', 'moderation_item', 'moderation_decision', 'person_note', 'account'],
    things: {
      Person: {
        read: ({ visitors }) =>
          Promise.resolve(
            visitors.flatMap(({ name, accountId, roles }) =>
              accountId === null
                ? []
                : [{ name, id: personId(accountId), thing: { kind: 'Person', accountId, roles } }],
            ),
          ),
        secrets: () => [],
      },
    },
  },
} satisfies Permissions;
