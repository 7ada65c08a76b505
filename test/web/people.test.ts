/**
 * @database either
 * @seconds 25
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const phone = { width: 360, height: 780 };
const desktop = { width: 1_440, height: 900 };
const namesake = 'not the journalist of this name';

describeInBrowser('people', () => {
  const readers = useReaders();
  const pictures = mkdtempSync(join(tmpdir(), 'standfirst-pictures-'));
  const app = useAppWithPage({ PICTURES_DIR: pictures });
  let article: { id: string; slug: string };
  let impostor: TestUser;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    article = await app().addArticle({
      article: { title: 'Keep the ferry' },
      comments: [
        { key: '1', body: 'Written elsewhere.', authorName: 'Bo Example', createdAt: '2024-06-01T10:00:00Z' },
      ],
      endorsements: [{ key: 'e', displayName: 'ADA EXAMPLE', createdAt: '2024-05-02T10:00:00Z' }],
    });
    // Cyrillic letters.
    impostor = await app().signUp('Аdа Ехample');
    await app().addComment(impostor, { articleId: article.id, body: 'Trust me.' });
  });

  afterAll(async () => {
    await Promise.all(opened.map(({ page }) => page.context().close()));
    rmSync(pictures, { recursive: true });
  });

  async function open(path: string, viewport = phone, user?: TestUser): Promise<BrowserReader> {
    const options = { context: { viewport }, ...(user ? { user, once: true } : {}) };
    const reader = await readers.open(app().url + path, options);
    opened.push(reader);
    if (user) await reader.page.reload();
    return reader;
  }
  const address = (): string =>
    `/people/${Buffer.from(`CommentAuthor:${impostor.accountId}`).toString('base64url')}`;

  it('see in words that a name is not the journalist’s, before any script runs and afterwards', async () => {
    const response = await fetch(`${app().url}/articles/${article.slug}`, {
      headers: { accept: 'text/html' },
    });
    // Beside the comment and the endorsement.
    expect((await response.text()).split(namesake)).toHaveLength(3);
    for (const viewport of [phone, desktop]) {
      const reader = await open(`/articles/${article.slug}`, viewport);
      const { page } = reader;
      await page.locator('.comment-head', { hasText: impostor.name }).getByText(namesake).waitFor();
      await page.locator('.endorsement', { hasText: 'ADA EXAMPLE' }).getByText(namesake).waitFor();
      expect(await page.locator('.comment-head', { hasText: 'Bo Example' }).getByText(namesake).count()).toBe(
        0,
      );
      // Whoever has no account has no page.
      expect(await page.getByRole('link', { name: 'Bo Example' }).count()).toBe(0);
      expect(reader.problems).toEqual([]);
      await reader.photograph(`people-thread-${viewport.width}`);
    }
  });

  it('follow a name to what its person has written', async () => {
    for (const viewport of [phone, desktop]) {
      const reader = await open(`/articles/${article.slug}`, viewport);
      const { page } = reader;
      await page.getByRole('link', { name: impostor.name }).click();
      await page.waitForURL(`**${address()}`);
      await page.getByRole('heading', { name: impostor.name }).waitFor();
      await page.getByText('Trust me.').waitFor();
      await page.getByText(namesake).waitFor();
      expect(await reader.accessibilityFaults()).toEqual([]);
      await reader.photograph(`people-person-${viewport.width}`);
      await page.getByRole('link', { name: 'Keep the ferry' }).click();
      await page.locator('.comment', { hasText: 'Trust me.' }).waitFor();
      expect(reader.problems).toEqual([]);
    }
    expect(await (await fetch(app().url + address(), { headers: { accept: 'text/html' } })).text()).toMatch(
      /<meta name="robots" content="noindex"/,
    );
  });

  it('send a picture, which stands beside their comments, and remove it', async () => {
    const color = { create: { width: 900, height: 600, channels: 3, background: '#2b5f7a' } } as const;
    const buffer = await sharp(color).jpeg().toBuffer();
    const reader = await open('/account', phone, impostor);
    const { page } = reader;
    const choose = page.getByLabel('Choose a picture');
    await choose.setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
    await page.getByText('This is not a JPEG').waitFor();
    await choose.setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer });
    await page.getByText('The picture is saved.').waitFor();
    await page.locator('#main img.portrait, main img.portrait').waitFor();
    expect(await reader.accessibilityFaults()).toEqual([]);
    await reader.photograph('people-picture-360');
    const other = await open(`/articles/${article.slug}`, desktop);
    const portrait = other.page.locator('.comment-head', { hasText: impostor.name }).locator('img.portrait');
    await portrait.waitFor();
    expect(await portrait.evaluate((img: any) => img.decode().then(() => img.naturalWidth))).toBe(256);
    await other.photograph('people-picture-thread-1440');
    await page.getByRole('button', { name: 'Remove the picture' }).click();
    await page.getByText('The picture is removed.').waitFor();
    await page.locator('main img.portrait').waitFor({ state: 'detached' });
    // The refused file is the one problem.
    expect(reader.problems.filter((problem) => !/ 422|status of 422/.test(problem))).toEqual([]);
    expect(other.problems).toEqual([]);
  });

  it('are told in their account that a journalist has their name, and turn their list off there', async () => {
    for (const viewport of [phone, desktop]) {
      const reader = await open('/account', viewport, impostor);
      const { page } = reader;
      await page.getByText('Beside your name stands').waitFor();
      const listed = page.getByLabel('List my comments on my page');
      expect(await listed.isChecked()).toBe(true);
      await listed.uncheck();
      await page.getByRole('link', { name: 'Your page, as others see it' }).click();
      await page.getByText('You do not have your comments listed.').waitFor();
      const other = await open(address(), viewport);
      await other.page.getByText('This person does not have their comments listed.').waitFor();
      expect(await other.page.getByText('Trust me.').count()).toBe(0);
      await page.getByRole('link', { name: 'Change it in your account' }).click();
      await listed.check();
      expect(await reader.accessibilityFaults()).toEqual([]);
      await reader.photograph(`people-account-${viewport.width}`);
      await page.getByRole('link', { name: 'Your page, as others see it' }).click();
      await page.getByText('Trust me.').waitFor();
      expect([...reader.problems, ...other.problems]).toEqual([]);
    }
  });
});
