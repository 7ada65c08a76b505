/** The kinds of notifications on the pages. */
import { isolated } from '../../src/platform/text/direction.ts';
import { type NotificationKind } from '../graphql/generated/graphql.ts';
import { commentHash, paths } from '../paths.ts';

/** What a notification leads to. */
interface Place {
  readonly article: { readonly slug: string } | null;
  readonly comment: { readonly id: string } | null;
}

interface Kind {
  /** Name of the kind among the choices about mails. */
  readonly title: string;
  /** What the list says. @param name of whoever has done it */
  readonly text: (name: string) => string;
  readonly link: (place: Place) => string;
  /** Whether it stands in the list of answers; absent: among the other news. */
  readonly isAnswer?: true;
}

const ofArticle =
  (hash: string) =>
  ({ article }: Place): string =>
    article ? paths.article(article.slug) + hash : paths.myComments;
const support = ofArticle('#support');
const publicComment = ({ article, comment }: Place): string =>
  article && comment ? paths.article(article.slug) + commentHash(comment.id) : paths.myComments;
const toDecisions = (): string => `${paths.myComments}#decisions`;
const toOwnComments = (): string => paths.myComments;

export const kinds: Readonly<Record<NotificationKind, Kind>> = {
  REPLY: {
    title: 'Replies to my comments',
    text: (name) => `${isolated(name)} has replied to you`,
    link: publicComment,
    isAnswer: true,
  },
  ARTICLE_COMMENT: {
    title: 'Comments on my articles',
    text: (name) => `${isolated(name)} has commented on your article`,
    link: publicComment,
    isAnswer: true,
  },
  ENDORSEMENT: {
    title: 'Endorsements of my articles',
    text: (name) => `${isolated(name)} has endorsed your article`,
    link: ofArticle(''),
  },
  COMMENT_APPROVED: {
    title: 'My comment was let through',
    text: () => 'Your comment was let through',
    link: publicComment,
  },
  COMMENT_REJECTED: {
    title: 'My comment was not let through',
    text: () => 'Your comment was not let through',
    link: toOwnComments,
  },
  COMMENT_REMOVED: {
    title: 'A moderator has removed my comment',
    text: () => 'A moderator has removed your comment',
    link: toDecisions,
  },
  COMMENT_HELD: {
    title: 'My comment is hidden until a moderator has looked at it',
    text: () =>
      'Your comment is hidden until a moderator has looked at it: it was reported, or its approval was undone',
    link: toOwnComments,
  },
  EDIT_APPROVED: {
    title: 'My new text was let through',
    text: () => 'The new text of your comment was let through',
    link: publicComment,
  },
  EDIT_REJECTED: {
    title: 'My new text was not let through',
    text: () => 'The new text of your comment was not let through',
    link: toOwnComments,
  },
  MILESTONE_REACHED: {
    title: 'A goal that I back is reached',
    text: () => 'A goal that you back is reached: pledges are collected',
    link: support,
  },
  MILESTONE_SETTLED: {
    title: 'The pledges to a goal were collected',
    text: () => 'The pledges to a goal that you back were collected',
    link: support,
  },
  CAMPAIGN_ENDED: {
    title: 'A campaign that I back is over',
    text: () => 'A campaign that you back is over',
    link: support,
  },
  PLEDGE_FAILED: {
    title: 'My payment has failed',
    text: () => 'Your payment has failed: it needs another means of payment',
    link: () => paths.myPledges,
  },
  ACCOUNT_SUSPENDED: {
    title: 'My account was suspended',
    text: () => 'Your account was suspended: you can read, but not write',
    link: toOwnComments,
  },
  ACCOUNT_PREMODERATED: {
    title: 'My comments wait for a moderator',
    text: () => 'Your comments wait for a moderator from now on',
    link: toOwnComments,
  },
  SANCTION_LIFTED: {
    title: 'Such a decision has ended',
    text: () => 'A decision about your account has ended',
    link: toOwnComments,
  },
  COMMENTS_REMOVED: {
    title: 'Moderators have removed comments of mine',
    text: () => 'Moderators have removed comments of yours',
    link: toOwnComments,
  },
  APPEAL_ANSWERED: {
    title: 'My appeal was answered',
    text: () => 'Your appeal was answered',
    link: toDecisions,
  },
};

/** All kinds, in the order in which they are offered. */
export const kindNames = Object.keys(kinds) as readonly NotificationKind[];
