import { createHash } from 'node:crypto';
import type { Proofs } from '../../people/credentials/proof.service.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, RequestError, type Result } from '../../../platform/errors/errors.ts';
import { decodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { ArticleEventKind } from '../../../platform/events/event.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import type { ModerationEventKind } from '../../../platform/screening/moderation-event-kinds.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { deliveredLogs, logOfField } from './delivered-log.ts';
import { insertAttempt, resetDeliveries } from './delivery.queries.ts';
import type { DeliveryService } from './delivery.service.ts';
import { serviceViewer } from './service-viewer.ts';
import { newSecret } from './signature.ts';
import type { WebhookMails } from './webhook-mails.ts';
import {
  canManageWebhooks,
  canChangeWebhook,
  maxWebhooks,
  missingForLog,
  type WebhookLog,
  maxDocumentLength,
  maxNameLength,
  maxUrlLength,
} from './webhook.policy.ts';
import {
  deleteWebhook,
  endOldSecret,
  insertWebhook,
  lockWebhook,
  lockWebhooks,
  replaceSecret,
  selectArticleExists,
  selectServiceViewer,
  selectTarget,
  type ServiceViewerRow,
  updateWebhook,
  type WebhookRow,
} from './webhook.queries.ts';
import {
  lockLiveToken,
  selectIsOutlived,
  type TokenRules,
  updateWebhookKept,
} from './webhook-token.queries.ts';

declare module '../../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly webhook_id_seq: true;
  }
}

/** The only kinds of events that are sent, of the log that the document shows; null: all. */
export interface GivenKinds {
  readonly eventKinds?: readonly ArticleEventKind[] | null;
  readonly actionKinds?: readonly ModerationEventKind[] | null;
}

/** What an endpoint is sent, and where. */
export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly document: string;
}

export interface CreateWebhookCommand extends WebhookInput, GivenKinds {
  readonly serviceAccountId: string;
  readonly articleId: string | null;
  readonly idempotencyKey: string | undefined;
}

export interface UpdateWebhookCommand extends Partial<WebhookInput>, GivenKinds {
  readonly isActive: boolean | undefined;
  /** Whether the secret before the present one ends now. */
  readonly endOldSecret: boolean;
}

/** From where on events are sent again: behind a cursor of the endpoint's log, or since a time. */
export interface RedeliverCommand {
  readonly after?: string | null;
  readonly since?: Date | null;
}

/** An endpoint, and its secret where that is shown. */
export interface WithSecret {
  readonly id: string;
  readonly secret: string | undefined;
}

/** How a test went. */
export interface TestResult {
  readonly id: string;
  readonly httpStatus: number | null;
  readonly fault: string | null;
}

export interface WebhookServiceOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly deliveries: DeliveryService;
  readonly proofs: Proofs;
  /** Undefined: the service sends no mail. */
  readonly mails: WebhookMails | undefined;
  /** Checks a document by which events are shown. @returns the field that it subscribes to. @throws RequestError */
  readonly check: (document: string, viewerOf: (field: string) => Viewer) => Promise<string>;
  readonly rules: TokenRules;
  /** Whether there are endpoints that may be asked without encryption; `DeliveryService` knows which. */
  readonly allowPlain: boolean;
}

const maxOverlapHours = 168;

/** Commands on endpoints, of administrators. */
export class WebhookService {
  constructor(private readonly options: WebhookServiceOptions) {}

