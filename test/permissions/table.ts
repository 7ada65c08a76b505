import * as is from './rules.ts';
import type { Gates } from './rules.ts';

/*
 * Who may use what of the schema: the source of docs/permissions.md, which `UPDATE_GOLDEN=1 npm test -- test/permissions`
 * writes anew. An element of the schema without a row here fails the tests, and so does a row without an element.
 */

/** The fields of `Query`, `Mutation` and `Subscription`, each with its conditions in the order they are looked at. */
export const rootFields: Readonly<Record<string, Gates>> = {
  'Query.node': [[is.seesThing, 'null']],
  'Query.nodes': [[is.seesThing, 'null']],
  'Query.viewer': [[is.signedIn, 'null']],
  'Query.journalist': [],
  'Query.journalists': [],
  'Query.article': [[is.seesArticle, 'null']],
  'Query.articleByUrl': [[is.seesArticle, 'null']],
  'Query.articles': [],
  'Query.search': [],
  'Query.tag': [],
  'Query.tags': [],
  'Query.comment': [[is.seesComment, 'null']],
  'Query.heldComments': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.isActiveModerator, 'FORBIDDEN'],
  ],

  'Mutation.signUp': [],
  'Mutation.signIn': [],
  'Mutation.refreshSession': [],
  'Mutation.signOut': [[is.signedIn, 'UNAUTHENTICATED']],
  'Mutation.addComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.takesComments, 'COMMENTS_CLOSED'],
    [is.parentWasPublic, 'NOT_FOUND'],
    [is.parentIsPublic, 'PARENT_REMOVED'],
    [is.canNest, 'NESTED_TOO_DEEP'],
  ],
  'Mutation.editComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesComment, 'NOT_FOUND'],
    [is.isAuthor, 'FORBIDDEN'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isTextAlive, 'COMMENT_REMOVED'],
    [is.isFresh, 'EDIT_WINDOW_OVER'],
  ],
  'Mutation.removeComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesOrRemoves, 'NOT_FOUND'],
    [is.isAuthorOrModerator, 'FORBIDDEN'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
  ],
  'Mutation.react': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesComment, 'NOT_FOUND'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isNotRemoved, 'COMMENT_REMOVED'],
    [is.isPublicComment, 'WRONG_STATUS'],
  ],
  'Mutation.unreact': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesComment, 'NOT_FOUND'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isNotRemoved, 'COMMENT_REMOVED'],
    [is.isPublicComment, 'WRONG_STATUS'],
  ],
  'Mutation.restoreComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesOrModerates, 'NOT_FOUND'],
    [is.isModerator, 'FORBIDDEN'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isNotHeld, 'WRONG_STATUS'],
    [is.isTextKept, 'WRONG_STATUS'],
  ],
  'Mutation.approveComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesOrModerates, 'NOT_FOUND'],
    [is.isModerator, 'FORBIDDEN'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isNotRemoved, 'COMMENT_REMOVED'],
    [is.parentStands, 'PARENT_REMOVED'],
    [is.namesHeldEdit, 'STALE_REVISION'],
  ],
  'Mutation.rejectComment': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesOrModerates, 'NOT_FOUND'],
    [is.isModerator, 'FORBIDDEN'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isHeldInPart, 'WRONG_STATUS'],
    [is.isNotRemoved, 'COMMENT_REMOVED'],
    [is.namesWaitingEdit, 'STALE_REVISION'],
  ],
  'Mutation.createArticle': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.writes, 'FORBIDDEN'],
    [is.writesUnderByline, 'FORBIDDEN'],
  ],
  'Mutation.updateArticle': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
  ],
  'Mutation.publishArticle': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
  ],
  'Mutation.unpublishArticle': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
    [is.wasPublished, 'WRONG_STATUS'],
  ],
  'Mutation.setCommentPolicy': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.managesComments, 'FORBIDDEN'],
  ],
  'Mutation.endorse': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.isPublished, 'WRONG_STATUS'],
    [is.hasNotEndorsed, 'ALREADY_ENDORSED'],
  ],
  'Mutation.withdrawEndorsement': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.hasEverEndorsed, 'NOT_FOUND'],
  ],

  'Subscription.articleEvents': [[is.seesArticle, 'NOT_FOUND']],
  'Subscription.commentAdded': [[is.seesArticle, 'NOT_FOUND']],
};

