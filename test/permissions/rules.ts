import type { Role } from '../../src/platform/auth/viewer.ts';
import type { RequestErrorCode, UserErrorCode } from '../../src/platform/errors/errors.ts';

/*
 * The rules of permissions, written a second time and independently of the service's policies: the tests compare both.
 */

/** The viewer of a request. `accountId` null: signed out. */
export interface Who {
  readonly name: string;
  readonly accountId: string | null;
  readonly roles: readonly Role[];
  readonly suspended: boolean;
  /** Whether its address is not confirmed; the service sends mail. */
  readonly unconfirmed: boolean;
}

/** The facts about a campaign, which is visible together with its article or hidden by itself. */
export interface CampaignFacts {
  readonly status: 'DRAFT' | 'LIVE' | 'SUSPENDED' | 'SUCCEEDED' | 'ENDED' | 'CANCELLED';
  readonly wasLaunched: boolean;
  /** The accounts whose pledges count, and are not due yet. */
  readonly backerIds: readonly string[];
  /** The accounts that have pledged at all. */
  readonly everBackerIds: readonly string[];
  /** Whether the campaign holds money that was collected. */
  readonly holdsMoney: boolean;
}

export interface ArticleThing {
  readonly kind: 'Article';
  readonly status: 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';
  readonly policy: 'OPEN' | 'PREMODERATED' | 'CLOSED';
  readonly ownerId: string | null;
  /** The accounts that endorse the article. */
  readonly endorserIds: readonly string[];
  /** The same, and the accounts that have withdrawn their endorsements. */
  readonly everEndorserIds: readonly string[];
  readonly campaign: CampaignFacts | null;
}

/** The campaign of an article that has one. */
export interface CampaignThing {
  readonly kind: 'Campaign';
  readonly article: ArticleThing;
}

export interface PledgeThing {
  readonly kind: 'Pledge';
  readonly article: ArticleThing;
  readonly accountId: string | null;
  readonly status:
    | 'SETUP'
    | 'ACTIVE'
    | 'DUE'
    | 'COLLECTED'
    | 'ACTION_REQUIRED'
    | 'DROPPED'
    | 'WITHDRAWN'
    | 'RELEASED'
    | 'REFUNDED'
    | 'DISPUTED'
    | 'LOST';
  /** Whether there is a page on which a means of payment is saved. */
  readonly hasPage: boolean;
}

/** The journalist under whose name an article is to be written. */
export interface BylineThing {
  readonly kind: 'Byline';
  readonly ownerId: string | null;
}

export interface CommentThing {
  readonly kind: 'Comment';
  readonly article: ArticleThing;
  readonly status: 'PUBLISHED' | 'PENDING' | 'REJECTED' | 'REMOVED';
  /** Whether the comment is in the thread, even if only as a tombstone. */
  readonly listed: boolean;
  /** Whether the comment is public, or was public until its removal. */
  readonly wasPublic: boolean;
  readonly authorId: string | null;
  readonly canNest: boolean;
  readonly isFresh: boolean;
  /** Whether the parent is in the thread; true on the first level. */
  readonly parentListed: boolean;
  /** Status of a new text that a moderator has to approve; null: there is none. */
  readonly edit: 'PENDING' | 'REJECTED' | null;
  /** Whether its author has removed it. */
  readonly isWithdrawn: boolean;
  /** Whether the text that a restored comment would need is gone. */
  readonly isTextGone: boolean;
}

export interface EndorsementThing {
  readonly kind: 'Endorsement';
  readonly article: ArticleThing;
  readonly listed: boolean;
}

export interface AccountThing {
  readonly kind: 'Viewer';
  readonly accountId: string;
}

/** An object that anybody may see: a byline, a tag, the public name of somebody who has written something. */
export interface PublicThing {
  readonly kind: 'Public';
}