  createWebhook(viewer: Viewer, command: CreateWebhookCommand): Promise<Result<WithSecret>> {
    return refusable(async () => {
      requireManager(viewer);
      const { db } = this.options;
      const input = this.#requireInput(command);
      const { serviceAccountId, articleId, idempotencyKey: key } = command;
      const account = await selectServiceViewer(db.forNode('webhooks'), serviceAccountId);
      if (!account) throw new Refusal('NOT_FOUND', ['serviceAccountId']);
      requireBound(viewer, input.document);
      const log = await this.#requireDocument(input.document, account);
      requireSender(viewer, log);
      const kinds = kindsFor(log, command, null);
      const scope = { viewer, subject: 'webhooks' };
      return db.transactionFor(scope, async (tx) => {
        await this.#prove(tx, viewer);
        const { resultId: id, isFirst } =
          key === undefined
            ? { resultId: await nextId(tx, 'webhook_id_seq'), isFirst: true }
            : await claimIdempotencyKey(tx, {
                accountId: viewer.accountId,
                key,
                input: ['createWebhook', serviceAccountId, articleId, { ...input, eventKinds: kinds }],
                articleId: undefined,
                idSequence: 'webhook_id_seq',
              });
        if (!isFirst) return { id, secret: undefined };
        if ((await lockWebhooks(tx)) >= maxWebhooks)
          throw new Refusal('LIMIT_REACHED', undefined, `A service has ${maxWebhooks} endpoints at most.`);
        if (articleId !== null && !(await selectArticleExists(tx, articleId)))
          throw new Refusal('NOT_FOUND', ['articleId']);
        const tokenId = viewer.token?.id ?? null;
        // A request that has waited must not outlive its token.
        if (tokenId !== null && !(await lockLiveToken(tx, tokenId, this.options.clock.now())))
          throw new RequestError('UNAUTHENTICATED', 'The token has ended.');
        const [secret, accountId] = [newSecret(), serviceAccountId];
        await insertWebhook(tx, { id, ...input, log, kinds, accountId, tokenId, articleId, secret });
        await this.options.mails?.tellAll(tx, { what: 'MADE', by: viewer, ...input });
        return { id, secret };
      });
    });
  }

  /** What is not given stays as it is. An endpoint that is made active is tried at once. */
  updateWebhook(viewer: Viewer, id: string, command: UpdateWebhookCommand): Promise<Result<string>> {
    const { document } = command;
    return refusable(async () => {
      requireManager(viewer);
      if (document !== undefined) {
        requireBound(viewer, document);
        await this.#requireDocumentFor(id, document);
      }
      const change = async (tx: Tx, present: WebhookRow) => {
        requireSender(viewer, present.log);
        const input = this.#requireInput({ ...present, ...command });
        const { isActive } = command;
        const { clock, rules } = this.options;
        if (isActive === true && (await selectIsOutlived(tx, id, clock.now(), rules)))
          throw new Refusal(
            'WRONG_STATUS',
            ['isActive'],
            'The token that has made it has ended: keep it first.',
          );
        if (command.endOldSecret) await endOldSecret(tx, id);
        const status = isActive === undefined ? present.status : isActive ? 'ACTIVE' : 'PAUSED';
        const kinds = kindsFor(present.log, command, present.kinds);
        await updateWebhook(tx, id, { ...input, kinds, status }, clock.now());
        if (input.url !== present.url || input.document !== present.document)
          await this.options.mails?.tellAll(tx, { what: 'CHANGED', by: viewer, ...input });
        return id;
      };
      return sendsMore(command)
        ? this.#withLocked(viewer, id, change, (tx) => this.#prove(tx, viewer))
        : this.#withLocked(viewer, id, change);
    });
  }

