import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changeTables } from './support/table-locks.ts';

// `occurred_at` has milliseconds, because the hash is made of its text. `corrects`: a reversal names the transaction that it
// takes back; what is booked anew after a reversal names that reversal.
const transactionTable = `
CREATE TABLE IF NOT EXISTS ledger_transaction (
  article_id bigint NOT NULL CONSTRAINT ledger_transaction_article_fk REFERENCES article (id),
  sequence integer NOT NULL,
  kind text NOT NULL CONSTRAINT ledger_transaction_kind_check CHECK (kind IN ('PAYMENT', 'FEE', 'REFUND',
    'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST', 'PAYOUT', 'PAYOUT_REVERSED', 'REVERSAL', 'LOSS_COVERED')),
  occurred_at timestamptz(3) NOT NULL,
  currency text NOT NULL CONSTRAINT ledger_transaction_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
  corrects integer,
  payment_id bigint,
  refund_id bigint,
  dispute_id bigint,
  payout_id bigint,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT ledger_transaction_pk PRIMARY KEY (article_id, sequence),
  CONSTRAINT ledger_transaction_corrects_fk FOREIGN KEY (article_id, corrects)
    REFERENCES ledger_transaction (article_id, sequence),
  CONSTRAINT ledger_transaction_corrects_check
    CHECK (CASE WHEN kind = 'REVERSAL' THEN corrects IS NOT NULL ELSE true END AND corrects < sequence),
  CONSTRAINT ledger_transaction_subject_check
    CHECK (num_nonnulls(payment_id, refund_id, dispute_id, payout_id) = 1 AND CASE
      WHEN kind = 'PAYMENT' THEN payment_id IS NOT NULL
      WHEN kind = 'REFUND' THEN refund_id IS NOT NULL
      WHEN kind IN ('DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST') THEN dispute_id IS NOT NULL
      WHEN kind = 'LOSS_COVERED' THEN payout_id IS NULL
      WHEN kind IN ('PAYOUT', 'PAYOUT_REVERSED') THEN payout_id IS NOT NULL
      ELSE true END)
)`;

// Amounts have at most 15 digits: nine thousand of them still add up to a bigint, and each is exact in JavaScript.
const entryTable = `
CREATE TABLE IF NOT EXISTS ledger_entry (
  article_id bigint NOT NULL,
  sequence integer NOT NULL,
  position smallint NOT NULL CONSTRAINT ledger_entry_position_check CHECK (position BETWEEN 1 AND 4),
  account text NOT NULL CONSTRAINT ledger_entry_account_check
    CHECK (account IN ('BACKER', 'CAMPAIGN', 'PROVIDER_FEES', 'JOURNALIST', 'DISPUTED', 'SITE')),
  pseudonym text CONSTRAINT ledger_entry_pseudonym_check CHECK (pseudonym ~ '^[A-Za-z0-9_-]{1,64}$'),
  minor_units bigint NOT NULL CONSTRAINT ledger_entry_minor_units_check
    CHECK (minor_units <> 0 AND minor_units BETWEEN -999999999999999 AND 999999999999999),
  CONSTRAINT ledger_entry_pk PRIMARY KEY (article_id, sequence, position),
  CONSTRAINT ledger_entry_transaction_fk FOREIGN KEY (article_id, sequence)
    REFERENCES ledger_transaction (article_id, sequence),
  CONSTRAINT ledger_entry_backer_check CHECK ((account = 'BACKER') = (pseudonym IS NOT NULL))
)`;

/** Each subject is booked once by each kind, unless a reversal has taken the earlier transaction back. */
const indexes = [
  ...['payment', 'refund', 'dispute', 'payout'].map(
    (subject) => `CREATE UNIQUE INDEX IF NOT EXISTS ledger_transaction_${subject}_key
      ON ledger_transaction (${subject}_id, kind) WHERE ${subject}_id IS NOT NULL AND corrects IS NULL`,
  ),
  `CREATE UNIQUE INDEX IF NOT EXISTS ledger_transaction_corrects_key
    ON ledger_transaction (article_id, corrects) WHERE corrects IS NOT NULL`,
];