/** The object of a request; undefined: the request is about no particular object. */
export type Thing =
  | ArticleThing
  | BylineThing
  | CommentThing
  | EndorsementThing
  | CampaignThing
  | PledgeThing
  | AccountThing
  | PublicThing
  | undefined;

/** A condition. `text` completes "you …". */
export interface Rule {
  readonly text: string;
  readonly holds: (who: Who, thing: Thing) => boolean;
}

/** The answer to a viewer who does not meet a rule: null in place of the object, or a refusal with this code. */
export type Answer = 'null' | RequestErrorCode | UserErrorCode;

/** Conditions in the order of their checks: the first one that is not met determines the answer. */
export type Gates = readonly (readonly [Rule, Answer])[];

/** The answer to a viewer; undefined: all rules are met. */
export function answerOf(gates: Gates, who: Who, thing: Thing): Answer | undefined {
  return gates.find(([rule]) => !rule.holds(who, thing))?.[1];
}

const rule = (text: string, holds: Rule['holds']): Rule => ({ text, holds });
const articleOf = (thing: Thing): ArticleThing | undefined => {
  if (thing?.kind === 'Article') return thing;
  return thing !== undefined && 'article' in thing ? thing.article : undefined;
};
const has = (who: Who, ...roles: Role[]) => roles.some((role) => who.roles.includes(role));
const moderatesNow = (who: Who) => has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR') && !who.suspended;

/** A rule about comments, which all other objects meet. */
const onComment = (text: string, holds: (comment: CommentThing, who: Who) => boolean): Rule =>
  rule(text, (who, thing) => thing?.kind !== 'Comment' || holds(thing, who));
/** A rule about an article, or about the article of a comment, an endorsement, a campaign or a pledge. */
const onArticle = (text: string, holds: (article: ArticleThing, who: Who) => boolean): Rule =>
  rule(text, (who, thing) => {
    const article = articleOf(thing);
    return article === undefined || holds(article, who);
  });

/** A journalist may use their byline only while they have the role: a former journalist is a reader. */
const writesAs = (ownerId: string | null, who: Who) =>
  has(who, 'EDITOR', 'ADMINISTRATOR') ||
  (has(who, 'JOURNALIST') && who.accountId !== null && ownerId === who.accountId);
const edits = (article: ArticleThing, who: Who) => !who.suspended && writesAs(article.ownerId, who);
const seesArticleOf = (article: ArticleThing, who: Who) =>
  article.status === 'PUBLISHED' || edits(article, who);
const wrote = (comment: CommentThing, who: Who) =>
  who.accountId !== null && comment.authorId === who.accountId;
const seesCommentOf = (comment: CommentThing, who: Who) =>
  seesArticleOf(comment.article, who) &&
  (comment.listed || (comment.status !== 'REMOVED' && (wrote(comment, who) || moderatesNow(who))));

export const signedIn = rule('are signed in', (who) => who.accountId !== null);
export const notSuspended = rule('are not suspended', (who) => !who.suspended);
export const isConfirmed = rule(
  'have confirmed your e-mail address, where the service sends mail',
  (who) => !who.unconfirmed,
);
export const seesArticle = onArticle(
  'see the article: it is published, or you are its journalist (and have the role), an editor or an administrator, and not suspended',
  seesArticleOf,
);
export const editsArticle = onArticle(
  'edit the article: you are its journalist (and have the role), an editor or an administrator, and not suspended',
  edits,
);
export const writes = rule('are a journalist, an editor or an administrator', (who) =>
  has(who, 'JOURNALIST', 'EDITOR', 'ADMINISTRATOR'),
);
export const writesUnderByline = rule(
  'write under your own byline, or are an editor or an administrator',
  (who, thing) => thing?.kind !== 'Byline' || writesAs(thing.ownerId, who),
);
export const wasPublished = onArticle(
  'the article is published or was once',
  (article) => article.status !== 'DRAFT',
);
export const managesComments = onArticle(
  'are the article’s journalist (and have the role), a moderator, an editor or an administrator',
  (article, who) => edits(article, who) || moderatesNow(who),
);
export const isPublished = onArticle('the article is published', (article) => article.status === 'PUBLISHED');
export const takesComments = onArticle(
  'the article is published and takes comments',
  (article) => article.status === 'PUBLISHED' && article.policy !== 'CLOSED',
);
export const hasNotEndorsed = onArticle(
  'have not endorsed the article',
  (article, who) => !article.endorserIds.includes(who.accountId ?? ''),
);
export const hasEndorsed = onArticle('have endorsed the article', (article, who) =>
  article.endorserIds.includes(who.accountId ?? ''),
);
export const hasEverEndorsed = onArticle(
  'have endorsed the article, even if you have withdrawn the endorsement',
  (article, who) => article.everEndorserIds.includes(who.accountId ?? ''),
);

