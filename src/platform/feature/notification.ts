import type { ArticleEventKind } from '../events/event.ts';
import type { Links } from '../http/links.ts';
import type { MailButton } from '../mail/template.ts';
import { openEnum } from '../graphql/enum.ts';

/** A notification of something under an article, by its key within it. */
export interface OfSubject {
  readonly articleId: string;
  readonly subjectId: string;
}

/** A notification of an article as a whole. */
export interface OfArticle {
  readonly articleId: string;
  readonly subjectId?: null;
}

/** A notification of the account itself: its subject is a moderators' decision. */
export interface OfAccount {
  readonly articleId?: null;
  readonly subjectId: string;
}

/** The kinds of notifications, each with what it tells of. Features add theirs (`declare module`), and declare them. */
export interface NotificationKinds {
  /** Only for the compiler: a name that no feature uses. */
  readonly ''?: never;
}
export type NotificationKind = Exclude<keyof NotificationKinds, ''>;

/** The kinds that the API has, by the features of the schema that is being built. */
export const NotificationKindEnum = openEnum<NotificationKind>(
  'NotificationKind',
  'What a notification tells of.',
);

/** Most kinds that the service may have. */
export const maxNotificationKinds = 64;

/** How often an account gets mails about a kind of notifications. */
export type MailFrequency = 'AT_ONCE' | 'DAILY' | 'NEVER';

/** Whether a notification `x` is listed, by the row that it tells of, in SQL. */
export interface ShownRow {
  /** The table with its alias, such as `comment c`. */
  readonly from: string;
  /** The condition that names the row of `x`. */
  readonly where: string;
  /** The condition on the row as it is now. */
  readonly if: string;
  /** The account that has said what it tells of: whoever mutes that account or the article is not told. */
  readonly saidBy?: string;
  /** The condition under which the row lies in the thread of a comment, given as SQL: whoever mutes that thread is not told. */
  readonly inThread?: (commentId: string) => string;
}

/** The event of which accounts are told. Nobody is told of their own acts, nor of what was imported. */
export interface Told {
  readonly on: ArticleEventKind;
  /** SQL for the `account_id` of those who are told of the event `e`, by what never changes of its rows. */
  readonly audience: string;
  /** Whether the audience may be large: then it is told in parts, and no other kind is told of such events. */
  readonly inParts?: boolean;
}

/** What a mail says of a notification that has a sentence of its own. */
export interface MailSentence {
  /** SQL for facts of the notification `x`, as JSON. */
  readonly facts: string;
  readonly of: (facts: unknown) => string;
}

/** What a notification is about. `OWN`: what the account has, whoever may see the article; `ACCOUNT`: the account itself. */
export type NotificationTopic = 'ARTICLE' | 'OWN' | 'ACCOUNT';

/** One kind of notifications. */
export interface NotificationDeclaration {
  /** Description of the kind in the API. */
  readonly describe: string;
  /** Name of the kind in a list of kinds. */
  readonly title: string;
  /** What a mail says of one notification, and of several after their number. */
  readonly phrase: readonly [one: string, several: string];
  /** How often mails tell of it, unless the account has chosen. */
  readonly mail: MailFrequency;
  /** Those about articles are listed while the viewer may see the article; those about the account are mailed while it is suspended, too. */
  readonly about: NotificationTopic;
  /** Until when it is listed, in words: the end of "is listed while". */
  readonly listedWhile: string;
  /** The row by which it is listed; absent: it stays. */
  readonly shown?: ShownRow;
  /** Absent: the feature itself adds such notifications. */
  readonly told?: Told;
  /** Absent: mails have its phrase, after the title of its article. */
  readonly sentence?: MailSentence;
  /** The button of a mail that tells of nothing else; absent: it leads to the page of notifications. */
  readonly button?: (links: Links, place: OfSubject & { readonly slug: string }) => MailButton;
}

/** Some kinds of notifications. */
export type NotificationDeclarations = Readonly<Partial<Record<NotificationKind, NotificationDeclaration>>>;
