import { alike, missing, shownTo, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';
import * as comment from './comment-things.ts';

export const commentsPermissions = {
  queries: {
    canBeginThread: {
      gates: is.everybody,
      needs: ['READ'],
      tried: 'test/features/comments/new-threads.test.ts',
      args: '(url: "https://example.org/none")',
    },
    comment: {
      gates: [[comment.seesComment, 'null']],
      needs: ['READ'],
      tried: 'test/permissions/reading.test.ts',
      args: `(id: "${missing('Comment', '999999', '1')}")`,
    },
  },
  mutations: {
    claimImportedAuthor: {
      gates: is.confirmedAccounts,
      kind: 'RIGHTS',
      tried: 'test/features/import/claims.test.ts',
      input: () => ({ authorId: missing('CommentAuthor', '0', '1') }),
    },
    ...alike(
      { gates: is.accounts, kind: 'PERSONAL', tried: 'test/features/notifications/mails.test.ts' },
      {
        muteAuthor: { input: () => ({ authorId: missing('CommentAuthor') }) },
        unmuteAuthor: { input: () => ({ authorId: missing('CommentAuthor') }) },
        muteArticle: { input: () => ({ articleId: missing('Article') }) },
        unmuteArticle: { input: () => ({ articleId: missing('Article') }) },
        muteThread: { input: ({ commentId }) => ({ commentId }) },
        unmuteThread: { input: ({ commentId }) => ({ commentId }) },
      },
    ),
    addComment: {
      gates: [
        ...is.confirmedAccounts,
        [is.seesArticle, 'NOT_FOUND'],
        [comment.takesComments, 'COMMENTS_CLOSED'],
        [comment.parentWasPublic, 'NOT_FOUND'],
        [comment.parentIsPublic, 'PARENT_REMOVED'],
        [comment.canNest, 'NESTED_TOO_DEEP'],
      ],
      kind: 'WORK',
      needs: ['COMMENT'],
      input: ({ articleId }) => ({ articleId, body: 'Yes.' }),
      on: {
        Article: ({ id }) => ({ articleId: id, body: 'A comment.' }),
        Comment: ({ id, thing }, { things }) => ({
          articleId: things.Article.find((article) => article.thing === thing.article)?.id,
          parentId: id,
          body: 'A reply.',
        }),
      },
    },
    editComment: {
      gates: [
        ...is.accounts,
        [comment.seesComment, 'NOT_FOUND'],
        [comment.isAuthor, 'FORBIDDEN'],
        [is.notSuspended, 'ACCOUNT_SUSPENDED'],
        [is.isConfirmed, 'EMAIL_UNCONFIRMED'],
        [comment.isTextAlive, 'COMMENT_REMOVED'],
        [comment.isFresh, 'EDIT_WINDOW_OVER'],
      ],
      kind: 'WORK',
      needs: ['COMMENT'],
      input: ({ commentId }) => ({ commentId, body: 'No.' }),
      on: { Comment: ({ id }) => ({ commentId: id, body: 'A new text.' }) },
    },
    ...alike(
      {
        gates: [
          ...is.accounts,
          [comment.seesComment, 'NOT_FOUND'],
          [is.notSuspended, 'ACCOUNT_SUSPENDED'],
          [is.isConfirmed, 'EMAIL_UNCONFIRMED'],
          [comment.isNotRemoved, 'COMMENT_REMOVED'],
          [comment.isPublicComment, 'WRONG_STATUS'],
        ],
        kind: 'WORK',
        needs: ['COMMENT'],
      },
      {
        react: {
          input: ({ commentId }) => ({ commentId, kind: 'LIKE' }),
          on: { Comment: ({ id }) => ({ commentId: id, kind: 'INSIGHTFUL' }) },
        },
        unreact: {
          input: ({ commentId }) => ({ commentId, kind: 'LIKE' }),
          on: { Comment: ({ id }) => ({ commentId: id, kind: 'LIKE' }) },
        },
      },
    ),
  },
  subscriptions: {
    commentAdded: {
      gates: [[is.seesArticle, 'NOT_FOUND']],
      needs: ['READ'],
      tried: 'test/permissions/reading.test.ts',
    },
  },
  types: {
    Comment: comment.seesComment,
    HeldEdit: 'the comment’s author, and moderators who are not suspended',
    CommentAuthor:
      'whoever sees a comment of the author; by id, everybody once the author has a public comment, and the account itself; `comments` is null for everybody unless the author has them listed (`Viewer.listsComments`)',
    ReactionCount: 'whoever sees the comment',
    ImportedAuthor: 'the account that has confirmed the author’s address; never a machine token',
    ...shownTo(
      'whoever sees the article; the comment as they see it when the event is sent',
      'CommentAdded',
      'CommentEdited',
      'CommentUpdated',
      'CommentRestored',
      'CommentReactionsChanged',
    ),
    CommentRemoved: 'whoever sees the article; of the comment only its place',
  },
  fields: {
    'Comment.author': [[comment.isNotRemoved, 'null']],
    'Comment.bodyHtml': [[comment.isNotRemoved, 'null']],
    'Comment.bodyText': [[comment.isNotRemoved, 'null']],
    'Comment.editedAt': [[comment.isNotRemoved, 'null']],
    'Comment.importKey': [[comment.isNotRemoved, 'null']],
    'Comment.viewerHeldEdit': [
      [comment.seesHeldEdit, 'null'],
      [comment.hasHeldEdit, 'null'],
    ],
    'Comment.viewerHold': [[comment.isWaiting, 'null']],
    'HeldEdit.viewerHold': [[comment.isEditWaiting, 'null']],
    'Article.viewerHiddenComments': [[is.signedIn, 'null']],
    'HeldEdit.viewerBodyMarkdown': [
      [comment.isAuthor, 'null'],
      [is.notSuspended, 'null'],
      [is.isConfirmed, 'null'],
      [comment.isFresh, 'null'],
    ],
    'Comment.viewerDecisionReason': [
      [comment.isAuthor, 'null'],
      [comment.hasReason, 'null'],
    ],
    'Comment.viewerEditableUntil': [
      [comment.isAuthor, 'null'],
      [is.notSuspended, 'null'],
      [is.isConfirmed, 'null'],
      [comment.isTextAlive, 'null'],
      [comment.isFresh, 'null'],
    ],
    'Comment.viewerBodyMarkdown': [
      [comment.isAuthor, 'null'],
      [is.notSuspended, 'null'],
      [is.isConfirmed, 'null'],
      [comment.isTextAlive, 'null'],
      [comment.isFresh, 'null'],
    ],
  },
  privateScopes: {
    'Viewer.importedAuthors': [],
    'Viewer.mutedAuthors': [],
    'Viewer.mutedArticles': [],
    'Viewer.mutedThreads': [],
    'Comment.viewerHeldEdit': ['READ'],
    'Comment.viewerHold': ['READ'],
    'HeldEdit.viewerHold': ['READ'],
    'Article.viewerHiddenComments': ['READ'],
    'HeldEdit.viewerBodyMarkdown': ['READ'],
    'Comment.viewerBodyMarkdown': ['READ'],
    'Comment.viewerEditableUntil': ['READ'],
    'Comment.viewerReactions': ['READ'],
    'Comment.viewerDecisionReason': ['READ'],
  },
  predictions: {
    'Comment.viewerCanReply': ['addComment'],
    'Comment.viewerCanEdit': ['editComment'],
    'Comment.viewerCanReact': ['react'],
    'Article.viewerCanComment': ['addComment'],
  },
  world: comment.commentWorld,
} satisfies Permissions;
