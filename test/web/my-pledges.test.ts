/**
 * @database either
 */
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { TestApp, type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns, type TestCampaign } from '../support/campaigns.ts';
import { eventually } from '../support/eventually.ts';
import { noFundingWork } from '../support/funding-worker.ts';
import { buildPage } from '../support/program.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import {
  type BrowserReader,
  sessionOf,
  storeSession,
  useAppWithPage,
  useReaders,
} from '../support/readers.ts';

const day = 86_400_000;
const phone = { viewport: { width: 360, height: 780 }, colorScheme: 'light' } as const;

const views = [
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

describeInBrowser('the page of one’s own pledges', () => {
  const provider = new ProviderDouble();
  const readers = useReaders();
  // The service's own worker sleeps: each test runs one by hand.
  const app = useAppWithPage(noFundingWork, { payments: provider });
  const campaigns = new Campaigns(app, provider);
  let editor: TestUser;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    editor = await campaigns.editor();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  const work = async (): Promise<void> => {
    const worker = campaigns.worker({ graceMs: 7 * day });
    for (let round = 0; round < 4; round++) expect(await worker.run()).toBe(true);
    await worker.end();
  };

  const unpublish = ({ id }: TestCampaign) =>
    app().data(
      'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      editor.token,
    );

  async function open(user: TestUser, url = app().url): Promise<BrowserReader> {
    const reader = await readers.open(`${url}/my/pledges`, { user, context: phone });
    opened.push(reader);
    await reader.page.getByRole('heading', { level: 1, name: 'My pledges' }).waitFor();
    return reader;
  }

  const itemOf = (page: Page, words: string) => page.locator('.own-comment-item', { hasText: words });

  it('says of each pledge to what it was made and what became of it, newest first', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([1_000, 90_000]);
    await campaigns.back(campaign.campaignId, 1_000, { by: ada, outcome: 'declined' });
    await work();
    await campaigns.back(campaign.campaignId, 2_500, { by: ada });
    const hidden = await campaigns.launched([90_000]);
    await campaigns.back(hidden.campaignId, 700, { by: ada });
    await work();
    await unpublish(hidden);
    const reader = await open(ada);
    const { page } = reader;
    const items = page.locator('.own-comment-item');
    await items.nth(2).waitFor();
    const texts = await items.allInnerTexts();
    expect(texts).toHaveLength(3);
    expect(texts[0]).toContain('An article that is not public now');
    expect(texts[0]).toContain('Your pledge of €7 counts');
    expect(texts[1]).toContain('Goal: Goal 2');
    expect(texts[1]).toContain('Your pledge of €25 counts');
    expect(texts[2]).toContain('Goal: Goal 1');
    expect(texts[2]).toContain('Your payment of €10 failed');
    expect(texts[2]).toMatch(/Save another means of payment by \w+ \d+, \d{4} at \d+:\d\d/);
    for (const text of texts) expect(text).toContain('Test mode: no money moves.');
    expect(
      await page.locator('.own-comment-item h2 a').evaluateAll((all: any[]) => all.map(({ hash }) => hash)),
    ).toEqual(['#support', '#support']);
    for (const { view, width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`my-pledges-${view}`);
    }
    await page.getByRole('link', { name: 'A title' }).first().click();
    await page.getByText('Your pledge of €25 counts').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('withdraws a pledge by keyboard, also while its article is not public', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([90_000]);
    const { id } = await campaigns.back(campaign.campaignId, 2_500, { by: ada });
    await work();
    await unpublish(campaign);
    const { page } = await open(ada);
    await page.getByText('Your pledge of €25 counts').waitFor();
    const press = async (name: string) => {
      await eventually(`the focus on ${name}`, async () => {
        const now = page.locator(':focus');
        if ((await now.count()) > 0 && (await now.innerText()) === name) return true;
        await page.keyboard.press('Tab');
        return false;
      });
      await page.keyboard.press('Enter');
    };
    await press('Withdraw');
    await page.getByText('Take this pledge back?').waitFor();
    await press('Keep it');
    await page.locator('button:focus', { hasText: 'Withdraw' }).waitFor();
    await press('Withdraw');
    await page.locator('button:focus', { hasText: 'Withdraw' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.own-pledge:focus', { hasText: 'You have withdrawn your pledge of €25.' }).waitFor();
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { ... on Pledge { status } } }',
      { id },
      ada.token,
    );
    expect(node).toEqual({ status: 'WITHDRAWN' });
  });

  it('repairs a payment that failed, and shows that it was received without being asked', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([1_000]);
    await campaigns.back(campaign.campaignId, 1_000, { by: ada, outcome: 'declined' });
    await work();
    const { page } = await open(ada);
    await page.route('https://provider.example.org/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: 'The provider’s page.' }),
    );
    await itemOf(page, 'Your payment of €10 failed')
      .getByRole('button', { name: 'Save another means of payment' })
      .click();
    await page.waitForURL('https://provider.example.org/**');
    const setupUrl = page.url();
    await page.goBack();
    const link = page.getByRole('link', { name: 'Save another means of payment' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(setupUrl);
    // The service has not learned yet of what was saved: the page does not say that it has failed.
    provider.save(setupUrl);
    const words = itemOf(page, 'Your payment of €10 waits for another means of payment.');
    expect(await words.innerText()).toContain('If you have just saved one, this takes a few seconds.');
    expect(await page.getByText('failed').count()).toBe(0);
    await work();
    await page.getByText('Payment received: €10. Thank you.').waitFor();
    expect(await page.getByText('failed').count()).toBe(0);
  });

  it('takes those who left it for the provider’s page back to it, although that page leads to the article', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([1_000]);
    await campaigns.back(campaign.campaignId, 1_000, { by: ada, outcome: 'declined' });
    await work();
    const { page } = await open(ada);
    const article = `${app().url}/articles/${campaign.slug}#support`;
    await page.route('https://provider.example.org/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${article}">Back</a>` }),
    );
    const heading = page.getByRole('heading', { level: 1, name: 'My pledges' });
    const back = async () => {
      await page.waitForURL('https://provider.example.org/**');
      await page.getByRole('link', { name: 'Back' }).click();
      await heading.waitFor();
      expect(page.url()).toBe(`${app().url}/my/pledges`);
    };
    await page.getByRole('button', { name: 'Save another means of payment' }).click();
    await back();
    await page.getByRole('link', { name: 'Save another means of payment' }).click();
    await back();
    // It is for one way back.
    await page.goto(article);
    await page.locator('.support .own-pledge').waitFor();
    expect(page.url()).toBe(article);
  });

  it('shows what others have done when the reader comes back, and from time to time while it is shown', async () => {
    const ada = await app().signUp('Ada Example');
    const [collected, counted] = [await campaigns.launched([1_000]), await campaigns.launched([1_000])];
    const { id } = await campaigns.back(collected.campaignId, 1_000, { by: ada });
    await campaigns.back(counted.campaignId, 500, { by: ada, outcome: 'declined' });
    await work();
    const reader = await readers.open('about:blank', { context: phone });
    opened.push(reader);
    const { page } = reader;
    await page.context().addInitScript(storeSession, sessionOf(ada));
    let readings = 0;
    page.on('request', (request) => {
      if ((request.postData() ?? '').includes('query PledgesNow')) readings++;
    });
    await page.clock.install();
    await page.goto(`${app().url}/my/pledges`);
    await page.getByText('Payment received: €10. Thank you.').waitFor();
    await page.getByText('Your pledge of €5 counts').waitFor();

    await campaigns.do('refundPledge', { pledgeId: id }, editor);
    const elsewhere = await campaigns.launched([90_000]);
    await campaigns.back(elsewhere.campaignId, 700, { by: ada });
    await work();
    await page.evaluate(`dispatchEvent(new Event('focus'))`);
    await page.getByText('Your payment of €10 was given back to you.').waitFor();
    // One that was made in another tab.
    await page.getByText('Your pledge of €7 counts').waitFor();

    await campaigns.back(counted.campaignId, 500);
    await work();
    const hide = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })`);
    await hide(true);
    readings = 0;
    for (let turn = 0; turn < 5; turn++) await page.clock.fastForward(150_000);
    await hide(false);
    expect([readings, await page.getByText('Your pledge of €5 counts').count()]).toEqual([0, 1]);
    await eventually('the payment that failed', async () => {
      const read = page.waitForResponse((response) =>
        (response.request().postData() ?? '').includes('query PledgesNow'),
      );
      await page.clock.fastForward(150_000);
      await read;
      return (await page.getByText('Your payment of €5 failed').count()) > 0;
    });
  });

  it('shows what a button was refused for, and the present state', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([1_000]);
    await campaigns.back(campaign.campaignId, 500, { by: ada });
    await work();
    const { page } = await open(ada);
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await campaigns.back(campaign.campaignId, 500);
    await work();
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('alert').filter({ hasText: 'The milestone is reached' }).waitFor();
    await page.getByText('Payment received: €5. Thank you.').waitFor();
  });

  it('lists them page by page, with the focus on the first one that was added', async () => {
    const ada = await app().signUp('Ada Example');
    const campaign = await campaigns.launched([90_000]);
    const { campaignId } = campaign;
    const amounts = Array.from({ length: 22 }, (_, index) => 100 * (index + 1));
    for (const amount of amounts) {
      const { id } = await campaigns.pledge(campaignId, amount, { by: ada });
      await campaigns.do('withdrawPledge', { pledgeId: id }, ada);
    }
    // There is no link then: the focus goes to the words.
    await unpublish(campaign);
    const { page } = await open(ada);
    const items = page.locator('.own-comment-item');
    await items.nth(19).waitFor();
    expect(await items.count()).toBe(20);
    await page.getByRole('button', { name: 'More pledges' }).click();
    await items.nth(21).waitFor();
    await page.locator('.own-pledge:focus', { hasText: 'your pledge of €2.' }).waitFor();
    expect(await items.last().innerText()).toContain('You have withdrawn your pledge of €1.');
    expect(await page.getByRole('button', { name: 'More pledges' }).count()).toBe(0);
  });

  it('is in the menu of the account where the service takes money, and wherever there are pledges', async () => {
    const [ada, bo] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { campaignId } = await campaigns.launched([90_000]);
    await campaigns.pledge(campaignId, 500, { by: ada });
    const entryOf = async (user: TestUser, url: string) => {
      const reader = await readers.open(url, { user, context: phone });
      opened.push(reader);
      const menu = reader.page.getByRole('navigation', { name: 'Account' });
      await menu.getByText(user.name).waitFor({ state: 'attached' });
      return menu.getByRole('link', { name: 'My pledges' });
    };
    const writer = await app().signUp('Jo Example', 'JOURNALIST');
    const longEntry = await entryOf(writer, app().url);
    const longMenu = longEntry.locator('..');
    expect(await longEntry.innerText()).toBe('Pledges');
    expect(await longMenu.evaluate((menu: any) => menu.scrollWidth - menu.clientWidth)).toBe(0);
    await longMenu.getByRole('button', { name: 'Sign out' }).waitFor();
    await opened.at(-1)?.photograph('menu-journalist-phone', false);
    expect(await opened.at(-1)?.accessibilityFaults()).toEqual([]);
    const entry = await entryOf(bo, app().url);
    // Nothing in the menu is out of view on a phone.
    const beyond = await entry.locator('..').evaluate((menu: any) => menu.scrollWidth - menu.clientWidth);
    expect(beyond).toBe(0);
    await entry.click();
    await entry.page().getByText('You have not pledged to any campaign yet.').waitFor();
    const off = await TestApp.start({}, { database: app().database, webRoot: await buildPage() });
    try {
      expect(await (await entryOf(bo, off.url)).count()).toBe(0);
      expect(await (await entryOf(ada, off.url)).count()).toBe(1);
      const { page } = await open(ada, off.url);
      await page.getByText('Your pledge of €5 does not count yet').waitFor();
      await page.getByRole('button', { name: 'Withdraw' }).click();
      await page.getByRole('button', { name: 'Withdraw' }).click();
      await page.getByText('You have withdrawn your pledge of €5.').waitFor();
    } finally {
      await off.close();
    }
  });
});
