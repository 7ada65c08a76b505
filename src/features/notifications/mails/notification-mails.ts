import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';
import type { MailButton } from '../../../platform/mail/template.ts';
import type { MailAnswer, MailOutbox } from '../../../platform/mail/mail-outbox.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import { isolated, withoutDirections } from '../../../platform/text/direction.ts';
import { decisionSentence } from './decision-sentence.ts';
import type { UnmailedRow } from './notification-mail.queries.ts';

/** Most articles of which one mail tells; of the others it says how many notifications there are. */
const maxArticles = 20;

/** Most characters of an article's title in a mail. */
const maxTitleLength = 120;

/** What a mail says of one notification of a kind, and of several. */
const phrases: Readonly<Record<NotificationKind, readonly [one: string, several: string]>> = {
  REPLY: ['a reply to your comment', 'replies to your comments'],
  ARTICLE_COMMENT: ['a comment on your article', 'comments on your article'],
  ENDORSEMENT: ['an endorsement of your article', 'endorsements of your article'],
  COMMENT_APPROVED: ['your comment was approved', 'comments of yours were approved'],
  COMMENT_REJECTED: ['your comment was rejected', 'comments of yours were rejected'],
  COMMENT_REMOVED: [
    'your comment was removed by a moderator',
    'comments of yours were removed by a moderator',
  ],
  COMMENT_HELD: [
    'your comment is hidden until a moderator has looked at it',
    'comments of yours are hidden until a moderator has looked at them',
  ],
  EDIT_APPROVED: ['your edit was approved', 'edits of yours were approved'],
  EDIT_REJECTED: ['your edit was rejected', 'edits of yours were rejected'],
  MILESTONE_REACHED: ['the campaign has reached a milestone', 'milestones of the campaign were reached'],
  MILESTONE_SETTLED: ['the money for a milestone was collected', 'milestones of the campaign were collected'],
  CAMPAIGN_ENDED: ['the campaign has ended', 'campaigns have ended'],
  PLEDGE_FAILED: [
    'a payment of yours has failed and needs another means of payment',
    'payments of yours have failed and need another means of payment',
  ],
  ACCOUNT_SUSPENDED: ['your account was suspended', 'suspensions of your account'],
  ACCOUNT_PREMODERATED: [
    'your comments wait for a moderator from now on',
    'decisions that your comments wait for a moderator',
  ],
  SANCTION_LIFTED: ['a decision about your account has ended', 'decisions about your account have ended'],
  COMMENTS_REMOVED: ['moderators have removed comments of yours', 'removals of comments of yours'],
  APPEAL_ANSWERED: ['your appeal was answered', 'answers to appeals of yours'],
};

const phraseOf = (kind: NotificationKind, count: number): string =>
  count === 1 ? phrases[kind][0] : `${count} ${phrases[kind][1]}`;

function titleOf(title: string): string {
  const plain = [...withoutDirections(maskAddresses(title))];
  return isolated(
    plain.length <= maxTitleLength ? plain.join('') : `${plain.slice(0, maxTitleLength).join('')}…`,
  );
}

/** A mail about notifications. */
export interface NotificationMail {
  readonly recipient: string;
  readonly isDigest: boolean;
  /** Notifications, the last one first; at least one. */
  readonly rows: readonly UnmailedRow[];
  /** Token of the link that ends such mails. */
  readonly unsubscribeToken: string;
}

/**
 * The mails that tell of notifications. Of the words of others they have only titles of public articles: a comment that is
 * removed, edited or erased later would stay in mails as it was, and anybody could have words of theirs mailed to others.
 */
export class NotificationMails {
  readonly #outbox: MailOutbox;
  readonly #links: Links;

  constructor(outbox: MailOutbox, links: Links) {
    this.#outbox = outbox;
    this.#links = links;
  }

  add(tx: Tx, { recipient, isDigest, rows, unsubscribeToken }: NotificationMail): Promise<MailAnswer> {
    const news = rows.length === 1 ? 'A new notification' : `${rows.length} new notifications`;
    const title = isDigest ? `Since the last daily mail: ${news.replace('A new', 'a new')}` : news;
    return this.#outbox.add(tx, {
      recipient,
      kind: isDigest ? 'NOTIFICATION_DIGEST' : 'NOTIFICATION',
      isSecret: false,
      subject: title,
      content: {
        title,
        paragraphs: [...paragraphsOf(rows)],
        unexpected:
          'How often you get such mails, and about what, you choose in your account; the last link of this mail ends them.',
        button: this.#buttonOf(rows),
      },
      unsubscribeUrl: this.#links.unsubscribe(unsubscribeToken),
    });
  }

  #buttonOf([first, ...others]: readonly UnmailedRow[]): MailButton {
    const isSaid = first?.kind === 'REPLY' || first?.kind === 'ARTICLE_COMMENT';
    if (
      !isSaid ||
      others.length > 0 ||
      !first.article ||
      first.articleId === null ||
      first.commentId === null
    )
      return {
        text: 'Open my notifications',
        url: this.#links.notifications(),
        effect: 'The link opens the page of your notifications, after you have signed in.',
      };
    const id = encodeGlobalId('Comment', first.articleId, first.commentId);
    return {
      text: 'Read the comment',
      url: this.#links.comment(first.article.slug, id),
      effect: 'The link opens the comment on the page of its article.',
    };
  }
}

/** A line for each decision about the account, then one for each article, the one with the last news first, and how much there is beside. */
function paragraphsOf(rows: readonly UnmailedRow[]): string[] {
  const decided = rows.flatMap(({ decision }) => (decision ? [decisionSentence(decision)] : []));
  const byArticle = new Map<string | null, UnmailedRow[]>();
  const others = rows.filter(({ decision }) => !decision);
  for (const row of others) byArticle.set(row.articleId, [...(byArticle.get(row.articleId) ?? []), row]);
  const groups = [...byArticle.values()];
  const lines = groups.slice(0, maxArticles).map((group) => {
    const kinds = [...new Set(group.map(({ kind }) => kind))];
    const what = kinds
      .map((kind) => phraseOf(kind, group.filter((row) => row.kind === kind).length))
      .join('; ');
    const article = group[0]?.article;
    if (!article) return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
    return `“${titleOf(article.title)}”: ${what}.`;
  });
  const more = groups.slice(maxArticles).reduce((sum, group) => sum + group.length, 0);
  return [...decided, ...lines, ...(more === 0 ? [] : [`And ${more} more.`])];
}
