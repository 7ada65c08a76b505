import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const siteLog = [
  `CREATE TABLE IF NOT EXISTS site_log (
    id boolean CONSTRAINT site_log_pk PRIMARY KEY DEFAULT true CONSTRAINT site_log_single CHECK (id),
    sequence bigint NOT NULL DEFAULT '0'::bigint,
    pruned_sequence bigint NOT NULL DEFAULT '0'::bigint,
    events_since timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  'INSERT INTO site_log DEFAULT VALUES ON CONFLICT DO NOTHING',
  `CREATE TABLE IF NOT EXISTS site_event (
    sequence bigint CONSTRAINT site_event_pk PRIMARY KEY,
    article_id bigint NOT NULL,
    article_sequence integer NOT NULL,
    publishes boolean NOT NULL DEFAULT false,
    kind text NOT NULL,
    subject_id bigint,
    detail jsonb,
    idempotency_key uuid,
    occurred_at timestamptz NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT site_event_article_key UNIQUE (article_id, article_sequence)
  )`,
  `CREATE TABLE IF NOT EXISTS site_position (
    article_id bigint CONSTRAINT site_position_pk PRIMARY KEY,
    sequence integer NOT NULL DEFAULT 0,
    is_public boolean NOT NULL DEFAULT false
  )`,
];

const webhooks = [
  `CREATE TABLE IF NOT EXISTS webhook (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_pk PRIMARY KEY,
    name text NOT NULL,
    url text NOT NULL,
    document text NOT NULL,
    account_id bigint NOT NULL CONSTRAINT webhook_account_fk REFERENCES account (id),
    article_id bigint CONSTRAINT webhook_article_fk REFERENCES article (id),
    event_kinds text[],
    secret text NOT NULL,
    old_secret text,
    old_secret_until timestamptz,
    status text NOT NULL DEFAULT 'ACTIVE'
      CONSTRAINT webhook_status_check CHECK (status IN ('ACTIVE', 'PAUSED', 'ENDED')),
    sequence bigint NOT NULL,
    epoch uuid NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    paused_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    log text NOT NULL DEFAULT 'SITE' CONSTRAINT webhook_log_check CHECK (log IN ('SITE', 'MODERATION')),
    -- The machine token that has made the endpoint, which ends with it; null: a person has.
    token_id bigint CONSTRAINT webhook_token_fk REFERENCES token (id) ON DELETE CASCADE,
    CONSTRAINT webhook_old_secret_check CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
  )`,
  'CREATE INDEX IF NOT EXISTS webhook_account_idx ON webhook (account_id)',
  'CREATE INDEX IF NOT EXISTS webhook_token_idx ON webhook (token_id) WHERE token_id IS NOT NULL',
  'CREATE SEQUENCE IF NOT EXISTS webhook_lease_seq',
  `CREATE TABLE IF NOT EXISTS webhook_delivery (
    webhook_id bigint NOT NULL CONSTRAINT webhook_delivery_webhook_fk REFERENCES webhook (id) ON DELETE CASCADE,
    sequence bigint NOT NULL,
    article_id bigint NOT NULL,
    status text NOT NULL DEFAULT 'PENDING'
      CONSTRAINT webhook_delivery_status_check CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
    is_first boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    first_attempt_at timestamptz,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease bigint,
    leased_until timestamptz,
    ended_at timestamptz,
    process_id uuid,
    CONSTRAINT webhook_delivery_pk PRIMARY KEY (webhook_id, sequence)
  )`,
  `CREATE INDEX IF NOT EXISTS webhook_delivery_pending_idx ON webhook_delivery (webhook_id, article_id, sequence)
   WHERE status = 'PENDING'`,
  `CREATE INDEX IF NOT EXISTS webhook_delivery_due_idx ON webhook_delivery (webhook_id, next_attempt_at) WHERE is_first`,
  'CREATE INDEX IF NOT EXISTS webhook_delivery_leased_idx ON webhook_delivery (webhook_id) WHERE lease IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS webhook_delivery_ended_idx ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL',
  `CREATE TABLE IF NOT EXISTS webhook_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_attempt_pk PRIMARY KEY,
    webhook_id bigint NOT NULL CONSTRAINT webhook_attempt_webhook_fk REFERENCES webhook (id) ON DELETE CASCADE,
    sequence bigint,
    begun_at timestamptz NOT NULL,
    milliseconds integer NOT NULL,
    http_status integer,
    fault text,
    answer text
  )`,
  'CREATE INDEX IF NOT EXISTS webhook_attempt_webhook_idx ON webhook_attempt (webhook_id, id)',
  'CREATE INDEX IF NOT EXISTS webhook_attempt_begun_idx ON webhook_attempt (begun_at)',
];

const down = `
-- If the log is made again, it has other numbers: no cursor of this one may be taken for one of those.
UPDATE event_log SET epoch = gen_random_uuid();
DROP TABLE webhook_attempt, webhook_delivery, webhook, site_position, site_event, site_log;
DROP SEQUENCE webhook_lease_seq;
`;

/** The log of the whole site, which begins where the logs of articles end now, and endpoints to which events are sent. */
export class Integrations1796110000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['account', 'token', 'article'],
      statements: [...siteLog, ...webhooks],
    });
    // Events that come meanwhile are behind the positions, and are carried into the log.
    await runner.query(
      `INSERT INTO site_position (article_id, sequence, is_public)
       SELECT c.article_id, c.sequence, a.status = 'PUBLISHED'
       FROM article_counter c JOIN article a ON a.id = c.article_id
       ON CONFLICT (article_id) DO NOTHING`,
    );
    // The planner expects thousands of rows of a table that was never analysed.
    await runner.query('ANALYZE site_log');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