  /** @param overlapHours for how long the present secret signs as well */
  rotateSecret(viewer: Viewer, id: string, overlapHours: number): Promise<Result<WithSecret>> {
    return this.#changeProven(viewer, id, async (tx) => {
      if (overlapHours < 0 || overlapHours > maxOverlapHours)
        throw new Refusal(
          'INVALID_INPUT',
          ['overlapHours'],
          `Secrets overlap for 0 to ${maxOverlapHours} hours.`,
        );
      const secret = newSecret();
      await replaceSecret(tx, id, secret, { overlapHours, now: this.options.clock.now() });
      return { id, secret };
    });
  }

  /** Has an endpoint that a token has made end with it no more. One that a person has made stays as it is. */
  keepWebhook(viewer: Viewer, id: string): Promise<Result<string>> {
    return this.#changeProven(viewer, id, async (tx) => {
      await updateWebhookKept(tx, id);
      return id;
    });
  }

  deleteWebhook(viewer: Viewer, id: string): Promise<Result<string>> {
    return this.#change(viewer, id, async (tx) => {
      await deleteWebhook(tx, id);
      return id;
    });
  }

  /** Sends all events behind a cursor of the endpoint's log, or since a time, again. */
  redeliver(viewer: Viewer, id: string, { after, since }: RedeliverCommand): Promise<Result<string>> {
    return this.#change(viewer, id, async (tx, { log }) => {
      requireSender(viewer, log);
      if ((after == null) === (since == null))
        throw new Refusal('INVALID_INPUT', ['after'], 'Events are sent again either `after` or `since`.');
      const { log: followed, field } = deliveredLogs[log];
      const { head } = await followed.part(tx, null, 0);
      if (since != null) {
        await resetDeliveries(tx, id, await followed.sequenceBefore(tx, since));
        return id;
      }
      const position = decodeEventCursor(after ?? '');
      const isKept =
        position?.log === head.log &&
        position.epoch === head.epoch &&
        position.sequence >= head.prunedSequence &&
        position.sequence <= head.sequence;
      if (!isKept)
        throw new Refusal(
          'INVALID_INPUT',
          ['after'],
          `It is no cursor of \`${field}\`, or the events behind it are not kept any more.`,
        );
      await resetDeliveries(tx, id, position.sequence);
      return id;
    });
  }

  /** Sends a checkpoint to the endpoint, whatever its state, and waits for the answer. */
  async testWebhook(viewer: Viewer, id: string): Promise<Result<TestResult>> {
    return refusable(async () => {
      requireManager(viewer);
      const { db, clock, deliveries } = this.options;
      const target = await selectTarget(db.forNode('webhooks'), id);
      if (!target) throw new Refusal('NOT_FOUND', ['webhookId']);
      const attempted = await deliveries.attempt(target, async () => {
        const { head } = await deliveredLogs[target.log].log.part(db.forNode('webhooks'), null, 0);
        const { epoch, log, sequence } = head;
        return { type: 'checkpoint', epoch, log, sequence, at: clock.now() };
      });
      const { retryAfter: _, ...attempt } = attempted;
      await insertAttempt(db.forNode('webhooks'), { webhookId: id, sequence: null, ...attempt });
      return { id, httpStatus: attempt.httpStatus, fault: attempt.fault };
    });
  }

  #change<T>(
    viewer: Viewer,
    id: string,
    work: (tx: Tx, present: WebhookRow) => Promise<T>,
  ): Promise<Result<T>> {
    return refusable(() => {
      requireManager(viewer);
      return this.#withLocked(viewer, id, work);
    });
  }

  /** As `#change`, with a recent proof. */
  #changeProven<T>(viewer: Viewer, id: string, work: (tx: Tx) => Promise<T>): Promise<Result<T>> {
    return refusable(() => {
      requireManager(viewer);
      return this.#withLocked(viewer, id, work, (tx) => this.#prove(tx, viewer));
    });
  }

  /**
   * Takes a recent proof of a person. A machine token gives none: what it makes ends with it.
   * @throws RequestError PROOF_REQUIRED, UNAUTHENTICATED
   */
  async #prove(tx: Tx, viewer: Viewer): Promise<void> {
    if (!viewer.token) await this.options.proofs.lock(tx, viewer);
  }

  /**
   * Runs work in a transaction that holds the lock of an endpoint's row.
   * @param before comes before that lock: an erasure locks sessions first, too
   */
  #withLocked<T>(
    viewer: Viewer,
    id: string,
    work: (tx: Tx, present: WebhookRow) => Promise<T>,
    before?: (tx: Tx) => Promise<void>,
  ): Promise<T> {
    const scope = { viewer, subject: 'webhooks' };
    return this.options.db.transactionFor(scope, async (tx) => {
      await before?.(tx);
      const present = await lockWebhook(tx, id);
      if (!present) throw new Refusal('NOT_FOUND', ['webhookId']);
      if (!canChangeWebhook(viewer, present))
        throw new Refusal('FORBIDDEN', ['webhookId'], 'A token changes only the endpoints that it has made.');
      return work(tx, present);
    });
  }

  #requireInput({ name, url, document }: WebhookInput): WebhookInput {
    if (document.length > maxDocumentLength)
      throw new Refusal('TOO_LONG', ['document'], `A document has ${maxDocumentLength} characters at most.`);
    return {
      name: requireLine(name, { field: 'name', max: maxNameLength }),
      url: this.#requireUrl(url),
      document,
    };
  }

  #requireUrl(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const { allowPlain } = this.options;
    const isSecure = url?.protocol === 'https:' || (allowPlain && url?.protocol === 'http:');
    if (!url || !isSecure || url.href.length > maxUrlLength || url.username !== '' || url.password !== '') {
      const kind = allowPlain ? 'an http or https address' : 'an https address';
      const message = `An endpoint is ${kind} of ${maxUrlLength} characters at most, without a password.`;
      throw new Refusal('INVALID_INPUT', ['url'], message);
    }
    url.hash = '';
    return url.href;
  }

  /** Checks a document for an endpoint that is there, before its row is locked: validation takes turns. */
  async #requireDocumentFor(id: string, document: string): Promise<void> {
    if (document.length > maxDocumentLength) return;
    const db = this.options.db.forNode('webhooks');
    const target = await selectTarget(db, id);
    const account = target && (await selectServiceViewer(db, target.accountId));
    if (!account) return;
    const log = await this.#requireDocument(document, account);
    if (log === target.log) return;
    const message = `It goes on being a subscription to \`${deliveredLogs[target.log].field}\`: for another one, make another endpoint.`;
    throw new Refusal('INVALID_INPUT', ['document'], message);
  }

  /** @returns the log that the document shows */
  async #requireDocument(document: string, account: ServiceViewerRow): Promise<WebhookLog> {
    const log = await this.#logOf(document, account);
    const refused = deliveredLogs[log].refusal(serviceViewer(account, log));
    if (refused !== undefined) throw new Refusal('INVALID_INPUT', ['serviceAccountId'], refused);
    return log;
  }

  async #logOf(document: string, account: ServiceViewerRow): Promise<WebhookLog> {
    try {
      return logOfField(
        await this.options.check(document, (field) => serviceViewer(account, logOfField(field))),
      );
    } catch (error) {
      if (error instanceof RequestError) throw new Refusal('INVALID_INPUT', ['document'], error.message);
      throw error;
    }
  }
}

