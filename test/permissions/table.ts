import * as is from './rules.ts';
import type { Gates } from './rules.ts';

/*
 * The permissions of every element of the schema: the source of docs/permissions.md, which
 * `UPDATE_GOLDEN=1 npm test -- test/permissions` rewrites. An element of the schema without a row here fails the tests, and
 * so does a row without an element.
 */

/** The fields of `Query`, `Mutation` and `Subscription`, each with its conditions in the order of their checks. */
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
  'Query.campaigns': [],
  'Query.fundingCurrencies': [],
  'Query.fundingTestMode': [],
  'Query.heldComments': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.isActiveModerator, 'FORBIDDEN'],
  ],
  'Query.outgoingMails': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.isActiveAdministrator, 'FORBIDDEN'],
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
  'Mutation.createCampaign': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
    [is.hasNoCampaign, 'CAMPAIGN_EXISTS'],
  ],
  'Mutation.updateCampaign': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
    [is.isNotOver, 'WRONG_STATUS'],
  ],
  'Mutation.launchCampaign': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
    [is.isDraftOrLive, 'WRONG_STATUS'],
    [is.isPublishedOrLaunched, 'WRONG_STATUS'],
  ],
  'Mutation.cancelCampaign': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.editsArticle, 'FORBIDDEN'],
    [is.isNotOverByItself, 'WRONG_STATUS'],
  ],
  'Mutation.suspendCampaign': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.isEditor, 'FORBIDDEN'],
    [is.isRunning, 'WRONG_STATUS'],
  ],
  'Mutation.pledge': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesCampaign, 'NOT_FOUND'],
    [is.isNotItsJournalist, 'FORBIDDEN'],
    [is.takesPledges, 'CAMPAIGN_CLOSED'],
    [is.hasNotPledged, 'ALREADY_PLEDGED'],
  ],
  'Mutation.changePledge': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isOwnPledge, 'NOT_FOUND'],
    [is.isNotDue, 'WRONG_STATUS'],
    [is.takesPledges, 'CAMPAIGN_CLOSED'],
  ],
  'Mutation.withdrawPledge': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.isOwnPledge, 'NOT_FOUND'],
    [is.isNotDueOrWithdrawn, 'WRONG_STATUS'],
  ],
  'Mutation.retryPledge': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.isOwnPledge, 'NOT_FOUND'],
    [is.waitsForMeans, 'WRONG_STATUS'],
  ],
  'Mutation.refundPledge': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.isEditor, 'FORBIDDEN'],
    [is.wasCollected, 'WRONG_STATUS'],
  ],
  'Mutation.payOut': [
    [is.signedIn, 'UNAUTHENTICATED'],
    [is.notSuspended, 'ACCOUNT_SUSPENDED'],
    [is.seesArticle, 'NOT_FOUND'],
    [is.isEditor, 'FORBIDDEN'],
    [is.isNotStopped, 'WRONG_STATUS'],
    [is.holdsEnough, 'INSUFFICIENT_FUNDS'],
  ],

  'Subscription.articleEvents': [[is.seesArticle, 'NOT_FOUND']],
  'Subscription.commentAdded': [[is.seesArticle, 'NOT_FOUND']],
};

