import { randomUUID } from 'node:crypto';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { encodeEventCursor } from '../../../platform/events/event-cursor.ts';
import type { StreamItem } from '../../../platform/events/event.ts';
import type { WebhookOutcome } from '../../../platform/metrics/measures.ts';
import { type GuardedAnswer, guardedRequest, NoAnswer } from '../../../platform/http/guarded-request.ts';
import type { Reach } from '../../../platform/http/reach.ts';
import type { IsHeld } from '../../../platform/jobs/leases.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  claimDeliveries,
  type DueDelivery,
  endDelivered,
  endFailed,
  enqueueDeliveries,
  insertAttempt,
  lockDeliveries,
  type NewAttempt,
  releaseDelivery,
  selectBehind,
  selectDue,
} from './delivery.queries.ts';
import { deliveredLogs } from './delivered-log.ts';
import { serviceViewer } from './service-viewer.ts';
import { signedHeaders } from './signature.ts';
import { maxAttemptsAtOnce, nextAttemptAt, pauses, type WebhookLog } from './webhook.policy.ts';
import { selectServiceViewer } from './webhook.queries.ts';
import { endOutlived, selectIsOutlived, type TokenRules } from './webhook-token.queries.ts';

/** Shows an event by a document, as somebody sees it now. */
export type ShowEvent = (document: string, item: StreamItem, viewer: Viewer) => Promise<object>;

export interface DeliveryServiceOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Names the process in what it takes. */
  readonly processId: string;
  readonly show: ShowEvent;
  /** By what an endpoint is sent the events of. In private networks it may be asked without encryption. */
  readonly reach: Readonly<Record<WebhookLog, Reach>>;
  readonly timeoutMs: number;
  /** By which tokens permit what they have made. */
  readonly rules: TokenRules;
  readonly onAttempt?: (outcome: WebhookOutcome) => void;
  /** From 0 (included) to 1 (excluded). */
  readonly random?: () => number;
}

/** Events that one statement makes deliveries of, and those of one turn. */
const batchSize = 500;
const maxEnqueued = 5000;

/** Time for which an attempt is left to its process while it lives, beside the time that its request may take, in seconds. */
const spareSeconds = 30;

/** Characters of an answer that are kept for operators. */
const shownCharacters = 200;

/** What an endpoint is sent to, beside the delivery itself. */
type Target = Pick<
  DueDelivery,
  'webhookId' | 'log' | 'url' | 'document' | 'accountId' | 'secret' | 'oldSecret' | 'oldSecretUntil'
>;

/** The account of an endpoint is not shown an event, or the endpoint has ended. The message is for administrators. */
class NotShown extends Error {}

/** Another process may have taken the delivery, because this one stood still. */
class LeaseLost extends Error {}

/** How an attempt ended. */
export type Attempted = Pick<NewAttempt, 'begunAt' | 'milliseconds' | 'httpStatus' | 'fault' | 'answer'> & {
  readonly retryAfter: string | undefined;
};

/**
 * Sends the events of the site, or of moderation, to endpoints. A delivery is a row, made from the log together with the endpoint's
 * position: none is missed, and none is made twice. Of each article only the first row that waits is taken, which keeps
 * the order of the article and lets the others pass. An attempt is taken under a lease: if its process dies, another one sends
 * the event again, with the same id. What is done to an endpoint's rows is done under the lock of its own row, in
 * transactions whose statements are sent together. Nothing that was shown is kept: each attempt shows the event as it is then, so that
 * what was erased meanwhile is not sent.
 */
export class DeliveryService {
  constructor(private readonly options: DeliveryServiceOptions) {}

  /** Ends the endpoints whose tokens permit them no more. */
  endOutlived(): Promise<void> {
    const { db, clock, rules } = this.options;
    return endOutlived(db, clock.now(), rules);
  }

  /** Endpoints with events in their log of which no deliveries were made. */
  behind(): ReturnType<typeof selectBehind> {
    return selectBehind(this.options.db);
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
    const { db, clock } = this.options;
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
    const { db, clock } = this.options;
    return selectDue(db, clock.now(), maxAttemptsAtOnce);
  }