/** Whether a change may have an endpoint sent more, or elsewhere. Its name, a stop and the end of a secret do not. */
const sendsMore = ({ url, document, eventKinds, actionKinds, isActive }: UpdateWebhookCommand): boolean =>
  [url, document, eventKinds, actionKinds].some((given) => given !== undefined) || isActive === true;

/**
 * The kinds of a log's events that an endpoint is sent, in alphabetical order.
 * @param present those until now, which stay if none are given
 * @throws Refusal INVALID_INPUT: kinds of another log are given
 */
function kindsFor(
  log: WebhookLog,
  { eventKinds, actionKinds }: GivenKinds,
  present: readonly string[] | null,
): readonly string[] | null {
  const [given, others, name] =
    log === 'SITE' ? [eventKinds, actionKinds, 'actionKinds'] : [actionKinds, eventKinds, 'eventKinds'];
  if (others != null)
    throw new Refusal('INVALID_INPUT', [name], `The document subscribes to \`${deliveredLogs[log].field}\`.`);
  if (given === undefined) return present;
  return given && [...new Set<string>(given)].sort();
}

function requireSender(viewer: Viewer, log: WebhookLog): void {
  const scope = missingForLog(viewer, log);
  if (scope) throw new Refusal('FORBIDDEN', undefined, `A token needs ${scope}, too, to have this log sent.`);
}

/** A token that is bound to documents has no other one executed either. @throws Refusal FORBIDDEN */
function requireBound(viewer: Viewer, document: string): void {
  const { documents } = viewer.token ?? {};
  if (!documents || documents.has(createHash('sha256').update(document).digest('hex'))) return;
  const message = 'A token that is bound to documents has only these sent.';
  throw new Refusal('FORBIDDEN', ['document'], message);
}

function requireManager(viewer: Viewer): void {
  if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
  if (!canManageWebhooks(viewer)) throw new Refusal('FORBIDDEN');
}
