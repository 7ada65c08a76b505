import { randomUUID } from 'node:crypto';
import type { Viewer } from '../auth/viewer.ts';
import type { Database } from '../db/database.ts';
import { encodeEventCursor } from '../events/event-cursor.ts';
import type { StreamItem } from '../events/event.ts';
import type { WebhookOutcome } from '../feature/measures.ts';
import { type GuardedAnswer, guardedRequest, NoAnswer } from '../http/guarded-request.ts';
import type { Clock } from '../time/clock.ts';
import {
  claimDeliveries,
  type DueDelivery,
  endDelivered,
  endFailed,
  enqueueDeliveries,
  insertAttempt,
  lockDeliveries,
  type NewAttempt,
  selectBehind,
  selectDue,
} from './delivery.queries.ts';
import { deliveredLogs } from './delivered-log.ts';
import { serviceViewer } from './service-viewer.ts';
import { signedHeaders } from './signature.ts';
import { maxAttemptsAtOnce, nextAttemptAt, pauses, type WebhookLog } from './webhook.policy.ts';
import { selectServiceViewer } from './webhook.queries.ts';

/** Shows an event by a document, as somebody sees it now. */
export type ShowEvent = (document: string, item: StreamItem, viewer: Viewer) => Promise<object>;

export interface DeliveryServiceOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly show: ShowEvent;
  /** Whether endpoints may be in private networks. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  readonly onAttempt?: (outcome: WebhookOutcome) => void;
  /** From 0 (included) to 1 (excluded). */
  readonly random?: () => number;
}

/** Events that one statement makes deliveries of, and those of one turn. */
const batchSize = 500;
const maxEnqueued = 5000;

/** Time for which an attempt is left to its worker, beside the time that its request may take, in seconds. */
const spareSeconds = 30;

/** Characters of an answer that are kept for operators. */
const shownCharacters = 200;

/** What an endpoint is sent to, beside the delivery itself. */
type Target = Pick<
  DueDelivery,
  'log' | 'url' | 'document' | 'accountId' | 'secret' | 'oldSecret' | 'oldSecretUntil'
>;

/** The account of an endpoint is not shown an event. The message is for administrators. */
class NotShown extends Error {}

/** How an attempt ended. */
export type Attempted = Pick<NewAttempt, 'begunAt' | 'milliseconds' | 'httpStatus' | 'fault' | 'answer'> & {
  readonly retryAfter: string | undefined;
};

/**
 * Sends the events of the site, or of moderation, to endpoints. A delivery is a row, made from the log together with the endpoint's
 * position: none is missed, and none is made twice. Of each article only the first row that waits is taken, which keeps
 * the order of the article and lets the others pass. An attempt is taken for a time: if its worker dies, another one sends
 * the event again, with the same id. What is done to an endpoint's rows is done under the lock of its own row, in
 * transactions whose statements are sent together. Nothing that was shown is kept: each attempt shows the event as it is then, so that
 * what was erased meanwhile is not sent.
 */
export class DeliveryService {
  readonly #options: DeliveryServiceOptions;

  constructor(options: DeliveryServiceOptions) {
    this.#options = options;
  }

