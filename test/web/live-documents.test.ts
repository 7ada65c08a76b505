/**
 * @database either
 */
import { it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('the page on an article whose room for selections is used up', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MAX_SELECTIONS_PER_ARTICLE: '1' });

  it('is live all the same, because its build tells the service the documents that it sends', async () => {
    const { id, slug } = await app().addArticle();
    const taken = app().live.events(id);
    await taken.waitFor(1, 'ArticleCheckpoint');
    const reader = await readers.open(`${app().url}/articles/${slug}`, { user: await app().signUp() });
    await reader.isLive();
    await app().live.close();
  });
});
