import { createHash } from 'node:crypto';
import { requireEmail, maxNameLength } from '../people/account/account.rules.ts';
import { lockAddress, selectCredential } from '../people/account/account.queries.ts';
import type { DeviceTraits } from '../people/account/devices.ts';
import { askerOf } from '../people/mailed-links/mail-asker.ts';
import { hashMailedToken, newMailedToken } from '../people/mailed-links/mailed-token.ts';
import { lockArticle, selectArticles } from '../articles/article/article.queries.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { Refusal, refusable, RequestError, requireAll, type Result } from '../../platform/errors/errors.ts';
import type { EventLog } from '../../platform/events/log.ts';
import { networkOf } from '../../platform/http/client-address.ts';
import { nextId } from '../../platform/idempotency/idempotency.queries.ts';
import { deleteDoneMails } from '../../platform/mail/mail.queries.ts';
import { requireLine } from '../../platform/text/rules.ts';
import type { Clock } from '../../platform/time/clock.ts';
import {
  type EndorsementLinkRow,
  insertEndorsementLink,
  insertMailedEndorsement,
  isOwnerSuspended,
  lockEndorsementLink,
  selectEndorsementLink,
  selectLiveOfAddress,
  takeMail,
  updateLinkConfirmed,
  updateLinksEnded,
  updateMailedWithdrawn,
} from './endorsement-link.queries.ts';
import { confirmationHours, endorsementMailKind, type EndorsementMails } from './endorsement-mails.ts';
import { canBeEndorsed } from './endorsement.policy.ts';
import type { EndorsementKey } from './endorsement.queries.ts';
import { requireAffiliation, requireStatement } from './endorsement.rules.ts';

const hourMs = 3_600_000;

export interface RequestEndorsementCommand {
  readonly articleId: string;
  readonly displayName: string;
  readonly email: string;
  readonly affiliation: string | undefined;
  readonly statement: string | undefined;
}

/** Mails about endorsements in an hour. They are counted in the database, for all nodes together. */
export interface EndorsementMailLimits {
  readonly perClient: number;
  readonly perArticle: number;
}

export interface MailedEndorsementServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly limits: EndorsementMailLimits;
  /** Undefined: the service sends no mail. */
  readonly mails: EndorsementMails | undefined;
}

/** An article, and its endorsement that a link has withdrawn; null: nobody had confirmed it. */
export interface WithdrawnByLink {
  readonly articleId: string;
  readonly id: string | null;
}

/*
 * An endorsement without an account begins as a link, which is mailed. Whoever presents its token reads the mails to the
 * address: that is the verified identity, of which an article has one live endorsement. Identities are
 * `account:<id>` for an address that an account has proven, else `address:<hash>`; a unique index on them decides every
 * race. `lockAddress` keeps an address from getting an account between the look and the insertion, and a trigger of the
 * table `account` gives the endorsements of an address to the account that proves it.
 */

/** Commands on endorsements of people without an account. */
export class MailedEndorsementService {
  constructor(private readonly options: MailedEndorsementServiceOptions) {}

