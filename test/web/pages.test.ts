/**
 * @database either
 * @seconds 45
 */
import { beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { seedDemo } from '../../src/features/demo/seed.ts';
import type { MailTransport } from '../../src/platform/mail/transport.ts';
import { TestApp, type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { addMails, featuresWithMail, newMail, noMailWork, noTransport } from '../support/mail.ts';
import { buildPage } from '../support/program.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

const letter = 'keep-the-packets-pictures-on-the-islands';
const longThread = 'the-last-boat-at-ten-past-eight';

/** axe checks both sizes and both colour schemes, because its rules include colours. */
const views = [
  { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

/** The heading of each page once loaded, by the role of its viewer. */
const pages: { name: string; path: string; heading: string | RegExp; as?: 'journalist' | 'administrator' }[] =
  [
    { name: 'front', path: '/', heading: 'Latest articles' },
    { name: 'article', path: `/articles/${letter}`, heading: /An open letter/ },
    {
      name: 'thread',
      path: `/articles/${longThread}#discussion`,
      heading: 'The last boat at ten past eight',
    },
    { name: 'branch', path: 'BRANCH', heading: /A thread under/ },
    { name: 'journalist', path: '/journalists/hettie-quillane', heading: 'Hettie Quillane' },
    { name: 'tag', path: '/tags/ferries', heading: /#ferries/ },
    { name: 'campaigns', path: '/campaigns', heading: 'Raising money now' },
    { name: 'search', path: '/search?q=ferry', heading: 'Search' },
    { name: 'sign-in', path: '/sign-in', heading: 'Sign in' },
    { name: 'sign-up', path: '/sign-up', heading: 'Sign up' },
    { name: 'forgot-password', path: '/forgot-password', heading: 'A new password by mail' },
    { name: 'missing', path: '/articles/there-is-none', heading: 'Not found' },
    { name: 'write', path: '/write', heading: 'New article', as: 'journalist' },
    { name: 'edit', path: '/articles/OWN/edit', heading: /Edit “Draft of a title”/, as: 'journalist' },
    { name: 'my-comments', path: '/my/comments', heading: 'My comments', as: 'journalist' },
    { name: 'my-articles', path: '/my/articles', heading: 'My articles', as: 'journalist' },
    { name: 'my-pledges', path: '/my/pledges', heading: 'My pledges', as: 'journalist' },
    { name: 'notifications', path: '/my/notifications', heading: 'Notifications', as: 'journalist' },
    { name: 'account', path: '/account', heading: 'Account', as: 'journalist' },
    { name: 'mails', path: '/mails', heading: 'Mails that would have been sent', as: 'administrator' },
  ];

describeInBrowser('each page', () => {
  const readers = useReaders();
  const { features, mail } = featuresWithMail();
  const mailTransport: MailTransport = { ...noTransport, keepsMails: true };
  const app = useAppWithPage(noMailWork, { features, mailTransport });
  let journalist: TestUser;
  let administrator: TestUser;
  const replaced: Record<string, string> = {};

  beforeAll(async () => {
    await seedDemo({
      db: app().app.db,
      folder: join(import.meta.dirname, '../../demo'),
      maxDepth: 100,
      password: 'correct horse battery',
    });
    journalist = await app().signUp('Ada Example', 'JOURNALIST');
    const { createArticle } = await app().data(
      'mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id slug } } }',
      { input: { title: 'Draft of a title', body: '## A heading\n\nA *text*.', tags: ['ferries'] } },
      journalist.token,
    );
    replaced.OWN = createArticle.article.slug;
    const { article } = await app().data(
      `query ($slug: String!) { article(slug: $slug) { id allComments(first: 100) { nodes { id depth descendantCount } } } }`,
      { slug: longThread },
    );
    const parent = article.allComments.nodes.find((node: any) => node.descendantCount > 2);
    replaced.BRANCH = `/articles/${longThread}/comments/${parent.id}`;
    await app().addComment(journalist, { articleId: article.id, body: 'A comment of one’s own.' });
    administrator = await app().signUp('Cy Example', 'ADMINISTRATOR');
    const paragraphs = [
      `${'A long word '.repeat(30)}${'x'.repeat(200)}`,
      'It is at https://example.org/a, too.',
    ];
    const button = {
      text: 'Read the letter',
      url: `${app().url}/articles/${letter}?token=${'t'.repeat(300)}`,
      effect: 'The link opens the letter.',
    };
    await addMails(
      app(),
      mail(),
      newMail({
        recipient: 'ida@example.org',
        kind: 'PASSWORD_RESET',
        isSecret: true,
        subject: 'A mail to Ida',
        content: { title: 'A <b>title</b>', paragraphs, button, unexpected: 'Ignore it.' },
      }),
    );
  });

  it('needs less than 120 kB of compressed JavaScript for an article with its live thread', async () => {
    const reader = await readers.open('about:blank');
    const scripts: string[] = [];
    reader.page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(request.url());
    });
    await reader.page.goto(`${app().url}/articles/${longThread}`);
    await reader.isLive();
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const address of new Set(scripts)) {
      const response = await fetch(address, { headers: { 'accept-encoding': 'br' } });
      await response.arrayBuffer();
      expect(response.headers.get('content-encoding')).toBe('br');
      bytes += Number(response.headers.get('content-length'));
    }
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(120_000);
  });

  it('has articles and subjects beside each other on the front page, where no campaign runs', async () => {
    const { page } = await readers.open(app().url, { context: { viewport: { width: 1_440, height: 900 } } });
    const [list, subjects] = [page.locator('[aria-labelledby=latest]'), page.locator('.front-tags')];
    await subjects.waitFor();
    expect(await page.locator('.raising').count()).toBe(0);
    const [left, right] = await Promise.all([list.boundingBox(), subjects.boundingBox()]);
    expect(right?.y).toBe(left?.y);
    expect(right?.x).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0));
    expect(left?.width).toBeGreaterThan(600);
  });

  it('says what needs scripts, where they are switched off', async () => {
    const context = { viewport: { width: 360, height: 780 }, javaScriptEnabled: false };
    for (const path of ['/sign-in', `/articles/${longThread}/campaign`, '/search?q=ferry']) {
      const reader = await readers.open(app().url + path, { context });
      const { page } = reader;
      // Playwright finds no text of its own below `noscript`.
      await page.locator('main p', { hasText: 'This page needs JavaScript.' }).waitFor();
      await reader.photograph(`without-scripts${path.replaceAll(/\W/g, '-')}`);
      await page.getByRole('link', { name: 'To the latest articles' }).click();
      await page.getByRole('link', { name: 'The last boat at ten past eight' }).waitFor();
    }
  });

  it('is reloaded once if a part of it was replaced by another build', async () => {
    const reader = await readers.open(app().url);
    let asked = 0;
    await reader.page.route('**/assets/sign-in-page-*.js', (route) => {
      asked++;
      return asked === 1 ? route.fulfill({ status: 404 }) : route.fallback();
    });
    await reader.page.getByRole('link', { name: 'Sign in' }).click();
    await reader.page.getByLabel('Password').waitFor();
    expect(asked).toBe(2);

    const other = await readers.open(app().url);
    let missed = 0;
    await other.page.route('**/assets/sign-in-page-*.js', (route) => {
      missed++;
      return route.fulfill({ status: 404 });
    });
    await other.page.getByRole('link', { name: 'Sign in' }).click();
    // It says so before it is reloaded, too.
    await eventually('the reload', () => missed >= 2);
    await other.page.getByText('Something in this page failed.').waitFor();
    // Other pages still work.
    await other.page.getByRole('link', { name: 'Standfirst' }).click();
    await other.page.getByRole('heading', { level: 1, name: 'Latest articles' }).waitFor();
  });

  it('says that the service can not be reached, and continues with the data that it has', async () => {
    const reader = await readers.open(`${app().url}/articles/${longThread}`);
    await reader.isLive();
    await reader.page.context().setOffline(true);
    await reader.page.getByRole('link', { name: 'Sign in', exact: true }).click();
    await reader.page.getByText('Something in this page failed.').waitFor();
    await reader.page.getByRole('button', { name: 'Try again' }).click();
    await reader.page.getByText('The service could not be reached.').waitFor();
    await reader.page.goBack();
    await reader.page.getByRole('heading', { level: 1, name: 'The last boat' }).waitFor();
    await reader.page.context().setOffline(false);
    await reader.isLive();
  });

  it.each(pages)(
    '$name: no violation for axe, no overflow and no problem, at both sizes and in both colour schemes',
    async ({ name, path, heading, as }) => {
      const address = path.replace(/BRANCH|OWN/, (word) => replaced[word] ?? word);
      const [{ colorScheme: first, ...viewport }] = views;
      const reader = await readers.open(app().url + address, {
        ...(as ? { user: as === 'journalist' ? journalist : administrator } : {}),
        context: { viewport, colorScheme: first },
      });
      const { page } = reader;
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.getByText('Loading …').first().waitFor({ state: 'detached' });
      if (path.startsWith(`/articles/${longThread}`)) await reader.isLive();
      for (const { view, width, height, colorScheme } of views) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        expect(await reader.accessibilityFaults()).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        await reader.photograph(`${name}-${view}`, name !== 'thread');
      }
      const isMissing = name === 'missing';
      expect(reader.problems.filter((problem) => !(isMissing && problem.includes('404')))).toEqual([]);
      await page.context().close();
    },
  );

  it('shows an administrator the mails that would have been sent, new ones too, with links to follow', async () => {
    const reader = await readers.open(app().url, { user: administrator });
    const { page } = reader;
    await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Mails' }).click();
    const items = page.locator('.own-comment-item');
    await items.filter({ hasText: 'A mail to Ida' }).waitFor();
    expect(await items.first().innerText()).toMatch(/To ida@example\.org.*PASSWORD_RESET.*A <b>title<\/b>/s);
    expect(await items.getByRole('link').first().getAttribute('href')).toBe('https://example.org/a');
    await addMails(app(), mail(), newMail({ recipient: 'bo@example.org', subject: 'A mail to Bo' }));
    await items.filter({ hasText: 'A mail to Bo' }).waitFor();
    expect(await items.locator('h2').allInnerTexts()).toEqual([
      'A mail to Bo – Standfirst',
      'A mail to Ida – Standfirst',
    ]);
    await items.nth(1).getByRole('link').last().click();
    await page.getByRole('heading', { level: 1, name: /An open letter/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('token')).toBe('t'.repeat(300));
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('has no mails for anybody else, and none where mails are sent', async () => {
    const sending = await TestApp.start(noMailWork, {
      database: app().database,
      webRoot: await buildPage(),
      mailTransport: noTransport,
    });
    try {
      for (const [url, user] of [
        [app().url, undefined],
        [app().url, journalist],
        [sending.url, administrator],
      ] as const) {
        const { page } = await readers.open(`${url}/mails`, user ? { user } : {});
        await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
        const menu = page.getByRole('navigation', { name: 'Account' });
        await menu.getByText(user?.name ?? 'Sign in').waitFor();
        expect(await menu.getByRole('link', { name: 'Mails' }).count()).toBe(0);
        await page.context().close();
      }
    } finally {
      await sending.close();
    }
  });

  it('is not widened by long words and lines that people write', async () => {
    const word = 'Rechtsschutzversicherungsgesellschaften'.repeat(2);
    const code = `\`\`\`\n${'a long line of code '.repeat(10)}\n\`\`\``;
    const { slug } = await app().addArticle({
      article: {
        title: `${word} explained`,
        standfirst: word,
        body: `${word}\n\n${code}`,
        tags: [word.slice(0, 30)],
      },
      comments: [
        {
          key: '1',
          body: `${code}\n\n${word}`,
          authorName: word.slice(0, 60),
          createdAt: '2024-06-01T10:00:00Z',
        },
      ],
    });
    const own = `/articles/${replaced.OWN}/edit`;
    const reader = await readers.open(app().url, {
      user: journalist,
      context: { viewport: { width: 320, height: 700 } },
    });
    for (const path of ['/', `/articles/${slug}`, `/search?q=${word}`, '/journalists/ada-example', own]) {
      await reader.page.goto(app().url + path);
      await reader.page.getByRole('heading', { level: 1 }).waitFor();
      if (path.endsWith(slug)) await reader.isLive();
      if (path === own) {
        await reader.page.getByLabel('Text', { exact: true }).fill(`${code}\n\n${word}`);
        await reader.page.getByRole('button', { name: 'Preview' }).click();
        await reader.page.locator('.body-preview pre').waitFor();
      }
      const beyond = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('*')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth)
        .map(({ tagName, className }) => tagName + '.' + className)`;
      expect([path, await reader.page.evaluate(beyond)]).toEqual([path, []]);
    }
  });
});
