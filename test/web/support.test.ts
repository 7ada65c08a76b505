/**
 * @database either
 * @seconds 50
 */
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { TestApp, type TestUser } from '../support/app.ts';
import { write } from '../support/articles.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns, type TestCampaign } from '../support/campaigns.ts';
import { numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { byInput, goWithoutScripts, isStyled, shiftsOf, watchShifts } from '../support/layout-shifts.ts';
import { buildPage } from '../support/program.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import {
  type BrowserReader,
  sessionOf,
  storeSession,
  useAppWithPage,
  useReaders,
} from '../support/readers.ts';

const phone = { viewport: { width: 360, height: 780 }, colorScheme: 'light' } as const;
const desktop = { viewport: { width: 1_440, height: 900 }, colorScheme: 'dark' } as const;

const figures = (page: Page): Promise<string[]> => page.locator('.support-figures dd').allInnerTexts();

/** Text and place of everything in the box and in the line of a campaign. */
const places = `[...document.querySelectorAll('.support, .support *, .support-line, .support-line *, #discussion')]
  .filter((element) => !element.closest('svg, .pledge-control *, .backers *, .ledger > .hint'))
  .map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    // The time that is left takes the place of the day.
    const text = element.closest('.support-line') || element.children.length > 0 ? '' : element.textContent.trim();
    return [element.localName, element.className, text, ...[left, top + scrollY, width, height].map(Math.round)];
  })`;

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the parts of the front page are, in whole pixels, and how wide the page is without its padding. */
const placesOnFront = ({ page }: BrowserReader) =>
  page.evaluate<{ raising: Place; list: Place; subjects: Place; whole: number }>(`(() => {
    const placeOf = (selector) => {
      const { left, right, top, bottom } = document.querySelector(selector).getBoundingClientRect();
      const [x, y] = [Math.round(left), Math.round(top)];
      return { left: x, right: Math.round(right), top: y, bottom: Math.round(bottom) };
    };
    const { left, right } = placeOf('.front-page');
    return {
      raising: placeOf('.raising'),
      list: placeOf('[aria-labelledby=latest]'),
      subjects: placeOf('.front-tags'),
      whole: right - left - 32,
    };
  })()`);

