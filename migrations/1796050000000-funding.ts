import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// Null: the article has no campaign that was ever launched.
const totals = `
ALTER TABLE article_counter
  ADD COLUMN IF NOT EXISTS pledged bigint,
  ADD COLUMN IF NOT EXISTS collected bigint,
  ADD COLUMN IF NOT EXISTS paid_out bigint,
  ADD COLUMN IF NOT EXISTS backer_count integer`;

const campaign = `
CREATE TABLE IF NOT EXISTS campaign (
  article_id bigint CONSTRAINT campaign_pk PRIMARY KEY CONSTRAINT campaign_article_fk REFERENCES article (id),
  status text NOT NULL DEFAULT 'DRAFT' CONSTRAINT campaign_status_check
    CHECK (status IN ('DRAFT', 'LIVE', 'SUSPENDED', 'SUCCEEDED', 'ENDED', 'CANCELLED')),
  test_mode boolean NOT NULL,
  currency text NOT NULL,
  deadline timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  launched_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT campaign_launched_check CHECK (status IN ('DRAFT', 'CANCELLED') OR launched_at IS NOT NULL),
  CONSTRAINT campaign_ended_check
    CHECK ((status IN ('SUCCEEDED', 'ENDED', 'CANCELLED')) = (ended_at IS NOT NULL))
)`;

const campaignIndexes = [
  `CREATE INDEX IF NOT EXISTS campaign_deadline_idx ON campaign (deadline, article_id)
   WHERE status IN ('LIVE', 'SUSPENDED')`,
  `CREATE INDEX IF NOT EXISTS campaign_launched_idx ON campaign (launched_at, article_id)
   WHERE launched_at IS NOT NULL`,
];

const milestone = `
CREATE TABLE IF NOT EXISTS milestone (
  article_id bigint NOT NULL CONSTRAINT milestone_campaign_fk REFERENCES campaign (article_id),
  position smallint NOT NULL CONSTRAINT milestone_position_check CHECK (position BETWEEN 1 AND 5),
  title text NOT NULL,
  description text NOT NULL,
  goal bigint NOT NULL CONSTRAINT milestone_goal_check CHECK (goal > 0),
  status text NOT NULL DEFAULT 'PLANNED' CONSTRAINT milestone_status_check
    CHECK (status IN ('PLANNED', 'OPEN', 'REACHED', 'FUNDED', 'SHORT', 'MISSED')),
  unlocked_article_id bigint CONSTRAINT milestone_unlocked_article_fk REFERENCES article (id),
  reached_at timestamptz,
  settled_at timestamptz,
  unlocked_at timestamptz,
  CONSTRAINT milestone_pk PRIMARY KEY (article_id, position),
  CONSTRAINT milestone_unlocked_article_check CHECK (unlocked_article_id <> article_id)
)`;

const milestoneIndexes = [
  // The draft of a milestone that was missed may be unlocked by another campaign.
  `CREATE UNIQUE INDEX IF NOT EXISTS milestone_unlocked_article_key ON milestone (unlocked_article_id)
   WHERE status <> 'MISSED'`,
  // At most one milestone of a campaign is open.
  `CREATE UNIQUE INDEX IF NOT EXISTS milestone_open_key ON milestone (article_id) WHERE status = 'OPEN'`,
  `CREATE INDEX IF NOT EXISTS milestone_reached_idx ON milestone (reached_at, article_id, position)
   WHERE status = 'REACHED'`,
  `CREATE INDEX IF NOT EXISTS milestone_to_unlock_idx ON milestone (reached_at, article_id, position)
   WHERE unlocked_article_id IS NOT NULL AND reached_at IS NOT NULL AND unlocked_at IS NULL`,
];

const pledge = `
CREATE TABLE IF NOT EXISTS pledge (
  article_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('pledge_id_seq'),
  provider_key uuid NOT NULL DEFAULT gen_random_uuid(),
  milestone smallint NOT NULL,
  account_id bigint CONSTRAINT pledge_account_fk REFERENCES account (id),
  -- The backer's name in the ledger: it leads to nobody once the account is gone.
  pseudonym text NOT NULL,
  -- Null: the backer is not named.
  display_name text,
  amount bigint NOT NULL CONSTRAINT pledge_amount_check CHECK (amount > 0),
  status text NOT NULL DEFAULT 'SETUP' CONSTRAINT pledge_status_check
    CHECK (status IN ('SETUP', 'ACTIVE', 'DUE', 'COLLECTED', 'ACTION_REQUIRED', 'DROPPED', 'WITHDRAWN', 'RELEASED',
      'REFUNDED', 'DISPUTED', 'LOST')),
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  activated_at timestamptz,
  -- Number of the present set-up at the provider: with each one another means of payment is saved.
  set_up_number integer NOT NULL DEFAULT 1,
  set_up_ref text,
  set_up_url text,
  set_up_done boolean NOT NULL DEFAULT false,
  customer_ref text,
  payment_method_ref text,
  -- When the worker looks at the set-up next; null: it need not.
  look_at timestamptz,
  looks integer NOT NULL DEFAULT 0,
  CONSTRAINT pledge_pk PRIMARY KEY (article_id, id),
  CONSTRAINT pledge_milestone_fk FOREIGN KEY (article_id, milestone) REFERENCES milestone (article_id, position),
  CONSTRAINT pledge_activated_check CHECK (status IN ('SETUP', 'RELEASED', 'WITHDRAWN') OR activated_at IS NOT NULL)
)`;

