/**
 * @database either
 * @seconds 40
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { insertProviderEvent } from '../../src/features/funding/collection/funding-work.queries.ts';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns, type TestCampaign } from '../support/campaigns.ts';
import { shiftsOf, watchShifts } from '../support/layout-shifts.ts';
import { type PaymentOutcome, ProviderDouble } from '../support/provider-double.ts';
import {
  type BrowserReader,
  sessionOf,
  storeSession,
  useAppWithPage,
  useReaders,
} from '../support/readers.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';

const day = 86_400;

describeInBrowser('the states of a campaign, on the reader’s page', () => {
  const provider = new ProviderDouble();
  /** The worker's clock. */
  const clock = new ShiftedClock();
  const readers = useReaders();
  // The service's own worker sleeps: each test runs one by hand.
  const app = useAppWithPage({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(app, provider);
  let ada: TestUser;
  let editor: TestUser;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    editor = await campaigns.editor();
  });

  beforeEach(() => clock.reset());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  const work = async (): Promise<void> => {
    const worker = campaigns.worker({ clock, graceMs: 7 * day * 1000 });
    for (let round = 0; round < 4; round++) expect(await worker.run()).toBe(true);
    await worker.end();
  };

  const launched = (goals: readonly number[]) =>
    campaigns.launched(goals, { deadline: new Date(clock.now().getTime() + 30 * day * 1000) });

  const back = (campaign: TestCampaign, amount: number, outcome: PaymentOutcome = 'succeeds') =>
    campaigns.back(campaign.campaignId, amount, { by: ada, outcome });

  /** Opens the page of the backer. */
  async function open({ slug }: TestCampaign): Promise<BrowserReader> {
    const reader = await readers.open('about:blank', {
      context: { viewport: { width: 360, height: 780 }, colorScheme: 'dark' },
    });
    opened.push(reader);
    await reader.page.context().addInitScript(storeSession, sessionOf(ada));
    await reader.page.addInitScript(watchShifts);
    await reader.page.goto(`${app().url}/articles/${slug}`);
    await reader.isLive();
    return reader;
  }

  /** The text of the page before its script runs. */
  const servedTo = async ({ slug }: TestCampaign): Promise<string> =>
    (await fetch(`${app().url}/articles/${slug}`, { headers: { accept: 'text/html' } })).text();

  const isSaid = ({ page }: BrowserReader, ...words: string[]) =>
    Promise.all(words.map((text) => page.locator('.support').getByText(text).first().waitFor()));

  it('says what happens to pledges at the deadline, and that nobody pays', async () => {
    const campaign = await launched([10_000]);
    await back(campaign, 2_500);
    await work();
    const reader = await open(campaign);
    await isSaid(reader, 'Your pledge of €25 counts');
    clock.advance(31 * day);
    await work();
    await isSaid(
      reader,
      'Deadline passed',
      'Missed: nobody pays for it.',
      'nobody pays for them',
      'Your pledge of €25 was let go. Nothing was charged.',
    );
    expect(await reader.page.getByRole('button', { name: 'Pledge' }).count()).toBe(0);
    await reader.photograph('support-ended-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
  });

  it('says that it was paused or cancelled, while a pledge can be withdrawn', async () => {
    const campaign = await launched([10_000]);
    await back(campaign, 2_500);
    await work();
    const reader = await open(campaign);
    const suspend = (isSuspended: boolean) =>
      campaigns.do('suspendCampaign', { campaignId: campaign.campaignId, suspended: isSuspended }, editor);
    await suspend(true);
    await isSaid(
      reader,
      'An editor has paused this campaign',
      'Takes no pledges at the moment.',
      'Your pledge of €25 counts',
    );
    expect(await reader.page.getByText('Pledges go to this goal now.').count()).toBe(0);
    expect(await servedTo(campaign)).toContain('Takes no pledges at the moment.');
    expect(await reader.page.getByRole('button', { name: 'Change' }).count()).toBe(0);
    await reader.page.getByRole('button', { name: 'Withdraw' }).waitFor();
    await suspend(false);
    await isSaid(reader, 'Pledges go to this goal now.');
    await reader.page.getByRole('button', { name: 'Change' }).waitFor();
    await campaigns.do('cancelCampaign', { campaignId: campaign.campaignId }, editor);
    await isSaid(reader, 'Cancelled', 'Your pledge of €25 was let go.');
    expect(await shiftsOf(reader)).toEqual([]);
  });

  it.each(['ENDED', 'CANCELLED'])(
    'shows what is missing of a goal that was reached, while the campaign goes on and when it is %s',
    async (end) => {
      const campaign = await launched([1_000, 5_000]);
      const reader = await open(campaign);
      await back(campaign, 400, 'declined');
      await campaigns.back(campaign.campaignId, 600);
      await work();
      const missing = 'Of the goals that were reached, €4 is missing';
      await isSaid(reader, 'Reached: its pledges are due.', 'Pledges go to this goal now.', missing);
      expect(await servedTo(campaign)).toContain(missing);
      await reader.photograph('support-missing-phone');
      if (end === 'CANCELLED')
        await campaigns.do('cancelCampaign', { campaignId: campaign.campaignId }, editor);
      else clock.advance(31 * day);
      await work();
      await isSaid(reader, end === 'ENDED' ? 'Deadline passed' : 'Cancelled', missing);
      expect(await servedTo(campaign)).toContain(missing);
      expect(await shiftsOf(reader)).toEqual([]);
    },
  );

  it('says in an open form what happened meanwhile, and sends nothing that would be refused', async () => {
    const campaign = await launched([10_000, 50_000]);
    await back(campaign, 2_500);
    await work();
    const reader = await open(campaign);
    const { page } = reader;
    let sent = 0;
    page.on('request', (request) => {
      if (/ChangePledge|MakePledge/.test(request.postData() ?? '')) sent++;
    });
    const isToldInForm = (text: string) =>
      page.locator('.pledge-form [role=status]', { hasText: text }).waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    const amount = page.getByLabel('Amount in EUR');
    const save = page.getByRole('button', { name: 'Save' });
    await amount.fill('30');
    await page.getByText('You promise €30.').waitFor();
    const suspend = (suspended: boolean) =>
      campaigns.do('suspendCampaign', { campaignId: campaign.campaignId, suspended }, editor);
    await suspend(true);
    await isToldInForm('This cannot be sent now. An editor has paused this campaign');
    expect(await save.getAttribute('aria-disabled')).toBe('true');
    expect(await page.getByText('You promise').count()).toBe(0);
    await reader.photograph('support-form-blocked-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    await amount.press('Enter');
    await suspend(false);
    await page.getByText('You promise €30.').waitFor();
    expect(await page.locator('.pledge-form .notice').count()).toBe(0);
    expect(await save.getAttribute('aria-disabled')).toBe('false');
    await campaigns.back(campaign.campaignId, 7_500);
    await work();
    await isToldInForm('This cannot be sent now. Payment received: €25.');
    await amount.press('Enter');
    await amount.press('Escape');
    await page.locator('.own-pledge:focus', { hasText: 'Payment received: €25.' }).waitFor();

    await page.getByRole('button', { name: 'Pledge again' }).click();
    await amount.fill('40');
    await campaigns.do('cancelCampaign', { campaignId: campaign.campaignId }, editor);
    await isToldInForm('This cannot be sent now. No more pledges are taken.');
    await amount.press('Enter');
    await page.getByRole('button', { name: 'Next: means of payment' }).click({ force: true });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.own-pledge:focus').waitFor();
    expect(await page.locator('.pledge-form').count()).toBe(0);
    expect(sent).toBe(0);
    expect(reader.problems).toEqual([]);
  });

  it('says in the form of another pledge that the one before counts, or has failed', async () => {
    const campaign = await launched([10_000]);
    const made = await campaigns.pledge(campaign.campaignId, 1_200, { by: ada });
    const reader = await open(campaign);
    const { page } = reader;
    const told = page.locator('.pledge-form [role=status]');
    await page.getByRole('button', { name: 'Pledge another amount' }).click();
    provider.save(made.setupUrl);
    await work();
    await told.getByText('This cannot be sent now. Your pledge of €12 counts.').waitFor();
    expect(
      await page.getByRole('button', { name: 'Next: means of payment' }).getAttribute('aria-disabled'),
    ).toBe('true');

    const other = await launched([1_000, 50_000]);
    await back(other, 1_000, 'declined');
    clock.reset();
    const next = await open(other);
    await next.page.locator('.own-pledge').waitFor();
    await work();
    await isSaid(next, 'Your payment of €10 failed');
    await next.page.getByRole('button', { name: 'Pledge again' }).click();
    clock.advance(8 * day);
    await work();
    // That is said beside the form, and is no reason against another one.
    await isSaid(next, 'could not be collected in time');
    expect(
      await next.page.getByRole('button', { name: 'Next: means of payment' }).getAttribute('aria-disabled'),
    ).toBe('false');
  });

  it('names the latest backers in one line, with no amount cut off', async () => {
    const campaign = await launched([900_000]);
    const names = ['Bo Example', 'Cornelia Featherstonehaugh-Example of the Outer Isles', 'Di Example'];
    const reader = await open(campaign);
    const { page } = reader;
    const shown = () =>
      page.locator('.backers-latest').evaluate((line: any) => {
        const box = line.getBoundingClientRect();
        return [...line.querySelectorAll('.backer-latest')]
          .map((backer) => [
            backer.lastElementChild.textContent,
            backer.lastElementChild.getBoundingClientRect(),
          ])
          .filter(([, { top }]) => top < box.bottom)
          .map(([text, { right }]) => [text, right <= box.right + 0.5]);
      });
    for (const [index, name] of names.entries()) {
      await campaigns.back(campaign.campaignId, 123_450 + index, {
        by: await app().signUp(name),
        named: true,
      });
      await work();
      await page.getByText(`Named lately: ${name} (€1,234.5${index})`).waitFor();
      const line = await shown();
      expect(line[0]).toEqual([`(€1,234.5${index})`, true]);
      expect(line.filter(([, isWhole]) => isWhole !== true)).toEqual([]);
      if (index === 0)
        expect(
          await page
            .locator('.backer-latest > :first-child')
            .first()
            .evaluate((each: any) => each.scrollWidth - each.clientWidth),
        ).toBe(0);
      await reader.photograph(`support-backers-${index}-phone`);
    }
    expect(await shiftsOf(reader)).toEqual([]);
    expect(await reader.accessibilityFaults()).toEqual([]);
    await page.setViewportSize({ width: 1_440, height: 900 });
    expect((await shown()).map(([, isWhole]) => isWhole)).toEqual([true, true, true]);
    await reader.photograph('support-backers-desktop');
  });

  it('shows what could not be collected in time, and that nothing is owed', async () => {
    const campaign = await launched([1_000]);
    await back(campaign, 400, 'declined');
    await campaigns.back(campaign.campaignId, 600);
    await work();
    const reader = await open(campaign);
    await isSaid(reader, 'Your payment of €4 failed', 'Reached: its pledges are due.');
    clock.advance(8 * day);
    await work();
    await isSaid(
      reader,
      'Short: payments failed, or went back.',
      'Of what was pledged, €4 is missing',
      'Your pledge of €4 could not be collected in time, and was dropped. You owe nothing.',
    );
    expect(await reader.page.locator('.support-figures dd').allInnerTexts()).toEqual(['€10', '€6', '€0']);
    await reader.photograph('support-short-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
  });

  it('shows a payment that failed beside a later pledge, above it, and until when it can be repaired', async () => {
    const campaign = await launched([1_000, 90_000]);
    const { id } = await back(campaign, 1_000, 'declined');
    await work();
    await back(campaign, 2_500);
    await work();
    const reader = await open(campaign);
    const { page } = reader;
    await isSaid(reader, 'Your pledge of €25 counts');
    const pledges = page.locator('.own-pledges > li');
    expect(await pledges.locator('.own-pledge-goal').allInnerTexts()).toEqual([
      'Goal: Goal 1',
      'Goal: Goal 2',
    ]);
    const failed = pledges.first();
    expect(await failed.innerText()).toContain('Your payment of €10 failed');
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { ... on Pledge { repairableUntil } } }',
      { id },
      ada.token,
    );
    const until = await page.evaluate(
      (time) =>
        new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short' }).format(new Date(time)),
      node.repairableUntil as string,
    );
    expect(await failed.innerText()).toContain(`Save another means of payment by ${until}`);
    // The form to change one leaves the other one where it is.
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Amount in EUR').fill('30');
    expect(await failed.getByRole('button', { name: 'Save another means of payment' }).isVisible()).toBe(
      true,
    );
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.own-pledge:focus', { hasText: 'Your pledge of €30 counts' }).waitFor();
    await reader.photograph('support-two-pledges-phone');
    expect(await reader.accessibilityFaults()).toEqual([]);
    await page.route('https://provider.example.org/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: 'The provider’s page.' }),
    );
    await failed.getByRole('button', { name: 'Save another means of payment' }).click();
    await page.waitForURL('https://provider.example.org/**');
    const setupUrl = page.url();
    await page.goBack();
    await isSaid(reader, 'Your payment of €10 waits for another means of payment.');
    provider.save(setupUrl);
    await work();
    await isSaid(reader, 'Payment received: €10. Thank you.', 'Your pledge of €30 counts');
    expect(reader.problems).toEqual([]);
  });

  it('shows what was received and paid out, and calls no receipt a deduction', async () => {
    const campaign = await launched([1_000]);
    await back(campaign, 1_000);
    await work();
    const reader = await open(campaign);
    await isSaid(reader, 'Payment received: €10. Thank you.');
    expect(await reader.page.content()).not.toMatch(/deductible/i);
    await campaigns.do(
      'payOut',
      { campaignId: campaign.campaignId, amount: '400', destination: 'acct_jo' },
      editor,
    );
    await work();
    const paidOut = reader.page.locator('.support-figures dd').nth(2);
    await paidOut.getByText('€4').waitFor();
  });

  it('shows a payment that is refunded, disputed, and lost', async () => {
    const refunded = await launched([1_000]);
    const { id } = await back(refunded, 1_000);
    await work();
    const reader = await open(refunded);
    await isSaid(reader, 'Payment received: €10. Thank you.');
    await campaigns.do('refundPledge', { pledgeId: id }, editor);
    await work();
    await isSaid(reader, 'Your payment of €10 was given back to you.', 'Of what was pledged, €10 is missing');

    // A payment of somebody else that failed keeps the milestone from being settled meanwhile.
    const disputed = await launched([1_400]);
    await back(disputed, 1_000);
    await campaigns.back(disputed.campaignId, 400, { outcome: 'declined' });
    await work();
    const other = await open(disputed);
    await isSaid(other, 'Payment received: €10. Thank you.');
    const payment = provider.payments.findLast(({ state }) => state.minorUnits === 1_000n);
    if (!payment) throw new Error('Nothing was collected');
    const dispute = {
      ref: 'dp_1',
      paymentRef: payment.state.ref,
      currency: 'EUR',
      minorUnits: 1_000n,
      wasWithdrawn: true,
    } as const;
    for (const [status, words] of [
      ['OPEN', 'Your bank demands your payment of €10 back. That is not decided yet.'],
      ['LOST', 'Your bank has taken your payment of €10 back.'],
    ] as const) {
      provider.disputes.set('dp_1', { ...dispute, status });
      await insertProviderEvent(app().app.db, {
        id: `evt_${randomUUID()}`,
        type: 'charge.dispute.updated',
        kind: 'DISPUTE',
        objectRef: 'dp_1',
        testMode: true,
      });
      await work();
      await isSaid(other, words);
    }
    clock.advance(8 * day);
    await work();
    await isSaid(
      other,
      'Short: payments failed, or went back.',
      'Of what was pledged, €14 is missing',
      'have failed, or went back.',
    );
    expect(await shiftsOf(other)).toEqual([]);
    await other.photograph('support-lost-phone');
  });
});