export const seesComment = onComment(
  'see the comment: you see its article, and it stands in the thread, or it waits or was rejected and you wrote it or are a moderator who is not suspended',
  seesCommentOf,
);
export const seesOrModerates = onComment(
  'see the comment, or are a moderator who sees its article and is not suspended',
  (comment, who) => seesCommentOf(comment, who) || (seesArticleOf(comment.article, who) && moderatesNow(who)),
);
export const seesOrRemoves = onComment(
  'see the comment, or may remove it and see its article',
  (comment, who) =>
    seesCommentOf(comment, who) ||
    (seesArticleOf(comment.article, who) && !who.suspended && (wrote(comment, who) || moderatesNow(who))),
);
export const hasAccount = onComment('its author has an account', ({ authorId }) => authorId !== null);
export const isAuthor = onComment('wrote the comment', wrote);
export const isNotAuthor = onComment('did not write the comment', (comment, who) => !wrote(comment, who));
export const isModerator = rule('are a moderator, an editor or an administrator', (who) =>
  has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'),
);
export const isActiveModerator = rule(
  'are a moderator, an editor or an administrator, and not suspended',
  moderatesNow,
);
export const isAuthorOrModerator = onComment(
  'wrote the comment or are a moderator',
  (comment, who) => wrote(comment, who) || has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'),
);
export const parentWasPublic = onComment(
  'the comment that you reply to is or was public',
  (comment) => comment.wasPublic,
);
export const parentIsPublic = onComment(
  'the comment that you reply to was not removed',
  (comment) => comment.status === 'PUBLISHED',
);
export const canNest = onComment('the thread may nest deeper there', (comment) => comment.canNest);
export const isNotRemoved = onComment('the comment was not removed', ({ status }) => status !== 'REMOVED');
export const isTextAlive = onComment(
  'the comment was neither removed nor rejected',
  ({ status }) => status !== 'REMOVED' && status !== 'REJECTED',
);
export const isFresh = onComment('the edit window is open', (comment) => comment.isFresh);
export const isPublicComment = onComment(
  'the comment is public, under a published article',
  ({ status, article }) => status === 'PUBLISHED' && article.status === 'PUBLISHED',
);
export const isNotWithdrawn = onComment(
  'its author has not removed it, or is you',
  (comment, who) => !comment.isWithdrawn || wrote(comment, who),
);
export const isNotHeld = onComment(
  'the comment neither waits nor was rejected',
  ({ status }) => status !== 'PENDING' && status !== 'REJECTED',
);
export const isWaiting = onComment('the comment waits for a moderator', ({ status }) => status === 'PENDING');
export const isEditWaiting = onComment(
  'the new text waits for a moderator',
  ({ status, edit }) => status === 'PUBLISHED' && edit === 'PENDING',
);
export const isTextKept = onComment('the comment’s text still exists', (comment) => !comment.isTextGone);
export const isHeldInPart = onComment(
  'the comment is not public, or has a new text that waits or was rejected',
  ({ status, edit }) => status !== 'PUBLISHED' || edit !== null,
);
export const namesHeldEdit = onComment(
  'pass the revision of the public comment’s new text that waits or was rejected, if there is one',
  ({ status, edit }) => status !== 'PUBLISHED' || edit === null,
);
export const namesWaitingEdit = onComment(
  'pass the revision of the public comment’s new text that waits, if there is one',
  ({ status, edit }) => status !== 'PUBLISHED' || edit !== 'PENDING',
);
export const seesHeldEdit = onComment(
  'wrote the comment, or are a moderator who is not suspended',
  (comment, who) => wrote(comment, who) || moderatesNow(who),
);
export const hasHeldEdit = onComment(
  'the comment is public and has a new text that waits or was rejected',
  ({ status, edit }) => status === 'PUBLISHED' && edit !== null,
);
export const hasReason = onComment(
  'a moderator has given a reason for rejecting or removing it, or its new text',
  ({ status, edit }) => status === 'REJECTED' || (status === 'PUBLISHED' && edit === 'REJECTED'),
);
export const hasDecision = onComment(
  'a moderator has decided about it, and the decision stands',
  ({ status, edit }) => status === 'REJECTED' || (status === 'PUBLISHED' && edit === 'REJECTED'),
);
export const parentStands = onComment(
  'the comment’s parent is in the thread',
  (comment) => comment.status === 'PUBLISHED' || comment.parentListed,
);
export const isEndorsementShown = rule(
  'see its article, and the endorsement was not withdrawn and does not wait to be confirmed',
  (who, thing) => thing?.kind !== 'Endorsement' || (thing.listed && seesArticleOf(thing.article, who)),
);