  /** Takes what is due of an endpoint. Each delivery has to be sent. */
  async claim(webhookId: string): Promise<DueDelivery[]> {
    const { db, clock, timeoutMs, processId } = this.options;
    const leaseSeconds = timeoutMs / 1000 + spareSeconds;
    const claim = { now: clock.now(), leaseSeconds, perWebhook: maxAttemptsAtOnce, processId };
    const [, taken] = await db.transaction((tx) =>
      Promise.all([lockDeliveries(tx, webhookId), claimDeliveries(tx, webhookId, claim)]),
    );
    return taken;
  }

  /** Makes one attempt, and stores how it ended. Sends nothing once another process may have taken the delivery. */
  async send(delivery: DueDelivery, isHeld: IsHeld): Promise<void> {
    try {
      if (this.#isLost(delivery)) return await this.#end(delivery, this.#untried());
      const attempted = await this.attempt(delivery, async () => this.#itemOf(delivery), isHeld);
      this.options.onAttempt?.(outcomeOf(attempted));
      await this.#end(delivery, attempted);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      await releaseDelivery(this.options.db, delivery);
    }
  }

  /** Whether a delivery was left by its processes until its time was over. */
  #isLost(delivery: DueDelivery): boolean {
    return delivery.wasLeft && nextAttemptAt(delivery, 0, this.options.clock.now(), 0) === null;
  }

  #untried(): Attempted {
    const begunAt = this.options.clock.now();
    const fault = 'No attempt has ended: each time the process that made it did.';
    return { begunAt, milliseconds: 0, httpStatus: null, fault, answer: null, retryAfter: undefined };
  }

  /**
   * Sends an item to an endpoint once.
   * @param makeItem called when the connection stands
   * @param isHeld of a delivery that was taken; absent: the item is sent on request
   * @throws LeaseLost nothing was sent, because the delivery is not held any more
   */
  async attempt(
    target: Target,
    makeItem: () => Promise<StreamItem>,
    isHeld: IsHeld = () => true,
  ): Promise<Attempted> {
    const { clock, timeoutMs } = this.options;
    const reach = this.options.reach[target.log];
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
      if (!reach.allowPrivate && !target.url.startsWith('https:'))
        throw new NoAnswer('Endpoints of this log are asked by https alone.');
      const answer = await guardedRequest(target.url, {
        reach,
        timeoutMs,
        message: async () => {
          const message = await this.#message(target, await makeItem());
          if (!isHeld()) throw new LeaseLost();
          return message;
        },
      });
      return ended(answer, null);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const isTold = error instanceof NoAnswer || error instanceof NotShown;
      return ended({}, isTold ? error.message : 'The event could not be shown.');
    }
  }

  async #itemOf({ log, sequence, articleId }: DueDelivery): Promise<StreamItem> {
    const { db } = this.options;
    const followed = deliveredLogs[log].log;
    const { head, events } = await followed.part(db.forNode('webhooks'), Number(sequence) - 1, 1);
    const { epoch } = head;
    const at = this.options.clock.now();
    const here = { epoch, log: head.log, sequence: Number(sequence), at };
    if (articleId === '0') return { type: 'reset', reason: 'EXPIRED', ...here };
    const [event] = events;
    return event?.sequence === Number(sequence)
      ? { type: 'event', epoch, event }
      : { type: 'reset', reason: 'EXPIRED', ...here };
  }

  async #message(target: Target, item: StreamItem) {
    const { webhookId, document, accountId, secret, oldSecret, oldSecretUntil } = target;
    const { log, type, refusal } = deliveredLogs[target.log];
    const { db, clock, show, rules } = this.options;
    const [account, isOutlived] = await Promise.all([
      selectServiceViewer(db.forNode('webhooks'), accountId),
      selectIsOutlived(db.forNode('webhooks'), webhookId, clock.now(), rules),
    ]);
    if (isOutlived) throw new NotShown('The token that has made the endpoint has ended.');
    if (!account) throw new Error('The endpoint has no service account');
    const sequence = item.type === 'event' ? item.event.sequence : item.sequence;
    const cursor = encodeEventCursor({ epoch: item.epoch, log: log.keyOf(), sequence });
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
    const { db, clock, random = Math.random } = this.options;
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
              // A conflict is about one event, and so is what was not tried: the endpoint is well.
              isOfEvent: httpStatus === 409 || this.#isLost(delivery),
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