/** `path`: what a session puts into a temporary table of the same name must not be what is checked. */
const signature = (name: string, path: string): string =>
  `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SET search_path = ${path} AS`;

const refusal = (message: string, constraint: string, code = 'integrity_constraint_violation'): string =>
  `RAISE EXCEPTION USING MESSAGE = format(${message}), ERRCODE = '${code}', CONSTRAINT = '${constraint}';`;

const refuseChange = (path: string) => `${signature('refuse_ledger_change', path)} $$
BEGIN
  ${refusal(`'%s of %s is refused: the ledger is only appended to', TG_OP, TG_TABLE_NAME`, 'ledger_append_only', 'restrict_violation')}
END
$$`;

const named = `'Ledger transaction %s of article %s ' ||`;
const which = `NEW.sequence, NEW.article_id`;

// The primary key refuses the second of two transactions that continue the chain at the same time.
const continueLedger = (path: string) => `${signature('continue_ledger', path)} $$
DECLARE
  head record;
  corrected record;
BEGIN
  SELECT sequence, hash, currency INTO head
  FROM ledger_transaction WHERE article_id = NEW.article_id ORDER BY sequence DESC LIMIT 1;
  IF NEW.sequence <> coalesce(head.sequence, 0) + 1 THEN
    ${refusal(`${named} 'does not follow %s', ${which}, coalesce(head.sequence, 0)`, 'ledger_sequence')}
  END IF;
  IF NEW.previous_hash <> coalesce(head.hash, decode(repeat('00', 32), 'hex')) THEN
    ${refusal(`${named} 'has not the hash of the one before', ${which}`, 'ledger_previous_hash')}
  END IF;
  IF NEW.currency <> head.currency THEN
    ${refusal(`${named} 'is not in %s, as the ones before', ${which}, head.currency`, 'ledger_currency')}
  END IF;
  IF NEW.corrects IS NOT NULL THEN
    SELECT c.*, o.kind AS original INTO corrected
    FROM ledger_transaction c
    LEFT JOIN ledger_transaction o ON o.article_id = c.article_id AND o.sequence = c.corrects
    WHERE c.article_id = NEW.article_id AND c.sequence = NEW.corrects;
    IF (NEW.payment_id, NEW.refund_id, NEW.dispute_id, NEW.payout_id) IS DISTINCT FROM
      (corrected.payment_id, corrected.refund_id, corrected.dispute_id, corrected.payout_id)
      OR (NEW.kind = 'REVERSAL') = (corrected.kind = 'REVERSAL')
      OR NEW.kind <> 'REVERSAL' AND NEW.kind IS DISTINCT FROM corrected.original
    THEN
      ${refusal(`${named} 'does not correct %s', ${which}, NEW.corrects`, 'ledger_correction')}
    END IF;
  END IF;
  RETURN NEW;
END
$$`;

const line = (amount: string) => `account || '|' || coalesce(pseudonym, '') || '|' || ${amount}`;

/** The text of which the hash is made: the same as in the service, in its description of the API. */
const text = `concat_ws(E'\\n', encode(booked.previous_hash, 'hex'),
    rtrim(translate(encode(convert_to('Article:' || booked.article_id, 'UTF8'), 'base64'), '+/', '-_'), '='),
    booked.sequence, booked.kind, to_char(booked.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    booked.currency, coalesce(booked.corrects::text, ''), lines)`;

