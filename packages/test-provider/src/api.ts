import { createHash, randomBytes } from 'node:crypto';
import type { Stripe } from 'stripe';
import { acceptDispute, answerDispute } from './disputes.ts';
import { type FormFields, parseForm } from './form-body.ts';
import { cancelPayment, createPayment } from './payments.ts';
import { expanded, type ListOptions, readList, readObject, type Shown } from './reads.ts';
import { createRefund } from './refunds.ts';
import { createSession } from './set-ups.ts';
import type { Queryable, Store } from './store.ts';
import type { ObjectType } from './stored-objects.ts';
import { StripeFault } from './stripe-fault.ts';
import { insertAnswer, type KeptAnswer, removeOld, selectAnswer, tryLockKey } from './queries.ts';
import { createReversal, createTransfer } from './transfers.ts';
import { type Clock, Work } from './work.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Parameters: the query of a GET, the body of a POST. */
  readonly form: string;
  readonly idempotencyKey: string | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the answer gets lost: nothing is sent. */
  readonly isLost: boolean;
}

export interface ApiOptions {
  readonly store: () => Promise<Store>;
  readonly clock: Clock;
  /** Address of the page of a set-up. */
  readonly pageUrl: (sessionId: string) => string;
  /** Called with the events of each request, once they are committed. */
  readonly onEvents: (events: readonly Stripe.Event[]) => void;
  /** Called inside the transaction of each write, before it is committed; for tests. */
  readonly beforeCommit?: ((request: ApiRequest) => Promise<void>) | undefined;
}

type Write = (work: Work, id: string, given: FormFields) => Promise<Shown>;

const readable: Readonly<Record<string, ObjectType>> = {
  'checkout/sessions': 'checkout.session',
  payment_intents: 'payment_intent',
  refunds: 'refund',
  disputes: 'dispute',
  transfers: 'transfer',
};

const lists: Readonly<Record<string, Omit<ListOptions, 'url'>>> = {
  payment_intents: { type: 'payment_intent', parentName: 'customer' },
  refunds: { type: 'refund', parentName: 'payment_intent' },
  disputes: { type: 'dispute', parentName: 'payment_intent' },
  transfers: { type: 'transfer', parentName: 'transfer_group' },
  events: { type: 'event' },
  balance_transactions: { type: 'balance_transaction' },
};

const dayMs = 24 * 60 * 60 * 1000;
/** Time after which Stripe may forget an idempotency key. */
const keyLifetimeMs = dayMs;
/** Time for which Stripe lists events. What they tell of stays: books are compared with it. */
const eventLifetimeMs = 30 * dayMs;

const maxKeyLength = 255;

