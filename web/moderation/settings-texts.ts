import { formatCount, formatNumber } from '../format.ts';

import type { HookDeadlineAction } from '../graphql/generated/graphql.ts';

/** The texts of the settings of moderation, of the site and of one article. */
export const settingsTexts = {
  hint: 'What the site asks of comments before they are public. A change holds for all that is sent after it, and is in the log.',
  revision: (revision: number) =>
    `${formatCount(revision, 'change', 'changes')} so far, those of words included.`,
  seeLog: 'See the changes',
  readOnly: 'Editors and administrators change these settings.',
  save: 'Save',
  saving: 'Saving …',
  saved: 'Saved. It holds from now on.',
  unchanged: 'Nothing was changed.',

  screening: 'Before a comment is public',
  reporting: 'Reports and the queue',
  isPremoderated: 'Every comment waits for a moderator',
  isPremoderatedHint: 'On all articles. For one article alone, its page of editing has the same.',
  firstComments: 'First comments of an account that wait',
  firstCommentsHint: 'Until so many of its comments are public. 0: none waits for that.',
  maxLinks: 'Most links in a comment',
  maxLinksHint: 'A comment with more waits. Empty: any number is fine.',
  heldHosts: 'Sites to which no link is public at once',
  heldHostsHint: 'A comment with a link there, or to a part of it, waits.',
  allowedHosts: 'Sites whose links do not count',
  allowedHostsHint: 'Links there are not counted as links of a comment.',
  holdsRepeatedText: 'The same text again waits',
  holdsRepeatedTextHint: 'If its author has sent it within the last 24 hours, under any article.',
  slowModeSeconds: 'Slow mode: seconds between two comments',
  slowModeSecondsHint: 'Of one account on one article, at most 86,400, which is a day. 0: no slow mode.',
  reportsToHold: 'Reports that take a comment back',
  reportsToHoldHint: 'By accounts in good standing, until a moderator has looked. 0: none does.',
  claimSeconds: 'Seconds for which a moderator keeps a comment',
  claimSecondsHint: 'Meanwhile nobody else decides about it: 30 to 3,600.',
  hook: 'The program that is asked',
  asksHook: 'The program is asked about each comment',
  asksHookHint:
    'About each that nothing else holds: it waits until the program has decided, or its time is over.',
  hookDeadlineSeconds: 'Seconds in which the program decides',
  hookDeadlineSecondsHint: '10 to 86,400, for what is sent from now on.',
  hookDeadlineAction: 'If it has not decided by then',
  hookDeadlineActionHint: 'For each comment whose time ends from now on.',
  hookActions: {
    HOLD: 'the comment goes on waiting',
    PUBLISH: 'the comment becomes public',
  } satisfies Record<HookDeadlineAction, string>,
  notANumber: 'Write a whole number.',
  yes: 'yes',
  no: 'no',
  anyNumber: 'any number',
  none: 'none',

  // Lists of sites.
  host: 'Site',
  addHosts: (list: string) => `Add to: ${list}`,
  addHostsLabel: 'Add',
  addHostsHint: 'such as example.org; several are separated by spaces',
  removeHost: (host: string) => `Remove ${host}`,
  keepHost: (host: string) => `Keep ${host}`,
  hostsLeave: (count: number) => `${formatCount(count, 'site goes', 'sites go')} when you save.`,
  allHosts: (count: number) => `Show all ${formatNumber(count)}`,

  // One article.
  article: 'One article',
  articleHint: 'An article may ask for something else than the site.',
  articleAddress: 'Address of the article',
  openArticle: 'Show its settings',
  opening: 'Looking …',
  noArticle: 'There is no article at this address.',
  notYours: 'The settings of this article are not yours to change.',
  ownHint: 'What this article asks instead of the site. Empty: as the site does.',
  asSite: 'as the site',
  saveArticle: 'Save for this article',
};
