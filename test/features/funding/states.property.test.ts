import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { verifyChain } from '../../../src/features/funding/ledger/ledger.ts';
import { mayBecome, type FundingStates } from '../../../src/features/funding/campaign/transitions.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { Campaigns, type TestCampaign } from '../../support/campaigns.ts';
import { type PaymentOutcome, ProviderDouble } from '../../support/provider-double.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';

/** `RUNS=1000` hunts. */
const runs = Number(process.env.RUNS ?? 12);

/** Tables with states, and what each is in the table of transitions. */
const tables = {
  campaign: 'campaign',
  milestone: 'milestone',
  pledge: 'pledge',
  payment: 'payment',
  refund: 'payment',
  payout: 'payout',
} as const;

type Step =
  | { readonly do: 'pledge'; readonly who: number; readonly amount: number; readonly outcome: PaymentOutcome }
  | { readonly do: 'change'; readonly who: number; readonly amount: number }
  | { readonly do: 'withdraw' | 'retry' | 'refund'; readonly who: number }
  | { readonly do: 'dispute'; readonly which: number; readonly status: 'OPEN' | 'WON' | 'LOST' }
  | { readonly do: 'payOut'; readonly amount: number }
  | { readonly do: 'work' }
  | { readonly do: 'advance'; readonly hours: number }
  | { readonly do: 'suspend' | 'resume' | 'cancel' };

const people = 4;
const who = fc.nat(people - 1);
const amount = fc.integer({ min: 100, max: 500 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pledge' as const),
      who,
      amount,
      outcome: fc.constantFrom('succeeds', 'succeeds', 'declined', 'authentication', 'lost', 'unsent'),
    }),
  },
  { weight: 8, arbitrary: fc.constant({ do: 'work' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), who, amount }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('withdraw', 'retry', 'refund'), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('dispute' as const),
      which: fc.nat(5),
      status: fc.constantFrom('OPEN', 'WON', 'LOST'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('payOut' as const), amount: fc.constantFrom(50, 100, 300) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), hours: fc.constantFrom(1, 1, 25, 200) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('suspend', 'resume', 'resume', 'resume', 'cancel') }),
  },
);