/** Who is ever shown an object of a type, and with it all its fields but the exceptions. */
export const types: Readonly<Record<string, { readonly rule: is.Rule } | { readonly text: string }>> = {
  Article: { rule: is.seesArticle },
  Comment: { rule: is.seesComment },
  Endorsement: { rule: is.isEndorsementShown },
  HeldEdit: { text: 'the comment’s author, and moderators who are not suspended' },
  Viewer: { rule: is.isOwnAccount },
  Node: { rule: is.seesThing },
  Journalist: { text: 'everybody' },
  Tag: {
    text: 'everybody, once it stands on a published article; before that whoever sees an article with it',
  },
  CommentAuthor: {
    text: 'whoever sees a comment of theirs; by its id, once they have a public one, and the account itself',
  },
  Signature: { text: 'whoever sees the article' },
  ReactionCount: { text: 'whoever sees the comment' },
  PageInfo: { text: 'whoever sees what the page is of' },
  Session: { text: 'whoever has just proved to be that account' },
  ArticleCheckpoint: { text: 'whoever sees the article' },
  ArticleEventPage: { text: 'whoever sees the article; the events as in its stream' },
  ArticleReset: { text: 'whoever sees the article' },
  ArticleUpdated: { text: 'whoever sees the article' },
  EventOmitted: { text: 'whoever sees the article; which comment or endorsement, and no more of it' },
  CommentPolicyChanged: { text: 'whoever sees the article' },
  ArticleUnpublished: { text: 'whoever saw the article until then' },
  CommentAdded: { text: 'whoever sees the article; the comment as they see it by then' },
  CommentEdited: { text: 'whoever sees the article; the comment as they see it by then' },
  CommentUpdated: { text: 'whoever sees the article; the comment as they see it by then' },
  CommentRemoved: { text: 'whoever sees the article; of the comment no more than its place' },
  CommentRestored: { text: 'whoever sees the article; the comment as they see it by then' },
  CommentReactionsChanged: { text: 'whoever sees the article; the comment as they see it by then' },
  EndorsementAdded: { text: 'whoever sees the article; null in place of one that was withdrawn since' },
  EndorsementUpdated: { text: 'whoever sees the article; null in place of one that was withdrawn since' },
  EndorsementWithdrawn: { text: 'whoever sees the article; its id alone' },
  UserError: { text: 'whoever ran the mutation; it tells no more than the rules here' },
};

/** As `types`, for all types whose names end so. */
export const typesByEnding: Readonly<Record<string, string>> = {
  Connection:
    'whoever sees what it is a field of; it holds nothing that its items’ rule hides, nor counts it',
  Edge: 'whoever sees its node',
  Payload: 'whoever ran the mutation; null in place of what they may not see',
  Event: 'whoever sees the article, at the moment when the event is sent',
};

/** Fields for fewer than those who see the object. */
export const exceptions: Readonly<Record<string, Gates>> = {
  'Article.viewerBodyMarkdown': [[is.editsArticle, 'null']],
  'Article.viewerContactAddresses': [[is.signedIn, 'null']],
  'Article.viewerEndorsement': [
    [is.signedIn, 'null'],
    [is.hasEndorsed, 'null'],
  ],
  'Comment.author': [[is.isNotRemoved, 'null']],
  'Comment.bodyHtml': [[is.isNotRemoved, 'null']],
  'Comment.bodyText': [[is.isNotRemoved, 'null']],
  'Comment.editedAt': [[is.isNotRemoved, 'null']],
  'Comment.importKey': [[is.isNotRemoved, 'null']],
  'Comment.viewerHeldEdit': [
    [is.seesHeldEdit, 'null'],
    [is.hasHeldEdit, 'null'],
  ],
  'HeldEdit.viewerBodyMarkdown': [
    [is.isAuthor, 'null'],
    [is.notSuspended, 'null'],
    [is.isFresh, 'null'],
  ],
  'Comment.viewerEditableUntil': [
    [is.isAuthor, 'null'],
    [is.notSuspended, 'null'],
    [is.isTextAlive, 'null'],
    [is.isFresh, 'null'],
  ],
  'Comment.viewerBodyMarkdown': [
    [is.isAuthor, 'null'],
    [is.notSuspended, 'null'],
    [is.isTextAlive, 'null'],
    [is.isFresh, 'null'],
  ],
};

/** Fields of the table that may be null also for those who may see them. */
export const nullable: readonly string[] = ['Comment.author', 'Comment.editedAt', 'Comment.importKey'];
