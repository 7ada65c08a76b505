/**
 * @database either
 * @seconds 30
 */
import { expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import { describeInBrowser } from '../support/browser.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('the page of moderation', () => {
  const readers = useReaders();
  const app = useAppWithPage({}, { features });

  it('has a page for each of its parts', async () => {
    const moderator = await app().signUp('Mona Example', 'MODERATOR');
    const reader = await readers.open(`${app().url}/`, { user: moderator });
    const { page } = reader;
    await page.getByRole('link', { name: 'Moderation' }).click();
    for (const name of ['People', 'Words', 'Settings', 'Log', 'Appeals', 'Queue']) {
      await page.getByRole('navigation', { name: 'Moderation' }).getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
    await reader.photograph('moderation-shell');
    expect(reader.problems).toEqual([]);
  });

  it('is not there for others', async () => {
    const ada = await app().signUp('Ada Example');
    const reader = await readers.open(`${app().url}/moderation`, { user: ada });
    await reader.page.getByText('Only moderators').waitFor();
    expect(await reader.page.getByRole('link', { name: 'Moderation' }).count()).toBe(0);
  });
});