/** The few calls of Stripe's API that the test provider knows. */
export class TestStripeApi {
  readonly #options: ApiOptions;
  readonly #writes: Readonly<Record<string, Write>>;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#writes = {
      'checkout/sessions': (work, _, given) => createSession(work, given, options.pageUrl),
      payment_intents: (work, _, given) => createPayment(work, given),
      'payment_intents/:id/cancel': cancelPayment,
      refunds: (work, _, given) => createRefund(work, given),
      'disputes/:id': answerDispute,
      'disputes/:id/close': acceptDispute,
      transfers: (work, _, given) => createTransfer(work, given),
      'transfers/:id/reversals': createReversal,
    };
  }

  /** Answers a request as Stripe would. Errors that Stripe would not answer with are thrown. */
  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const requestId = `req_${randomBytes(7).toString('hex')}`;
    try {
      const { body, status, isLost, isReplayed } = await this.#run(request);
      return answerWith({ status, body, isLost, isReplayed, requestId });
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
      return answerWith({ ...faultAnswer(error), isLost: false, isReplayed: false, requestId });
    }
  }

  async #run(request: ApiRequest): Promise<Ran> {
    const given = parseForm(request.form);
    const { method, path } = request;
    if (method === 'GET') return { ...(await this.#read(path, given)), ...sentOnce };
    if (method !== 'POST') throw unknownPath(method, path);
    const { id } = partsOf(path);
    const write = this.#writes[patternOf(path)];
    if (!write) throw unknownPath(method, path);
    const store = await this.#options.store();
    let events: readonly Stripe.Event[] = [];
    const ran = await store.transaction(async (tx) => {
      const work = new Work(tx, this.#options.clock.now());
      const answer = await this.#underKey(tx, work, request, () =>
        carryOut(tx, work, given, () => write(work, id, given)),
      );
      await this.#options.beforeCommit?.(request);
      events = work.events;
      return answer;
    });
    this.#options.onEvents(events);
    return ran;
  }

  async #read(path: string, given: FormFields): Promise<Kept> {
    const store = await this.#options.store();
    const now = this.#options.clock.now();
    const { resource, id, below } = partsOf(path);
    const type = readable[resource];
    const list = lists[resource];
    if (id === '' && list) return this.#shown(await readList(store, { ...list, url: path }, given), given);
    if (id !== '' && below === '' && type)
      return this.#shown(await readObject(store, type, id, { given, now }), given);
    if (type === 'transfer' && below === 'reversals') {
      const reversals = { type: 'transfer_reversal', parent: id, url: path } as const;
      return this.#shown(await readList(store, reversals, given), given);
    }
    throw unknownPath('GET', path);
  }

  async #shown(shown: Shown, given: FormFields): Promise<Kept> {
    const store = await this.#options.store();
    return { status: 200, body: JSON.stringify(await expanded(store, shown, given)) };
  }

  /** Carries a request out, unless it was carried out before under the same key. */
  async #underKey(tx: Queryable, work: Work, request: ApiRequest, run: () => Promise<Kept>): Promise<Ran> {
    const { idempotencyKey: key } = request;
    if (key === undefined) return { ...(await run()), isReplayed: false, isLost: work.isAnswerLost };
    if (key === '' || key.length > maxKeyLength)
      throw StripeFault.parameter('idempotency_key', 'parameter_invalid', 'The idempotency key is too long.');
    if (!(await tryLockKey(tx, key)))
      throw StripeFault.other(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'Another request with this idempotency key is in progress.',
      });
    const now = work.now.getTime();
    await removeOld(tx, {
      answersBefore: new Date(now - keyLifetimeMs),
      eventsBefore: new Date(now - eventLifetimeMs),
    });
    const hash = hashOf(request);
    const earlier = await selectAnswer(tx, key);
    if (earlier) return { ...repeated(earlier, hash), isReplayed: true, isLost: false };
    const answer = await run();
    await insertAnswer(tx, key, { ...answer, hash }, work.now);
    return { ...answer, isReplayed: false, isLost: work.isAnswerLost };
  }
}

type Kept = Omit<KeptAnswer, 'hash'>;
type Ran = Kept & { readonly isReplayed: boolean; readonly isLost: boolean };

const sentOnce = { isReplayed: false, isLost: false };

/**
 * Runs a command, and makes its answer before anything happens that comes after it.
 * @throws StripeFault that is not kept, so that nothing is written
 */
async function carryOut(
  tx: Queryable,
  work: Work,
  given: FormFields,
  command: () => Promise<Shown>,
): Promise<Kept> {
  try {
    const shown = await command();
    const body = JSON.stringify(await expanded(tx, shown, given));
    await work.runAfterAnswer();
    return { status: 200, body };
  } catch (error) {
    if (error instanceof StripeFault && error.isKept) return faultAnswer(error);
    throw error;
  }
}

const faultAnswer = ({ status, body }: StripeFault): Kept => ({
  status,
  body: JSON.stringify({ error: body }),
});

function repeated(earlier: KeptAnswer, hash: Buffer): Kept {
  if (earlier.hash.equals(hash)) return earlier;
  throw StripeFault.other(400, {
    type: 'idempotency_error',
    message: 'Keys for idempotent requests can only be used with the parameters they were first used with.',
  });
}

const hashOf = ({ method, path, form }: ApiRequest): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([method, path, form]))
    .digest();

/** `/v1/transfers/tr_1/reversals`: the parts after the version, each empty where there is none. */
function partsOf(path: string): { resource: string; id: string; below: string } {
  const [, resource = '', id = '', below = ''] =
    /^\/v1\/((?:checkout\/)?[a-z_]+)(?:\/(\w{1,100}))?(?:\/([a-z_]+))?$/.exec(path) ?? [];
  return { resource, id, below };
}

/** The pattern that a path fits: `transfers/:id/reversals`. */
function patternOf(path: string): string {
  const { resource, id, below } = partsOf(path);
  return [resource, id && ':id', below].filter((part) => part !== '').join('/');
}

const unknownPath = (method: string, path: string): StripeFault =>
  StripeFault.other(404, {
    type: 'invalid_request_error',
    code: 'url_invalid',
    message: `Unrecognized request URL (${method}: ${path.slice(0, 100)}).`,
  });

function answerWith({
  status,
  body,
  isLost,
  isReplayed,
  requestId,
}: Ran & { readonly requestId: string }): ApiAnswer {
  return {
    status,
    body,
    isLost,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId,
      ...(isReplayed ? { 'idempotent-replayed': 'true' } : {}),
    },
  };
}