describeInBrowser('a campaign on the reader’s page', () => {
  const readers = useReaders();
  const app = useAppWithPage({ FUNDING: 'auto', FUNDING_POLL_MS: '200' });
  // The provider is the service's own: nothing is asked of the double.
  const campaigns = new Campaigns(app, new ProviderDouble());
  let ada: TestUser;
  let bo: TestUser;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    ada = await app().signUp('Ida Example');
    bo = await app().signUp('Bo Example');
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  const addressOf = ({ slug }: TestCampaign): string => `${app().url}/articles/${slug}`;

  /** Opens a page whose shifts are watched. */
  async function open(
    campaign: TestCampaign,
    { user, context = desktop }: { user?: TestUser; context?: object } = {},
  ): Promise<BrowserReader> {
    const reader = await readers.open('about:blank', { context });
    opened.push(reader);
    if (user) await reader.page.context().addInitScript(storeSession, sessionOf(user));
    await reader.page.addInitScript(watchShifts);
    await reader.page.goto(addressOf(campaign));
    await reader.isLive();
    return reader;
  }

  /** Fills in the form of a new pledge, and goes to the provider's page. */
  async function promise(page: Page, amount: string, { named = false } = {}): Promise<void> {
    await page.getByRole('button', { name: 'Pledge', exact: true }).click();
    await page.getByLabel('Amount in EUR').fill(amount);
    if (named) await page.getByLabel('Show my name among the backers').check();
    await page.getByRole('button', { name: 'Next: means of payment' }).click();
    await page.waitForURL('**/test-provider/set-up/*');
  }

  /** Chooses an outcome on the provider's page, and comes back. */
  async function save(page: Page, outcome: string): Promise<void> {
    await page.getByLabel(outcome, { exact: true }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/articles/*#support');
  }

  const charged = 'It is charged';
  const declined = 'It is declined when it is to be charged';

  /** Saves a means of payment without a browser. */
  const saveAt = (setupUrl: string): Promise<Response> =>
    fetch(setupUrl, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ outcome: 'succeeds' }),
    });

  const isShown = ({ page }: BrowserReader, expected: string) =>
    eventually(`the figures ${expected}`, async () => (await figures(page)).join() === expected);

  const pledgesOf = async ({ articleId }: TestCampaign): Promise<string[]> => {
    const rows = await app().app.db.query<{ status: string }>(
      'SELECT status FROM pledge WHERE article_id = $1 ORDER BY id',
      [articleId],
    );
    return rows.map(({ status }) => status);
  };

  it('is pledged to on the provider’s page and back, and another reader sees the meter move without a shift', async () => {
    const campaign = await campaigns.launched([10_000, 50_000]);
    const watcher = await open(campaign);
    const before = await watcher.page.locator('.meter-pledged').first().getAttribute('width');
    expect([before, await figures(watcher.page)]).toEqual(['0', ['€0', '€0', '€0']]);
    const reader = await open(campaign, { user: ada, context: phone });
    const { page } = reader;
    await promise(page, '25,50', { named: true });
    await page.getByText('You promise €25.50 for “Goal 1” of the campaign “A title”.').waitFor();
    await reader.photograph('support-provider-phone');
    await save(page, charged);
    await page.getByText('Your pledge of €25.50 counts').waitFor();
    // The place that says so is in the window, from the upper edge of its box.
    expect((await page.locator('#support').boundingBox())?.y).toBeLessThan(phone.viewport.height);
    expect((await page.locator('.support').boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect(await figures(page)).toEqual(['€25.50', '€0', '€0']);
    expect(await shiftsOf(reader)).toEqual([]);
    await isShown(watcher, '€25.50,€0,€0');
    expect(await watcher.page.locator('.meter-pledged').first().getAttribute('width')).toBe('51');
    expect(await watcher.page.locator('.support-line').innerText()).toContain('€25.50 pledged of €100');
    await watcher.page.getByText('Named lately: Ida Example (€25.50)').waitFor();
    const box = watcher.page.getByRole('region', { name: 'Support this work' });
    expect(await box.getByRole('meter').getAttribute('aria-valuetext')).toBe(
      '€25.50 pledged, €0 collected; goals: €100, €500',
    );
    expect(await box.getByText(/^1 pledge\s*Deadline/).isVisible()).toBe(true);
    expect(await shiftsOf(watcher)).toEqual([]);
    await reader.photograph('support-pledged-phone');
    await page.reload();
    await page.getByText('Your pledge of €25.50 counts').waitFor();
    expect([watcher.problems, reader.problems]).toEqual([[], []]);
  });

  it('takes one pledge for a double click, and for an answer that was lost before a reload', async () => {
    const campaign = await campaigns.launched([10_000]);
    const reader = await open(campaign, { user: ada });
    const { page } = reader;
    const held = await reader.hold('mutation MakePledge');
    await page.getByRole('button', { name: 'Pledge', exact: true }).click();
    await page.getByLabel('Amount in EUR').fill('12');
    await page.getByRole('button', { name: 'Next: means of payment' }).dblclick();
    await held.isAnswered;
    expect(await pledgesOf(campaign)).toEqual(['SETUP']);
    await page.reload();
    held.letGo();
    // The pledge is there, although its answer was lost.
    await page.getByText('Your pledge of €12 does not count yet').waitFor();
    await page.getByRole('button', { name: 'Pledge another amount' }).click();
    expect(await page.getByLabel('Amount in EUR').inputValue()).toBe('12');
    await page.getByRole('button', { name: 'Next: means of payment' }).click();
    await page.waitForURL('**/test-provider/set-up/*');
    expect(await pledgesOf(campaign)).toEqual(['SETUP']);
    // Back without a means of payment: the page says so, and leads there again.
    await page.goBack();
    await page.getByText('Your pledge of €12 does not count yet').waitFor();
    await reader.photograph('support-set-up-desktop');
    await page.getByRole('link', { name: 'Go on to the provider’s page' }).click();
    await page.waitForURL('**/test-provider/set-up/*');
    await save(page, charged);
    await page.getByText('Your pledge of €12 counts').waitFor();
    expect(await pledgesOf(campaign)).toEqual(['ACTIVE']);
  });

  it('says how an amount is read, refuses what is none, and shows what the service refuses', async () => {
    const campaign = await campaigns.launched([10_000]);
    const reader = await open(campaign, { user: ada, context: phone });
    const { page } = reader;
    await page.getByRole('button', { name: 'Pledge', exact: true }).click();
    const amount = page.getByLabel('Amount in EUR');
    await amount.fill('1.234');
    await page.getByText('You promise €1,234.').waitFor();
    const next = page.getByRole('button', { name: 'Next: means of payment' });
    for (const [typed, message] of [
      ['', 'Type an amount.'],
      ['much', 'This is not an amount.'],
      ['1.2345', 'too many digits'],
      ['0.50', 'A pledge is from €1 to €100,000.'],
      ['100000.01', 'A pledge is from €1 to €100,000.'],
    ] as const) {
      await amount.fill(typed);
      await next.click();
      await page.locator('.field-error', { hasText: message }).waitFor();
      await page.locator('[aria-invalid=true]:focus').waitFor();
      expect(await page.getByText('You promise').count()).toBe(0);
    }
    // What is wrong with an amount is said before it is sent.
    await amount.fill('0.99');
    await page.locator('.pledge-read-as', { hasText: 'A pledge is from €1 to €100,000.' }).waitFor();
    await page.getByText('never the amount').waitFor();
    expect(await page.locator('.pledge-form .test-mode').innerText()).toBe('Test mode: no money moves.');
    await reader.photograph('support-form-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    // Where the page does not know the bounds, the service says them.
    await page.route('**/graphql', (route, request) =>
      (request.postData() ?? '').includes('query PledgeBounds') ? route.abort() : route.fallback(),
    );
    await page.reload();
    await page.getByRole('button', { name: 'Pledge', exact: true }).click();
    await amount.fill('0.50');
    await next.click();
    await page.locator('.field-error', { hasText: 'The amount must be from €1.00' }).waitFor();
    await page.locator('[aria-invalid=true]:focus').waitFor();
    expect(await pledgesOf(campaign)).toEqual([]);
  });

  it('says when the deadline is, by the reader’s clock, and in UTC where no script runs', async () => {
    const campaign = await campaigns.launched([10_000], { deadline: new Date('2026-12-12T02:30:00Z') });
    const context = { ...phone, timezoneId: 'America/New_York' };
    const { page } = await open(campaign, { context });
    await page.locator('.support', { hasText: /Deadline: Dec 11, 2026, 9:30\sPM EST/ }).waitFor();
    const still = await readers.open(addressOf(campaign), {
      context: { ...context, javaScriptEnabled: false },
    });
    opened.push(still);
    expect(await still.page.locator('.support').innerText()).toMatch(
      /0 pledges\nDeadline: Dec 12, 2026, 2:30\sAM UTC/,
    );
  });

  it('shows a card that is declined, takes another one, and shows what was collected', async () => {
    const unlocked = await app().data(
      'mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id } userErrors { code } } }',
      { input: { title: 'What was found', body: 'A text.', journalistId: null } },
      (await app().signUp('Jo Example', 'JOURNALIST')).token,
    );
    const campaign = await campaigns.launched([1_000], { unlocks: [unlocked.createArticle.article.id] });
    const watcher = await open(campaign, { context: phone });
    const reader = await open(campaign, { user: bo, context: phone });
    const { page } = reader;
    await promise(page, '10');
    await save(page, declined);
    await page.getByText('Your payment of €10 failed').waitFor();
    await page.getByText('The provider’s reason: insufficient funds.').waitFor();
    await isShown(watcher, '€10,€0,€0');
    await watcher.page.getByText('Of what was pledged, €10 is missing').waitFor();
    await watcher.page.getByRole('link', { name: 'Read “What was found”' }).waitFor();
    await reader.photograph('support-declined-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    await page.getByRole('button', { name: 'Save another means of payment' }).click();
    await page.waitForURL('**/test-provider/set-up/*');
    await save(page, charged);
    await page.getByText('Payment received: €10. Thank you.').waitFor();
    await isShown(watcher, '€10,€10,€0');
    await watcher.page.getByText('Funded: it was collected.').waitFor();
    expect(await shiftsOf(watcher)).toEqual([]);
    await watcher.photograph('support-funded-phone');
    await watcher.page.getByRole('link', { name: 'Read “What was found”' }).click();
    await watcher.page.getByRole('heading', { level: 1, name: 'What was found' }).waitFor();
    expect(await watcher.page.locator('.support').count()).toBe(0);
  });

  it('is changed and withdrawn by keyboard, with the focus on what came of it', async () => {
    const campaign = await campaigns.launched([10_000]);
    const { setupUrl } = await campaigns.pledge(campaign.campaignId, 2_500, { by: ada });
    await saveAt(setupUrl);
    const watcher = await open(campaign);
    const reader = await open(campaign, { user: ada });
    const { page } = reader;
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
    await press('Change');
    await page.locator('input:focus').fill('30');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.own-pledge:focus', { hasText: 'Your pledge of €30 counts' }).waitFor();
    await isShown(watcher, '€30,€0,€0');
    await watcher.page.getByText('Named lately: Ida Example (€30)').waitFor();
    await press('Withdraw');
    await page.locator('button:focus', { hasText: 'Withdraw' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.own-pledge:focus', { hasText: 'You have withdrawn your pledge of €30.' }).waitFor();
    await isShown(watcher, '€0,€0,€0');
    await page.getByRole('button', { name: 'Pledge again' }).waitFor();
    expect(await shiftsOf(watcher)).toEqual([]);
    expect(reader.problems).toEqual([]);
  });

  it('closes a form by Escape or Cancel, with the focus on the button that opened it', async () => {
    const campaign = await campaigns.launched([10_000]);
    const { page } = await open(campaign, { user: ada });
    const opener = (name: string) => page.getByRole('button', { name, exact: true });
    const hasFocus = (name: string) =>
      eventually(`the focus on ${name}`, () =>
        opener(name).evaluate((button: any) => button.matches(':focus')),
      );
    await opener('Pledge').click();
    await page.locator('input:focus').press('Escape');
    await hasFocus('Pledge');
    await saveAt((await campaigns.pledge(campaign.campaignId, 2_500, { by: ada })).setupUrl);
    await page.reload();
    await opener('Change').waitFor();
    for (const close of [
      () => page.keyboard.press('Escape'),
      () => opener('Cancel').click(),
      () => opener('Cancel').press('Escape'),
    ]) {
      await opener('Change').click();
      await page.locator('input:focus').waitFor();
      await close();
      await hasFocus('Change');
      expect(await page.locator('.pledge-form').count()).toBe(0);
    }
    await opener('Withdraw').click();
    await opener('Keep it').click();
    await hasFocus('Withdraw');
  });

  it('shows in one tab what was done in another', async () => {
    const campaign = await campaigns.launched([10_000]);
    const { id, setupUrl } = await campaigns.pledge(campaign.campaignId, 2_500, { by: ada });
    const reader = await open(campaign, { user: ada });
    await saveAt(setupUrl);
    await reader.page.getByText('Your pledge of €25 counts').waitFor();
    await campaigns.do('withdrawPledge', { pledgeId: id }, ada);
    await reader.page.getByText('You have withdrawn your pledge of €25.').waitFor();
  });

  it('lists the backers who are named, page by page, and new ones do not move the list', async () => {
    const campaign = await campaigns.launched([100_000]);
    for (let index = 0; index < 22; index++) {
      const by = await app().signUp(`Backer ${index} Example`);
      await saveAt((await campaigns.pledge(campaign.campaignId, 100 + index, { by, named: true })).setupUrl);
    }
    await saveAt((await campaigns.pledge(campaign.campaignId, 5_000, { by: bo })).setupUrl);
    await eventually('all pledges', async () => (await campaigns.read(campaign.slug)).backerCount === 23);
    const reader = await open(campaign);
    const { page } = reader;
    const names = page.locator('.backer-name');
    await byInput(reader, async () => {
      await page.getByRole('button', { name: 'Show all' }).click();
      await names.nth(19).waitFor();
      await page.getByRole('button', { name: 'More backers' }).click();
      await names.nth(21).waitFor();
    });
    expect(new Set(await names.allInnerTexts()).size).toBe(22);
    expect(await names.allInnerTexts()).not.toContain('Bo Example');
    await reader.photograph('support-backers-desktop');
    expect(await reader.accessibilityFaults()).toEqual([]);
    const first = await names.first().innerText();
    await saveAt((await campaigns.pledge(campaign.campaignId, 700, { by: ada, named: true })).setupUrl);
    await page.getByText('Named lately: Ida Example (€7)').waitFor();
    expect([await names.first().innerText(), await names.count()]).toEqual([first, 22]);
    expect(await shiftsOf(reader)).toEqual([]);
  });

  it.each([
    ['a phone', phone],
    ['a desktop', desktop],
  ])('is in the served document, which the script takes over without a shift: on %s', async (_, context) => {
    const campaign = await campaigns.launched([10_000, 50_000]);
    await saveAt((await campaigns.pledge(campaign.campaignId, 2_500)).setupUrl);
    await eventually('the pledge', async () => (await campaigns.read(campaign.slug)).backerCount === 1);
    const reader = await readers.open('about:blank', { context });
    opened.push(reader);
    const letGo = await goWithoutScripts(reader, addressOf(campaign));
    await isStyled(reader);
    await reader.page.locator('#discussion').waitFor();
    const served = await reader.page.evaluate<unknown[]>(places);
    expect(served.length).toBeGreaterThan(20);
    letGo();
    await reader.isLive();
    expect(await reader.page.locator('body [data-served]').count()).toBe(0);
    expect(await reader.page.evaluate(places)).toEqual(served);
    await reader.page.getByText('No backer wishes to be named.').waitFor();
    expect(await shiftsOf(reader)).toEqual([]);
    expect(await reader.accessibilityFaults()).toEqual([]);
    await reader.photograph(`support-signed-out-${context.viewport.width}`);
  });

  it('shows figures, goals and what pledging needs to readers without scripts', async () => {
    const campaign = await campaigns.launched([10_000, 50_000]);
    await saveAt((await campaigns.pledge(campaign.campaignId, 2_500)).setupUrl);
    await eventually('the pledge', async () => (await campaigns.read(campaign.slug)).backerCount === 1);
    const reader = await readers.open(addressOf(campaign), {
      context: { ...phone, javaScriptEnabled: false },
    });
    opened.push(reader);
    const { page } = reader;
    expect(await figures(page)).toEqual(['€25', '€0', '€0']);
    for (const text of [
      'Test mode: no money moves.',
      'Goal 2',
      'For travel.',
      '1 pledge',
      'Deadline: ',
      'Collected',
      'Goals, the last one at the end',
      'nobody pays for it',
    ])
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    // The page that the link leads to needs scripts.
    expect(await page.getByText('Sign in to pledge').isVisible()).toBe(false);
    expect(
      await page.locator('.pledge-control p', { hasText: 'Pledging needs JavaScript' }).isVisible(),
    ).toBe(true);
    await reader.photograph('support-without-scripts');
  });

  it('names backers and leads to what was unlocked without scripts, and when the script takes over', async () => {
    const jo = await app().signUp('Jo Example', 'JOURNALIST');
    const draft = await write(app(), 'createArticle', { title: 'What was found', body: 'A text.' }, jo);
    const campaign = await campaigns.launched([1_000, 50_000], { unlocks: [draft.id] });
    for (const [index, by] of [ada, bo, jo, await app().signUp('Di Example')].entries()) {
      await saveAt((await campaigns.pledge(campaign.campaignId, 1_000, { by, named: true })).setupUrl);
      await eventually('the pledge', async () => (await campaigns.read(campaign.slug)).backerCount > index);
    }
    await eventually('what was unlocked, and all payments', async () => {
      const { collected, milestones } = await campaigns.read(campaign.slug);
      return collected.minorUnits === '1000' && milestones[0].unlockedArticle !== null;
    });
    const name = 'Read “What was found”';
    const still = await readers.open(addressOf(campaign), {
      context: { ...phone, javaScriptEnabled: false },
    });
    opened.push(still);
    expect(await still.page.getByRole('link', { name }).getAttribute('href')).toBe(`/articles/${draft.slug}`);
    const line = still.page.getByText('Named lately: Di Example (€10), Jo Example (€10), Bo Example (€10)');
    expect(await line.isVisible()).toBe(true);
    // In full, on several lines.
    expect((await line.boundingBox())?.height).toBeGreaterThan(30);
    const list = still.page.getByRole('list', { name: 'Backers who wish to be named' });
    expect(await list.locator('.backer-name').allInnerTexts()).toEqual([
      'Di Example',
      'Jo Example',
      'Bo Example',
      'Ida Example',
    ]);
    await still.photograph('support-extras-without-scripts');

    const reader = await readers.open('about:blank', { context: desktop });
    opened.push(reader);
    const letGo = await goWithoutScripts(reader, addressOf(campaign));
    await isStyled(reader);
    // The focus stays only where the same link is there at once.
    await reader.page.getByRole('link', { name }).focus();
    const before = await reader.page.evaluate(places);
    letGo();
    await reader.isLive();
    await reader.page.getByRole('link', { name }).and(reader.page.locator(':focus')).waitFor();
    expect(await reader.page.evaluate(places)).toEqual(before);
    await reader.page.getByText('Named lately: Di Example').waitFor();
    expect(await shiftsOf(reader)).toEqual([]);
  });

  it('leads through the sign-in page and back to the box', async () => {
    const campaign = await campaigns.launched([10_000]);
    const { page } = await open(campaign);
    await page.getByRole('link', { name: 'Sign in to pledge' }).click();
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(ada.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**#support');
    await page.getByRole('button', { name: 'Pledge', exact: true }).waitFor();
  });

  it('appears when it is launched, without moving what is read', async () => {
    const body = Array.from({ length: 40 }, (_, index) => `Paragraph ${index}, as long as one.`).join('\n\n');
    const { id, slug, articleId } = await app().addArticle({
      article: { body },
      comments: numberedComments(30),
    });
    const editor = await campaigns.editor();
    const draft = await campaigns.do(
      'createCampaign',
      {
        articleId: id,
        currency: 'EUR',
        deadline: new Date(Date.now() + 30 * 86_400_000).toISOString(),
        milestones: [{ title: 'Goal 1', description: 'For travel.', goal: '10000', unlockedArticleId: null }],
      },
      editor,
    );
    const campaign = { slug, id, articleId, campaignId: draft.id };
    // One reads the text, one what is below it, and one where it will be.
    const [above, below, within] = await Promise.all([open(campaign), open(campaign), open(campaign)]);
    await below.page.locator('#discussion').evaluate((element: any) => element.scrollIntoView());
    await within.page
      .locator('.endorsements')
      .evaluate((element: any) => element.scrollIntoView({ block: 'center' }));
    const y = async ({ page }: BrowserReader, selector: string) =>
      (await page.locator(selector).boundingBox())?.y;
    const before = await Promise.all([
      y(above, '.prose > :first-child'),
      y(below, '.sort'),
      y(within, '.endorsements'),
    ]);
    expect(await above.page.locator('.support, .support-line').count()).toBe(0);
    await campaigns.do('launchCampaign', { campaignId: draft.id }, editor);
    await above.page.locator('.support').waitFor();
    await below.page.locator('.support').waitFor({ state: 'attached' });
    await within.page.getByText('This article is raising money now.').waitFor();
    expect(await within.page.locator('.support').count()).toBe(0);
    const after = await Promise.all([
      y(above, '.prose > :first-child'),
      y(below, '.sort'),
      y(within, '.endorsements'),
    ]);
    for (const [index, place] of after.entries())
      expect(Math.abs((place ?? NaN) - (before[index] ?? NaN))).toBeLessThan(1);
    expect(await shiftsOf(above)).toEqual([]);
    expect(await shiftsOf(within)).toEqual([]);
    await within.photograph('support-launched-desktop', false);
    expect(await within.accessibilityFaults()).toEqual([]);
    await within.page.getByRole('button', { name: 'Show' }).click();
    await within.page.locator('.support').waitFor();
  });

  it('offers no pledge where the service has no provider, and none to its journalist', async () => {
    const journalist = await app().signUp('Jo Example', 'JOURNALIST');
    const campaign = await campaigns.launched([10_000]);
    await app().app.db.query(
      `UPDATE journalist SET account_id = $2 WHERE id = (SELECT journalist_id FROM article WHERE id = $1)`,
      [campaign.articleId, journalist.accountId],
    );
    const own = await open(campaign, { user: journalist });
    await own.page.locator('.support').waitFor();
    expect(await own.page.getByRole('button', { name: 'Pledge' }).count()).toBe(0);
    await own.page.getByText('Nobody has pledged.').waitFor();
    expect(await own.page.getByText('Be the first to pledge.').count()).toBe(0);
    const off = await TestApp.start({}, { database: app().database, webRoot: await buildPage() });
    try {
      for (const user of [undefined, ada]) {
        const reader = await readers.open('about:blank', user ? { user } : {});
        await reader.page.goto(`${off.url}/articles/${campaign.slug}`);
        await reader.isLive();
        await reader.page.getByText('No pledges are taken here at the moment.').waitFor();
        expect(await reader.page.getByText('Sign in to pledge').count()).toBe(0);
        expect(await reader.page.getByRole('button', { name: 'Pledge' }).count()).toBe(0);
        await reader.page.context().close();
      }
      expect(await (await fetch(`${off.url}/articles/${campaign.slug}`)).text()).not.toContain(
        'Sign in to pledge',
      );
    } finally {
      await off.close();
    }
  });

  it('stands above articles and subjects on the front page, which keep their places beside each other', async () => {
    await app().addArticle({ article: { tags: ['ferries'] } });
    await campaigns.launched([10_000]);
    const reader = await readers.open(app().url, { context: desktop });
    opened.push(reader);
    const { page } = reader;
    await page.locator('.raising').waitFor();
    const { raising, list, subjects, whole } = await placesOnFront(reader);
    expect([list.left, list.top - raising.bottom, subjects.top]).toEqual([raising.left, 40, list.top]);
    expect([subjects.left - list.right, subjects.right]).toEqual([40, raising.right]);
    expect([subjects.right - subjects.left, raising.right - raising.left]).toEqual([224, whole]);
    await reader.photograph('front-campaigns-desktop', false);
    await page.setViewportSize(phone.viewport);
    const narrow = await placesOnFront(reader);
    for (const { left, right } of [narrow.raising, narrow.list, narrow.subjects])
      expect([left, right]).toEqual([16, 344]);
    expect(narrow.list.top).toBeGreaterThan(narrow.raising.bottom);
    expect(narrow.subjects.top).toBeGreaterThan(narrow.list.bottom);
    await reader.photograph('front-campaigns-phone', false);
  });

  it('leaves the open front page when it is over, and when its end passes', async () => {
    const hours = (count: number) => ({ deadline: new Date(Date.now() + count * 3_600_000) });
    const [first, second] = [
      await campaigns.launched([10_000], hours(0.5)),
      await campaigns.launched([10_000], hours(0.6)),
    ];
    const reader = await readers.open('about:blank', { context: phone });
    opened.push(reader);
    const { page } = reader;
    await page.clock.install();
    await page.goto(app().url);
    const entryOf = ({ slug }: TestCampaign) => page.locator(`.raising a[href$="${slug}"]`);
    await entryOf(first).waitFor();
    await entryOf(second).waitFor();
    const editor = await campaigns.editor();
    await campaigns.do('cancelCampaign', { campaignId: first.campaignId }, editor);
    await page.evaluate(`dispatchEvent(new Event('focus'))`);
    await entryOf(first).waitFor({ state: 'detached' });
    await entryOf(second).waitFor();
    await page.clock.fastForward(3_600_000);
    await entryOf(second).waitFor({ state: 'detached' });
    await campaigns.do('cancelCampaign', { campaignId: second.campaignId }, editor);
  });

  it('leads from the front page to all campaigns that take pledges, page by page', async () => {
    const soon = Date.now() + 60_000_000;
    const slugs: string[] = [];
    for (let index = 0; index < 21; index++)
      slugs.push((await campaigns.launched([10_000], { deadline: new Date(soon + index * 1_000) })).slug);
    const reader = await readers.open(app().url, { context: phone });
    opened.push(reader);
    const { page } = reader;
    await page.getByRole('link', { name: 'All that raise money now' }).click();
    await page.getByRole('heading', { level: 1, name: 'Raising money now' }).waitFor();
    const items = page.locator('.campaign-list li');
    await items.nth(19).waitFor();
    expect(await items.count()).toBe(20);
    await page.getByRole('button', { name: 'More campaigns' }).click();
    await page.locator('.campaign-list li:nth-child(21) a:focus').waitFor();
    const listed = await items.locator('a').evaluateAll((all: any[]) => all.map(({ pathname }) => pathname));
    const wanted = slugs.map((slug) => `/articles/${slug}`);
    expect(listed.filter((path) => wanted.includes(path))).toEqual(wanted);
    expect(await reader.accessibilityFaults()).toEqual([]);
    await reader.photograph('campaigns-phone');
    // The front page has its few again.
    await page.goBack();
    await page.locator('.raising').waitFor();
    expect(await page.locator('.raising li').count()).toBe(3);
    const still = await readers.open(app().url, { context: { ...phone, javaScriptEnabled: false } });
    opened.push(still);
    await still.page.getByRole('link', { name: 'All that raise money now' }).click();
    await still.page.locator('h1', { hasText: 'Raising money now' }).waitFor();
    const links = await still.page
      .locator('.campaign-list a')
      .evaluateAll((all: any[]) => all.map(({ pathname }) => pathname));
    expect(links).toEqual(listed);
    expect(reader.problems).toEqual([]);
  });

  it('is in lists of the front page and of the journalist’s, the earliest deadline first', async () => {
    const { slug } = await app().addArticle({ journalist: { slug: 'cy-example', name: 'Cy Example' } });
    const quiet = await readers.open(`${app().url}/journalists/cy-example`);
    opened.push(quiet);
    await quiet.page.locator('a', { hasText: 'A title' }).waitFor();
    expect(await quiet.page.getByRole('heading', { name: 'Campaigns' }).count()).toBe(0);
    expect(slug).toContain('article-');
    const soon = await campaigns.launched([10_000], { deadline: new Date(Date.now() + 3_600_000) });
    const reader = await readers.open(app().url, { context: phone });
    opened.push(reader);
    const { page } = reader;
    await page.getByText('Raising money now').waitFor();
    const [first] = await page.locator('.raising a').all();
    expect(await first?.getAttribute('href')).toBe(`/articles/${soon.slug}`);
    expect(await page.locator('.raising li').first().innerText()).toContain('€0 pledged of €100');
    await reader.photograph('support-front-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    const still = await readers.open(app().url, { context: { ...phone, javaScriptEnabled: false } });
    opened.push(still);
    const served = still.page.getByRole('region', { name: 'Raising money now' });
    expect(await served.locator('a').first().getAttribute('href')).toBe(`/articles/${soon.slug}`);
    expect(await served.locator('li').first().innerText()).toMatch(/€0 pledged of €100\s+until /);
    expect(await served.locator('li').count()).toBeLessThanOrEqual(3);
    await still.photograph('support-front-without-scripts');
    await page.goto(`${app().url}/journalists/ada-example`);
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    expect(await page.locator('.campaign-list li').count()).toBeGreaterThan(0);
    expect(await reader.accessibilityFaults()).toEqual([]);
  });
});