const pledgeIndexes = [
  // At most one promise of an account to the milestone that is open.
  `CREATE UNIQUE INDEX IF NOT EXISTS pledge_account_key ON pledge (article_id, account_id)
   WHERE status IN ('SETUP', 'ACTIVE')`,
  `CREATE INDEX IF NOT EXISTS pledge_own_idx ON pledge (account_id, id)`,
  `CREATE INDEX IF NOT EXISTS pledge_backer_idx ON pledge (article_id, id)
   WHERE display_name IS NOT NULL AND activated_at IS NOT NULL AND status <> 'WITHDRAWN'`,
  `CREATE INDEX IF NOT EXISTS pledge_milestone_idx ON pledge (article_id, milestone, status)`,
  `CREATE INDEX IF NOT EXISTS pledge_due_idx ON pledge (article_id, id) WHERE status = 'DUE'`,
  `CREATE INDEX IF NOT EXISTS pledge_set_up_idx ON pledge (set_up_ref) WHERE look_at IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS pledge_look_idx ON pledge (look_at) WHERE look_at IS NOT NULL`,
  // Pledges that never counted are removed after a while.
  `CREATE INDEX IF NOT EXISTS pledge_released_idx ON pledge (created_at)
   WHERE status = 'RELEASED' AND activated_at IS NULL`,
];

const payment = `
CREATE TABLE IF NOT EXISTS payment (
  article_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('payment_id_seq'),
  -- Names the row to the provider; unique among all databases.
  provider_key uuid NOT NULL DEFAULT gen_random_uuid(),
  pledge_id bigint NOT NULL,
  amount bigint NOT NULL CONSTRAINT payment_amount_check CHECK (amount > 0),
  status text NOT NULL DEFAULT 'CREATED' CONSTRAINT payment_status_check
    CHECK (status IN ('CREATED', 'SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'SUCCEEDED', 'FAILED')),
  provider_ref text,
  -- Whether the provider's fee is in the ledger, or is not expected any more.
  fee_known boolean NOT NULL DEFAULT false,
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_at timestamptz,
  settled_at timestamptz,
  look_at timestamptz DEFAULT clock_timestamp(),
  looks integer NOT NULL DEFAULT 0,
  CONSTRAINT payment_pk PRIMARY KEY (article_id, id),
  CONSTRAINT payment_pledge_fk FOREIGN KEY (article_id, pledge_id) REFERENCES pledge (article_id, id)
)`;

const paymentIndexes = [
  // At most one payment of a pledge that has not failed.
  `CREATE UNIQUE INDEX IF NOT EXISTS payment_pledge_key ON payment (article_id, pledge_id) WHERE status <> 'FAILED'`,
  `CREATE UNIQUE INDEX IF NOT EXISTS payment_provider_key ON payment (provider_ref) WHERE provider_ref IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS payment_look_idx ON payment (look_at) WHERE look_at IS NOT NULL`,
];

const refund = `
CREATE TABLE IF NOT EXISTS refund (
  article_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('refund_id_seq'),
  -- Names the row to the provider; unique among all databases.
  provider_key uuid NOT NULL DEFAULT gen_random_uuid(),
  payment_id bigint NOT NULL,
  amount bigint NOT NULL CONSTRAINT refund_amount_check CHECK (amount > 0),
  status text NOT NULL DEFAULT 'CREATED' CONSTRAINT refund_status_check
    CHECK (status IN ('CREATED', 'SUBMITTED', 'PENDING', 'ACTION_REQUIRED', 'SUCCEEDED', 'FAILED')),
  provider_ref text,
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_at timestamptz,
  settled_at timestamptz,
  look_at timestamptz DEFAULT clock_timestamp(),
  looks integer NOT NULL DEFAULT 0,
  CONSTRAINT refund_pk PRIMARY KEY (article_id, id),
  CONSTRAINT refund_payment_fk FOREIGN KEY (article_id, payment_id) REFERENCES payment (article_id, id)
)`;

const refundIndexes = [
  `CREATE UNIQUE INDEX IF NOT EXISTS refund_payment_key ON refund (article_id, payment_id) WHERE status <> 'FAILED'`,
  `CREATE UNIQUE INDEX IF NOT EXISTS refund_provider_key ON refund (provider_ref) WHERE provider_ref IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS refund_look_idx ON refund (look_at) WHERE look_at IS NOT NULL`,
];