export const isActiveAdministrator = rule(
  'are an administrator, and not suspended',
  (who) => has(who, 'ADMINISTRATOR') && !who.suspended,
);

/** A rule about an article's campaign, or about the campaign of a pledge; not met without a campaign. */
const onCampaign = (
  text: string,
  holds: (campaign: CampaignFacts, who: Who, article: ArticleThing) => boolean,
): Rule =>
  rule(text, (who, thing) => {
    const article = articleOf(thing);
    return article === undefined || (article.campaign !== null && holds(article.campaign, who, article));
  });
/** A rule about pledges, which all other objects meet. */
const onPledge = (text: string, holds: (pledge: PledgeThing, who: Who) => boolean): Rule =>
  rule(text, (who, thing) => thing?.kind !== 'Pledge' || holds(thing, who));
const movesMoney = (who: Who) => has(who, 'EDITOR', 'ADMINISTRATOR') && !who.suspended;
const pledged = (pledge: PledgeThing, who: Who) =>
  who.accountId !== null && pledge.accountId === who.accountId;

export const seesCampaign = onCampaign(
  'see the campaign: you see its article, and it was launched, or you edit its article',
  ({ wasLaunched }, who, article) => seesArticleOf(article, who) && (wasLaunched || edits(article, who)),
);
export const hasNoCampaign = onArticle('the article has no campaign', ({ campaign }) => campaign === null);
export const isEditor = rule('are an editor or an administrator', (who) =>
  has(who, 'EDITOR', 'ADMINISTRATOR'),
);
export const isDraftOrLive = onCampaign(
  'the campaign is a draft, or live',
  ({ status }) => status === 'DRAFT' || status === 'LIVE',
);
export const isPublishedOrLaunched = onCampaign(
  'the article is published, unless the campaign was launched before',
  ({ status }, _, article) => status === 'LIVE' || article.status === 'PUBLISHED',
);
export const isNotOver = onCampaign(
  'the campaign is not over',
  ({ status }) => status === 'DRAFT' || status === 'LIVE' || status === 'SUSPENDED',
);
export const isNotOverByItself = onCampaign(
  'the campaign has not ended by its last milestone or its deadline',
  ({ status }) => status !== 'SUCCEEDED' && status !== 'ENDED',
);
export const isNotStoppedForJournalists = onCampaign(
  'the campaign is not suspended, or are an editor or an administrator',
  ({ status }, who) => status !== 'SUSPENDED' || has(who, 'EDITOR', 'ADMINISTRATOR'),
);
export const isRunning = onCampaign(
  'the campaign is live or suspended',
  ({ status }) => status === 'LIVE' || status === 'SUSPENDED',
);
export const isNotItsJournalist = onArticle(
  'are not the article’s journalist',
  ({ ownerId }, who) => ownerId === null || ownerId !== who.accountId,
);
export const takesPledges = onCampaign(
  'the campaign takes pledges: it is live, its deadline is ahead, and its article is published',
  ({ status }, _, article) => status === 'LIVE' && article.status === 'PUBLISHED',
);
export const hasNotPledged = onCampaign(
  'have no pledge to the open milestone',
  ({ backerIds }, who) => !backerIds.includes(who.accountId ?? ''),
);
export const hasEverPledged = onCampaign('have pledged, whatever became of it', ({ everBackerIds }, who) =>
  everBackerIds.includes(who.accountId ?? ''),
);
export const isNotStopped = onCampaign(
  'the campaign is not suspended',
  ({ status }) => status !== 'SUSPENDED',
);
export const holdsEnough = onCampaign(
  'the campaign holds the amount, beside what is being paid out or given back',
  ({ holdsMoney }) => holdsMoney,
);
export const isOwnPledge = onPledge('made the pledge', pledged);
export const seesPledge = onPledge(
  'made the pledge, or are an editor or an administrator who is not suspended',
  (pledge, who) => pledged(pledge, who) || movesMoney(who),
);
export const isNotDue = onPledge(
  'the milestone of the pledge is not reached, and the pledge is not over',
  ({ status }) => status === 'SETUP' || status === 'ACTIVE',
);
export const isNotDueOrWithdrawn = onPledge(
  'the milestone of the pledge is not reached, and the pledge is not over, unless it was withdrawn',
  ({ status }) => status === 'SETUP' || status === 'ACTIVE' || status === 'WITHDRAWN',
);
export const waitsForMeans = onPledge(
  'the pledge waits for a means of payment',
  ({ status }) => status === 'SETUP' || status === 'ACTION_REQUIRED',
);
export const hasPage = onPledge('a means of payment has to be saved', (pledge) => pledge.hasPage);
export const wasCollected = onPledge(
  'the pledge was collected',
  ({ status }) => status === 'COLLECTED' || status === 'REFUNDED',
);

