import { expect, it } from '@jest/globals';
import { migrateDown, migrateUp } from '../../../src/platform/db/migrate.ts';
import { useApp } from '../../support/app.ts';

const service = useApp();

it('the migration replaces overlong HTML by plain words, and leaves all other texts alone', async () => {
  const app = service();
  const { id: articleId } = await app.addArticle();
  const user = await app.signUp();
  for (const body of ['Long &\n<words>', 'Short *words*']) await app.addComment(user, { articleId, body });
  const { db } = app.app;
  const shown = () =>
    db.query<{ html: string; text: string }>(
      'SELECT body_html AS html, body_text AS text FROM comment ORDER BY id',
    );
  const [, short] = await shown();
  const { dataSource } = app.app;
  for (let name: string | undefined; name !== 'LongTexts1765900000000';) name = await migrateDown(dataSource);
  await db.query(
    `UPDATE comment SET body_html = repeat('<a title="&amp;">a</a>', 20000) WHERE body_text LIKE 'Long%'`,
  );
  await migrateUp(dataSource);
  expect(await shown()).toEqual([
    { html: '<p>Long &amp;<br />\n&lt;words&gt;</p>', text: 'Long &\n<words>' },
    short,
  ]);
});
