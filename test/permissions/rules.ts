import type { Role } from '../../src/platform/auth/viewer.ts';
import type { RequestErrorCode, UserErrorCode } from '../../src/platform/errors/errors.ts';

/*
 * The rules of permissions, written a second time and independently of the service's policies: the tests compare both.
 * Rules about the things of one feature stand with that feature.
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

/** The facts about an article. Features add theirs (`declare module`), and read them by `WorldPart.articleFacts`. */
export interface ArticleThing {
  readonly kind: 'Article';
  readonly status: 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';
  readonly policy: 'OPEN' | 'PREMODERATED' | 'CLOSED';
  readonly ownerId: string | null;
}

/** The journalist under whose name an article is to be written. */
export interface BylineThing {
  readonly kind: 'Byline';
  readonly ownerId: string | null;
}

export interface AccountThing {
  readonly kind: 'Viewer';
  readonly accountId: string;
}

/** An object of the world, with the facts that the rules look at. */
export interface Item<T> {
  readonly name: string;
  readonly id: string;
  readonly slug?: string;
  readonly thing: T;
}

/** The objects of the world by their kinds. Features add theirs (`declare module`), and read them by `WorldPart.things`. */
export interface Items {
  readonly Article: Item<ArticleThing>;
  readonly Byline: Item<BylineThing>;
}
export type Kind = keyof Items;

/** The object of a request; undefined: the request is about no particular object. */
export type Thing = Items[Kind]['thing'] | AccountThing | undefined;

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

export const rule = (text: string, holds: Rule['holds']): Rule => ({ text, holds });
/** The rules about one kind of things, which all other things meet. */
export const rulesOn =
  <K extends Kind>(kind: K) =>
  (text: string, holds: (thing: Items[K]['thing'], who: Who) => boolean): Rule =>
    rule(text, (who, thing) => thing?.kind !== kind || holds(thing, who));
export const articleOf = (thing: Thing): ArticleThing | undefined => {
  if (thing?.kind === 'Article') return thing;
  return thing !== undefined && 'article' in thing ? thing.article : undefined;
};
/** A rule about an article, or about the article of a thing that belongs to one. */
export const onArticle = (text: string, holds: (article: ArticleThing, who: Who) => boolean): Rule =>
  rule(text, (who, thing) => {
    const article = articleOf(thing);
    return article === undefined || holds(article, who);
  });

export const has = (who: Who, ...roles: Role[]) => roles.some((role) => who.roles.includes(role));
export const moderatesNow = (who: Who) => has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR') && !who.suspended;
/** A journalist may use their byline only while they have the role: a former journalist is a reader. */
export const writesAs = (ownerId: string | null, who: Who) =>
  has(who, 'EDITOR', 'ADMINISTRATOR') ||
  (has(who, 'JOURNALIST') && who.accountId !== null && ownerId === who.accountId);
export const edits = (article: ArticleThing, who: Who) => !who.suspended && writesAs(article.ownerId, who);
export const seesArticleOf = (article: ArticleThing, who: Who) =>
  article.status === 'PUBLISHED' || edits(article, who);

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
export const isPublished = onArticle('the article is published', (article) => article.status === 'PUBLISHED');
export const managesComments = onArticle(
  'are the article’s journalist (and have the role), a moderator, an editor or an administrator',
  (article, who) => edits(article, who) || moderatesNow(who),
);
export const isModerator = rule('are a moderator, an editor or an administrator', (who) =>
  has(who, 'MODERATOR', 'EDITOR', 'ADMINISTRATOR'),
);
export const isActiveModerator = rule(
  'are a moderator, an editor or an administrator, and not suspended',
  moderatesNow,
);
export const isAdministrator = rule('are an administrator', (who) => has(who, 'ADMINISTRATOR'));
export const isActiveAdministrator = rule(
  'are an administrator, and not suspended',
  (who) => has(who, 'ADMINISTRATOR') && !who.suspended,
);
export const isEditor = rule('are an editor or an administrator', (who) =>
  has(who, 'EDITOR', 'ADMINISTRATOR'),
);

/* The gates of whole groups of elements. */
export const everybody: Gates = [];
export const accounts: Gates = [[signedIn, 'UNAUTHENTICATED']];
export const activeAccounts: Gates = [...accounts, [notSuspended, 'ACCOUNT_SUSPENDED']];
export const confirmedAccounts: Gates = [...activeAccounts, [isConfirmed, 'EMAIL_UNCONFIRMED']];
export const articleReaders: Gates = [[seesArticle, 'null']];
export const articleEditors: Gates = [
  ...activeAccounts,
  [seesArticle, 'NOT_FOUND'],
  [editsArticle, 'FORBIDDEN'],
];
export const moderators: Gates = [
  ...accounts,
  [isModerator, 'FORBIDDEN'],
  [notSuspended, 'ACCOUNT_SUSPENDED'],
];
export const activeModerators: Gates = [...accounts, [isActiveModerator, 'FORBIDDEN']];
export const activeAdministrators: Gates = [...accounts, [isActiveAdministrator, 'FORBIDDEN']];
export const administrators: Gates = [...activeAccounts, [isAdministrator, 'FORBIDDEN']];