/** Rules about tokens: `test/features/people/tokens/` tries them. */
export const isAdministrator = rule('are an administrator', (who) => has(who, 'ADMINISTRATOR'));
/** Rules about accounts: `test/features/moderation/` tries them. */
export const maySanction = rule(
  'decide about somebody else, and about staff as an administrator, not by a token',
  () => true,
);
export const mayRemoveNote = rule('have written the note, or are an administrator', () => true);

export const makesOwnToken = rule(
  'make it for yourself, or for a service account as an administrator',
  () => true,
);
export const ownsToken = rule(
  'own the token, or are an administrator who is not suspended, and a service account owns it',
  () => true,
);

export const isOwnAccount = rule(
  'are that account',
  (who, thing) => thing?.kind !== 'Viewer' || thing.accountId === who.accountId,
);
/** Applies the rule of the object's kind. */
export const seesThing = rule('see the thing, by the rule of its type', (who, thing) => {
  if (thing?.kind === 'Article') return seesArticleOf(thing, who);
  if (thing?.kind === 'Comment') return seesCommentOf(thing, who);
  if (thing?.kind === 'Campaign') return seesCampaign.holds(who, thing);
  if (thing?.kind === 'Pledge') return seesPledge.holds(who, thing);
  return isEndorsementShown.holds(who, thing) && isOwnAccount.holds(who, thing);
});
