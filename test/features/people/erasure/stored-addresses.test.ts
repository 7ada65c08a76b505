/** @database either */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { textColumns } from '../../../../src/features/people/erasure/stored-addresses.ts';
import { type TestUser, useApp } from '../../../support/app.ts';
import { done } from '../../../support/comments.ts';
import { erasureOf } from '../../../support/erasure.ts';
import { onPerson, personId } from '../../../support/persons.ts';
import { noMailWork, noTransport } from '../../../support/mail.ts';

const app = useApp(noMailWork, { mailTransport: noTransport });

const query = <Row extends Record<string, unknown>>(statement: string, values: unknown[] = []) =>
  app().app.db.query<Row>(statement, values);

/** All columns of the database in which text can stand. */
const columnsOfDatabase = () =>
  query<{ table: string; column: string; type: string }>(
    `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'jsonb', 'json', 'ARRAY', 'character varying') ORDER BY 1, 2`,
  );

/** The tables in which an address stands, in any column and in any case. */
async function tablesWith(address: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `SELECT format('%I', table_name) AS name FROM information_schema.tables WHERE table_schema = current_schema()`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await query(
      `SELECT FROM ${name} x WHERE position(lower($1) in lower(x::text)) > 0 LIMIT 1`,
      [address],
    );
    if (row) found.push(name);
  }
  return found;
}

/** Writes an address into a column of some rows. @returns whether there were any, and the table allowed it */
async function plant(table: string, column: string, type: string, address: string): Promise<boolean> {
  const value =
    type === 'jsonb'
      ? `coalesce(${column}, '{}') || jsonb_build_object('note', jsonb_build_object('text', E'by\\n' || $1))`
      : type === 'ARRAY'
        ? `array_append(${column}, $1)`
        : `left(coalesce(${column}, ''), 20) || ' ' || $1`;
  try {
    const rows = await query(`UPDATE ${table} SET ${column} = ${value} RETURNING 1`, [address]);
    return rows.length > 0;
  } catch (error) {
    // A check of the table, which depends on its other columns.
    if ((error as { code?: string }).code === '23514') return false;
    throw error;
  }
}

async function post(user: TestUser, articleId: string, body: string): Promise<string> {
  const { comment } = await app().addComment(user, { articleId, body, idempotencyKey: randomUUID() });
  return comment!.id;
}

