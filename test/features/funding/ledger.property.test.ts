import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ledgerAccounts,
  type LedgerAccount,
  type MovementKind,
  movements,
} from '../../../src/features/funding/ledger/ledger.policy.ts';
import { appendLedger, reverseLedger, verifyChain } from '../../../src/features/funding/ledger/ledger.ts';
import { selectBalances, selectLedgerPages } from '../../../src/features/funding/ledger/ledger.queries.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { movement, underLock } from '../../support/ledgers.ts';

/*
 * Compares ledgers of random transactions with a model: an array of what was booked, and sums over it. `FC_SEED` and
 * `FC_RUNS` choose others; a failure prints the seed and path that repeat it.
 */

const seed = Number(process.env.FC_SEED ?? 20260301);
const numRuns = Number(process.env.FC_RUNS ?? 25);

const service = useApp();
let app: TestApp;
beforeAll(() => {
  app = service();
});

type Step =
  | {
      readonly type: 'move';
      readonly kind: MovementKind;
      readonly amount: bigint;
      readonly pseudonym: string;
    }
  /** Reverses one of the transactions so far, and books it anew with another amount if there is one. */
  | { readonly type: 'reverse'; readonly pick: number; readonly anew: bigint | undefined };

const amounts = fc.oneof(
  fc.bigInt({ min: 1n, max: 1000n }),
  fc.constantFrom(10n ** 12n, 10n ** 13n, 10n ** 15n - 1n),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      kind: fc.constantFrom(...(Object.keys(movements) as MovementKind[])),
      amount: amounts,
      pseudonym: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('reverse' as const),
      pick: fc.nat(),
      anew: fc.option(amounts, { nil: undefined }),
    }),
  },
);

/** A transaction of the model. */
interface Booked {
  readonly kind: string;
  readonly corrects: number | null;
  readonly amount: bigint;
  readonly transaction: ReturnType<typeof movement>;
  readonly sign: bigint;
  isReversed: boolean;
}

function sums(booked: readonly Booked[]): Record<LedgerAccount, bigint> {
  const balances = Object.fromEntries(Object.keys(ledgerAccounts).map((account) => [account, 0n]));
  for (const { transaction, amount, sign } of booked) {
    const { from, to } = movements[transaction.kind];
    balances[from] = (balances[from] ?? 0n) - sign * amount;
    balances[to] = (balances[to] ?? 0n) + sign * amount;
  }
  return balances as Record<LedgerAccount, bigint>;
}

it('the balances equal a recount, the chain is right, and pages have every transaction once', async () => {
  const check = async (walk: readonly Step[], perTransaction: number, pageSize: number): Promise<void> => {
    const { articleId } = await app.addArticle();
    const { db } = app.app;
    const booked: Booked[] = [];
    // Several steps in one database transaction, as a worker may book them.
    for (let start = 0; start < walk.length; start += perTransaction)
      await underLock(db, articleId, async (tx) => {
        const append = async (kind: MovementKind, amount: bigint, more: Parameters<typeof movement>[3]) => {
          const transaction = movement(articleId, kind, amount, more);
          const { sequence } = await appendLedger(tx, transaction);
          const { corrects = null } = transaction;
          booked.push({ kind, corrects, amount, transaction, sign: 1n, isReversed: false });
          expect(sequence).toBe(booked.length);
        };
        for (const step of walk.slice(start, start + perTransaction)) {
          if (step.type === 'move') {
            await append(step.kind, step.amount, { pseudonym: step.pseudonym });
            continue;
          }
          const open = booked.filter(({ kind, isReversed }) => kind !== 'REVERSAL' && !isReversed);
          const wrong = open[step.pick % Math.max(open.length, 1)];
          if (!wrong) continue;
          const reversed = booked.indexOf(wrong) + 1;
          const { occurredAt, kind, subject } = wrong.transaction;
          const { sequence } = await reverseLedger(tx, { articleId, sequence: reversed, occurredAt });
          wrong.isReversed = true;
          booked.push({ ...wrong, kind: 'REVERSAL', corrects: reversed, sign: -1n });
          expect(sequence).toBe(booked.length);
          if (step.anew !== undefined) await append(kind, step.anew, { subject, corrects: sequence });
        }
      });

    const balances = await selectBalances(db, articleId);
    expect(balances).toEqual(sums(booked));
    expect(Object.values(balances).reduce((sum, each) => sum + each, 0n)).toBe(0n);
    expect(await verifyChain(db, articleId)).toBeUndefined();

    const shown: { kind: string; corrects: number | null }[] = [];
    let cursor: string[] | undefined;
    for (;;) {
      const [found] = await selectLedgerPages(db, [articleId], { limit: pageSize, backward: false, cursor });
      const rows = found?.rows ?? [];
      for (const { kind, corrects } of rows.slice(0, pageSize)) shown.push({ kind, corrects });
      if (rows.length <= pageSize) break;
      cursor = [String(rows[pageSize - 1]?.sequence)];
    }
    expect(shown).toEqual(booked.map(({ kind, corrects }) => ({ kind, corrects })));
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
      check,
    ),
    { seed, numRuns },
  );
});
