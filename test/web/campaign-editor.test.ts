/**
 * @database either
 * @seconds 60
 */
import { beforeAll, expect, it } from '@jest/globals';
import { type TestApp, type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns } from '../support/campaigns.ts';
import { eventually } from '../support/eventually.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

/** axe checks both sizes and both colour schemes, because its rules include colours. */
const views = [
  { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

/** An article of a journalist's own. */
async function write(app: TestApp, user: TestUser, title: string, isPublished = true) {
  const { createArticle } = await app.data(
    'mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id slug } } }',
    { input: { title, body: 'A text.' } },
    user.token,
  );
  const { id, slug } = createArticle.article;
  if (isPublished)
    await app.data(
      'mutation ($input: PublishArticleInput!) { publishArticle(input: $input) { userErrors { code } } }',
      { input: { articleId: id } },
      user.token,
    );
  return { id: String(id), slug: String(slug) };
}

/** A day in so many days, as a date field takes it. */
function dayIn(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  const parts = [day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0'));
  return [day.getFullYear(), ...parts].join('-');
}

/** Photographs the page in each size and colour scheme, and expects that axe finds nothing and nothing sticks out. */
async function inspect(reader: BrowserReader, name: string): Promise<void> {
  const before = reader.page.viewportSize();
  for (const { view, width, height, colorScheme } of views) {
    await reader.page.setViewportSize({ width, height });
    await reader.page.emulateMedia({ colorScheme });
    await reader.photograph(`campaign-${name}-${view}`);
    expect([name, view, await reader.accessibilityFaults()]).toEqual([name, view, []]);
    const beyond = `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth)
      .map(({ tagName, className }) => tagName + '.' + className)`;
    expect([name, view, await reader.page.evaluate(beyond)]).toEqual([name, view, []]);
  }
  await reader.page.emulateMedia({ colorScheme: 'light' });
  if (before) await reader.page.setViewportSize(before);
}

describeInBrowser('a campaign in the editor', () => {
  const readers = useReaders();
  const app = useAppWithPage({ FUNDING: 'auto', FUNDING_POLL_MS: '200' });
  // The provider is the service's own: nothing is asked of the double.
  const campaigns = new Campaigns(app, new ProviderDouble());
  let journalist: TestUser;

  beforeAll(async () => {
    journalist = await app().signUp('Bo Example', 'JOURNALIST');
  });

  /** Fills in the form of the test provider's page. */
  const saveMeans = async (setupUrl: string, outcome: string): Promise<void> => {
    const { status } = await fetch(setupUrl, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `outcome=${outcome}`,
    });
    expect(status).toBe(303);
  };

  it('is made with two milestones, previewed, launched and followed by its journalist', async () => {
    const { slug } = await write(app(), journalist, 'The last ferry');
    await write(app(), journalist, 'What the logbooks say', false);
    const reader = await readers.open(`${app().url}/articles/${slug}/edit`, { user: journalist });
    const { page } = reader;
    await page.getByRole('link', { name: 'Campaign' }).click();
    await page.getByRole('heading', { level: 1, name: 'Campaign for “The last ferry”' }).waitFor();
    await page.getByText('Test mode: no money moves').waitFor();

    // What only the form can find stands at its fields, and the first of them has the focus.
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByText('Choose a day.').waitFor();
    await page.getByText('Type an amount.').waitFor();
    await page.getByLabel('Last day').and(page.locator(':focus')).waitFor();
    // Empty fields are marked with them, all at once.
    expect(await page.getByText('This must not be empty.').count()).toBe(2);
    await inspect(reader, 'faults');

    await page.getByLabel('Last day').fill(dayIn(30));
    const first = page.getByRole('group', { name: 'Milestone 1' });
    await first.getByLabel('Name').fill('The journey');
    await first.getByLabel('Goal').fill('1.500,50');
    await first.getByText('That is €1,500.50.').waitFor();
    // How an amount is read depends on the currency: that of one that does not exist is not said.
    await page.getByLabel('Currency').fill('XYZ');
    await first.getByText('The total.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByText('No campaign can be in this currency.').waitFor();
    await page.getByLabel('Currency').fill('eur');
    await first.getByText('That is €1,500.50.').waitFor();
    await page.getByRole('button', { name: 'Add a milestone' }).click();
    const second = page.getByRole('group', { name: 'Milestone 2' });
    await second.getByLabel('Name').and(page.locator(':focus')).waitFor();
    await second.getByLabel('Name').fill('The film');
    await second.getByLabel('What the money is for').fill('A camera,\nand a month of editing.');
    await second.getByLabel('Goal').fill('1000');
    await second.getByLabel('Draft that is published').selectOption({ label: 'What the logbooks say' });
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await first.getByLabel('What the money is for').and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await first.getByText('This must not be empty.').waitFor();
    await first.getByLabel('What the money is for').fill('A week on the islands.');
    // What the service finds stands at its field too.
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await second.getByText('Goals are cumulative').waitFor();
    await second.getByLabel('Goal').fill('6000');

    // An answer that is lost, a second attempt by two clicks at once, and one campaign.
    let isLost = false;
    await page.route('**/graphql', async (route) => {
      if (isLost || !(route.request().postData() ?? '').includes('CreateCampaign')) return route.fallback();
      isLost = true;
      await route.fetch();
      return route.abort();
    });
    await page.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByText('The service could not be reached.').waitFor();
    await page.getByRole('button', { name: 'Make the draft' }).dblclick();
    await page.getByText('The draft is made.').waitFor();
    await page.getByText('Test mode: no money moves').waitFor();
    const made = await campaigns.read(slug, journalist);
    expect(made).toMatchObject({
      status: 'DRAFT',
      currency: 'EUR',
      milestones: [
        { title: 'The journey', goal: { minorUnits: '150050' }, unlockedArticle: null },
        { title: 'The film', goal: { minorUnits: '600000' }, unlockedArticle: { id: expect.any(String) } },
      ],
    });

    // A change survives a reload, and has to be saved before the launch.
    await second.getByLabel('Name').fill('The whole film');
    await page.getByText('Save your changes first.').waitFor();
    await page.reload();
    await page.getByText('These are changes from before').waitFor();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Saved.').waitFor();
    const preview = page.getByRole('region', { name: 'As readers will see it' });
    await preview.getByRole('meter', { name: 'Pledged so far' }).waitFor();
    await preview.getByText('€1,500.50').waitFor();
    await preview.getByText('The whole film').waitFor();
    await inspect(reader, 'draft');

    // The launch by keyboard: the button with which nothing happens has the focus first.
    await page.getByRole('button', { name: 'Launch the campaign' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Not yet' }).and(page.locator(':focus')).waitFor();
    await inspect(reader, 'launch-question');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Launch the campaign' }).and(page.locator(':focus')).waitFor();
    expect((await campaigns.read(slug, journalist)).status).toBe('DRAFT');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Not yet' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The campaign is live.').waitFor();
    await page.getByRole('heading', { level: 1 }).and(page.locator(':focus')).waitFor();
    expect((await campaigns.read(slug)).status).toBe('LIVE');

    // Pledges appear without a reload; a journalist sees how many there are, and none of them.
    await page.getByText('Nobody has pledged yet.').waitFor();
    const { campaignId } = { campaignId: (await campaigns.read(slug)).id as string };
    const pledge = await campaigns.pledge(campaignId, 2_500, { named: true });
    await saveMeans(pledge.setupUrl, 'succeeds');
    await page.getByText('1 pledge, €25.00').waitFor();
    await page.getByRole('region', { name: 'Backers who are named' }).getByText(pledge.backer.name).waitFor();
    expect(await page.getByRole('heading', { name: 'For editors' }).count()).toBe(0);
    await inspect(reader, 'live');

    await page.getByLabel('What the money is for').first().fill('A week, or two, on the islands.');
    await page.getByRole('button', { name: 'Save the texts' }).click();
    await page.getByText('Saved.').waitFor();
    const [{ description }] = (await campaigns.read(slug)).milestones;
    expect(description).toBe('A week, or two, on the islands.');

    await page.getByRole('button', { name: 'Cancel the campaign' }).click();
    await page.getByText('nobody pays for them').waitFor();
    await page.getByRole('button', { name: 'Cancel the campaign' }).click();
    await page.getByText('The campaign is cancelled.').waitFor();
    await page.getByText('Missed: nobody pays').first().waitFor();
    expect(reader.problems.filter((problem) => !problem.includes('ERR_FAILED'))).toEqual([]);
  });

  it('is suspended, resumed, given back from and paid out by an editor', async () => {
    const editor = await campaigns.editor();
    const { slug, campaignId } = await campaigns.launched([4_000, 900_000]);
    for (const [amount, outcome] of [
      [1_000, 'declined'],
      [1_500, 'succeeds'],
      [1_500, 'succeeds'],
    ] as const) {
      const { setupUrl } = await campaigns.pledge(campaignId, amount);
      await saveMeans(setupUrl, outcome);
    }
    const reader = await readers.open(`${app().url}/articles/${slug}/campaign`, { user: editor });
    const { page } = reader;
    const tools = page.getByRole('region', { name: 'For editors' });
    // The fees of the provider are taken off.
    await tools.getByText('€29.04 can be paid out now.').waitFor();
    await tools
      .getByRole('listitem')
      .filter({ hasText: 'Payment failed: the article’s page offers the backer to save another card' })
      .waitFor();

    await tools.getByRole('button', { name: 'Suspend the campaign' }).click();
    await tools.getByRole('button', { name: 'Suspend the campaign' }).click();
    await page.getByText('The campaign is suspended.').waitFor();
    await tools.getByText('A suspended campaign pays nothing out.').waitFor();
    expect((await campaigns.read(slug)).status).toBe('SUSPENDED');
    await page.getByText('until an editor resumes it. Its last day stays.').waitFor();
    await page.getByText('Reached: pledges are collected once the campaign is resumed').waitFor();
    await inspect(reader, 'suspended');
    await tools.getByRole('button', { name: 'Resume the campaign' }).press('Enter');
    await page.getByText('The campaign takes pledges again.').waitFor();

    // Refusals stand at their fields.
    const amount = tools.getByLabel('Amount');
    await amount.fill('1000');
    await tools.getByLabel('Receiving account').fill('acct_Example1');
    await tools.getByRole('button', { name: 'Pay out …' }).click();
    await tools.getByText('Pay €1,000.00 out to acct_Example1?').waitFor();
    await inspect(reader, 'pay-out-question');
    await tools.getByRole('button', { name: 'Pay out', exact: true }).click();
    await amount.and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await inspect(reader, 'insufficient');
    await amount.fill('10,50');
    await tools.getByRole('button', { name: 'Pay out …' }).click();
    await tools.getByRole('button', { name: 'Pay out', exact: true }).dblclick();
    // What is said of a payout follows it.
    await tools
      .getByRole('status')
      .filter({ hasText: /^(The payout is asked for\.|€10\.50 was paid out to acct_Example1\.)/ })
      .waitFor();
    await tools.getByText('Paid', { exact: true }).waitFor();
    await tools.getByText('€10.50 was paid out to acct_Example1.').waitFor();
    expect(await page.getByText('The payout is asked for.').count()).toBe(0);
    await tools.getByText('€18.54 can be paid out now.').waitFor();
    expect((await campaigns.read(slug)).paidOut.minorUnits).toBe('1050');

    await tools.getByLabel('State').selectOption({ label: 'Collected' });
    await tools
      .getByRole('button', { name: /^Give back €15.00 to/ })
      .first()
      .click();
    await tools.getByText('The whole pledge is given back').waitFor();
    await tools.getByRole('button', { name: 'Give back', exact: true }).click();
    await tools.getByText('The money is being given back.').waitFor();
    await tools.getByRole('listitem').and(page.locator(':focus')).waitFor();
    await eventually('a refund', async () => (await campaigns.read(slug)).collected.minorUnits === '1500');
    // The fee of the pledge that was given back is the site's.
    await tools.getByText('€4.02 can be paid out now.').waitFor();
    await page.getByRole('region', { name: 'Ledger' }).getByText('borne by the site').waitFor();
    await page.getByRole('region', { name: 'Ledger' }).getByText('Payment given back').waitFor();
    await page.getByRole('region', { name: 'Ledger' }).getByText('Paid out').waitFor();

    // What is left does not suffice for the other pledge.
    await tools.getByLabel('State').selectOption({ label: 'All' });
    await tools
      .getByText('It cannot be given back: too much of the campaign’s money was paid out.')
      .waitFor();
    expect(await tools.getByRole('button', { name: /^Give back/ }).count()).toBe(0);
    await inspect(reader, 'editor');

    // A notice goes with the state that it tells of, also if somebody else changes that.
    await page.getByText('The campaign takes pledges again.').waitFor();
    await campaigns.do('suspendCampaign', { campaignId, suspended: true }, editor);
    await tools.getByText('A suspended campaign pays nothing out.').waitFor();
    expect(await page.getByText('The campaign takes pledges again.').count()).toBe(0);
    expect(reader.problems).toEqual([]);
  });

  it('can be launched once its article was published in another tab, and keeps what was typed', async () => {
    const { id, slug } = await write(app(), journalist, 'The third ferry', false);
    await campaigns.do(
      'createCampaign',
      {
        articleId: id,
        currency: 'EUR',
        deadline: new Date(Date.now() + 30 * 86_400_000).toISOString(),
        milestones: [{ title: 'Goal 1', description: 'For travel.', goal: '10000', unlockedArticleId: null }],
      },
      journalist,
    );
    const { page } = await readers.open(`${app().url}/articles/${slug}/campaign`, { user: journalist });
    await page.getByText('Publish the article first').waitFor();
    const cameBack = () => page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await page.context().setOffline(true);
    const failed = page.waitForEvent('requestfailed');
    await cameBack();
    await failed;
    await page.context().setOffline(false);
    await page.getByLabel('Name').fill('Another name');
    await app().data(
      'mutation ($input: PublishArticleInput!) { publishArticle(input: $input) { userErrors { code } } }',
      { input: { articleId: id } },
      journalist.token,
    );
    await cameBack();
    await page.getByText('Save your changes first.').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Another name');
    expect(await page.getByText('Publish the article first').count()).toBe(0);
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Launch the campaign' }).waitFor();
  });

  it('is not led by anybody else', async () => {
    const { slug } = await campaigns.launched([3_000]);
    const reader = await readers.open(`${app().url}/articles/${slug}/campaign`, { user: journalist });
    await reader.page.getByText('This campaign is not yours to lead.').waitFor();
    expect(await reader.page.getByRole('button', { name: /campaign/ }).count()).toBe(0);
    const stranger = await readers.open(`${app().url}/articles/${slug}/campaign`);
    await stranger.page.getByText('Sign in to see this page.').waitFor();
  });

  it('is reached from the journalist’s own articles', async () => {
    const { slug } = await write(app(), journalist, 'The night train');
    const reader = await readers.open(`${app().url}/my/articles`, { user: journalist });
    await reader.page.getByRole('link', { name: 'Campaign for “The night train”' }).waitFor();
    await inspect(reader, 'my-articles');
    await reader.page.getByRole('link', { name: 'Campaign for “The night train”' }).click();
    await reader.page.waitForURL(`**/articles/${slug}/campaign`);
    await reader.page.getByRole('button', { name: 'Make the draft' }).waitFor();
  });
});

describeInBrowser('without a payment provider', () => {
  const readers = useReaders();
  const app = useAppWithPage();

  it('no campaign is offered, and its page says why', async () => {
    const journalist = await app().signUp('Ada Example', 'JOURNALIST');
    const { slug } = await write(app(), journalist, 'The last ferry');
    const reader = await readers.open(`${app().url}/my/articles`, { user: journalist });
    const { page } = reader;
    await page.getByRole('link', { name: 'Edit “The last ferry”' }).waitFor();
    expect(await page.getByRole('link', { name: 'Campaign' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Edit “The last ferry”' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    expect(await page.getByRole('link', { name: 'Campaign' }).count()).toBe(0);
    await page.goto(`${app().url}/articles/${slug}/campaign`);
    await page.getByText('This site takes no money at present').waitFor();
    expect(await page.getByRole('button', { name: 'Make the draft' }).count()).toBe(0);
    await inspect(reader, 'off');
    expect(reader.problems).toEqual([]);
  });
});