describe('whatever happens to a campaign', () => {
  const provider = new ProviderDouble();
  const clock = new ShiftedClock();
  const service = useApp({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  let readers: TestUser[];
  let notices = 0;
  /** Number of payments that earlier campaigns had. */
  let earlier = 0;

  beforeAll(async () => {
    provider.feeOf = (minorUnits) => ({ fee: minorUnits / 10n, isLate: minorUnits % 2n === 0n });
    readers = await Promise.all(Array.from({ length: people }, () => service().signUp()));
    const { db } = service().app;
    await db.query('CREATE TABLE seen_transition (name text, before text, after text)');
    await db.query(`CREATE FUNCTION note_transition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO seen_transition VALUES (TG_TABLE_NAME, OLD.status, NEW.status); RETURN NULL; END $$`);
    for (const table of Object.keys(tables))
      await db.query(`CREATE TRIGGER note_transition AFTER UPDATE ON ${table} FOR EACH ROW
        WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION note_transition()`);
  });

  const work = async (): Promise<void> => {
    const worker = campaigns.worker({ clock, graceMs: 7 * 86_400_000 });
    await worker.run();
    await worker.end();
  };

  const pledgeOf = async ({ slug }: TestCampaign, reader: TestUser): Promise<{ id: string } | null> =>
    (await campaigns.read(slug, reader, 'viewerPledge { id }')).viewerPledge;

  /** Whether the last pledge of a reader was collected, to a campaign of which nothing was or is being paid out. */
  async function isCollected({ articleId }: TestCampaign, { accountId }: TestUser): Promise<boolean> {
    const rows = await service().app.db.query(
      `SELECT FROM (SELECT status FROM pledge WHERE article_id = $1 AND account_id = $2 ORDER BY id DESC LIMIT 1) p
       WHERE p.status = 'COLLECTED' AND NOT EXISTS (SELECT FROM payout
         WHERE article_id = $1 AND status IN ('CREATED', 'SUBMITTED', 'PAID'))`,
      [articleId, accountId],
    );
    return rows.length > 0;
  }

  /** What payments have left after fees, refunds, disputes and payouts, those under way included, and what the site has borne. */
  async function leftOf({ articleId }: TestCampaign): Promise<number> {
    const sum = (table: string, condition: string): string =>
      `(SELECT coalesce(sum(amount), 0) FROM ${table} WHERE article_id = $1 AND ${condition})`;
    const borne = (account: string): string =>
      `(SELECT coalesce(sum(minor_units), 0) FROM ledger_entry WHERE article_id = $1 AND account = '${account}')`;
    // The fee of a payment that is being given back will be the site's.
    const fees = `(SELECT coalesce(sum(e.minor_units), 0) FROM ledger_entry e
      JOIN ledger_transaction t ON t.article_id = e.article_id AND t.sequence = e.sequence
      JOIN refund r ON r.article_id = t.article_id AND r.payment_id = t.payment_id
      WHERE e.article_id = $1 AND e.account = 'PROVIDER_FEES' AND r.status NOT IN ('SUCCEEDED', 'FAILED'))`;
    const [row] = await service().app.db.query<{ amount: number }>(
      `SELECT (${sum('payment', `status = 'SUCCEEDED'`)} - ${borne('PROVIDER_FEES')} - ${borne('SITE')} + ${fees}
         - ${sum('refund', `status <> 'FAILED'`)} - ${sum('dispute', `status <> 'WON'`)}
         - ${sum('payout', `status NOT IN ('FAILED', 'REVERSED')`)})::int AS amount`,
      [articleId],
    );
    return row?.amount ?? 0;
  }

  async function take(campaign: TestCampaign, one: Step): Promise<void> {
    const { campaignId } = campaign;
    const editor = await campaigns.editor();
    const reader = readers['who' in one ? one.who : 0] as TestUser;
    switch (one.do) {
      case 'pledge': {
        const input = { campaignId, amount: String(one.amount) };
        const { pledge } = await campaigns.send('pledge', input, reader);
        if (pledge) provider.save(pledge.setupUrl, one.outcome);
        return;
      }
      case 'change': {
        const pledge = await pledgeOf(campaign, reader);
        if (!pledge) return;
        const input = { pledgeId: pledge.id, amount: String(one.amount) };
        const { pledge: changed } = await campaigns.send('changePledge', input, reader);
        if (changed?.setupUrl) provider.save(changed.setupUrl);
        return;
      }
      case 'withdraw':
      case 'retry':
      case 'refund': {
        const pledge = await pledgeOf(campaign, reader);
        if (!pledge) return;
        const name = `${one.do}Pledge` as const;
        const isRefundable = one.do === 'refund' && (await isCollected(campaign, reader));
        const payload = await campaigns.send(
          name,
          { pledgeId: pledge.id },
          one.do === 'refund' ? editor : reader,
        );
        // Whatever fees the provider keeps, and whatever banks have taken.
        if (isRefundable) expect(payload.userErrors).toEqual([]);
        if (one.do === 'retry' && payload.pledge?.setupUrl) provider.save(payload.pledge.setupUrl);
        return;
      }
      case 'dispute': {
        const charged = provider.payments.slice(earlier).filter(({ state }) => state.status === 'SUCCEEDED');
        const payment = charged[one.which % Math.max(1, charged.length)];
        if (!payment) return;
        const ref = `dp_${payment.key}`;
        const { ref: paymentRef, currency, minorUnits } = payment.state;
        const isOver = (provider.disputes.get(ref)?.status ?? 'OPEN') !== 'OPEN';
        if (isOver) return;
        provider.disputes.set(ref, {
          ref,
          paymentRef,
          status: one.status,
          currency,
          minorUnits,
          wasWithdrawn: true,
        });
        await service().app.db.query(
          `INSERT INTO provider_event (id, test_mode, kind, object_ref) VALUES ($1, true, 'DISPUTE', $2)`,
          [`evt_${(notices += 1)}`, ref],
        );
        return;
      }
      case 'payOut': {
        const left = await leftOf(campaign);
        const input = { campaignId, amount: String(one.amount), destination: 'acct_jo' };
        const { userErrors } = await campaigns.send('payOut', input, editor);
        if (userErrors.length === 0) expect(one.amount).toBeLessThanOrEqual(left);
        return;
      }
      case 'work':
        return work();
      case 'advance':
        clock.advance(one.hours * 3600);
        return;
      case 'suspend':
      case 'resume':
        await campaigns.send('suspendCampaign', { campaignId, suspended: one.do === 'suspend' }, editor);
        return;
      case 'cancel':
        await campaigns.send('cancelCampaign', { campaignId }, editor);
    }
  }

  async function check({ articleId }: TestCampaign): Promise<void> {
    const { db } = service().app;
    const seen = await db.query<{ name: keyof typeof tables; before: string; after: string }>(
      'DELETE FROM seen_transition RETURNING name, before, after',
    );
    const wrong = seen.filter(({ name, before, after }) => {
      const thing: keyof FundingStates = tables[name];
      return !mayBecome(thing, before as never, after as never);
    });
    expect(wrong).toEqual([]);
    const [totals] = await db.query(
      `SELECT pledged::text, collected::text, paid_out::text AS "paidOut", backer_count AS backers
       FROM article_counter WHERE article_id = $1`,
      [articleId],
    );
    const [recount] = await db.query(
      `SELECT (SELECT coalesce(sum(amount), 0)::text FROM pledge
           WHERE article_id = $1 AND activated_at IS NOT NULL AND status <> 'WITHDRAWN') AS pledged,
         ((SELECT coalesce(sum(amount), 0) FROM payment WHERE article_id = $1 AND status = 'SUCCEEDED')
           - (SELECT coalesce(sum(amount), 0) FROM refund WHERE article_id = $1 AND status = 'SUCCEEDED')
           - (SELECT coalesce(sum(amount), 0) FROM dispute WHERE article_id = $1 AND status = 'LOST'))::text AS collected,
         (SELECT coalesce(sum(amount), 0)::text FROM payout WHERE article_id = $1 AND status = 'PAID') AS "paidOut",
         (SELECT count(*)::int FROM pledge
           WHERE article_id = $1 AND activated_at IS NOT NULL AND status <> 'WITHDRAWN') AS backers`,
      [articleId],
    );
    expect(totals).toEqual(recount);
    expect(await verifyChain(db, articleId)).toBeUndefined();
    const [ledger] = await db.query(
      `SELECT coalesce(-sum(minor_units) FILTER (WHERE account = 'BACKER'), 0)::text AS collected,
         coalesce(sum(minor_units) FILTER (WHERE account = 'JOURNALIST'), 0)::text AS "paidOut"
       FROM ledger_entry WHERE article_id = $1`,
      [articleId],
    );
    expect(ledger).toEqual({
      collected: (totals as { collected: string }).collected,
      paidOut: (totals as { paidOut: string }).paidOut,
    });
    // What a payment has cost beyond what it brought is the site's, and nothing else is.
    const perPayment = await db.query<{ net: string; borne: string; cost: string }>(
      `SELECT coalesce(sum(e.minor_units) FILTER (WHERE e.account IN ('CAMPAIGN', 'DISPUTED')), 0)::text AS net,
         coalesce(sum(-e.minor_units) FILTER (WHERE e.account = 'SITE'), 0)::text AS borne,
         greatest(0, coalesce(sum(e.minor_units)
           FILTER (WHERE e.account IN ('BACKER', 'PROVIDER_FEES')), 0))::text AS cost
       FROM ledger_transaction t JOIN ledger_entry e ON e.article_id = t.article_id AND e.sequence = t.sequence
       LEFT JOIN refund r ON r.article_id = t.article_id AND r.id = t.refund_id
       LEFT JOIN dispute d ON d.article_id = t.article_id AND d.id = t.dispute_id
       WHERE t.article_id = $1 AND t.payout_id IS NULL GROUP BY coalesce(t.payment_id, r.payment_id, d.payment_id)`,
      [articleId],
    );
    expect(perPayment.filter(({ net, borne, cost }) => BigInt(net) < 0n || borne !== cost)).toEqual([]);
    // Every charge of the provider is known, and only those.
    const known = await db.query<{ key: string }>(
      `SELECT provider_key::text AS key FROM payment WHERE article_id = $1 AND status = 'SUCCEEDED' ORDER BY key`,
      [articleId],
    );
    const ours = await db.query<{ key: string }>(
      'SELECT provider_key::text AS key FROM payment WHERE article_id = $1',
      [articleId],
    );
    const keys = new Set(ours.map(({ key }) => key));
    const charged = provider.payments
      .filter(({ key, state }) => keys.has(key) && state.status === 'SUCCEEDED')
      .map(({ key }) => key);
    expect(known.map(({ key }) => key)).toEqual([...charged].sort());
  }

  it('moves states by the table, keeps totals, ledger and charges equal, and charges nobody twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        clock.reset();
        earlier = provider.payments.length;
        const campaign = await campaigns.launched([200, 600, 1200], {
          deadline: new Date(Date.now() + 60 * 86_400_000),
        });
        for (const one of steps) await take(campaign, one);
        provider.recover();
        // All that is under way ends, whatever the backoff of its next look.
        for (let round = 0; round < 4; round++) {
          clock.advance(3600);
          await work();
        }
        await check(campaign);
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