  /** Endpoints with events in their log of which no deliveries were made. */
  behind(): ReturnType<typeof selectBehind> {
    return selectBehind(this.#options.db);
  }

  /** Makes deliveries of the next events for an endpoint. @param room the most deliveries */
  async enqueue({
    id,
    log,
    room,
  }: {
    readonly id: string;
    readonly log: WebhookLog;
    readonly room: number;
  }): Promise<void> {
    const { db, clock } = this.#options;
    // At most so many in one go, so that other endpoints have their turn.
    let left = Math.min(room, maxEnqueued);
    for (let more = true; more && left > 0; left -= batchSize) {
      const batch = { log, limit: Math.min(left, batchSize), now: clock.now() };
      [, more] = await db.transaction((tx) =>
        Promise.all([lockDeliveries(tx, id), enqueueDeliveries(tx, id, batch)]),
      );
    }
  }

  /** Endpoints of which something can be taken now. */
  due(): Promise<string[]> {
    const { db, clock } = this.#options;
    return selectDue(db, clock.now(), maxAttemptsAtOnce);
  }

  /** Takes what is due of an endpoint. Each delivery has to be sent. */
  async claim(webhookId: string): Promise<DueDelivery[]> {
    const { db, clock, timeoutMs } = this.#options;
    const leaseSeconds = timeoutMs / 1000 + spareSeconds;
    const claim = { now: clock.now(), leaseSeconds, perWebhook: maxAttemptsAtOnce };
    const [, taken] = await db.transaction((tx) =>
      Promise.all([lockDeliveries(tx, webhookId), claimDeliveries(tx, webhookId, claim)]),
    );
    return taken;
  }

  /** Makes one attempt, and stores how it ended. */
  async send(delivery: DueDelivery): Promise<void> {
    const attempted = await this.attempt(delivery, async () => this.#itemOf(delivery));
    this.#options.onAttempt?.(outcomeOf(attempted));
    await this.#end(delivery, attempted);
  }

  /** Sends an item to an endpoint once. @param makeItem called when the connection stands */
  async attempt(target: Target, makeItem: () => Promise<StreamItem>): Promise<Attempted> {
    const { clock, allowPrivate, timeoutMs } = this.#options;
    const [begunAt, begun] = [clock.now(), performance.now()];
    const ended = (answer: Partial<GuardedAnswer>, fault: string | null): Attempted => ({
      begunAt,
      milliseconds: Math.round(performance.now() - begun),
      httpStatus: answer.status ?? null,
      fault,
      answer: answer.head === undefined ? null : answer.head.slice(0, shownCharacters).replaceAll('\0', ''),
      retryAfter: answer.retryAfter,
    });
    try {
      const answer = await guardedRequest(target.url, {
        allowPrivate,
        timeoutMs,
        message: async () => this.#message(target, await makeItem()),
      });
      return ended(answer, null);
    } catch (error) {
      const isTold = error instanceof NoAnswer || error instanceof NotShown;
      return ended({}, isTold ? error.message : 'The event could not be shown.');
    }
  }

  async #itemOf({ log, sequence, articleId }: DueDelivery): Promise<StreamItem> {
    const { db } = this.#options;
    const { key, selectPart } = deliveredLogs[log];
    const { head, events } = await selectPart(db.forNode('webhooks'), Number(sequence) - 1, 1);
    const { epoch } = head;
    const at = this.#options.clock.now();
    const here = { epoch, articleId: key, sequence: Number(sequence), at };
    if (articleId === '0') return { type: 'reset', reason: 'EXPIRED', ...here };
    const [event] = events;
    return event?.sequence === Number(sequence)
      ? { type: 'event', epoch, event }
      : { type: 'reset', reason: 'EXPIRED', ...here };
  }

  async #message(target: Target, item: StreamItem) {
    const { document, accountId, secret, oldSecret, oldSecretUntil } = target;
    const { key, type, refusal } = deliveredLogs[target.log];
    const { db, clock, show } = this.#options;
    const account = await selectServiceViewer(db.forNode('webhooks'), accountId);
    if (!account) throw new Error('The endpoint has no service account');
    const sequence = item.type === 'event' ? item.event.sequence : item.sequence;
    const cursor = encodeEventCursor({ epoch: item.epoch, articleId: key, sequence });
    const occurredAt = item.type === 'event' ? item.event.occurredAt : item.at;
    const viewer = serviceViewer(account, target.log);
    // The rights as they are now: a role may have been taken away since the endpoint was made.
    const refused = refusal(viewer);
    if (refused !== undefined) throw new NotShown(refused);
    const data = await show(document, item, viewer);
    const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), cursor, data });
    const now = clock.now();
    const secrets =
      oldSecret !== null && oldSecretUntil !== null && oldSecretUntil > now ? [secret, oldSecret] : [secret];
    const signed = signedHeaders(
      { id: idOf(target.log, item, sequence), timestamp: Math.floor(now.getTime() / 1000), body },
      secrets,
    );
    return { headers: { 'content-type': 'application/json', 'user-agent': 'Standfirst', ...signed }, body };
  }

  async #end(delivery: DueDelivery, attempted: Attempted): Promise<void> {
    const { db, clock, random = Math.random } = this.#options;
    const now = clock.now();
    const { webhookId, sequence } = delivery;
    const { httpStatus, retryAfter, ...rest } = attempted;
    const retryAfterSeconds = secondsOf(retryAfter, now) ?? 0;
    // Too many requests are so for all articles.
    const isBusy = httpStatus === 429 || httpStatus === 503;
    await db.transaction((tx) =>
      Promise.all([
        lockDeliveries(tx, webhookId),
        insertAttempt(tx, { webhookId, sequence, httpStatus, ...rest }),
        outcomeOf(attempted) === 'delivered'
          ? endDelivered(tx, delivery, now)
          : endFailed(tx, delivery, {
              now,
              nextAt: nextAttemptAt(delivery, retryAfterSeconds, now, random()),
              isGone: httpStatus === 410,
              // A conflict is about one event: the endpoint is well.
              isOfEvent: httpStatus === 409,
              pauses,
              leastPause: isBusy ? Math.min(Math.ceil(retryAfterSeconds), 3600) : 0,
            }),
      ]),
    );
  }
}

/**
 * `webhook-id`: of an event and of a reset always the same. A test has the position of an event that may not have been
 * sent, and receivers pass over what they know.
 */
function idOf(log: WebhookLog, { epoch, type }: StreamItem, sequence: number): string {
  const id = `${epoch}-${deliveredLogs[log].idPrefix}${sequence}`;
  if (type === 'event') return id;
  return type === 'reset' ? `${id}-reset` : `test-${randomUUID()}`;
}

function outcomeOf({ httpStatus }: Attempted): WebhookOutcome {
  if (httpStatus === null) return 'unanswered';
  return httpStatus >= 200 && httpStatus < 300 ? 'delivered' : 'refused';
}

/** The time of a `Retry-After`, in seconds or as a date; undefined: there is none that can be read. */
function secondsOf(retryAfter: string | undefined, now: Date): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d+$/.test(retryAfter)) return Math.min(Number(retryAfter), 1e9);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000);
}
