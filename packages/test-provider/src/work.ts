import { randomBytes } from 'node:crypto';
import { Stripe } from 'stripe';
import type { Queryable } from './store.ts';
import type { ObjectType, StoredObject, StoredObjects } from './stored-objects.ts';
import { StripeFault } from './stripe-fault.ts';
import { insertObject, lockBalance, lockObject, selectObject, updateObject } from './queries.ts';

/** Source of the current time. */
export interface Clock {
  now(): Date;
}

const idPrefixes: Readonly<Record<ObjectType, string>> = {
  'checkout.session': 'cs_test_',
  setup_intent: 'seti_',
  customer: 'cus_',
  payment_method: 'pm_',
  payment_intent: 'pi_',
  charge: 'ch_',
  balance_transaction: 'txn_',
  refund: 're_',
  dispute: 'du_',
  transfer: 'tr_',
  transfer_reversal: 'trr_',
  event: 'evt_',
};

/** An id that nobody can guess: that of a set-up opens its page. */
export const newId = (type: ObjectType): string => `${idPrefixes[type]}${randomBytes(16).toString('hex')}`;

/** One request that changes something: what it reads and writes, in one transaction, and the events that it causes. */
export class Work {
  readonly #tx: Queryable;
  readonly now: Date;
  readonly events: Stripe.Event[] = [];
  readonly #afterAnswer: (() => Promise<void>)[] = [];
  /** Whether the answer gets lost on its way, after all has been carried out. */
  isAnswerLost = false;

  constructor(tx: Queryable, now: Date) {
    this.#tx = tx;
    this.now = now;
  }

  /** The time as Stripe writes it. */
  get seconds(): number {
    return Math.floor(this.now.getTime() / 1000);
  }

  /** @throws StripeFault resource_missing */
  async find<T extends ObjectType>(type: T, id: string, param: string): Promise<StoredObjects[T]> {
    const found = await selectObject(this.#tx, type, id);
    if (!found) throw StripeFault.missing(type, id, param);
    return found;
  }

  /**
   * As `find`, and keeps others from changing the object.
   * @throws StripeFault resource_missing
   */
  async lock<T extends ObjectType>(type: T, id: string, param: string): Promise<StoredObjects[T]> {
    const found = await lockObject(this.#tx, type, id);
    if (!found) throw StripeFault.missing(type, id, param);
    return found;
  }

  /** The balance in a currency, while no other transfer changes it. */
  lockBalance(currency: string): Promise<number> {
    return lockBalance(this.#tx, currency);
  }

  /** @param parent what its lists are filtered by */
  async insert<T extends StoredObject>(object: T, parent?: string): Promise<T> {
    await insertObject(this.#tx, object, { parent, at: this.now });
    return object;
  }

  async update<T extends StoredObject>(object: T): Promise<T> {
    await updateObject(this.#tx, object);
    return object;
  }

  /** Adds an event about an object as it is now. */
  async emit(type: Stripe.Event['type'], object: StoredObject): Promise<void> {
    const event = {
      id: newId('event'),
      object: 'event',
      api_version: Stripe.API_VERSION,
      created: this.seconds,
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 1,
      request: null,
      type,
    };
    // The package has a type for each type of event, with the type of its object.
    this.events.push(await this.insert(event as unknown as Stripe.Event));
  }

  /** Something that happens after the answer was made, in the same transaction. */
  afterAnswer(step: () => Promise<void>): void {
    this.#afterAnswer.push(step);
  }

  async runAfterAnswer(): Promise<void> {
    for (const step of this.#afterAnswer) await step();
  }
}
