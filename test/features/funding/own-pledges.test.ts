/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { Campaigns, type TestCampaign } from '../../support/campaigns.ts';
import { noFundingWork } from '../../support/funding-worker.ts';
import { PinnedClock } from '../../support/pinned-clock.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { recordStatements } from '../../support/statements.ts';

describe('one’s own pledges', () => {
  const provider = new ProviderDouble();
  /** The worker's clock. */
  const clock = new PinnedClock();
  const service = useApp({ ...noFundingWork, FUNDING_GRACE_HOURS: '48' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  let editor: TestUser;

  beforeAll(async () => {
    editor = await campaigns.editor();
  });

  const work = async (at = new Date()): Promise<void> => {
    clock.set(at);
    const worker = campaigns.worker({ clock, graceMs: 48 * 3_600_000 });
    for (let round = 0; round < 4; round++) expect(await worker.run()).toBe(true);
    await worker.end();
  };

  const own = 'viewerCanPledge viewerPledge { id } viewerPledges { id status milestone { title } }';

  const listed = async (user: TestUser, fields = 'id status'): Promise<any[]> =>
    (await service().data(`{ viewer { pledges(first: 100) { nodes { ${fields} } } } }`, {}, user.token))
      .viewer.pledges.nodes;

  const unpublish = async ({ id }: TestCampaign): Promise<void> => {
    const { unpublishArticle } = await service().data(
      'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      editor.token,
    );
    expect(unpublishArticle.userErrors).toEqual([]);
  };

  it('to one campaign are shown beside each other, and of those that are over the last one alone', async () => {
    const ada = await service().signUp('Ada Example');
    const campaign = await campaigns.launched([1_000, 100_000]);
    const { campaignId, slug } = campaign;
    const withdrawn = await campaigns.pledge(campaignId, 300, { by: ada });
    await campaigns.do('withdrawPledge', { pledgeId: withdrawn.id }, ada);
    expect(await campaigns.read(slug, ada, own)).toMatchObject({
      viewerCanPledge: true,
      viewerPledges: [{ id: withdrawn.id, status: 'WITHDRAWN' }],
    });
    const failed = await campaigns.back(campaignId, 1_000, { by: ada, outcome: 'declined' });
    await work();
    const second = await campaigns.back(campaignId, 2_500, { by: ada });
    await work();
    const shown = await campaigns.read(slug, ada, own);
    expect(shown).toMatchObject({
      viewerCanPledge: false,
      viewerPledge: { id: second.id },
      viewerPledges: [
        { id: second.id, status: 'ACTIVE', milestone: { title: 'Goal 2' } },
        { id: failed.id, status: 'ACTION_REQUIRED', milestone: { title: 'Goal 1' } },
      ],
    });
    expect(shown.viewerPledges).toHaveLength(2);
    await campaigns.do('withdrawPledge', { pledgeId: second.id }, ada);
    expect((await campaigns.read(slug, ada, own)).viewerPledges).toMatchObject([
      { id: second.id, status: 'WITHDRAWN' },
      { id: failed.id, status: 'ACTION_REQUIRED' },
    ]);
    expect((await campaigns.read(slug, await service().signUp(), own)).viewerPledges).toEqual([]);
    expect((await campaigns.read(slug, undefined, own)).viewerPledges).toBeNull();
  });

  it('are read with the same statements as the last one is', async () => {
    const ada = await service().signUp('Ada Example');
    const { campaignId, slug } = await campaigns.launched([100_000]);
    await campaigns.back(campaignId, 300, { by: ada });
    const countOf = async (fields: string): Promise<number> => {
      const recorded = recordStatements();
      await campaigns.read(slug, ada, fields);
      recorded.stop();
      return recorded.statements.filter((text) => text.includes('FROM pledge')).length;
    };
    expect(await countOf('viewerCanPledge viewerPledge { id }')).toBe(1);
    expect(
      await countOf(
        `viewerCanPledge viewerPledges { id repairableUntil testMode amount { currency } milestone { title } }`,
      ),
    ).toBe(1);
  });

  it('can be repaired until the moment at which the worker drops them', async () => {
    const { campaignId, articleId } = await campaigns.launched([1_000, 50_000]);
    const { backer, id } = await campaigns.back(campaignId, 1_000, { outcome: 'declined' });
    const read = async () => (await listed(backer, 'id status repairableUntil'))[0];
    expect(await read()).toEqual({ id, status: 'SETUP', repairableUntil: null });
    await work();
    const { status, repairableUntil } = await read();
    expect(status).toBe('ACTION_REQUIRED');
    const [row] = await service().app.db.query<{ reachedAt: Date }>(
      'SELECT reached_at AS "reachedAt" FROM milestone WHERE article_id = $1 AND position = 1',
      [articleId],
    );
    const until = Date.parse(repairableUntil);
    expect(until - (row?.reachedAt.getTime() ?? NaN)).toBe(48 * 3_600_000);
    await work(new Date(until - 1));
    expect(await read()).toMatchObject({ status: 'ACTION_REQUIRED', repairableUntil });
    await work(new Date(until));
    expect(await read()).toEqual({ id, status: 'DROPPED', repairableUntil: null });
  });

  it('are shown and withdrawn while the article is not public, which stays hidden', async () => {
    const campaign = await campaigns.launched([100_000], { currency: 'JPY' });
    const pledge = await campaigns.back(campaign.campaignId, 2_500);
    await work();
    await unpublish(campaign);
    const { backer, id } = pledge;
    const fields =
      'id status testMode amount { minorUnits currency } campaign { id } milestone { title } repairableUntil';
    expect(await listed(backer, fields)).toEqual([
      {
        id,
        status: 'ACTIVE',
        testMode: true,
        amount: { minorUnits: '2500', currency: 'JPY' },
        campaign: null,
        milestone: null,
        repairableUntil: null,
      },
    ]);
    expect(await campaigns.do('withdrawPledge', { pledgeId: id }, backer)).toMatchObject({
      status: 'WITHDRAWN',
    });
  });

  it('are repaired while the article is not public, without a word of it on the provider’s page', async () => {
    const campaign = await campaigns.launched([1_000, 50_000]);
    const { backer, id } = await campaigns.back(campaign.campaignId, 1_000, { outcome: 'declined' });
    await work();
    await unpublish(campaign);
    const { setupUrl } = await campaigns.do('retryPledge', { pledgeId: id }, backer);
    const request = provider.setUps.get(setupUrl.split('/').at(-1))?.request;
    expect(request).toMatchObject({
      returnUrl: `${service().url}/my/pledges`,
      description: 'You promised €10.00 for a campaign. Its goal was reached: €10.00 will be charged soon.',
    });
    provider.save(setupUrl);
    await work();
    expect(await listed(backer)).toEqual([{ id, status: 'COLLECTED' }]);
  });

  it('are repaired while the campaign is paused, and the provider’s page says when they are charged', async () => {
    const campaign = await campaigns.launched([1_000, 50_000]);
    const { campaignId } = campaign;
    const { backer, id } = await campaigns.back(campaignId, 1_000, { outcome: 'declined' });
    await work();
    await campaigns.do('suspendCampaign', { campaignId, suspended: true }, editor);
    const { setupUrl } = await campaigns.do('retryPledge', { pledgeId: id }, backer);
    expect(provider.setUps.get(setupUrl.split('/').at(-1))?.request.description).toBe(
      'You promised €10.00 for “Goal 1” of the campaign “A title”. Its goal was reached: €10.00 will be charged once the campaign, which is paused, goes on.',
    );
    provider.save(setupUrl);
    await work();
    expect(await listed(backer)).toEqual([{ id, status: 'DUE' }]);
    await campaigns.do('suspendCampaign', { campaignId, suspended: false }, editor);
    await work();
    expect(await listed(backer)).toEqual([{ id, status: 'COLLECTED' }]);
  });

  it('are offered where the service takes money, and announced wherever there are some', async () => {
    const read = async (app: TestApp, user: TestUser) =>
      (await app.data('{ viewer { canPledge hasPledged } }', {}, user.token)).viewer;
    const [ada, bo] = [await service().signUp('Ada Example'), await service().signUp('Bo Example')];
    const { campaignId } = await campaigns.launched([1_000]);
    const { id } = await campaigns.pledge(campaignId, 300, { by: ada });
    await campaigns.do('withdrawPledge', { pledgeId: id }, ada);
    expect(await read(service(), ada)).toEqual({ canPledge: true, hasPledged: true });
    expect(await read(service(), bo)).toEqual({ canPledge: true, hasPledged: false });
    const off = await TestApp.start({}, { database: service().database });
    try {
      expect(await read(off, ada)).toEqual({ canPledge: false, hasPledged: true });
      expect(await read(off, bo)).toEqual({ canPledge: false, hasPledged: false });
    } finally {
      await off.close();
    }
  });
});
