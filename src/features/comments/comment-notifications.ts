import { lastDecisionAbout } from '../../platform/screening/moderation-decision.queries.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import type {
  NotificationDeclaration,
  NotificationDeclarations,
  ShownRow,
} from '../../platform/feature/notification.ts';

declare module '../../platform/feature/notification.ts' {
  interface NotificationKinds {
    readonly REPLY: OfSubject;
    readonly ARTICLE_COMMENT: OfSubject;
    readonly COMMENT_APPROVED: OfSubject;
    readonly COMMENT_REJECTED: OfSubject;
    readonly COMMENT_REMOVED: OfSubject;
    readonly COMMENT_HELD: OfSubject;
    readonly EDIT_APPROVED: OfSubject;
    readonly EDIT_REJECTED: OfSubject;
  }
}

const row = { from: 'comment c', where: 'c.article_id = x.article_id AND c.id = x.subject_id' };

/** What somebody has said is listed while it is public. */
const said: ShownRow = {
  ...row,
  if: `c.status = 'PUBLISHED'`,
  saidBy: 'c.account_id',
  inThread: (
    commentId,
  ) => `EXISTS (SELECT FROM comment t WHERE t.article_id = c.article_id AND t.id = ${commentId}
    AND substr(c.path, 1, length(t.path)) = t.path)`,
};

const approved: ShownRow = { ...row, if: `c.status = 'PUBLISHED'` };

/** Only the last decision of a kind about a comment is told, since its reason is the one that stands. */
const lastOfItsKind = (condition: string): ShownRow => ({
  ...row,
  if: `${condition} AND NOT EXISTS (SELECT FROM notification y WHERE y.account_id = x.account_id
    AND y.sequence > x.sequence AND y.kind = x.kind AND y.article_id = x.article_id AND y.subject_id = x.subject_id)`,
});

/** The account of `of`, if the event tells of a comment of somebody else. */
const commented = (of: string, joins: string, condition = 'true'): string =>
  `SELECT ${of} FROM comment c ${joins} WHERE c.article_id = e.article_id AND c.id = e.subject_id AND ${condition}
     AND c.import_key IS NULL AND ${of} <> coalesce(c.account_id, 0)`;

const button: NotificationDeclaration['button'] = (links, { articleId, subjectId, slug }) => ({
  text: 'Read the comment',
  url: links.comment(slug, encodeGlobalId('Comment', articleId, subjectId)),
  effect: 'The link opens the comment on the page of its article.',
});

/** What accounts are told about comments. */
export const commentNotifications = {
  REPLY: {
    describe: 'Somebody has replied to a comment of the viewer: `comment` is the reply.',
    title: 'Replies to your comments',
    phrase: ['a reply to your comment', 'replies to your comments'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'the reply is public',
    shown: said,
    told: {
      on: 'COMMENT_ADDED',
      audience: commented(
        'p.account_id',
        'JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id',
      ),
    },
    button,
  },
  ARTICLE_COMMENT: {
    describe: 'Somebody has commented on an article of the viewer: `comment` is the comment.',
    title: 'Comments on your articles',
    phrase: ['a comment on your article', 'comments on your article'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'the comment is public',
    shown: said,
    told: {
      on: 'COMMENT_ADDED',
      audience: commented(
        'j.account_id',
        'JOIN article a ON a.id = c.article_id JOIN journalist j ON j.id = a.journalist_id',
        'c.parent_id IS NULL',
      ),
    },
    button,
  },
  COMMENT_APPROVED: {
    describe: 'A moderator has approved `comment`, which is the viewer’s own and public now.',
    title: 'Approved comments of yours',
    phrase: ['your comment was approved', 'comments of yours were approved'],
    mail: 'NEVER',
    about: 'ARTICLE',
    listedWhile: 'the comment is public',
    shown: approved,
  },
  COMMENT_REJECTED: {
    describe: 'A moderator has rejected `comment`, which is the viewer’s own; `reason` says why.',
    title: 'Rejected comments of yours',
    phrase: ['your comment was rejected', 'comments of yours were rejected'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'it stays rejected',
    shown: lastOfItsKind(`c.status = 'REJECTED'`),
  },
  COMMENT_REMOVED: {
    describe:
      'A moderator has removed a comment of the viewer; `reason` says why. `comment` is its tombstone, if there is one.',
    title: 'Removed comments of yours',
    phrase: ['your comment was removed by a moderator', 'comments of yours were removed by a moderator'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'it stays removed',
    shown: lastOfItsKind(
      `c.status = 'REMOVED' AND EXISTS (SELECT FROM (${lastDecisionAbout('c.article_id', 'c.id')}) d WHERE d.kind = 'REMOVED')`,
    ),
  },
  COMMENT_HELD: {
    describe:
      'Reports, or the undoing of an approval, have taken back a comment of the viewer, until a moderator has looked at it. `comment` is its tombstone, if there is one.',
    title: 'Comments of yours that are hidden until a moderator has looked at them',
    phrase: [
      'your comment is hidden until a moderator has looked at it',
      'comments of yours are hidden until a moderator has looked at them',
    ],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'it waits for a moderator',
    shown: lastOfItsKind(`c.status = 'REMOVED' AND EXISTS (SELECT FROM moderation_item i
      WHERE i.article_id = c.article_id AND i.comment_id = c.id AND i.held = 'REPORTS')`),
  },
  EDIT_APPROVED: {
    describe: 'A moderator has approved the new text of `comment`, which is the viewer’s own.',
    title: 'Approved edits of yours',
    phrase: ['your edit was approved', 'edits of yours were approved'],
    mail: 'NEVER',
    about: 'ARTICLE',
    listedWhile: 'the comment is public',
    shown: approved,
  },
  EDIT_REJECTED: {
    describe:
      'A moderator has rejected the new text of `comment`, which is the viewer’s own; `reason` says why.',
    title: 'Rejected edits of yours',
    phrase: ['your edit was rejected', 'edits of yours were rejected'],
    mail: 'DAILY',
    about: 'ARTICLE',
    listedWhile: 'the new text stays rejected',
    shown: lastOfItsKind(`c.status = 'PUBLISHED' AND EXISTS (SELECT FROM held_edit h
      WHERE h.article_id = c.article_id AND h.comment_id = c.id AND h.status = 'REJECTED')`),
  },
} satisfies NotificationDeclarations;