  /**
   * Mails a link that confirms an endorsement. The work, the mail and the answer are the same whatever is known of the
   * address: of its account, only whether it has signed in from the device that asks.
   * @returns when the link expires
   * @throws RequestError RATE_LIMITED
   */
  request(command: RequestEndorsementCommand, traits: DeviceTraits): Promise<Result<Date>> {
    return refusable(async () => {
      const { mails, db, clock } = this.options;
      if (!mails) throw new Refusal('MAIL_OFF');
      const [displayName, affiliation, statement, email] = requireAll<
        [string, string | null, string | null, string]
      >(
        () => requireLine(command.displayName, { field: 'displayName', max: maxNameLength }),
        () => requireAffiliation(command.affiliation),
        () => requireStatement(command.statement),
        () => requireEmail(command.email),
      );
      const { articleId } = command;
      const client = traits.address;
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + confirmationHours * hourMs);
      await db.transactionFor({ client, subject: `article:${articleId}` }, async (tx) => {
        const { limits } = this.options;
        if (!(await this.#take(tx, ['client', client], limits.perClient, now)))
          throw tooMany('from this address', now);
        const title = await this.#requireOpen(tx, articleId);
        if (!(await this.#takeOfArticle(tx, articleId, client, now))) throw tooMany('of this article', now);
        const token = newMailedToken();
        const by = await askerOf(tx, (await selectCredential(tx, email))?.id, traits, now);
        // Not told: somebody else may have had the others sent.
        if ((await mails.confirm(tx, { recipient: email, title, token, by })) !== 'ADDED') return;
        const texts = { displayName, affiliation, statement };
        await insertEndorsementLink(tx, {
          hash: hashMailedToken(token),
          articleId,
          email,
          expiresAt,
          ...texts,
        });
      });
      return expiresAt;
    });
  }

  /** Makes the endorsement of a link public. Repeating this changes nothing. */
  confirm(token: string, client: string): Promise<Result<EndorsementKey>> {
    return refusable(() =>
      this.#withLink(token, client, async (tx, { hash, articleId, email }) => {
        const account = email === null ? undefined : await lockAddress(tx, email);
        const article = await lockArticle(tx, articleId);
        const link = await this.#requireLink(tx, hash);
        if (link.endorsementId !== null && link.expiresAt === null)
          return { articleId, id: link.endorsementId };
        if (link.endorsementId !== null || link.email === null) throw new Refusal('LINK_INVALID', ['token']);
        if (!article || !canBeEndorsed(article)) throw notPublished();
        const owner = account?.emailVerifiedAt ? account : undefined;
        if (owner?.suspended) throw new Refusal('ACCOUNT_SUSPENDED', ['token']);
        const id = await nextId(tx, 'endorsement_id_seq');
        const made = { hash, id, accountId: owner?.id ?? null };
        if (!(await insertMailedEndorsement(tx, made))) throw new Refusal('ALREADY_ENDORSED', ['token']);
        await updateLinkConfirmed(tx, made);
        await this.options.log.append(tx, {
          articleId,
          kind: 'ENDORSEMENT_ADDED',
          subjectId: id,
          counts: { endorsementCount: 1 },
        });
        return { articleId, id };
      }),
    );
  }

  /**
   * Withdraws the endorsement of a link's address, or drops one that nobody has confirmed. Repeating this changes nothing.
   * Also while the article is not published: it may be published again.
   */
  withdraw(token: string, client: string): Promise<Result<WithdrawnByLink>> {
    return refusable(() =>
      this.#withLink(token, client, async (tx, { hash, articleId, email }) => {
        if (email !== null) await lockAddress(tx, email);
        await lockArticle(tx, articleId);
        const link = await this.#requireLink(tx, hash);
        const id =
          link.endorsementId ??
          (link.email === null ? undefined : await selectLiveOfAddress(tx, hash)) ??
          null;
        if (id !== null && (await isOwnerSuspended(tx, { articleId, id })))
          throw new Refusal('ACCOUNT_SUSPENDED', ['token']);
        await this.#end(tx, { hash, link, id });
        return { articleId, id };
      }),
    );
  }

  /** Withdraws the second endorsement of an account, which it got with an address. */
  async withdrawSurplus(hash: Buffer): Promise<void> {
    await this.options.db.transaction(async (tx) => {
      const link = await lockEndorsementLink(tx, hash);
      if (link?.endorsementId == null || link.email === null || link.expiresAt === null) return;
      await this.#end(tx, { hash, link, id: link.endorsementId });
    });
  }

  /** Withdraws an endorsement, if it is not, and ends its links. The transaction's last statements. */
  async #end(
    tx: Tx,
    { hash, link, id }: { hash: Buffer; link: EndorsementLinkRow; id: string | null },
  ): Promise<void> {
    const { articleId, email } = link;
    const withdrawn = id === null ? undefined : await updateMailedWithdrawn(tx, { articleId, id });
    if (withdrawn || email !== null) await updateLinksEnded(tx, { hash, articleId, id });
    if (email !== null) await deleteDoneMails(tx, { recipient: email, kind: endorsementMailKind });
    if (!withdrawn || id === null) return;
    await this.options.log.append(tx, {
      articleId,
      kind: 'ENDORSEMENT_WITHDRAWN',
      subjectId: id,
      counts: { endorsementCount: -1 },
    });
  }

  /** Runs a transaction on a link's article. @throws Refusal LINK_INVALID */
  async #withLink<T>(
    token: string,
    client: string,
    work: (tx: Tx, link: EndorsementLinkRow & { readonly hash: Buffer }) => Promise<T>,
  ): Promise<T> {
    const { db } = this.options;
    const hash = hashMailedToken(token);
    const link = await selectEndorsementLink(db.of(client), hash);
    if (!link) throw new Refusal('LINK_INVALID', ['token']);
    return db.transactionFor({ client, subject: `article:${link.articleId}` }, (tx) =>
      work(tx, { ...link, hash }),
    );
  }

  /** Locks a link that is confirmed, withdrawn, or waits and has not expired. @throws Refusal LINK_INVALID */
  async #requireLink(tx: Tx, hash: Buffer): Promise<EndorsementLinkRow> {
    const link = await lockEndorsementLink(tx, hash);
    if (!link || isExpired(link, this.options.clock.now())) throw new Refusal('LINK_INVALID', ['token']);
    return link;
  }

  /** @returns the article's title */
  async #requireOpen(tx: Tx, articleId: string): Promise<string> {
    const [article] = await selectArticles(tx, [articleId]);
    if (!article || !canBeEndorsed(article)) throw new Refusal('NOT_FOUND', ['articleId']);
    return article.title;
  }

  /**
   * Counts one mail about an article. Beyond the bound, as many again are for networks of which none was counted in this hour: a
   * flood from a few places closes an article to nobody else.
   */
  async #takeOfArticle(tx: Tx, articleId: string, client: string, now: Date): Promise<boolean> {
    const { perArticle } = this.options.limits;
    const network = networkOf(client) ?? client;
    const isFirst = await this.#take(tx, ['article and network', articleId, network], 1, now);
    if (await this.#take(tx, ['article', articleId], perArticle, now)) return true;
    return isFirst && this.#take(tx, ['reserve of article', articleId], perArticle, now);
  }

  #take(tx: Tx, key: readonly string[], max: number, now: Date): Promise<boolean> {
    const hour = new Date(now.getTime() - (now.getTime() % hourMs));
    return takeMail(tx, { key: createHash('sha256').update(key.join(' ')).digest(), hour, max });
  }
}

/** Whether a link was not confirmed in time. */
export const isExpired = (
  { endorsementId, expiresAt }: Pick<EndorsementLinkRow, 'endorsementId' | 'expiresAt'>,
  now: Date,
): boolean => endorsementId === null && expiresAt !== null && expiresAt <= now;

const notPublished = (): Refusal =>
  new Refusal('WRONG_STATUS', ['token'], 'Only what is published can be endorsed.');

function tooMany(whose: string, now: Date): RequestError {
  const retryAfterSeconds = Math.ceil((hourMs - (now.getTime() % hourMs)) / 1000);
  return new RequestError(
    'RATE_LIMITED',
    `Too many endorsements ${whose} wait for a mail: try again in ${retryAfterSeconds} s.`,
    { policy: 'endorsement-mails', retryAfterSeconds },
  );
}
