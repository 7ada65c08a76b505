import { isolated } from '../../src/platform/text/direction.ts';
import { formatCount, formatNumber } from '../format.ts';
import type { ArticleEventKind, WebhookStatus } from '../graphql/generated/graphql.ts';

/** The texts of the pages of webhooks, which are loaded on demand. */
export const webhookTexts = {
  title: 'Webhooks',
  hint: 'Services elsewhere that are sent what happens on this site, by POST requests that are signed.',
  notYours: 'Only administrators see the endpoints to which events are sent.',
  none: 'There are no endpoints.',
  gone: 'There is no such endpoint. It may have been deleted.',
  all: 'All endpoints',

  // The state of an endpoint.
  statuses: { ACTIVE: 'Active', PAUSED: 'Paused', ENDED: 'Ended' } satisfies Record<WebhookStatus, string>,
  failing: 'Failing',
  failingSince: 'Every attempt has failed since',
  hasEnded:
    'The endpoint has answered that it is gone (410). Nothing is sent until you make it active again.',
  tokenHasEnded:
    'The token that has made the endpoint has ended, or the endpoint has answered that it is gone (410). Nothing is sent until you keep the endpoint and make it active again.',
  madeByToken: 'Made by a token',
  ofToken: (name: string, accountName: string) => `${name}, of ${accountName}`,
  endsWithToken: 'The endpoint ends with the token on',
  endedWithToken: 'The token was revoked on',
  keepIt: 'Keep the endpoint',
  keepQuestion:
    'The endpoint ends with its token no more. The program that has made it knows its secret: make another one if the token has leaked.',
  keepNot: 'Leave it to end with its token',
  kept: 'The endpoint is kept: it ends with no token.',
  waiting: (count: number) =>
    count >= 10_000
      ? `${formatNumber(count)} events or more wait`
      : count === 0
        ? 'Nothing waits'
        : `${formatCount(count, 'event waits', 'events wait')}`,
  next: 'next attempt',
  nextNow: 'next attempt now',
  address: 'Address',
  shownTo: 'Shown as this account sees it',
  noAccount: 'none',
  suspended: (name: string) => `${isolated(name)} (suspended)`,
  scope: 'Articles',
  allArticles: 'All',
  notPublic: 'One article, which is not public',
  kinds: 'Events',
  actionKinds: 'Actions of moderation',
  allKinds: 'All kinds',
  made: 'Made',
  queue: 'Queue',

  // What can be done.
  pause: 'Pause',
  goOn: 'Make active',
  paused:
    'The endpoint is paused. What happens meanwhile is sent once it is active again, as far as it is kept.',
  isActive: 'The endpoint is active, and is tried at once.',
  test: 'Send a test',
  testing: 'Sending a test …',
  testAnswered: (status: number) =>
    status >= 200 && status < 300
      ? `The endpoint has accepted the test: it answered ${status}.`
      : `The endpoint has not accepted the test: it answered ${status}.`,
  testFailed: (fault: string) => `The test has failed. ${fault}`,

  // Attempts.
  attempts: 'Attempts',
  attemptsHint: 'The last 50 requests, kept for seven days.',
  refresh: 'Refresh',
  refreshing: 'Refreshing …',
  noAttempts: 'Nothing was sent yet.',
  noAnswer: 'No answer',
  isTest: 'test',
  took: (milliseconds: number) => `${formatNumber(milliseconds)} ms`,
  again: 'Send again from here',
  againOf: (time: string) => `Send again from here: the event that was sent ${time}`,
  againQuestion: 'This event and all after it are sent again, with the ids that they had.',
  againKeep: 'Do not send',

  // Sending again.
  resend: 'Send again',
  resendHint:
    'Events are sent again in their order and with the same ids, whatever became of them, as far as they are kept. Say from when on, or from which message on.',
  since: 'All events since',
  after: 'Or all events behind a cursor',
  afterHint: 'The cursor of a message that the endpoint has received.',
  resending: 'Asking …',
  oneOfBoth: 'Fill in one of both: a time or a cursor.',
  sentAgain: 'The events are being sent again.',

  // The secret.
  secretTitle: 'Secret',
  secretHint: 'It signs each message, by which the endpoint knows that this site has sent it.',
  oldSecret: 'The secret before the present one signs as well until',
  endOld: 'End the old secret now',
  endOldQuestion: 'The endpoint must know the new secret: from now on it alone signs.',
  endOldKeep: 'Leave both',
  oldEnded: 'The new secret alone signs from now on.',
  rotate: 'Make another secret',
  rotating: 'Making …',
  overlap: 'The present secret signs as well for',
  overlaps: { 0: 'no time: it ends at once', 1: 'an hour', 24: 'a day', 168: 'a week' } as Readonly<
    Record<number, string>
  >,
  rotated: 'The new secret is made. Copy it now, as it is not shown again.',
  newSecret: 'The new secret',

  // Deleting.
  remove: 'Delete the endpoint',
  removeQuestion: 'The endpoint goes, with its secret, its attempts and all that waits for it.',
  removeKeep: 'Keep it',
  removed: (name: string) => `The endpoint is deleted: ${isolated(name)}`,

  // The form.
  settings: 'Settings',
  edit: 'Change the endpoint',
  save: 'Save',
  saved: 'The endpoint is changed, and is tried at once.',
  add: 'Add an endpoint',
  adding: 'Adding …',
  added: (name: string) =>
    `The endpoint is made: ${isolated(name)}. Copy its secret now, as it is not shown again.`,
  addedBefore: (name: string) =>
    `The endpoint was made by your first attempt: ${isolated(name)}. Its secret has not arrived here: make another one on its page.`,
  secret: 'The secret of the endpoint',
  open: 'Open the endpoint',
  name: 'Name',
  nameHint: 'By which you know the endpoint later.',
  url: 'Address',
  urlHint: 'Where the events are sent: an https address in the public internet.',
  account: 'Service account',
  accountHint: 'Events are shown as this account sees them.',
  noAccounts: 'An endpoint needs a service account, as which events are shown. There is none yet.',
  makeAccount: 'Make one on the page of your account',
  article: 'One article only',
  articleHint: 'Its address. Empty: the events of all articles.',
  noArticle: 'There is no public article at this address.',
  someKinds: 'Some kinds of events only',
  someKindsHint: 'If you check none, all kinds are sent.',
  document: 'Document',
  documentHint: 'A subscription to siteEvents in GraphQL, whose result for an event is sent.',

  kindGroups: [
    { name: 'Articles', kinds: ['ARTICLE_UPDATED', 'ARTICLE_UNPUBLISHED', 'COMMENT_POLICY_CHANGED'] },
    {
      name: 'Comments',
      kinds: [
        'COMMENT_ADDED',
        'COMMENT_EDITED',
        'COMMENT_UPDATED',
        'COMMENT_REMOVED',
        'COMMENT_RESTORED',
        'COMMENT_REACTIONS_CHANGED',
      ],
    },
    { name: 'Endorsements', kinds: ['ENDORSEMENT_ADDED', 'ENDORSEMENT_UPDATED', 'ENDORSEMENT_WITHDRAWN'] },
    {
      name: 'Campaigns',
      kinds: [
        'CAMPAIGN_UPDATED',
        'CAMPAIGN_ENDED',
        'PLEDGE_ADDED',
        'PLEDGE_CHANGED',
        'PLEDGE_WITHDRAWN',
        'MILESTONE_REACHED',
        'MILESTONE_SETTLED',
        'COLLECTION_PROGRESSED',
        'ARTICLE_UNLOCKED',
      ],
    },
  ] satisfies readonly { readonly name: string; readonly kinds: readonly ArticleEventKind[] }[],
  kindNames: {
    ARTICLE_UPDATED: 'An article was published or changed',
    ARTICLE_UNPUBLISHED: 'An article was unpublished',
    COMMENT_POLICY_CHANGED: 'Who may comment has changed',
    COMMENT_ADDED: 'A comment was added',
    COMMENT_EDITED: 'The text of a comment has changed',
    COMMENT_UPDATED: 'Something else of a comment has changed',
    COMMENT_REMOVED: 'A comment was removed',
    COMMENT_RESTORED: 'A comment was restored',
    COMMENT_REACTIONS_CHANGED: 'Reactions to a comment have changed',
    ENDORSEMENT_ADDED: 'An endorsement was added',
    ENDORSEMENT_UPDATED: 'An endorsement was changed',
    ENDORSEMENT_WITHDRAWN: 'An endorsement was withdrawn',
    CAMPAIGN_UPDATED: 'A campaign was launched, suspended, resumed or changed',
    CAMPAIGN_ENDED: 'A campaign has ended',
    PLEDGE_ADDED: 'A pledge was made',
    PLEDGE_CHANGED: 'A pledge was changed',
    PLEDGE_WITHDRAWN: 'A pledge was withdrawn',
    MILESTONE_REACHED: 'A milestone was reached',
    MILESTONE_SETTLED: 'All that could be collected for a milestone was',
    COLLECTION_PROGRESSED: 'Money of a campaign has moved',
    ARTICLE_UNLOCKED: 'An article was unlocked by a campaign',
  } satisfies Record<ArticleEventKind, string>,

  defaultDocument: `subscription {
  siteEvents {
    __typename
    ... on SiteArticleEvent {
      articleId
      publishesArticle
      article {
        title
        permalink
      }
      event {
        __typename
        ... on CommentEvent {
          comment {
            id
            bodyText
            author {
              name
            }
          }
        }
      }
    }
    ... on SiteReset {
      resetReason
    }
  }
}`,
};
