import { clientOf, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, RequestError, type Result } from '../errors/errors.ts';
import { decodeEventCursor } from '../events/event-cursor.ts';
import type { ArticleEventKind } from '../events/event.ts';
import { claimIdempotencyKey, nextId } from '../idempotency/idempotency.queries.ts';
import type { ModerationEventKind } from '../moderation-log/moderation-event-kinds.ts';
import { requireLine } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import { deliveredLogs, logOfField } from './delivered-log.ts';
import { insertAttempt, resetDeliveries } from './delivery.queries.ts';
import type { DeliveryService } from './delivery.service.ts';
import { serviceViewer } from './service-viewer.ts';
import { newSecret } from './signature.ts';
import { canManageWebhooks, canSendLog, maxWebhooks, type WebhookLog } from './webhook.policy.ts';
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
  /** Checks a document by which events are shown. @returns the field that it subscribes to. @throws RequestError */
  readonly check: (document: string, viewerOf: (field: string) => Viewer) => Promise<string>;
  /** Whether endpoints may be in private networks, and be asked without encryption. */
  readonly allowPrivate: boolean;
}

const maxUrlLength = 2000;
const maxDocumentLength = 20_000;
const maxOverlapHours = 168;

/** Commands on endpoints, of administrators. */
export class WebhookService {
  readonly #options: WebhookServiceOptions;

  constructor(options: WebhookServiceOptions) {
    this.#options = options;
  }

  createWebhook(viewer: Viewer, command: CreateWebhookCommand): Promise<Result<WithSecret>> {
    return refusable(async () => {
      requireManager(viewer);
      const { db } = this.#options;
      const input = this.#requireInput(command);
      const { serviceAccountId, articleId, idempotencyKey: key } = command;
      const account = await selectServiceViewer(db.forNode('webhooks'), serviceAccountId);
      if (!account) throw new Refusal('NOT_FOUND', ['serviceAccountId']);
      const log = await this.#requireDocument(input.document, account);
      requireSender(viewer, log);
      const kinds = kindsFor(log, command, null);
      const scope = { client: clientOf(viewer), subject: 'webhooks' };
      return db.transactionFor(scope, async (tx) => {
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
        const secret = newSecret();
        await insertWebhook(tx, { id, ...input, log, kinds, accountId: serviceAccountId, articleId, secret });
        return { id, secret };
      });
    });
  }

  /** What is not given stays as it is. An endpoint that is made active is tried at once. */
  updateWebhook(viewer: Viewer, id: string, command: UpdateWebhookCommand): Promise<Result<string>> {
    const { document } = command;
    return refusable(async () => {
      requireManager(viewer);
      if (document !== undefined) await this.#requireDocumentFor(id, document);
      return this.#withLocked(viewer, id, async (tx, present) => {
        requireSender(viewer, present.log);
        const input = this.#requireInput({ ...present, ...command });
        const { isActive } = command;
        if (command.endOldSecret) await endOldSecret(tx, id);
        const status = isActive === undefined ? present.status : isActive ? 'ACTIVE' : 'PAUSED';
        const kinds = kindsFor(present.log, command, present.kinds);
        await updateWebhook(tx, id, { ...input, kinds, status }, this.#options.clock.now());
        return id;
      });
    });
  }

  /** @param overlapHours for how long the present secret signs as well */
  rotateSecret(viewer: Viewer, id: string, overlapHours: number): Promise<Result<WithSecret>> {
    return this.#change(viewer, id, async (tx) => {
      if (overlapHours < 0 || overlapHours > maxOverlapHours)
        throw new Refusal(
          'INVALID_INPUT',
          ['overlapHours'],
          `Secrets overlap for 0 to ${maxOverlapHours} hours.`,
        );
      const secret = newSecret();
      await replaceSecret(tx, id, secret, { overlapHours, now: this.#options.clock.now() });
      return { id, secret };
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
      const { key, field, selectPart, selectSequenceBefore } = deliveredLogs[log];
      const { head } = await selectPart(tx, null, 0);
      if (since != null) {
        await resetDeliveries(tx, id, await selectSequenceBefore(tx, since));
        return id;
      }
      const position = decodeEventCursor(after ?? '');
      const isKept =
        position?.articleId === key &&
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
      const { db, clock, deliveries } = this.#options;
      const target = await selectTarget(db.forNode('webhooks'), id);
      if (!target) throw new Refusal('NOT_FOUND', ['webhookId']);
      const attempted = await deliveries.attempt(target, async () => {
        const { head } = await deliveredLogs[target.log].selectPart(db.forNode('webhooks'), null, 0);
        const { epoch, articleId, sequence } = head;
        return { type: 'checkpoint', epoch, articleId, sequence, at: clock.now() };
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

  /** Runs work in a transaction that holds the lock of an endpoint's row. */
  #withLocked<T>(viewer: Viewer, id: string, work: (tx: Tx, present: WebhookRow) => Promise<T>): Promise<T> {
    const scope = { client: clientOf(viewer), subject: 'webhooks' };
    return this.#options.db.transactionFor(scope, async (tx) => {
      const present = await lockWebhook(tx, id);
      if (!present) throw new Refusal('NOT_FOUND', ['webhookId']);
      return work(tx, present);
    });
  }

  #requireInput({ name, url, document }: WebhookInput): WebhookInput {
    if (document.length > maxDocumentLength)
      throw new Refusal('TOO_LONG', ['document'], `A document has ${maxDocumentLength} characters at most.`);
    return {
      name: requireLine(name, { field: 'name', max: 80 }),
      url: this.#requireUrl(url),
      document,
    };
  }

  #requireUrl(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const { allowPrivate } = this.#options;
    const isSecure = url?.protocol === 'https:' || (allowPrivate && url?.protocol === 'http:');
    if (!url || !isSecure || url.href.length > maxUrlLength || url.username !== '' || url.password !== '') {
      const kind = allowPrivate ? 'an http or https address' : 'an https address';
      const message = `An endpoint is ${kind} of ${maxUrlLength} characters at most, without a password.`;
      throw new Refusal('INVALID_INPUT', ['url'], message);
    }
    url.hash = '';
    return url.href;
  }

  /** Checks a document for an endpoint that is there, before its row is locked: validation takes turns. */
  async #requireDocumentFor(id: string, document: string): Promise<void> {
    if (document.length > maxDocumentLength) return;
    const db = this.#options.db.forNode('webhooks');
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
        await this.#options.check(document, (field) => serviceViewer(account, logOfField(field))),
      );
    } catch (error) {
      if (error instanceof RequestError) throw new Refusal('INVALID_INPUT', ['document'], error.message);
      throw error;
    }
  }
}

/**
 * The kinds of a log's events that an endpoint is sent, in their order.
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
  const { field, kinds } = deliveredLogs[log];
  if (others != null) throw new Refusal('INVALID_INPUT', [name], `The document subscribes to \`${field}\`.`);
  if (given === undefined) return present;
  return given && kinds.filter((kind) => (given as readonly string[]).includes(kind));
}

function requireSender(viewer: Viewer, log: WebhookLog): void {
  if (!canSendLog(viewer, log))
    throw new Refusal('FORBIDDEN', undefined, 'A token needs MODERATE, too, for the log of moderation.');
}

function requireManager(viewer: Viewer): void {
  if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
  if (!canManageWebhooks(viewer)) throw new Refusal('FORBIDDEN');
}
