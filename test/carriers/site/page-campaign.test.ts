/**
 * @database either
 * @seconds 30
 */
import { afterAll, describe, expect, it } from '@jest/globals';
import { TestApp, useApp } from '../../support/app.ts';
import { write } from '../../support/articles.ts';
import { Campaigns, type TestCampaign } from '../../support/campaigns.ts';
import { eventually } from '../../support/eventually.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { makeWebRoot, readPage } from '../../support/web-page.ts';

const web = makeWebRoot();
afterAll(() => web.remove());

describe('a campaign in the page as it is sent', () => {
  const provider = new ProviderDouble();
  const service = useApp({ FUNDING_POLL_MS: '100' }, { payments: provider, webRoot: web.path });
  const campaigns = new Campaigns(service, provider);

  const get = (path: string) => fetch(`${service().url}${path}`, { headers: { accept: 'text/html' } });
  const textAt = async (path: string) => (await get(path)).text();

  const hasBackers = ({ slug }: TestCampaign, count: number) =>
    eventually('all backers', async () => (await campaigns.read(slug)).backerCount === count);

  it('names the newest backers who wish to be named, in one line, and without scripts twenty of them', async () => {
    const campaign = await campaigns.launched([1_000_000]);
    const path = `/articles/${campaign.slug}`;
    expect(readPage(await textAt(path)).content.text).toContain('Be the first to pledge.');
    await campaigns.back(campaign.campaignId, 500);
    await hasBackers(campaign, 1);
    expect(readPage(await textAt(path)).content.text).toContain('No backer wishes to be named.');
    for (let index = 1; index <= 22; index++) {
      const by = await service().signUp(`<b>${index} & Sons`);
      await campaigns.back(campaign.campaignId, 100 * index, { by, named: true });
      await hasBackers(campaign, index + 1);
    }
    const response = await get(path);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const text = await response.text();
    const line = 'Named lately: <b>22 & Sons (€22), <b>21 & Sons (€21), <b>20 & Sons (€20)';
    const withScripts = readPage(text, { scripting: true }).content;
    expect(withScripts.text).toContain(line);
    // The list, and that pledging needs scripts.
    expect(withScripts.tags.filter((tag) => tag === 'noscript')).toHaveLength(2);
    expect(withScripts.tags).not.toContain('b');
    const { content, unmarked } = readPage(text);
    expect(content.text).toContain('<b>22 & Sons €22');
    expect(content.text).toMatch(/<b>3 & Sons €3\s*and others/);
    expect(content.text).not.toContain('<b>2 & Sons €2');
    expect([content.tags.includes('b'), unmarked]).toEqual([false, []]);
  });

  it('leads to the article that a milestone has unlocked, as soon as it is public', async () => {
    const jo = await service().signUp('Jo Example', 'JOURNALIST');
    const draft = await write(service(), 'createArticle', { title: 'What <was> found', body: 'A text.' }, jo);
    const campaign = await campaigns.launched([1000, 9000], { unlocks: [draft.id] });
    expect(await textAt(`/articles/${campaign.slug}`)).not.toContain('What &lt;was&gt; found');
    await campaigns.back(campaign.campaignId, 1000);
    await eventually('the unlocked article', async () => {
      const { milestones } = await campaigns.read(campaign.slug);
      return milestones[0].unlockedArticle !== null;
    });
    const page = (await textAt(`/articles/${campaign.slug}`)).replace(/\s+>/g, '>');
    expect(page).toContain(
      `<a href="/articles/${draft.slug}">Read “<bdi lang="">What &lt;was&gt; found</bdi>”</a>`,
    );
  });

  it('is told to search engines only where money moves', async () => {
    const { slug } = await campaigns.launched([1000]);
    const { jsonLd } = readPage(await textAt(`/articles/${slug}`));
    expect([jsonLd.funding, jsonLd.potentialAction]).toEqual([undefined, undefined]);
    expect(jsonLd.interactionStatistic).toHaveLength(2);
  });

  it('is in the front page’s list: three that take pledges, the earliest deadline first', async () => {
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    const slugs: string[] = [];
    for (const hours of [3, 1, 2, 4])
      slugs[hours - 1] = (await campaigns.launched([9000], { deadline: inHours(hours) })).slug;
    const text = await textAt('/');
    const { content, jsonLd, unmarked } = readPage(text);
    expect(content.text).toMatch(/^Standfirst Raising money now A title €0 pledged of €90 until /);
    expect(content.text).toContain('Test mode: no money moves.');
    const [, list = ''] = text.split('Raising money now');
    const linked = list.split('</section>')[0]?.match(/(?<=href="\/articles\/)[^"]+/g);
    expect(linked).toEqual(slugs.slice(0, 3));
    expect([jsonLd['@type'], unmarked]).toEqual(['WebSite', []]);
    expect(readPage(text, { scripting: true }).content.tags).toEqual(['noscript']);
  });

  it('is sent without its backers, and not stored, when the budget of the address suffices for the article alone', async () => {
    const campaign = await campaigns.launched([1_000_000]);
    await campaigns.back(campaign.campaignId, 500, { named: true });
    await hasBackers(campaign, 1);
    const app = await TestApp.start(
      { RATE_LIMITS: 'on', MAX_QUERY_COST: '500', MAX_COST_PER_MINUTE: '500' },
      { database: service().database, webRoot: web.path },
    );
    try {
      const response = await fetch(`${app.url}/articles/${campaign.slug}`);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const { title, content } = readPage(await response.text());
      expect([title, content.text.includes('€5 pledged of €10,000')]).toEqual(['A title – Standfirst', true]);
      expect(content.text).not.toMatch(/Named lately|wishes to be named|Be the first/);
    } finally {
      await app.close();
    }
  });
});

describe('a campaign in which money moves', () => {
  const provider = new ProviderDouble({ testMode: false });
  const settings = { FUNDING_POLL_MS: '100', PUBLIC_URL: 'https://news.example.org' };
  const service = useApp(settings, { payments: provider, webRoot: web.path });
  const campaigns = new Campaigns(service, provider);

  it('tells search engines what backers have paid, and that others can pledge until its deadline', async () => {
    const { slug, campaignId } = await campaigns.launched([1050, 9000]);
    const jsonLd = async () => {
      const headers = { accept: 'text/html' };
      const answer = await fetch(`${service().url}/articles/${slug}`, { headers });
      return readPage(await answer.text()).jsonLd;
    };
    const target = `https://news.example.org/articles/${slug}#support`;
    const { deadline } = await campaigns.read(slug);
    const before = await jsonLd();
    expect(before).not.toHaveProperty('funding');
    expect(before.potentialAction).toEqual({
      '@type': 'DonateAction',
      target,
      recipient: expect.objectContaining({ '@type': 'Person', name: 'Ada Example' }),
      endTime: deadline,
    });
    await campaigns.back(campaignId, 1050);
    await eventually('the money', async () => (await campaigns.read(slug)).collected.minorUnits === '1050');
    const after = await jsonLd();
    expect(after.funding).toEqual({
      '@type': 'MonetaryGrant',
      url: target,
      amount: { '@type': 'MonetaryAmount', value: '10.50', currency: 'EUR' },
    });
    expect(after.interactionStatistic).toContainEqual({
      '@type': 'InteractionCounter',
      interactionType: { '@type': 'DonateAction' },
      userInteractionCount: 1,
    });
  });
});
