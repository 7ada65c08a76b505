import { AsyncLocalStorage } from 'node:async_hooks';
import { TestStripeApi, Work } from '@standfirst/test-provider';
import pg from 'pg';
import { OpenTransaction } from '../../src/platform/db/transaction.ts';
import { MoneyRecorder } from '../../src/features/funding/collection/money-recorder.ts';
import { PledgeService } from '../../src/features/funding/pledge/pledge.service.ts';
import { StripeProvider } from '../../src/features/funding/provider/stripe-provider.ts';
import { around } from './around.ts';
import type { FundingKill, FundingPoint, FundingStep } from './funding-points.ts';

let armed: FundingKill | undefined;
let isPatched = false;

/** Kills the process the next time that it comes to this moment; undefined: it lives. */
export function killFundingAt(kill: FundingKill | undefined): void {
  if (!isPatched) patch();
  isPatched = true;
  armed = kill;
}

const isDue = (step: FundingStep | undefined, point: FundingPoint): boolean =>
  armed !== undefined && armed.step === step && armed.point === point;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Nothing runs after the death, although the signal takes a moment to arrive. */
async function passes(step: FundingStep | undefined, point: FundingPoint): Promise<void> {
  if (!isDue(step, point)) return;
  die();
  await new Promise(() => undefined);
}

type Method = (...args: unknown[]) => Promise<unknown>;
type Methods<Name extends string> = Record<Name, Method>;

/** The step whose outcome is being stored, and that of the request which the provider carries out. */
const storing = new AsyncLocalStorage<FundingStep | undefined>();
const asked = new AsyncLocalStorage<FundingStep | undefined>();

/** Calls of the provider, by their steps. */
const calls = {
  setUp: 'setUp',
  findSetUp: 'complete',
  collect: 'collect',
  cancelPayment: 'cancel',
  refund: 'refund',
  transfer: 'transfer',
  findTransfer: 'reversal',
} as const satisfies Partial<Record<keyof StripeProvider, FundingStep>>;

function patch(): void {
  for (const [name, step] of Object.entries(calls))
    around(StripeProvider.prototype as unknown as Methods<string>, name, (call) => {
      return async function (this: StripeProvider, ...args) {
        await passes(step, 'before-call');
        const answer = await call?.apply(this, args);
        // While nobody has used the page, there is nothing to store.
        if (!isOpen(answer)) await passes(step, 'after-answer');
        return answer;
      };
    });
  const pledges = PledgeService.prototype as unknown as Methods<'pledge' | 'complete'>;
  store(pledges, 'pledge', () => 'setUp');
  store(pledges, 'complete', () => 'complete');
  const recorder = MoneyRecorder.prototype as unknown as Methods<
    'recordPayment' | 'recordRefund' | 'recordPayout'
  >;
  store(recorder, 'recordPayment', ({ failureCode, status }) => {
    if (failureCode === 'authentication_required') return 'cancel';
    return status === 'SUCCEEDED' ? 'collect' : undefined;
  });
  store(recorder, 'recordRefund', () => 'refund');
  store(recorder, 'recordPayout', ({ status }) => (status === 'REVERSED' ? 'reversal' : 'transfer'));
  patchTransactions();
  patchProvider();
}

const isOpen = (answer: unknown): boolean => (answer as { status?: unknown } | undefined)?.status === 'OPEN';

interface Recorded {
  readonly status?: string;
  readonly failureCode?: string | undefined;
}

/** @param stepOf the step by what is to be stored */
function store<Name extends string>(
  prototype: Methods<Name>,
  name: Name,
  stepOf: (recorded: Recorded) => FundingStep | undefined,
): void {
  around(prototype, name, (original) => {
    return async function (this: unknown, ...args: unknown[]) {
      const step = stepOf(args[1] as Recorded);
      const value: unknown = await storing.run(step, () => Reflect.apply(original, this, args));
      await passes(step, 'after-commit');
      return value;
    };
  });
}

/** Whether the next COMMIT that is sent is the last thing that the process does. */
let diesWithCommit = false;

function patchTransactions(): void {
  const ends = (): void => {
    const step = storing.getStore();
    if (isDue(step, 'before-commit')) die();
    if (isDue(step, 'during-commit')) diesWithCommit = true;
  };
  // The last statement of most transactions takes the COMMIT along.
  around(OpenTransaction.prototype as unknown as Seals, 'seal', (seal) => {
    return function (this: Seals, ...args) {
      ends();
      return seal.apply(this, args);
    };
  });
  around(OpenTransaction.prototype as unknown as Methods<'run'>, 'run', (run) => {
    return function (this: OpenTransaction, ...args) {
      const [work] = args as [Method];
      const watched: Method = async (tx) => {
        const value = await work(tx);
        ends();
        return value;
      };
      return run.apply(this, [watched]);
    };
  });
  around(pg.Query.prototype as unknown as Submits, 'submit', (submit) => {
    return function (this: Submits, ...args) {
      const result = submit.apply(this, args);
      // The server has received the COMMIT, and its answer will not be read.
      if (diesWithCommit && this.text === 'COMMIT') setImmediate(die);
      return result;
    };
  });
}

interface Seals {
  seal(...args: unknown[]): unknown;
}

interface Submits {
  readonly text: string;
  submit(...args: unknown[]): unknown;
}

/** Requests that change something at the provider, by their steps. */
const requests: readonly (readonly [RegExp, FundingStep])[] = [
  [/^\/v1\/checkout\/sessions$/, 'setUp'],
  [/^\/v1\/payment_intents$/, 'collect'],
  [/^\/v1\/payment_intents\/\w+\/cancel$/, 'cancel'],
  [/^\/v1\/refunds$/, 'refund'],
  [/^\/v1\/transfers$/, 'transfer'],
];

/** The step of a request; undefined where it only reads. */
export const stepOfRequest = ({
  method,
  path,
}: {
  readonly method: string;
  readonly path: string;
}): FundingStep | undefined =>
  method === 'POST' ? requests.find(([pattern]) => pattern.test(path))?.[1] : undefined;

/** Where the provider is a part of the node. */
function patchProvider(): void {
  around(TestStripeApi.prototype, 'answer', (answer) => {
    return async function (this: TestStripeApi, request) {
      const step = stepOfRequest(request);
      const given = await asked.run(step, () => answer.call(this, request));
      await passes(step, 'after-provider');
      return given;
    };
  });
  around(Work.prototype, 'runAfterAnswer', (runAfterAnswer) => {
    return async function (this: Work) {
      await runAfterAnswer.call(this);
      await passes(asked.getStore(), 'in-provider');
    };
  });
}