// Runs for the transaction and for each of its entries. An entry that is added later changes the text, and so no longer
// fits the hash: this holds in savepoints too, where the row's own transaction number (xmin) is that of the savepoint.
const completeLedger = (path: string) => `${signature('complete_ledger', path)} $$
DECLARE
  booked record;
  movement text[];
  entries integer;
  last integer;
  total numeric;
  misplaced integer;
  lines text;
  opposite text;
BEGIN
  SELECT * INTO booked FROM ledger_transaction WHERE article_id = NEW.article_id AND sequence = NEW.sequence;
  movement := CASE booked.kind
    WHEN 'PAYMENT' THEN '{BACKER,CAMPAIGN}'
    WHEN 'FEE' THEN '{CAMPAIGN,PROVIDER_FEES}'
    WHEN 'REFUND' THEN '{CAMPAIGN,BACKER}'
    WHEN 'DISPUTE_OPENED' THEN '{CAMPAIGN,DISPUTED}'
    WHEN 'DISPUTE_WON' THEN '{DISPUTED,CAMPAIGN}'
    WHEN 'DISPUTE_LOST' THEN '{DISPUTED,BACKER}'
    WHEN 'PAYOUT' THEN '{CAMPAIGN,JOURNALIST}'
    WHEN 'PAYOUT_REVERSED' THEN '{JOURNALIST,CAMPAIGN}'
    WHEN 'LOSS_COVERED' THEN '{SITE,CAMPAIGN}'
  END;
  SELECT count(*), max(position), sum(minor_units), string_agg(${line('minor_units')}, E'\\n' ORDER BY position),
    count(*) FILTER (WHERE account <> movement[CASE WHEN minor_units < 0 THEN 1 ELSE 2 END])
  INTO entries, last, total, lines, misplaced
  FROM ledger_entry WHERE article_id = NEW.article_id AND sequence = NEW.sequence;
  IF entries < 2 OR last <> entries THEN
    ${refusal(`${named} 'has %s entries, the last in position %s', ${which}, entries, last`, 'ledger_entries')}
  END IF;
  IF total <> 0 THEN
    ${refusal(`${named} 'is out of balance by %s', ${which}, total`, 'ledger_balance')}
  END IF;
  IF booked.kind = 'REVERSAL' THEN
    SELECT string_agg(${line('-minor_units')}, E'\\n' ORDER BY position) INTO opposite
    FROM ledger_entry WHERE article_id = NEW.article_id AND sequence = booked.corrects;
    IF lines IS DISTINCT FROM opposite THEN
      ${refusal(`${named} 'is not the opposite of %s', ${which}, booked.corrects`, 'ledger_reversal')}
    END IF;
  ELSIF misplaced > 0 THEN
    ${refusal(`${named} 'moves no %s between its accounts', ${which}, booked.kind`, 'ledger_movement')}
  END IF;
  IF booked.hash IS DISTINCT FROM sha256(convert_to(${text}, 'UTF8')) THEN
    ${refusal(`${named} 'has not the hash of its text', ${which}`, 'ledger_hash')}
  END IF;
  RETURN NULL;
END
$$`;

const triggers = [
  // Refuses owners and superusers too, in sessions without other triggers (session_replication_role) as well.
  ...['ledger_transaction', 'ledger_entry'].flatMap((table) => [
    `DROP TRIGGER IF EXISTS ${table}_append_only ON ${table}`,
    `CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`,
    `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only`,
    `DROP TRIGGER IF EXISTS ${table}_complete ON ${table}`,
    `CREATE CONSTRAINT TRIGGER ${table}_complete AFTER INSERT ON ${table}
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION complete_ledger()`,
  ]),
  'DROP TRIGGER IF EXISTS ledger_transaction_continues ON ledger_transaction',
  `CREATE TRIGGER ledger_transaction_continues BEFORE INSERT ON ledger_transaction
   FOR EACH ROW EXECUTE FUNCTION continue_ledger()`,
];

/** The path on which functions of triggers find the tables. */
async function searchPath(runner: QueryRunner): Promise<string> {
  const [row] = (await runner.query('SELECT quote_ident(current_schema()) AS schema')) as {
    schema: string;
  }[];
  return `${row?.schema ?? 'public'}, pg_temp`;
}

const down = `
DROP TABLE ledger_entry;
DROP TABLE ledger_transaction;
DROP FUNCTION refuse_ledger_change, continue_ledger, complete_ledger;
`;

/** The ledger: what happened to the money of each campaign, only ever appended to. */
export class Ledger1796060000000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const path = await searchPath(runner);
    await changeTables(runner, {
      mode: 'SHARE ROW EXCLUSIVE',
      tables: ['article'],
      statements: [
        transactionTable,
        entryTable,
        ...indexes,
        refuseChange(path),
        continueLedger(path),
        completeLedger(path),
        ...triggers,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