/** The viewers who are shown objects of a type, with all their fields except `exceptions`. */
export const types: Readonly<Record<string, { readonly rule: is.Rule } | { readonly text: string }>> = {
  Article: { rule: is.seesArticle },
  Comment: { rule: is.seesComment },
  Endorsement: { rule: is.isEndorsementShown },
  Campaign: { rule: is.seesCampaign },
  Pledge: { rule: is.seesPledge },
  Milestone: {
    text: 'whoever sees the campaign; the article that it unlocks only to those who see that article',
  },
  CampaignManagement: {
    text: 'those who may edit the campaign’s article; its pledges only to editors and administrators',
  },
  PledgeTally: { text: 'those who may edit the campaign’s article' },
  Payout: { text: 'those who may edit the campaign’s article' },
  Backer: { text: 'whoever sees the campaign, if the person wishes to be named and has not withdrawn' },
  FundingCurrency: { text: 'everybody' },
  Money: { text: 'whoever sees the object with the field' },
  LedgerTransaction: { text: 'whoever sees the campaign' },
  LedgerEntry: { text: 'whoever sees the campaign; the backer only by a pseudonym' },
  HeldEdit: { text: 'the comment’s author, and moderators who are not suspended' },
  Viewer: { rule: is.isOwnAccount },
  Node: { rule: is.seesThing },
  Journalist: { text: 'everybody' },
  Tag: {
    text: 'everybody, once a published article has the tag; before that whoever sees an article with the tag',
  },
  CommentAuthor: {
    text: 'whoever sees a comment of the author; by id, everybody once the author has a public comment, and the account itself',
  },
  OutgoingMail: { text: 'administrators who are not suspended, where mails go to a folder' },
  Signature: { text: 'whoever sees the article' },
  ReactionCount: { text: 'whoever sees the comment' },
  PageInfo: { text: 'whoever sees the connection' },
  Session: { text: 'whoever has just authenticated as that account' },
  ArticleCheckpoint: { text: 'whoever sees the article' },
  ArticleEventPage: { text: 'whoever sees the article; the events as in its stream' },
  ArticleReset: { text: 'whoever sees the article' },
  ArticleUpdated: { text: 'whoever sees the article' },
  EventOmitted: { text: 'whoever sees the article; of the comment or endorsement only the id' },
  CommentPolicyChanged: { text: 'whoever sees the article' },
  ArticleUnpublished: { text: 'whoever saw the article until then' },
  CommentAdded: { text: 'whoever sees the article; the comment as they see it when the event is sent' },
  CommentEdited: { text: 'whoever sees the article; the comment as they see it when the event is sent' },
  CommentUpdated: { text: 'whoever sees the article; the comment as they see it when the event is sent' },
  CommentRemoved: { text: 'whoever sees the article; of the comment only its place' },
  CommentRestored: { text: 'whoever sees the article; the comment as they see it when the event is sent' },
  CommentReactionsChanged: {
    text: 'whoever sees the article; the comment as they see it when the event is sent',
  },
  ArticleUnlocked: { text: 'whoever sees the article' },
  CampaignUpdated: { text: 'whoever sees the article' },
  CampaignEnded: { text: 'whoever sees the article' },
  PledgeAdded: {
    text: 'whoever sees the article; the backer only if they wish to be named, null in place of a pledge that was withdrawn since',
  },
  PledgeChanged: {
    text: 'whoever sees the article; the backer only if they wish to be named, null in place of a pledge that was withdrawn since',
  },
  PledgeWithdrawn: { text: 'whoever sees the article; nothing of the pledge' },
  MilestoneReached: { text: 'whoever sees the article' },
  MilestoneSettled: { text: 'whoever sees the article' },
  CollectionProgressed: { text: 'whoever sees the article' },
  EndorsementAdded: {
    text: 'whoever sees the article; null in place of an endorsement that was withdrawn since',
  },
  EndorsementUpdated: {
    text: 'whoever sees the article; null in place of an endorsement that was withdrawn since',
  },
  EndorsementWithdrawn: { text: 'whoever sees the article; of the endorsement only the id' },
  UserError: { text: 'whoever ran the mutation; the error reveals no more than these rules' },
};

/** As `types`, for all types whose names have these endings. */
export const typesByEnding: Readonly<Record<string, string>> = {
  Connection:
    'whoever sees the object with the field; items that their own rule hides are neither listed nor counted',
  Edge: 'whoever sees its node',
  Payload: 'whoever ran the mutation; null in place of objects that they may not see',
  Event: 'whoever sees the article, at the moment when the event is sent',
};

/** Fields that only some of the viewers who see the object may read. */
export const exceptions: Readonly<Record<string, Gates>> = {
  'Article.campaign': [[is.seesCampaign, 'null']],
  'Article.viewerBodyMarkdown': [[is.editsArticle, 'null']],
  'Article.viewerContactAddresses': [[is.signedIn, 'null']],
  'Article.viewerEndorsement': [
    [is.signedIn, 'null'],
    [is.hasEndorsed, 'null'],
  ],
  'Campaign.viewerManagement': [[is.editsArticle, 'null']],
  'Campaign.viewerPledge': [
    [is.signedIn, 'null'],
    [is.hasEverPledged, 'null'],
  ],
  'Campaign.viewerPledges': [[is.signedIn, 'null']],
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
  'Pledge.campaign': [[is.seesCampaign, 'null']],
  'Pledge.milestone': [[is.seesCampaign, 'null']],
  'Pledge.setupUrl': [
    [is.isOwnPledge, 'null'],
    [is.hasPage, 'null'],
  ],
};

/** Fields of the table that may be null even for viewers who may read them. */
export const nullable: readonly string[] = ['Comment.author', 'Comment.editedAt', 'Comment.importKey'];
