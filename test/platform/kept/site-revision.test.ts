import { beforeAll, describe, expect, it } from '@jest/globals';
import { linkByline } from '../../../src/features/articles/journalist/byline.service.ts';
import { selectReading } from '../../../src/platform/kept/reading.queries.ts';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { everything } from '../../support/everything.ts';

/**
 * Tables whose rows are written only together with events of their article, or with everything that the service
 * writes: the property test of `exactness.test.ts` is about them. All other tables need triggers.
 */
const writtenWithEvents = [
  'article',
  'article_counter',
  'article_event',
  'article_search',
  'article_tag',
  'article_text',
  'campaign',
  'comment',
  'comment_counter',
  'comment_reaction',
  'comment_revision',
  'dispute',
  'endorsement',
  'event_log',
  'held_edit',
  'ledger_entry',
  'ledger_transaction',
  'milestone',
  'payment',
  'payout',
  'pledge',
  'refund',
  'signature',
];

/** Tables of which no article shows anything: a table that is empty here, and is not one of these, would be passed over. */
const notShown = [
  'comment_hold',
  'comment_removal',
  'comment_report',
  'discussion_mute',
  'endorsement_link',
  'endorsement_mail_count',
  'funding_lease',
  'idempotency_key',
  'inbox',
  'login',
  'mail',
  'mail_preference',
  'mailed_link',
  'met_challenge',
  'moderation_appeal',
  'moderation_decision',
  'moderation_decision_comment',
  'moderation_event',
  'moderation_item',
  'mute',
  'notification',
  'notification_position',
  'passkey',
  'payer',
  'pending_login',
  'person_note',
  'picture_file',
  'process',
  'provider_event',
  'recovery_code',
  'refresh_token',
  'screened_word',
  'service_account',
  'site_event',
  'site_position',
  'slow_mode_turn',
  'spent_host_token',
  'token',
  'webhook',
  'webhook_attempt',
  'webhook_delivery',
  'work_lease',
];

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** SQL for a value that differs from the one of a column. */
function otherValue({ column, type }: Column): string | undefined {
  const name = `"${column}"`;
  if (column.endsWith('_url')) return `'https://example.org/other.png'`;
  switch (type) {
    case 'text':
      return `coalesce(${name}, '') || 'x'`;
    case 'ARRAY':
      return `${name} || '{MODERATOR}'`;
    case 'boolean':
      return `NOT ${name}`;
    case 'integer':
      return `coalesce(${name}, 0) + 1`;
    case 'timestamp with time zone':
      return `coalesce(${name}, now()) + interval '1 day'`;
    case 'bigint':
      return 'NULL';
    default:
      return undefined;
  }
}

describe('the site revision', () => {
  const service = useApp(nothingKept);
  let app: TestApp;
  let slug: string;
  let id: string;

  beforeAll(async () => {
    app = service();
    const journalist = await app.signUp('Ada Example', 'JOURNALIST');
    const commenter = await app.signUp('Bo Example');
    const article = await app.addArticle({
      journalist: { slug: 'ada-example', name: 'Ada Example', bio: 'Writes.', location: 'Here' },
      article: { tags: ['ferries'], signatures: [{ name: 'Cy Example' }] },
    });
    ({ slug, id } = article);
    await linkByline(app.app.db, { email: journalist.email, slug: 'ada-example', name: undefined });
    await app.addComment(commenter, { articleId: id, body: 'A comment from elsewhere.' });
    const author = `INSERT INTO imported_author (key, name, named_at) VALUES ('elsewhere', 'Eve Example', now()) RETURNING id`;
    await app.app.db.query(
      `WITH author AS (${author}) UPDATE comment SET account_id = NULL, imported_author_id = author.id FROM author`,
    );
    for (const user of [journalist, commenter]) {
      await app.addComment(user, { articleId: id, body: 'A comment.' });
      await app.data(
        'mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }',
        { input: { articleId: id } },
        user.token,
      );
    }
  });

  const shown = async (): Promise<string> =>
    JSON.stringify(
      await app.data(
        `query ($slug: String!) { article(slug: $slug) {
          ${everything('Article', 1)} of: comments(first: 9) { nodes { authorBadges author { id name avatarUrl sharesNameWithJournalist } } } } }`,
        { slug },
      ),
    );

  const clock = async (): Promise<string> => {
    const key = Buffer.from(id, 'base64url').toString().replace('Article:', '');
    const { site, heads } = await selectReading(app.app.db, [key]);
    return JSON.stringify([site, [...heads]]);
  };

  it('changes with every column that an article shows and its log does not tell of', async () => {
    const columns = await app.app.db.query<Column>(
      `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> ALL($1::text[])
         AND c.column_name <> 'id' ORDER BY 1, 2`,
      [[...writtenWithEvents, 'site_revision', 'migration']],
    );
    const tables = [...new Set(columns.map(({ table }) => table))];
    const counts = await app.app.db.query<{ table: string }>(
      tables
        .map((table) => `SELECT '${table}' AS "table" WHERE NOT EXISTS (SELECT FROM "${table}")`)
        .join(' UNION ALL '),
    );
    expect(counts.map(({ table }) => table).sort()).toEqual(notShown);
    const found: string[] = [];
    const forgotten: string[] = [];
    for (const each of columns) {
      const value = otherValue(each);
      if (value === undefined) continue;
      const [before, since] = [await shown(), await clock()];
      await app.app.db.query(`CREATE TABLE kept_rows AS TABLE "${each.table}"`);
      const isChanged = await app.app.db
        .query(`UPDATE "${each.table}" SET "${each.column}" = ${value}`)
        .then(() => true)
        // A column that may not have this value, or that nothing but this value may have.
        .catch(() => false);
      const name = `${each.table}.${each.column}`;
      if (isChanged && (await shown()) !== before) {
        found.push(name);
        if ((await clock()) === since) forgotten.push(name);
        await app.app.db.query(
          `UPDATE "${each.table}" t SET "${each.column}" = k."${each.column}" FROM kept_rows k WHERE k.id = t.id`,
        );
        expect(await shown()).toBe(before);
      }
      await app.app.db.query('DROP TABLE kept_rows');
    }
    expect(forgotten).toEqual([]);
    expect(found).toEqual(
      expect.arrayContaining([
        'account.avatar_url',
        'account.name',
        'account.roles',
        'imported_author.name',
        'journalist.account_id',
        'journalist.bio_html',
        'journalist.location',
        'journalist.name',
        'journalist.photo_url',
        'journalist.slug',
        'tag.name',
      ]),
    );
  });

  it('changes with a byline or account that goes, once for each transaction', async () => {
    const revision = async (): Promise<number> => {
      const [row] = await app.app.db.query<{ revision: number }>('SELECT revision FROM site_revision');
      return row?.revision ?? NaN;
    };
    const before = await revision();
    await app.app.db.query(`INSERT INTO journalist (slug, name) VALUES ('one', 'One'), ('two', 'Two')`);
    expect(await revision()).toBe(before + 1);
    await app.app.db.query(`DELETE FROM journalist WHERE slug IN ('one', 'two')`);
    expect(await revision()).toBe(before + 2);
    const person = await app.signUp('Di Example');
    expect(await revision()).toBe(before + 2);
    await app.app.db
      .query('DELETE FROM session WHERE account_id = $1', [person.accountId])
      .catch(() => undefined);
    await app.app.db.query('UPDATE account SET password_hash = password_hash WHERE id = $1', [
      person.accountId,
    ]);
    expect(await revision()).toBe(before + 2);
  });
});
