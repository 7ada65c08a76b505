import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endpoints to which events of the site are sent. */
export class Webhooks1766390000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE webhook (
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
  status text NOT NULL DEFAULT 'ACTIVE' CONSTRAINT webhook_status_check CHECK (status IN ('ACTIVE', 'PAUSED', 'ENDED')),
  sequence bigint NOT NULL,
  epoch uuid NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  paused_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT webhook_old_secret_check CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
)`);
    await runner.query('CREATE INDEX webhook_account_idx ON webhook (account_id)');
    await runner.query(`
CREATE TABLE webhook_delivery (
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
  CONSTRAINT webhook_delivery_pk PRIMARY KEY (webhook_id, sequence)
)`);
    await runner.query(
      `CREATE INDEX webhook_delivery_pending_idx ON webhook_delivery (webhook_id, article_id, sequence) WHERE status = 'PENDING'`,
    );
    await runner.query(
      'CREATE INDEX webhook_delivery_due_idx ON webhook_delivery (webhook_id, next_attempt_at) WHERE is_first',
    );
    await runner.query(
      'CREATE INDEX webhook_delivery_leased_idx ON webhook_delivery (webhook_id) WHERE lease IS NOT NULL',
    );
    await runner.query('CREATE SEQUENCE webhook_lease_seq');
    await runner.query(
      `CREATE INDEX webhook_delivery_ended_idx ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL`,
    );
    await runner.query(`
CREATE TABLE webhook_attempt (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_attempt_pk PRIMARY KEY,
  webhook_id bigint NOT NULL CONSTRAINT webhook_attempt_webhook_fk REFERENCES webhook (id) ON DELETE CASCADE,
  sequence bigint,
  begun_at timestamptz NOT NULL,
  milliseconds integer NOT NULL,
  http_status integer,
  fault text,
  answer text
)`);
    await runner.query('CREATE INDEX webhook_attempt_webhook_idx ON webhook_attempt (webhook_id, id)');
    await runner.query('CREATE INDEX webhook_attempt_begun_idx ON webhook_attempt (begun_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_attempt', 'webhook_delivery', 'webhook'])
      await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP SEQUENCE webhook_lease_seq');
  }
}
