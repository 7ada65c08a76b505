/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import { Campaigns } from '../../support/campaigns.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
const milestone = (goal: number, more: Record<string, unknown> = {}) => ({
  title: `Goal ${goal}`,
  description: 'For travel.',
  goal: String(goal),
  ...more,
});

describe('campaigns', () => {
  const provider = new ProviderDouble();
  const service = useApp({ FUNDING_POLL_MS: '600000' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  let editor: TestUser;
  let reader: TestUser;

  beforeAll(async () => {
    editor = await campaigns.editor();
    reader = await service().signUp('Ro Example');
  });

  const input = (articleId: string, more: Record<string, unknown> = {}) => ({
    articleId,
    currency: 'EUR',
    deadline: inDays(30),
    milestones: [milestone(1000), milestone(2000)],
    ...more,
  });

  it('are drafts at first, which nobody sees but those who manage them', async () => {
    const { id, slug } = await service().addArticle();
    const made = await campaigns.do('createCampaign', input(id), editor);
    expect(made).toMatchObject({
      status: 'DRAFT',
      testMode: true,
      launchedAt: null,
      pledged: { minorUnits: '0', currency: 'EUR' },
      milestones: [{ status: 'PLANNED' }, { status: 'PLANNED' }],
    });
    expect(await campaigns.read(slug)).toBeNull();
    expect(await campaigns.read(slug, reader)).toBeNull();
    expect(await campaigns.read(slug, editor, 'viewerCanManage')).toMatchObject({ viewerCanManage: true });
    const found = 'query ($id: ID!) { node(id: $id) { id } campaigns { totalCount } }';
    expect(await service().data(found, { id: made.id }, reader.token)).toMatchObject({ node: null });
    expect(await campaigns.refusals('launchCampaign', { campaignId: made.id }, reader)).toEqual([
      'FORBIDDEN',
    ]);
    expect(await campaigns.refusals('pledge', { campaignId: made.id, amount: '500' }, reader)).toEqual([
      'NOT_FOUND',
    ]);
    const changes = { campaignId: made.id, currency: 'JPY', milestones: [milestone(5000)] };
    expect(await campaigns.do('updateCampaign', changes, editor)).toMatchObject({
      currency: 'JPY',
      milestones: [{ goal: { minorUnits: '5000' } }],
    });
    const launched = await campaigns.do('launchCampaign', { campaignId: made.id }, editor);
    expect(launched).toMatchObject({ status: 'LIVE', milestones: [{ status: 'OPEN' }] });
    expect(await campaigns.do('launchCampaign', { campaignId: made.id }, editor)).toEqual(launched);
    expect(await campaigns.read(slug, reader, 'viewerCanPledge viewerCanManage')).toMatchObject({
      viewerCanPledge: true,
      viewerCanManage: false,
    });
  });

  it('keep their terms once they are launched, and mend their texts', async () => {
    const { campaignId, articleId } = await campaigns.launched([1000, 2000]);
    const kept = [milestone(1000), milestone(2000)];
    const texts = kept.map((one) => ({ ...one, title: 'A better name' }));
    expect(await campaigns.do('updateCampaign', { campaignId, milestones: texts }, editor)).toMatchObject({
      milestones: [{ title: 'A better name' }, { title: 'A better name' }],
    });
    await campaigns.do('updateCampaign', { campaignId, milestones: texts }, editor);
    for (const change of [
      { currency: 'USD' },
      { deadline: inDays(20) },
      { milestones: [milestone(1000)] },
      { milestones: [milestone(1000), milestone(3000)] },
    ])
      expect(await campaigns.refusals('updateCampaign', { campaignId, ...change }, editor)).toEqual([
        'WRONG_STATUS',
      ]);
    const events = await service().app.db.query('SELECT kind FROM article_event WHERE article_id = $1', [
      articleId,
    ]);
    expect(events).toEqual([{ kind: 'CAMPAIGN_UPDATED' }, { kind: 'CAMPAIGN_UPDATED' }]);
  });

  it('are refused for every fault of their terms', async () => {
    const { id } = await service().addArticle();
    const refusal = async (more: Record<string, unknown>) =>
      (await campaigns.send('createCampaign', input(id, more), editor)).userErrors.map(
        ({ code, field }) => `${code} ${field?.join('.')}`,
      );
    expect(await refusal({ currency: 'XXX' })).toEqual(['INVALID_INPUT currency']);
    expect(await refusal({ deadline: inDays(-1) })).toEqual(['INVALID_INPUT deadline']);
    expect(await refusal({ deadline: inDays(91) })).toEqual(['INVALID_INPUT deadline']);
    expect(await refusal({ milestones: [] })).toEqual(['INVALID_INPUT milestones']);
    const six = [1, 2, 3, 4, 5, 6].map((n) => milestone(n * 1000));
    expect(await refusal({ milestones: six })).toEqual(['INVALID_INPUT milestones']);
    expect(await refusal({ milestones: [milestone(2000), milestone(2000)] })).toEqual([
      'INVALID_INPUT milestones.1.goal',
    ]);
    expect(await refusal({ milestones: [milestone(1000, { title: ' ' })] })).toEqual([
      'EMPTY_TEXT milestones.0.title',
    ]);
    expect(await refusal({ currency: 'KWD', milestones: [milestone(100_001)] })).toEqual([
      'INVALID_INPUT milestones.0.goal',
    ]);
    expect(await refusal({ milestones: [milestone(1000, { unlockedArticleId: id })] })).toEqual([
      'INVALID_INPUT milestones.0.unlockedArticleId',
    ]);
    const { id: published } = await service().addArticle();
    expect(await refusal({ milestones: [milestone(1000, { unlockedArticleId: published })] })).toEqual([
      'WRONG_STATUS milestones.0.unlockedArticleId',
    ]);
  });

  it('are one for an article, and one for an idempotency key', async () => {
    const { id } = await service().addArticle();
    const once = input(id, { idempotencyKey: randomUUID() });
    const made = await Promise.all(
      Array.from({ length: 5 }, () => campaigns.do('createCampaign', once, editor)),
    );
    expect(new Set(made.map((campaign) => campaign.id)).size).toBe(1);
    expect(await campaigns.refusals('createCampaign', input(id), editor)).toEqual(['CAMPAIGN_EXISTS']);
  });

  it('are listed by launch and by deadline, in any state that is public', async () => {
    const soon = await campaigns.launched([1000], { deadline: new Date(Date.now() + dayMs) });
    const late = await campaigns.launched([1000], { deadline: new Date(Date.now() + 80 * dayMs) });
    await campaigns.do('cancelCampaign', { campaignId: soon.campaignId }, editor);
    const list = async (args: string): Promise<string[]> => {
      const query = `{ campaigns(first: 2 ${args}) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage } } }`;
      return (await service().data(query)).campaigns.nodes.map((node: { id: string }) => node.id);
    };
    expect(await list('')).toEqual([late.campaignId, soon.campaignId]);
    expect(await list('statuses: [CANCELLED]')).toEqual([soon.campaignId]);
    expect(await list('orderBy: ENDING_SOON, statuses: [LIVE]')).not.toContain(soon.campaignId);
    // Page by page, the whole list.
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const query = `query ($after: Cursor) { campaigns(first: 1, after: $after, orderBy: ENDING_SOON) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } }`;
      const { campaigns: page }: any = await service().data(query, { after });
      seen.push(...page.nodes.map((node: { id: string }) => node.id));
      expect(page.totalCount).toBeGreaterThanOrEqual(seen.length);
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([soon.campaignId, late.campaignId]));
    const article = await service().data(
      'query ($slug: String!) { article(slug: $slug) { author { campaigns { nodes { id } } } } }',
      { slug: late.slug },
    );
    expect(article.article.author.campaigns.nodes).toContainEqual({ id: late.campaignId });
  });
});

describe('without a provider', () => {
  const service = useApp();
  const campaigns = new Campaigns(service, new ProviderDouble());

  it('no campaign is made', async () => {
    const { id } = await service().addArticle();
    const editor = await campaigns.editor();
    const input = { articleId: id, currency: 'EUR', deadline: inDays(30), milestones: [milestone(1000)] };
    expect(await campaigns.refusals('createCampaign', input, editor)).toEqual(['FUNDING_OFF']);
    const answer = await fetch(`${service().url}/payments/notices`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});
