import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

const links = `
CREATE TABLE IF NOT EXISTS endorsement_link (
  hash bytea NOT NULL CONSTRAINT endorsement_link_pk PRIMARY KEY,
  article_id bigint NOT NULL CONSTRAINT endorsement_link_article_fk REFERENCES article (id),
  endorsement_id bigint,
  email text,
  display_name text,
  affiliation text,
  statement text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  CONSTRAINT endorsement_link_endorsement_fk
    FOREIGN KEY (article_id, endorsement_id) REFERENCES endorsement (article_id, id),
  CONSTRAINT endorsement_link_texts_check CHECK (
    (display_name IS NOT NULL) = (endorsement_id IS NULL AND email IS NOT NULL)
    AND (display_name IS NOT NULL OR num_nonnulls(affiliation, statement) = 0)
  ),
  CONSTRAINT endorsement_link_expiry_check CHECK (expires_at IS NOT NULL OR endorsement_id IS NOT NULL)
)`;

const counts = `
CREATE TABLE IF NOT EXISTS endorsement_mail_count (
  key bytea NOT NULL,
  hour timestamptz NOT NULL,
  mails integer NOT NULL,
  CONSTRAINT endorsement_mail_count_pk PRIMARY KEY (key, hour)
)`;

const indexes = [
  'CREATE INDEX IF NOT EXISTS endorsement_link_email_idx ON endorsement_link (email) WHERE email IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS endorsement_link_expires_idx ON endorsement_link (expires_at) WHERE expires_at IS NOT NULL',
  `CREATE INDEX IF NOT EXISTS endorsement_link_endorsement_idx ON endorsement_link (article_id, endorsement_id)
     WHERE endorsement_id IS NOT NULL`,
  'CREATE INDEX IF NOT EXISTS endorsement_mail_count_hour_idx ON endorsement_mail_count (hour)',
];

// An account owns the endorsements that were confirmed with its address. If it has endorsed the article itself, the
// constraint on identities refuses the second one: the mailed one then expires at once, and a node withdraws it.
const claim = `
CREATE OR REPLACE FUNCTION claim_endorsements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  link record;
BEGIN
  FOR link IN
    SELECT hash, article_id, endorsement_id FROM endorsement_link
    WHERE email = NEW.email AND endorsement_id IS NOT NULL AND expires_at IS NULL ORDER BY hash FOR UPDATE
  LOOP
    BEGIN
      UPDATE endorsement SET account_id = NEW.id, identity = 'account:' || NEW.id
      WHERE article_id = link.article_id AND id = link.endorsement_id AND withdrawn_at IS NULL;
      UPDATE endorsement_link SET email = NULL WHERE hash = link.hash;
    EXCEPTION WHEN unique_violation THEN
      UPDATE endorsement_link SET expires_at = clock_timestamp() WHERE hash = link.hash;
    END;
  END LOOP;
  RETURN NULL;
END
$$`;

/** Triggers, and not statements of the service, so that no way in which an address is proven forgets them. */
const triggers = [
  `CREATE OR REPLACE TRIGGER account_claims_endorsements AFTER INSERT OR UPDATE OF email, email_verified_at ON account
   FOR EACH ROW WHEN (NEW.email_verified_at IS NOT NULL) EXECUTE FUNCTION claim_endorsements()`,
  // Whose endorsement it is changes without an event.
  'DROP TRIGGER IF EXISTS endorsement_claimed ON endorsement',
  `CREATE CONSTRAINT TRIGGER endorsement_claimed AFTER UPDATE OF account_id ON endorsement
   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.account_id IS NULL AND NEW.account_id IS NOT NULL)
   EXECUTE FUNCTION raise_site_revision()`,
];

/** Endorsements by a mailed link: the links, their mails of each hour, and the accounts that they fall to. */
export class MailedEndorsements1796070000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await changeTables(runner, {
      mode: 'ACCESS EXCLUSIVE',
      tables: ['endorsement'],
      statements: ['ALTER TABLE endorsement ADD COLUMN IF NOT EXISTS by_mail boolean NOT NULL DEFAULT false'],
    });
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['article', 'account', 'endorsement'],
      statements: [links, counts, ...indexes, claim, ...triggers],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP TRIGGER endorsement_claimed ON endorsement;
DROP TRIGGER account_claims_endorsements ON account;
DROP FUNCTION claim_endorsements;
DROP TABLE endorsement_mail_count, endorsement_link;
ALTER TABLE endorsement DROP COLUMN by_mail;
`);
  }
}
