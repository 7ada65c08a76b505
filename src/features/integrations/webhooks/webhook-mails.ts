import { selectAdministratorAddresses } from '../../people/credentials/account-admin.queries.ts';
import { selectAccounts } from '../../people/account/account.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { MailOutbox } from '../../../platform/mail/mail-outbox.ts';
import { isolated } from '../../../platform/text/direction.ts';

const opens = 'The link opens the list of webhooks, after you have signed in; nothing changes by opening it.';

/** Most administrators who are told of one change. */
const maxAdministrators = 100;

/** The change of an endpoint that administrators are told of. */
export interface WebhookNews {
  readonly what: 'MADE' | 'CHANGED';
  readonly name: string;
  readonly url: string;
  readonly by: Viewer;
}

/** The mails to administrators about endpoints that are new, or that are sent something else or elsewhere. */
export class WebhookMails {
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
  ) {}

  /** Tells all administrators, as the last part of the transaction that changes the endpoint. */
  async tellAll(tx: Tx, news: WebhookNews): Promise<void> {
    const [account] = await selectAccounts(tx, [news.by.accountId]);
    const recipients = await selectAdministratorAddresses(tx, [], maxAdministrators);
    await this.outbox.hold(tx, recipients);
    for (const recipient of recipients) await this.tell(tx, recipient, news, account?.name);
  }

  async tell(
    tx: Tx,
    recipient: string,
    { what, name, url, by }: WebhookNews,
    actor: string | undefined,
  ): Promise<void> {
    const subject = what === 'MADE' ? 'A webhook was added' : 'A webhook was changed';
    const did =
      what === 'MADE'
        ? `has added the webhook “${isolated(name)}”`
        : `has changed what the webhook “${isolated(name)}” sends, or where`;
    const how = by.token ? ', by a machine token' : '';
    const content = {
      title: subject,
      paragraphs: [`“${isolated(actor ?? '')}” ${did}${how}. It sends events to ${new URL(url).host}.`],
      button: { text: 'Open the webhooks', url: this.links.webhooks(), effect: opens },
      unexpected:
        'If this was not you or somebody whom you know to do this, sign in, delete the webhook, and have the account choose a new password.',
    };
    const mail = { kind: 'WEBHOOK_CHANGED', recipient, isNotice: true, isSecret: false, subject, content };
    await this.outbox.add(tx, mail);
  }
}