const dispute = `
CREATE TABLE IF NOT EXISTS dispute (
  article_id bigint NOT NULL,
  id bigint NOT NULL DEFAULT nextval('dispute_id_seq'),
  payment_id bigint NOT NULL,
  amount bigint NOT NULL CONSTRAINT dispute_amount_check CHECK (amount > 0),
  status text NOT NULL CONSTRAINT dispute_status_check CHECK (status IN ('OPEN', 'WON', 'LOST')),
  provider_ref text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz,
  CONSTRAINT dispute_pk PRIMARY KEY (article_id, id),
  CONSTRAINT dispute_provider_key UNIQUE (provider_ref),
  CONSTRAINT dispute_payment_fk FOREIGN KEY (article_id, payment_id) REFERENCES payment (article_id, id)
)`;

const payout = `
CREATE TABLE IF NOT EXISTS payout (
  article_id bigint NOT NULL CONSTRAINT payout_campaign_fk REFERENCES campaign (article_id),
  id bigint NOT NULL DEFAULT nextval('payout_id_seq'),
  -- Names the row to the provider; unique among all databases.
  provider_key uuid NOT NULL DEFAULT gen_random_uuid(),
  amount bigint NOT NULL CONSTRAINT payout_amount_check CHECK (amount > 0),
  destination text NOT NULL,
  status text NOT NULL DEFAULT 'CREATED' CONSTRAINT payout_status_check
    CHECK (status IN ('CREATED', 'SUBMITTED', 'PAID', 'FAILED', 'REVERSED')),
  provider_ref text,
  failure_code text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_at timestamptz,
  settled_at timestamptz,
  look_at timestamptz DEFAULT clock_timestamp(),
  looks integer NOT NULL DEFAULT 0,
  CONSTRAINT payout_pk PRIMARY KEY (article_id, id)
)`;

const payoutIndexes = [
  `CREATE UNIQUE INDEX IF NOT EXISTS payout_provider_key ON payout (provider_ref) WHERE provider_ref IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS payout_look_idx ON payout (look_at) WHERE look_at IS NOT NULL`,
];

const providerEvent = `
CREATE TABLE IF NOT EXISTS provider_event (
  id text CONSTRAINT provider_event_pk PRIMARY KEY,
  test_mode boolean NOT NULL,
  kind text NOT NULL,
  object_ref text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  processed_at timestamptz,
  -- A notice that cannot be processed is tried again more and more rarely, and then no more.
  attempts integer NOT NULL DEFAULT 0,
  look_at timestamptz
)`;

const providerEventIndexes = [
  `CREATE INDEX IF NOT EXISTS provider_event_new_idx ON provider_event (received_at) WHERE processed_at IS NULL`,
  `CREATE INDEX IF NOT EXISTS provider_event_age_idx ON provider_event (received_at)`,
];

/** One node at a time does the work on money. */
const lease = `
CREATE TABLE IF NOT EXISTS funding_lease (
  id boolean NOT NULL DEFAULT true CONSTRAINT funding_lease_pk PRIMARY KEY,
  holder uuid NOT NULL,
  held_until timestamptz NOT NULL,
  process_id uuid,
  CONSTRAINT funding_lease_single CHECK (id)
)`;

/** Who made payments whose account was erased, for as long as accounting demands it. */
const payer = [
  `CREATE TABLE IF NOT EXISTS payer (
    article_id bigint NOT NULL,
    pledge_id bigint NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    retain_until timestamptz NOT NULL,
    CONSTRAINT payer_pk PRIMARY KEY (article_id, pledge_id),
    CONSTRAINT payer_pledge_fk FOREIGN KEY (article_id, pledge_id) REFERENCES pledge (article_id, id)
  )`,
  'CREATE INDEX IF NOT EXISTS payer_retain_idx ON payer (retain_until)',
];

const sequences = ['pledge', 'payment', 'refund', 'dispute', 'payout'].map(
  (table) => `CREATE SEQUENCE IF NOT EXISTS ${table}_id_seq`,
);

const down = `
DROP TABLE payer, funding_lease, provider_event, payout, dispute, refund, payment, pledge, milestone, campaign;
DROP SEQUENCE pledge_id_seq, payment_id_seq, refund_id_seq, dispute_id_seq, payout_id_seq;
ALTER TABLE article_counter DROP COLUMN pledged, DROP COLUMN collected, DROP COLUMN paid_out, DROP COLUMN backer_count;
`;

/** Campaigns, pledges, and what happens to money. */
export class Funding1796050000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['article_counter'],
      statements: [totals],
    });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'article'],
      statements: [
        ...sequences,
        campaign,
        ...campaignIndexes,
        milestone,
        ...milestoneIndexes,
        pledge,
        ...pledgeIndexes,
        payment,
        ...paymentIndexes,
        refund,
        ...refundIndexes,
        dispute,
        payout,
        ...payoutIndexes,
        providerEvent,
        ...providerEventIndexes,
        lease,
        ...payer,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
