import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import type { MailButton } from '../../../platform/mail/template.ts';
import type { MailAnswer, MailOutbox } from '../../../platform/mail/mail-outbox.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import { isolated, withoutDirections } from '../../../platform/text/direction.ts';
import type { UnmailedRow } from './notification-mail.queries.ts';

/** Most articles of which one mail tells; of the others it says how many notifications there are. */
const maxArticles = 20;

/** Most characters of an article's title in a mail. */
const maxTitleLength = 120;

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
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
    private readonly declared: NotificationDeclarations,
  ) {}

  add(tx: Tx, { recipient, isDigest, rows, unsubscribeToken }: NotificationMail): Promise<MailAnswer> {
    const news = rows.length === 1 ? 'A new notification' : `${rows.length} new notifications`;
    const title = isDigest ? `Since the last daily mail: ${news.replace('A new', 'a new')}` : news;
    return this.outbox.add(tx, {
      recipient,
      kind: isDigest ? 'NOTIFICATION_DIGEST' : 'NOTIFICATION',
      isSecret: false,
      subject: title,
      content: {
        title,
        paragraphs: this.#paragraphsOf(rows),
        unexpected:
          'How often you get such mails, and about what, you choose in your account; the last link of this mail ends them.',
        button: this.#buttonOf(rows),
      },
      unsubscribeUrl: this.links.unsubscribe(unsubscribeToken),
    });
  }

  #buttonOf([first, ...others]: readonly UnmailedRow[]): MailButton {
    const button = first && this.declared[first.kind]?.button;
    const { articleId = null, subjectId = null, article = null } = first ?? {};
    if (button && others.length === 0 && article && articleId !== null && subjectId !== null)
      return button(this.links, { articleId, subjectId, slug: article.slug });
    return {
      text: 'Open my notifications',
      url: this.links.notifications(),
      effect: 'The link opens the page of your notifications, after you have signed in.',
    };
  }

  /** A line for each notification with a sentence of its own, then one for each article, the one with the last news first, and how much there is beside. */
  #paragraphsOf(rows: readonly UnmailedRow[]): string[] {
    const sentences: string[] = [];
    const byArticle = new Map<string | null, UnmailedRow[]>();
    for (const row of rows) {
      const sentence = this.declared[row.kind]?.sentence;
      if (sentence) sentences.push(sentence.of(row.facts));
      else byArticle.set(row.articleId, [...(byArticle.get(row.articleId) ?? []), row]);
    }
    const groups = [...byArticle.values()];
    const lines = groups.slice(0, maxArticles).map((group) => {
      const kinds = [...new Set(group.map(({ kind }) => kind))];
      const what = kinds
        .map((kind) => this.#phraseOf(kind, group.filter((row) => row.kind === kind).length))
        .join('; ');
      const article = group[0]?.article;
      if (!article) return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
      return `“${titleOf(article.title)}”: ${what}.`;
    });
    const more = groups.slice(maxArticles).reduce((sum, group) => sum + group.length, 0);
    return [...sentences, ...lines, ...(more === 0 ? [] : [`And ${more} more.`])];
  }

  #phraseOf(kind: NotificationKind, count: number): string {
    const [one = '', several = ''] = this.declared[kind]?.phrase ?? [];
    return count === 1 ? one : `${count} ${several}`;
  }
}
