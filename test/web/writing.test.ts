/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('a user in the browser', () => {
  const readers = useReaders();
  const app = useAppWithPage();

  it('signs up, signs out, signs in, and returns to the article each time', async () => {
    const { slug } = await app().addArticle({ article: { title: 'Keep the ferry' } });
    const reader = await readers.open(`${app().url}/articles/${slug}`);
    const { page } = reader;
    await page.getByRole('link', { name: 'Sign up' }).click();
    await page.getByLabel('E-mail address').fill('dee@example.org');
    await page.getByLabel('Name', { exact: true }).fill('Dee Example');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Sign up' }).click();
    // The message is beside its field, and the values of the form stay.
    await page.locator('[aria-invalid=true]:focus').waitFor();
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('dee@example.org');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { level: 1, name: 'Keep the ferry' }).waitFor();
    await page.getByText('Dee Example').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in to comment' }).click();
    await page.getByLabel('E-mail address').fill('dee@example.org');
    await page.getByLabel('Password').fill('wrong horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('E-mail address').fill('dee@example.org');
    await page.getByRole('button', { name: 'Mail me a link' }).click();
    await page.getByText('This site sends no mail. Ask its publisher.').waitFor();
    await page.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address').fill('dee@example.org');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await reader.say('Back again');
    await reader.comment('Back again').getByRole('button', { name: 'Edit' }).waitFor();

    await page.getByRole('link', { name: 'My comments' }).click();
    await page.getByText('Back again').waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Keep the ferry' }).waitFor();
    expect(await page.title()).toBe('Keep the ferry – Standfirst');
  });

  it('writes, previews and publishes an article, and unpublishes the article while a reader has it open', async () => {
    const journalist = await app().signUp('Ada Example', 'JOURNALIST');
    const author = await readers.open(`${app().url}/write`, { user: journalist });
    const { page } = author;
    await page.getByLabel('Headline').fill('The night ferry');
    await page.getByLabel('Standfirst').fill('It sails again.');
    await page.getByLabel('Subjects').fill('Ferries, #Night');
    await page.getByLabel('Text').fill('It *sails*.\n\n<script>alert(1)</script>');
    // The draft survives a reload.
    await page.reload();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.locator('.prose em', { hasText: 'sails' }).waitFor();
    expect(await page.locator('.prose script').count()).toBe(0);
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.waitForURL(/\/articles\/the-night-ferry\/edit$/);
    const stranger = await readers.open(`${app().url}/articles/the-night-ferry`);
    await stranger.page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();

    await page.getByRole('button', { name: 'Publish' }).click();
    await page.waitForURL(/\/articles\/the-night-ferry$/);
    await page.locator('.article .prose em', { hasText: 'sails' }).waitFor();
    await stranger.page.reload();
    await stranger.page.getByRole('heading', { level: 1, name: 'The night ferry' }).waitFor();
    await stranger.page.getByRole('link', { name: '#night' }).waitFor();
    await stranger.isLive();

    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Headline').fill('The night ferry sails');
    await page.getByRole('button', { name: 'Save' }).click();
    await stranger.page.getByRole('heading', { level: 1, name: 'The night ferry sails' }).waitFor();
    await page.getByRole('button', { name: 'Unpublish' }).click();
    await page.getByRole('button', { name: 'Unpublish' }).last().click();
    await stranger.page.getByText('This article was unpublished.').first().waitFor();
    expect(author.problems).toEqual([]);
  });
});
