/**
 * @database either
 */
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendLedger, reverseLedger } from '../../src/features/funding/ledger/ledger.ts';
import { entriesOf } from '../../src/features/funding/ledger/ledger.policy.ts';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns, type TestCampaign } from '../support/campaigns.ts';
import { byInput, shiftsOf, watchShifts } from '../support/layout-shifts.ts';
import { book, movement, underLock } from '../support/ledgers.ts';
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

describeInBrowser('the ledger on the reader’s page', () => {
  const provider = new ProviderDouble();
  const readers = useReaders();
  const app = useAppWithPage({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(app, provider);
  let ada: TestUser;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function open(
    { slug }: TestCampaign,
    { user, context = phone }: { user?: TestUser; context?: object } = {},
  ): Promise<BrowserReader & { readonly asked: string[] }> {
    const reader = await readers.open('about:blank', { context });
    opened.push(reader);
    const asked: string[] = [];
    reader.page.on('request', (request) => {
      const name = /query (CampaignLedger|OwnPseudonyms)\b/.exec(request.postData() ?? '')?.[1];
      if (name !== undefined) asked.push(name);
    });
    if (user) await reader.page.context().addInitScript(storeSession, sessionOf(user));
    await reader.page.addInitScript(watchShifts);
    await reader.page.goto(`${app().url}/articles/${slug}`);
    await reader.isLive();
    return Object.assign(reader, { asked });
  }

  const entries = ({ page }: BrowserReader) => page.locator('.ledger-list > li');
  const disclose = ({ page }: BrowserReader) => page.locator('.ledger > summary').click();

  it('is loaded when it is opened, page by page, with the reader’s own pledge marked', async () => {
    const campaign = await campaigns.launched([10_000, 50_000]);
    const { articleId } = campaign;
    const { id } = await campaigns.pledge(campaign.campaignId, 1_000, { by: ada });
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { ... on Pledge { pseudonym } } }',
      { id },
      ada.token,
    );
    const { pseudonym } = node;
    await book(
      app().app.db,
      movement(articleId, 'PAYMENT', 1_000n, { pseudonym }),
      movement(articleId, 'FEE', 55n),
      ...Array.from({ length: 20 }, (_, index) => movement(articleId, 'PAYMENT', BigInt(1_000 + index))),
      movement(articleId, 'REFUND', 1_000n),
      movement(articleId, 'DISPUTE_OPENED', 1_001n),
      movement(articleId, 'DISPUTE_LOST', 1_001n),
      movement(articleId, 'PAYOUT', 123_456n),
    );
    const reader = await open(campaign, { user: ada });
    const { page, asked } = reader;
    expect([asked, await page.locator('.ledger > *').count()]).toEqual([[], 1]);
    await byInput(reader, async () => {
      await disclose(reader);
      await entries(reader).nth(19).waitFor();
    });
    expect([...asked].sort()).toEqual(['CampaignLedger', 'OwnPseudonyms']);
    const newest = (await entries(reader).allInnerTexts()).slice(0, 4);
    for (const [index, words] of [
      ['26.', '€1,234.56 was paid out to the journalist.', 'March 1, 2026'],
      ['25.', 'A dispute was decided for heron-7, who has €10.01 back.'],
      ['24.', 'A backer’s bank demands €10.01 back.'],
      ['23.', '€10.00 was given back to heron-7.'],
    ].entries())
      for (const text of words) expect(newest[index]).toContain(text);
    expect(await page.locator('.ledger-list > .is-own').count()).toBe(0);
    await byInput(reader, async () => {
      await page.getByRole('button', { name: 'Earlier entries' }).click();
      await entries(reader).nth(25).waitFor();
      await page.locator('.ledger-list > li:nth-child(21):focus').waitFor();
    });
    expect(await page.getByRole('button', { name: 'Earlier entries' }).count()).toBe(0);
    expect(await page.locator('.ledger-list > .is-own').innerText()).toContain(
      `${pseudonym} (you) paid €10.00.`,
    );
    expect(await entries(reader).nth(24).innerText()).toContain(
      'The payment provider kept €0.55 as its fee.',
    );
    expect(await page.locator('.ledger code').innerText()).toBe(
      `node examples/verify-ledger.mjs ${campaign.slug} ${app().url}`,
    );
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(phone.viewport.width);
    await reader.photograph('support-ledger-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    // What happens meanwhile moves nothing: it is there when the ledger is opened again.
    await book(app().app.db, movement(articleId, 'PAYOUT_REVERSED', 123_456n));
    await byInput(reader, async () => {
      await disclose(reader);
      await disclose(reader);
      await page.getByText('A payout of €1,234.56 came back.').waitFor();
    });
    expect(await shiftsOf(reader)).toEqual([]);
    expect(reader.problems).toEqual([]);
  });

  it('says over an open ledger that there are newer entries, and shows them when it is asked to', async () => {
    const campaign = await campaigns.launched([1_000, 2_000, 90_000]);
    const { articleId, campaignId } = campaign;
    const reader = await open(campaign);
    const { page } = reader;
    await byInput(reader, async () => {
      await disclose(reader);
      await page.getByText('No money has moved yet.').waitFor();
    });
    const pay = async () => {
      await campaigns.back(campaignId, 1_000);
      const worker = campaigns.worker();
      for (let round = 0; round < 4; round++) expect(await worker.run()).toBe(true);
      await worker.end();
    };
    await pay();
    const button = page.getByRole('button', { name: /^Show \d+ newer entr/ });
    await button.waitFor();
    expect([await button.innerText(), await entries(reader).count()]).toEqual(['Show 1 newer entry', 0]);
    await byInput(reader, async () => {
      await button.click();
      await page.locator('.ledger-list > li:first-child:focus', { hasText: 'paid €10.00.' }).waitFor();
    });
    expect(await button.count()).toBe(0);

    await book(
      app().app.db,
      ...Array.from({ length: 18 }, (_, index) => movement(articleId, 'PAYOUT', BigInt(1 + index))),
    );
    await byInput(reader, async () => {
      await disclose(reader);
      await disclose(reader);
      await entries(reader).nth(18).waitFor();
    });
    const read = entries(reader).nth(9);
    await read.scrollIntoViewIfNeeded();
    const before = await read.boundingBox();
    await pay();
    await button.waitFor();
    // It is in the window, and what is read stays where it was.
    expect(await read.boundingBox()).toEqual(before);
    expect((await button.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect((await button.boundingBox())?.y).toBeLessThan(phone.viewport.height);
    await reader.photograph('support-ledger-newer-phone', false);
    expect(await reader.accessibilityFaults()).toEqual([]);
    expect(await shiftsOf(reader)).toEqual([]);
    let isDown = true;
    await page.route('**/graphql', (route) =>
      isDown && (route.request().postData() ?? '').includes('CampaignLedger')
        ? route.abort()
        : route.fallback(),
    );
    await button.click();
    await page.locator('.ledger').getByText('The service could not be reached.').waitFor();
    await reader.photograph('support-ledger-down-phone', false);
    isDown = false;
    await button.click();
    await page.locator('.ledger-list > li:first-child:focus', { hasText: '20.' }).waitFor();
    expect(await entries(reader).count()).toBe(20);
  });

  it('says what was corrected, and marks nothing for readers who are not signed in', async () => {
    const campaign = await campaigns.launched([10_000]);
    const { articleId } = campaign;
    const payment = movement(articleId, 'PAYMENT', 700n);
    const { occurredAt } = payment;
    await underLock(app().app.db, articleId, async (tx) => {
      await appendLedger(tx, payment);
      const { sequence: corrects } = await reverseLedger(tx, { articleId, sequence: 1, occurredAt });
      await appendLedger(tx, { ...payment, entries: entriesOf('PAYMENT', 70n, 'heron-7'), corrects });
    });
    const reader = await open(campaign, { context: desktop });
    await disclose(reader);
    const texts = () => entries(reader).allInnerTexts();
    await entries(reader).nth(2).waitFor();
    expect(await texts()).toMatchObject([
      expect.stringContaining('heron-7 paid €0.70. This stands in place of what entry 2 took back.'),
      expect.stringContaining('A mistake about €7.00 is taken back. It was entry 1.'),
      expect.stringContaining('heron-7 paid €7.00.'),
    ]);
    expect(reader.asked).toEqual(['CampaignLedger']);
    await reader.photograph('support-ledger-desktop');
    expect(await reader.accessibilityFaults()).toEqual([]);
  });

  it('says that nothing has moved, and a ledger that cannot be loaded can be tried again', async () => {
    const campaign = await campaigns.launched([10_000]);
    const reader = await open(campaign);
    let isDown = true;
    await reader.page.route('**/graphql', (route) =>
      isDown && (route.request().postData() ?? '').includes('CampaignLedger')
        ? route.abort()
        : route.fallback(),
    );
    await disclose(reader);
    await reader.page.locator('.ledger').getByText('The service could not be reached.').waitFor();
    isDown = false;
    await reader.page.locator('.ledger').getByRole('button', { name: 'Try again' }).click();
    await reader.page.getByText('No money has moved yet.').waitFor();
  });

  it('is a sentence where scripts are switched off', async () => {
    const campaign = await campaigns.launched([10_000]);
    const reader = await readers.open(`${app().url}/articles/${campaign.slug}`, {
      context: { ...phone, javaScriptEnabled: false },
    });
    opened.push(reader);
    const sentence = reader.page.getByText('The ledger is loaded by this page’s script.');
    expect(await sentence.isVisible()).toBe(false);
    await disclose(reader);
    expect(await sentence.isVisible()).toBe(true);
  });
});
