/** @database either */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { lockArticleForChange } from '../../../src/features/articles/article/article-write.queries.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { MoneyRecorder } from '../../../src/features/funding/collection/money-recorder.ts';
import { Inbox } from '../../../src/features/notifications/inbox/inbox.ts';
import { systemClock } from '../../../src/platform/time/clock.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { fundingWorker, noFundingWork } from '../../support/funding-worker.ts';
import { addCampaign, back, campaignInput, fund, sendFunding } from '../../support/funding.ts';
import { eventually } from '../../support/eventually.ts';
import { keyIn } from '../../support/articles.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

describe('a campaign', () => {
  const provider = new ProviderDouble();
  const service = useApp(noFundingWork, { payments: provider });
  let editor: TestUser;

  beforeAll(async () => {
    editor = await service().signUp('Ed Example', 'EDITOR');
  });

  afterEach(async () => {
    await checkInvariants(service().app.db);
  });

  const reader = () => service().signUp(`Reader ${randomUUID().slice(0, 8)}`);

  const statusOf = async (campaignId: string, user: TestUser) =>
    (
      await service().data(
        `query ($id: ID!) { node(id: $id) { ... on Campaign { status viewerCanManage collected { minorUnits }
          milestones { status } viewerPledge { id status setupUrl } } } }`,
        { id: campaignId },
        user.token,
      )
    ).node;

  it('that was cancelled before its launch is as unknown to others as a draft', async () => {
    const { id } = await service().addArticle();
    const goals = [{ title: 'A goal', goal: 10_000 }];
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals), { launched: false });
    const user = await reader();
    const pledge = () => sendFunding(service(), 'pledge', { campaignId, amount: '500' }, user);
    const refused = { pledge: null, userErrors: [{ code: 'NOT_FOUND' }] };
    expect(await pledge()).toMatchObject(refused);
    await fund(service(), 'cancelCampaign', { campaignId }, editor);
    expect(await pledge()).toMatchObject(refused);
    expect(await statusOf(campaignId, user)).toBeNull();
    expect(await statusOf(campaignId, editor)).toMatchObject({ status: 'CANCELLED' });
  });

  it('is managed until it is over', async () => {
    const { id } = await service().addArticle();
    const goals = [{ title: 'A goal', goal: 10_000 }];
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals));
    expect(await statusOf(campaignId, editor)).toMatchObject({ viewerCanManage: true });
    await fund(service(), 'cancelCampaign', { campaignId }, editor);
    expect(await statusOf(campaignId, editor)).toMatchObject({ viewerCanManage: false });
  });

  it('shows the page on which a means of payment is saved to its backer alone', async () => {
    const { id } = await service().addArticle();
    const goals = [{ title: 'A goal', goal: 10_000 }];
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals));
    const user = await reader();
    const { id: pledgeId, setupUrl } = await fund(service(), 'pledge', { campaignId, amount: '500' }, user);
    const pageFor = async ({ token }: TestUser) =>
      (
        await service().data(
          'query ($id: ID!) { node(id: $id) { ... on Pledge { status setupUrl } } }',
          { id: pledgeId },
          token,
        )
      ).node;
    expect(await pageFor(user)).toEqual({ status: 'SETUP', setupUrl });
    expect(await pageFor(editor)).toEqual({ status: 'SETUP', setupUrl: null });
    expect(await pageFor(await reader())).toBeNull();
  });

  it('looks no longer at a set-up whose pledge was replaced while the provider made its page', async () => {
    const { id } = await service().addArticle();
    const goals = [{ title: 'A goal', goal: 10_000 }];
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals));
    const user = await reader();
    const pledge = () => fund(service(), 'pledge', { campaignId, amount: '500' }, user);
    let answer: () => void = () => undefined;
    provider.delay = new Promise((resolve) => (answer = resolve));
    const first = pledge();
    await eventually('a call to the provider', () => provider.delayed === 1);
    provider.delay = undefined;
    const second = await pledge();
    answer();
    expect(await first).toMatchObject({ status: 'RELEASED', setupUrl: null });
    expect(second).toMatchObject({ status: 'SETUP', setupUrl: expect.anything() });
    const looks = `SELECT count(*)::int AS count FROM pledge WHERE article_id = $1 AND look_at IS NOT NULL`;
    expect(await service().app.db.query(looks, [keyIn(id)])).toEqual([{ count: 1 }]);
  });

  it('is locked after its article when money is recorded, so that nobody waits in a circle', async () => {
    const { id } = await service().addArticle();
    const goals = [{ title: 'A goal', goal: 500 }];
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals));
    await back(service(), provider, await reader(), { campaignId, amount: '500', outcome: 'unsent' });
    await fundingWorker(service(), provider).run();
    const { db, bus } = service().app;
    const articleId = keyIn(id);
    const [payment] = await db.query<{ id: string }>(
      'SELECT id::text AS id FROM payment WHERE article_id = $1',
      [articleId],
    );
    const recorder = new MoneyRecorder({
      db,
      log: new EventLog(bus),
      inbox: new Inbox(bus),
      clock: systemClock,
      graceMs: 0,
    });
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    let recorded: Promise<void> = Promise.resolve();
    await db.transaction(async (tx) => {
      await lockArticleForChange(tx, articleId);
      recorded = recorder.recordPayment(
        { articleId, id: payment?.id ?? '' },
        { ref: 'pi_found', status: 'SUCCEEDED' },
      );
      await eventually('the payment to wait', async () => (await db.query(waiting)).length > 0);
      // Refused if the payment had locked the campaign before it waits for the article.
      await tx.query('SELECT FROM campaign WHERE article_id = $1 FOR UPDATE NOWAIT', [articleId]);
    });
    await recorded;
    expect(await statusOf(campaignId, editor)).toMatchObject({ collected: { minorUnits: '500' } });
  });

  it('unlocks each article by one milestone of one campaign', async () => {
    const [one, other] = [await service().addArticle(), await service().addArticle()];
    const { createArticle } = await service().data(
      `mutation ($input: CreateArticleInput!) { createArticle(input: $input) { article { id } userErrors { code } } }`,
      { input: { journalistId: await journalistId(), title: 'A draft', body: 'A text.' } },
      editor.token,
    );
    const goals = [{ title: 'A goal', goal: 10_000, unlockedArticleId: createArticle.article.id as string }];
    const campaignId = await addCampaign(service(), editor, campaignInput(one.id, goals));
    const input = campaignInput(other.id, goals);
    expect(await sendFunding(service(), 'createCampaign', input, editor)).toEqual({
      campaign: null,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          message: 'A milestone of another campaign unlocks one of these articles.',
          field: ['milestones'],
        },
      ],
    });
    // A milestone that was missed unlocks nothing any more.
    await fund(service(), 'cancelCampaign', { campaignId }, editor);
    await addCampaign(service(), editor, input);
  });

  async function journalistId(): Promise<string> {
    return (await service().data('{ journalist(slug: "ada-example") { id } }')).journalist.id as string;
  }

  it('settles milestones that one pledge reached together once all of its pledges are settled', async () => {
    const { id } = await service().addArticle();
    const goals = [1000, 2000].map((goal) => ({ title: `Goal ${goal}`, goal }));
    const campaignId = await addCampaign(service(), editor, campaignInput(id, goals));
    const worker = fundingWorker(service(), provider);
    const user = await reader();
    await back(service(), provider, await reader(), { campaignId, amount: '500' });
    await back(service(), provider, user, { campaignId, amount: '1500', outcome: 'declined' });
    await worker.run();
    expect(await statusOf(campaignId, user)).toMatchObject({
      status: 'SUCCEEDED',
      collected: { minorUnits: '500' },
      milestones: [{ status: 'REACHED' }, { status: 'REACHED' }],
    });
    const { viewerPledge } = await statusOf(campaignId, user);
    const { setupUrl } = await fund(service(), 'retryPledge', { pledgeId: viewerPledge.id }, user);
    provider.save(setupUrl as string);
    await worker.run();
    expect(await statusOf(campaignId, user)).toMatchObject({
      collected: { minorUnits: '2000' },
      milestones: [{ status: 'FUNDED' }, { status: 'FUNDED' }],
    });
  });
});