describe('the address of an account that is erased', () => {
  it('is taken out of every stored text, whoever has written it', async () => {
    const [user, other] = [await app().signUp('Ida Example'), await app().signUp('Bo Example')];
    const moderator = await app().signUp('A moderator', 'MODERATOR');
    const { email } = user;
    const neighbour = `x${email}`;
    const { id, articleId, slug } = await app().addArticle({
      // As long as several pieces of the search, so that some addresses stand across the end of one.
      article: { body: `Write to ${email} or ${neighbour}. ${`Word, ${email} `.repeat(700)}` },
    });
    const root = await post(other, id, `Ask ${email.toUpperCase()}, I mean ${email.replace('@', '＠')}.`);
    await done(app(), 'editComment', { commentId: root, body: `Ask ${email}!` }, other);
    await app().data(
      `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
      { input: { articleId: id, statement: `As ${email} says`, affiliation: `Friends of ${email}` } },
      other.token,
    );
    await onPerson(app(), moderator, 'addPersonNote', {
      personId: personId(other.accountId),
      text: `Is ${email}?`,
    });
    await query('UPDATE article SET comment_policy = $1 WHERE id = $2', ['PREMODERATED', articleId]);
    await done(app(), 'editComment', { commentId: root, body: `Ask ${email} once more` }, other);
    const held = await post(other, id, `Held: ${email}`);
    await done(app(), 'rejectComment', { commentId: held, reason: `No ${email} here` }, moderator);

    const planted: string[] = [];
    for (const { table, column, type } of await columnsOfDatabase())
      if (textColumns[table]?.includes(column) === true && (await plant(table, column, type, email)))
        planted.push(table);
    expect(new Set(planted).size).toBeGreaterThanOrEqual(10);
    expect((await tablesWith(email)).length).toBeGreaterThanOrEqual(10);

    await erasureOf(app()).erase(email);
    expect(await tablesWith(email)).toEqual(['article_text']);
    // Only the address that has it as its end is left, and the disguised spelling went as well.
    const [text] = await query<{ body: string }>(
      'SELECT body_markdown AS body FROM article_text WHERE article_id = $1',
      [articleId],
    );
    expect(text?.body.replaceAll(neighbour, '')).not.toContain(email);
    expect(await tablesWith(email.replace('@', '＠'))).toEqual([]);
    const { article } = await app().data(`{ article(slug: "${slug}") { contactAddressCount } }`);
    expect(article.contactAddressCount).toBe(1);
  });

  it('stays in the texts of others if nobody has proven that it is the account’s', async () => {
    const [user, other] = [await app().signUp(), await app().signUp()];
    await query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [user.accountId]);
    const { id } = await app().addArticle();
    await post(other, id, `Ask ${user.email}`);
    await erasureOf(app()).erase(user.email);
    expect(await tablesWith(user.email)).toEqual(['comment']);
  });

  it('is looked for in every column in which people write', async () => {
    const listed = Object.entries(textColumns).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );
    const found = (await columnsOfDatabase()).map(({ table, column }) => `${table}.${column}`);
    expect(found.filter((name) => !listed.includes(name) && !notWritten.has(name))).toEqual([]);
    expect([...listed, ...notWritten].filter((name) => !found.includes(name))).toEqual([]);
  });
});

/** Columns with codes, keys, addresses of the web, settings and the account's own data, which go with it or name nobody. */
const notWritten = new Set<string>([
  'work_lease.kind',
  'token.vouched_by',
  'session.vouched_by',
  'session.issuer_subject',
  'session.issuer_session',
  'session.issuer',
  'session.proven_issuer',
  'session.proven_issuer_session',
  'pending_login.issuer_session',
  'passkey.vouched_by',
  'login.linked_by',
  'account.avatar_url',
  'account.email',
  'account.password_hash',
  'account.pending_email',
  'account.roles',
  'article.canonical_url',
  'article.comment_policy',
  'article.published_precision',
  'article.slug',
  'article.status',
  'article_event.detail',
  'article_event.kind',
  'campaign.currency',
  'campaign.status',
  'comment.created_precision',
  'comment.import_key',
  'comment.removed_status',
  'comment.status',
  'comment_hold.hook_outcome',
  'comment_hold.phase',
  'comment_hold.rule',
  'comment_hold.suspicion',
  'comment_reaction.kind',
  'comment_report.reason',
  'comment_report.state',
  'dispute.provider_ref',
  'dispute.status',
  'endorsement.created_precision',
  'endorsement.identity',
  'endorsement.import_key',
  'endorsement_link.email',
  'held_edit.status',
  'imported_author.key',
  'journalist.name_keys',
  'journalist.photo_url',
  'journalist.slug',
  'ledger_entry.account',
  'ledger_entry.pseudonym',
  'ledger_transaction.currency',
  'ledger_transaction.kind',
  'login.issuer',
  'login.roles',
  'login.subject',
  'mail.dedupe_key',
  'mail.kind',
  'mail.last_error',
  'mail.purpose',
  'mail.recipient',
  'mail.unsubscribe_url',
  'mail_preference.frequency',
  'mail_preference.kind',
  'mailed_link.email',
  'mailed_link.kind',
  'mailed_link.password_hash',
  'migration.name',
  'milestone.status',
  'moderation_appeal.outcome',
  'moderation_decision.actor_kind',
  'moderation_decision.kind',
  'moderation_decision.reason',
  'moderation_decision_comment.held',
  'moderation_event.actor_kind',
  'moderation_event.kind',
  'moderation_event.reason',
  'moderation_item.held',
  'moderation_item.phase',
  'notification.kind',
  'passkey.transports',
  'payer.email',
  'payer.name',
  'payment.failure_code',
  'payment.provider_ref',
  'payment.status',
  'payout.destination',
  'payout.failure_code',
  'payout.provider_ref',
  'payout.status',
  'pending_login.email',
  'pending_login.issuer',
  'pending_login.roles',
  'pending_login.subject',
  'picture_file.name',
  'pledge.customer_ref',
  'pledge.failure_code',
  'pledge.payment_method_ref',
  'pledge.pseudonym',
  'pledge.set_up_ref',
  'pledge.set_up_url',
  'pledge.status',
  'provider_event.id',
  'provider_event.kind',
  'provider_event.object_ref',
  'refund.failure_code',
  'refund.provider_ref',
  'refund.status',
  'screened_word.action',
  'screened_word.folded',
  'screened_word.language',
  'screened_word.mode',
  'screened_word.text',
  'screening_settings.allowed_hosts',
  'screening_settings.held_hosts',
  'screening_settings.hook_deadline_action',
  'search_word.word',
  'session.network',
  'session.user_agent',
  'site_event.detail',
  'site_event.kind',
  'tag.name',
  'token.documents',
  'token.scopes',
  'token_family.network',
  'webhook.document',
  'webhook.event_kinds',
  'webhook.log',
  'webhook.old_secret',
  'webhook.secret',
  'webhook.status',
  'webhook.url',
  'webhook_attempt.fault',
  'webhook_delivery.status',
]);
