/*
 * The texts and formats of the HTML that is served before any script runs. The reader's page has the same ones in
 * `web/texts.ts` and `web/format.ts`, each by the same name; a test compares them. They are not one file, because the
 * service imports nothing of the page, and the page's texts are its own.
 */

const language = 'en';

const number = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);
// The HTML is the same for all readers, so instants are formatted in UTC.
const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });

export const formatNumber = (value: number): string => number.format(value);

const formatCount = (count: number, one: string, other: string): string =>
  `${formatNumber(count)} ${plural.select(count) === 'one' ? one : other}`;

/** The day of a `PartialDateTime`, or its month or year if no more is known. */
export function formatDay(time: string): string {
  if (time.length === 4) return time;
  return (time.length === 7 ? month : day).format(new Date(time));
}

export const texts = {
  siteLine: 'Crowdfunded journalism',
  skipToContent: 'Skip to content',
  footer: 'Standfirst is free software. This page uses nothing but its public API.',
  explorer: 'The API and its explorer',
  licences: 'Licences',
  searchLabel: 'Search articles',
  searchPlaceholder: 'Search',
  searchButton: 'Search',
  notPublished: 'Not published',
  firstPublished: 'First published at',
  signedBy: (count: string) => `Signed by ${count}`,
  endorsements: (count: number) => formatCount(count, 'endorsement', 'endorsements'),
  signInToEndorse: 'Sign in to endorse',
  moreEndorsements: 'More endorsements',
  discussion: 'Discussion',
  comments: (count: number) => formatCount(count, 'comment', 'comments'),
  sortLabel: 'Order',
  sorts: { THREADED: 'Threads' },
  commentsClosed: 'This article takes no new comments.',
  premoderated: 'A moderator reads each comment before it is public.',
  signInToComment: 'Sign in to comment',
  noComments: 'Nobody has said anything yet.',
  later: 'More comments',
  commentBy: (name: string | null, level: number) =>
    `${level === 0 ? 'Comment' : `Reply, level ${level},`} by ${name ?? 'somebody without a name'}`,
  nameless: 'No name given',
  removed: 'Comment removed',
  badges: { ARTICLE_AUTHOR: 'Author', JOURNALIST: 'Journalist', MODERATOR: 'Moderator' },
  edited: 'edited',
  fold: 'Fold',
  reply: 'Reply',
  reactions: { LIKE: 'Well said', INSIGHTFUL: 'Insightful', DISAGREE: 'Disagree' },
  continueThread: (count: number) => `Continue this thread: ${formatCount(count, 'reply', 'replies')}`,
  branchTitle: (title: string) => `A thread under “${title}”`,
  wholeDiscussion: 'The whole discussion',
} as const;

/** Texts that the script has no use for. */
export const servedOnly = { firstComments: 'The first comments' } as const;
