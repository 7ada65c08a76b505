import { describe, expect, it } from '@jest/globals';
import { migrateDown, migrateUp } from '../../../src/platform/db/migrate.ts';
import { useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';

describe('the migration for search', () => {
  const service = useApp();

  it('gives existing articles the same search contents as writing them does', async () => {
    const app = service();
    await app.addArticle({
      journalist: { slug: 'a', name: 'Åsa name@private.example' },
      article: {
        title: 'The (title@private.example) lighthouse',
        standfirst: 'Ask ask%40private.example. Why?',
        body: 'Write to *first@private.example*, or go.\n\n> It’s “quoted”',
        tags: ['open letters'],
        signatures: [{ name: 'S sign@private.example', role: 'Harbourmaster', organisation: 'The Ferry' }],
      },
    });
    await app.addArticle({ journalist: { slug: 'b', name: 'Bo' }, article: { title: 'Plain' } });
    const draft = await app.addArticle({
      journalist: { slug: 'c', name: 'Concealed' },
      article: { tags: ['concealed'] },
    });
    const contents = () =>
      Promise.all([
        app.app.db.query(
          'SELECT article_id::text AS id, head::text, document::text FROM article_search ORDER BY article_id',
        ),
        app.app.db.query('SELECT word FROM search_word ORDER BY word'),
      ]);
    await setArticle(app, draft.articleId, { status: 'DRAFT' });
    await app.app.db.query('DELETE FROM article_search WHERE article_id = $1', [draft.articleId]);
    await app.app.db.query(`DELETE FROM search_word WHERE word = 'concealed'`);
    const written = await contents();
    expect(written[0]).toHaveLength(2);
    expect(JSON.stringify(written)).not.toMatch(/private|hidden|concealed/);

    const { dataSource } = app.app;
    for (let name: string | undefined; name !== 'Search1764600000000';) name = await migrateDown(dataSource);
    await migrateUp(dataSource);
    const filled = await contents();
    expect(filled[1]).toEqual(written[1]);
    expect(filled[0].map(wordsOf)).toEqual(written[0].map(wordsOf));
  });
});

/** The words of a search row without their positions, which an omitted e-mail address may shift. */
function wordsOf(row: any): unknown {
  const plain = (vector: string) => [...vector.matchAll(/'((?:[^']|'')*)'/g)].map(([, word]) => word);
  return { id: row.id, head: plain(row.head), document: plain(row.document) };
}
