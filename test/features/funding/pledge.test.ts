/**
 * @seconds 30
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { pruneReleasedPledges } from '../../../src/features/funding/campaign/pledge.queries.ts';
import type { TestUser } from '../../support/app.ts';
import { useApp } from '../../support/app.ts';
import { Campaigns, type TestPledge } from '../../support/campaigns.ts';
import { eventually } from '../../support/eventually.ts';
import { ProviderDouble } from '../../support/provider-double.ts';

/** How often the race is run: `RACES=1000` for the whole of it. */
const races = Number(process.env.RACES ?? 20);

describe('pledges', () => {
  const provider = new ProviderDouble();
  const service = useApp({ FUNDING_POLL_MS: '100' }, { payments: provider });
  const campaigns = new Campaigns(service, provider);
  let ada: TestUser;

  beforeAll(async () => {
    ada = await service().signUp('Ada Example');
  });

  const settled = async (articleId: string): Promise<void> => {
    await eventually('no pledge under way', async () => {
      const rows = await service().app.db.query(
        `SELECT FROM pledge WHERE article_id = $1 AND status IN ('SETUP', 'DUE')`,
        [articleId],
      );
      return rows.length === 0;
    });
  };

  const active = async (articleId: string): Promise<void> => {
    await eventually('an active pledge', async () => {
      const rows = await service().app.db.query(
        `SELECT FROM pledge WHERE article_id = $1 AND status = 'ACTIVE'`,
        [articleId],
      );
      return rows.length === 1;
    });
  };

  const ownPledge = async (slug: string, user: TestUser): Promise<any> =>
    (await campaigns.read(slug, user, 'viewerPledge { id status amount { minorUnits } }')).viewerPledge;

  it('count once a means of payment is saved, and are shown as their backers wish', async () => {
    const { slug, campaignId, id, articleId } = await campaigns.launched([10_000]);
    const listener = service().live.subscribe(
      `subscription ($id: ID!) { articleEvents(articleId: $id) { __typename sequence
         ... on FundingEvent { campaign { pledged { minorUnits } backerCount } }
         ... on PledgeAdded { amount { minorUnits } backer { name } }
         ... on PledgeChanged { amount { minorUnits } backer { name } } } }`,
      { id },
    );
    await listener.waitFor(1, 'ArticleCheckpoint');
    const hidden = await campaigns.pledge(campaignId, 500, { by: ada });
    expect(await campaigns.read(slug)).toMatchObject({ pledged: { minorUnits: '0' }, backerCount: 0 });
    expect(await ownPledge(slug, ada)).toMatchObject({ status: 'SETUP' });
    provider.save(hidden.setupUrl);
    await listener.waitFor(1, 'PledgeAdded');
    const bo = await service().signUp('Bo Example');
    await campaigns.back(campaignId, 700, { by: bo, named: true });
    const [first, second] = await listener.waitFor(2, 'PledgeAdded');
    expect([first, second]).toMatchObject([
      { amount: { minorUnits: '500' }, backer: null, campaign: { backerCount: expect.any(Number) } },
      { amount: { minorUnits: '700' }, backer: { name: 'Bo Example' } },
    ]);
    expect(
      await campaigns.read(slug, undefined, 'backers { totalCount nodes { name amount { minorUnits } } }'),
    ).toMatchObject({
      pledged: { minorUnits: '1200' },
      backerCount: 2,
      backers: { totalCount: 1, nodes: [{ name: 'Bo Example', amount: { minorUnits: '700' } }] },
    });
    await campaigns.do('changePledge', { pledgeId: hidden.id, amount: '600', named: true }, ada);
    const [changed] = await listener.waitFor(1, 'PledgeChanged');
    const numberOfNamed = async () =>
      (await campaigns.read(slug, undefined, 'backers(first: 1) { totalCount }')).backers.totalCount;
    expect(await numberOfNamed()).toBe(2);
    expect(changed).toMatchObject({ amount: { minorUnits: '600' }, backer: { name: 'Ada Example' } });
    await campaigns.do('withdrawPledge', { pledgeId: hidden.id }, ada);
    const [withdrawn] = await listener.waitFor(1, 'PledgeWithdrawn');
    expect(withdrawn).toMatchObject({ campaign: { pledged: { minorUnits: '700' }, backerCount: 1 } });
    expect(await numberOfNamed()).toBe(1);
    await campaigns.do('withdrawPledge', { pledgeId: hidden.id }, ada);
    expect(listener.errors).toEqual([]);
    const kinds = await service().app.db.query<{ kind: string }>(
      'SELECT kind FROM article_event WHERE article_id = $1 ORDER BY sequence',
      [articleId],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'CAMPAIGN_UPDATED',
      'PLEDGE_ADDED',
      'PLEDGE_ADDED',
      'PLEDGE_CHANGED',
      'PLEDGE_WITHDRAWN',
    ]);
  });

  it('are described on the provider’s page: amount, milestone, campaign, and when it is charged', async () => {
    const { campaignId } = await campaigns.launched([10_000, 1_000_000]);
    const { id, setupUrl } = await campaigns.pledge(campaignId, 500, { by: ada });
    const textAt = (url: string) => provider.setUps.get(url.split('/').at(-1) ?? '')?.request.description;
    expect(textAt(setupUrl)).toBe(
      'You promise €5.00 for “Goal 1” of the campaign “A title”. Nothing is charged now: €5.00 will be charged if its goal is reached.',
    );
    const changed = await campaigns.do('changePledge', { pledgeId: id, amount: '10000' }, ada);
    expect(textAt(changed.setupUrl)).toContain('You promise €100.00 for “Goal 1”');
    // A card that is declined after the milestone was reached.
    provider.save(changed.setupUrl, 'declined');
    await eventually('a payment that failed', async () => {
      const [row] = await service().app.db.query<{ status: string }>(
        'SELECT status FROM pledge WHERE account_id = $1 ORDER BY id DESC LIMIT 1',
        [ada.accountId],
      );
      return row?.status === 'ACTION_REQUIRED';
    });
    const retried = await campaigns.do('retryPledge', { pledgeId: id }, ada);
    expect(textAt(retried.setupUrl)).toBe(
      'You promised €100.00 for “Goal 1” of the campaign “A title”. Its goal was reached: €100.00 will be charged soon.',
    );
  });

  it('are made once for an idempotency key, however often it is sent at once', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    const input = { campaignId, amount: '500', idempotencyKey: randomUUID() };
    const made = await Promise.all(Array.from({ length: 20 }, () => campaigns.do('pledge', input, ada)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const rows = await service().app.db.query('SELECT FROM pledge WHERE article_id = $1', [articleId]);
    expect(rows).toHaveLength(1);
    expect(await campaigns.refusals('pledge', { ...input, amount: '600' }, ada)).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });

  it('are answered alike where the same request comes again while the provider makes the page', async () => {
    const { campaignId } = await campaigns.launched([10_000]);
    const input = { campaignId, amount: '500', idempotencyKey: randomUUID() };
    let answer = (): void => undefined;
    provider.delay = new Promise((resolve) => (answer = resolve));
    const { delayed, refusedOpenings } = provider;
    const first = campaigns.do('pledge', input, ada);
    await eventually('the first request', () => provider.delayed > delayed);
    const second = campaigns.do('pledge', input, ada);
    await eventually('the second request', () => provider.refusedOpenings > refusedOpenings);
    answer();
    provider.delay = undefined;
    const [one, same] = await Promise.all([first, second]);
    expect(one.setupUrl).toMatch(/^https:/);
    expect(same).toEqual(one);
  });

  it('get one other page where the first one is lost, and would not be the same any more', async () => {
    const { campaignId, articleId, slug } = await campaigns.launched([10_000]);
    const { db } = service().app;
    const statusIs = (status: string) =>
      eventually(`a pledge that is ${status}`, async () => (await ownPledge(slug, ada))?.status === status);
    /** Sends a mutation whose answer from the provider gets lost, and again after the title has changed. */
    const sentAgain = async (name: 'pledge' | 'retryPledge', input: Record<string, unknown>) => {
      provider.losesSetUps = true;
      expect(await campaigns.refusals(name, input, ada)).toEqual(['PROVIDER_UNAVAILABLE']);
      provider.losesSetUps = false;
      await db.query('UPDATE article SET title = $2 WHERE id = $1', [articleId, `Before another ${name}`]);
      const { reusedKeys } = provider;
      const again = await Promise.all(Array.from({ length: 5 }, () => campaigns.do(name, input, ada)));
      expect(provider.reusedKeys - reusedKeys).toBeGreaterThan(1);
      expect(new Set(again.map(({ setupUrl }) => setupUrl)).size).toBe(1);
      return again[0];
    };
    const made = await sentAgain('pledge', { campaignId, amount: '500', idempotencyKey: randomUUID() });
    const [pledge] = await db.query<{ key: string }>(
      'SELECT provider_key AS key FROM pledge WHERE article_id = $1',
      [articleId],
    );
    const pages = () =>
      [...provider.setUps].flatMap(([id, { request }]) =>
        request.pledgeKey === pledge?.key ? [`https://provider.example.org/${id}`] : [],
      );
    expect(pages()).toEqual([expect.any(String), made.setupUrl]);
    // What is saved on the page that was lost is not looked at.
    provider.save(pages()[0] ?? '');
    provider.save(made.setupUrl, 'declined');
    await statusIs('ACTIVE');
    await campaigns.back(campaignId, 10_000);
    await statusIs('ACTION_REQUIRED');
    const retried = await sentAgain('retryPledge', { pledgeId: made.id });
    expect(pages().slice(2)).toEqual([expect.any(String), retried.setupUrl]);
    provider.save(pages()[2] ?? '');
    provider.save(retried.setupUrl);
    await statusIs('COLLECTED');
    const payments = await db.query<{ status: string }>(
      'SELECT status FROM payment WHERE article_id = $1 AND amount = 500 ORDER BY id',
      [articleId],
    );
    expect(payments.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
  });

  it('are withdrawn by a suspended account too, which makes no others', async () => {
    const { campaignId, slug, articleId } = await campaigns.launched([10_000]);
    const [made, begun] = [await campaigns.back(campaignId, 500), await campaigns.pledge(campaignId, 700)];
    await active(articleId);
    await service().app.db.query(
      'UPDATE account SET suspended_at = clock_timestamp() WHERE email = ANY($1)',
      [[made.backer.email, begun.backer.email]],
    );
    expect(
      await campaigns.refusals('changePledge', { pledgeId: made.id, amount: '600' }, made.backer),
    ).toEqual(['ACCOUNT_SUSPENDED']);
    provider.save(begun.setupUrl);
    await settled(articleId);
    expect(await ownPledge(slug, begun.backer)).toMatchObject({ status: 'RELEASED' });
    expect(await campaigns.do('withdrawPledge', { pledgeId: made.id }, made.backer)).toMatchObject({
      status: 'WITHDRAWN',
    });
    expect(await campaigns.read(slug)).toMatchObject({ pledged: { minorUnits: '0' }, backerCount: 0 });
  });

  it('that never counted are removed after thirty days', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    const backer = await service().signUp('Una Sure');
    for (let n = 0; n < 3; n++) await campaigns.pledge(campaignId, 500, { by: backer });
    const { db } = service().app;
    const prune = (days: number) =>
      db.transaction((tx) => pruneReleasedPledges(tx, new Date(Date.now() + days * 86_400_000)));
    const left = async (): Promise<string[]> =>
      (
        await db.query<{ status: string }>(
          'SELECT status FROM pledge WHERE article_id = $1 ORDER BY status',
          [articleId],
        )
      ).map(({ status }) => status);
    await prune(29);
    expect(await left()).toEqual(['RELEASED', 'RELEASED', 'SETUP']);
    await prune(31);
    expect(await left()).toEqual(['SETUP']);
  });

  it('are refused for reasons that say what to do', async () => {
    const { campaignId, articleId } = await campaigns.launched([10_000]);
    const refusals = (input: Record<string, unknown>, user = ada) =>
      campaigns.refusals('pledge', { campaignId, amount: '500', ...input }, user);
    expect(await refusals({ amount: '0' })).toEqual(['INVALID_INPUT']);
    expect(await refusals({ amount: '99' })).toEqual(['INVALID_INPUT']);
    expect(await refusals({ amount: '999999999999999' })).toEqual(['INVALID_INPUT']);
    const pledge = await campaigns.back(campaignId, 500, { by: ada });
    await active(articleId);
    expect(await refusals({})).toEqual(['ALREADY_PLEDGED']);
    const stranger = await service().signUp('Sam Example');
    expect(await campaigns.refusals('withdrawPledge', { pledgeId: pledge.id }, stranger)).toEqual([
      'NOT_FOUND',
    ]);
    expect(await campaigns.refusals('retryPledge', { pledgeId: pledge.id }, ada)).toEqual(['WRONG_STATUS']);
    expect(await campaigns.refusals('refundPledge', { pledgeId: pledge.id }, ada)).toEqual(['FORBIDDEN']);
    const editor = await campaigns.editor();
    expect(await campaigns.refusals('refundPledge', { pledgeId: pledge.id }, editor)).toEqual([
      'WRONG_STATUS',
    ]);
    await campaigns.do('cancelCampaign', { campaignId }, editor);
    expect(await refusals({}, stranger)).toEqual(['CAMPAIGN_CLOSED']);
    expect(await campaigns.refusals('changePledge', { pledgeId: pledge.id, amount: '900' }, ada)).toEqual([
      'WRONG_STATUS',
    ]);
  });

  it('reach a milestone once, with the pledge that crosses its goal', async () => {
    const app = service();
    const { campaignId, id, articleId, slug } = await campaigns.launched([15_000]);
    const listener = app.live.events(id);
    const [start] = await listener.waitFor(1, 'ArticleCheckpoint');
    let refused = 0;
    const writer = async (): Promise<void> => {
      for (let index = 0; index < 4; index++) {
        const by = await app.signUp(`Backer ${randomUUID().slice(0, 8)}`);
        const { pledge, userErrors } = await campaigns.send('pledge', { campaignId, amount: '100' }, by);
        if (pledge?.setupUrl) {
          provider.save(pledge.setupUrl);
        } else if (pledge) {
          // The milestone was reached while the page for it was made: there is nothing left to save.
          expect(pledge).toMatchObject({ status: 'RELEASED' });
        } else {
          expect(userErrors).toMatchObject([{ code: 'CAMPAIGN_CLOSED' }]);
          refused += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 50 }, writer));
    await settled(articleId);
    const counts = await app.app.db.query<{ counted: number; released: number }>(
      `SELECT count(*) FILTER (WHERE status = 'COLLECTED')::int AS counted,
         count(*) FILTER (WHERE status = 'RELEASED')::int AS released FROM pledge WHERE article_id = $1`,
      [articleId],
    );
    expect(counts).toEqual([{ counted: 150, released: 50 - refused }]);
    expect(await campaigns.read(slug)).toMatchObject({
      pledged: { minorUnits: '15000' },
      collected: { minorUnits: '15000' },
      backerCount: 150,
    });
    await eventually('a settled milestone', async () => {
      const [milestone] = (await campaigns.read(slug)).milestones;
      return milestone.status === 'FUNDED';
    });
    const log = await app.app.db.query<{ kind: string }>(
      `SELECT kind FROM article_event WHERE article_id = $1 AND kind <> 'COLLECTION_PROGRESSED' ORDER BY sequence`,
      [articleId],
    );
    expect(log.map(({ kind }) => kind)).toEqual([
      'CAMPAIGN_UPDATED',
      ...Array.from({ length: 150 }, () => 'PLEDGE_ADDED'),
      'MILESTONE_REACHED',
      'CAMPAIGN_ENDED',
      'MILESTONE_SETTLED',
    ]);
    const [{ head }] = (await app.app.db.query<{ head: number }>(
      'SELECT sequence AS head FROM article_counter WHERE article_id = $1',
      [articleId],
    )) as [{ head: number }];
    const first = start?.sequence ?? 0;
    const numbers = (events: readonly { sequence: number; __typename: string }[]) =>
      events.filter(({ __typename }) => __typename !== 'ArticleCheckpoint').map(({ sequence }) => sequence);
    await eventually('all events', () => listener.events.at(-1)?.sequence === head);
    expect(numbers(listener.events)).toEqual(Array.from({ length: head - first }, (_, n) => first + n + 1));
    // One that resumes in the middle sees the same rest.
    const middle = listener.events[80];
    const resumed = app.live.events(id, middle?.cursor);
    await eventually('the rest', () => resumed.events.some(({ sequence }) => sequence === head));
    expect(numbers(resumed.events)).toEqual(
      Array.from({ length: head - (middle?.sequence ?? 0) }, (_, n) => (middle?.sequence ?? 0) + n + 1),
    );
  });

  it(
    'are never collected once they are withdrawn, whatever crosses the goal meanwhile',
    async () => {
      const backers = await Promise.all(Array.from({ length: 2 }, () => service().signUp()));
      for (let race = 0; race < races; race++) {
        const { campaignId, articleId } = await campaigns.launched([200]);
        const first = await campaigns.back(campaignId, 100, { by: backers[0] as TestUser });
        await active(articleId);
        const second: TestPledge = await campaigns.pledge(campaignId, 100, { by: backers[1] as TestUser });
        const [withdrawal] = await Promise.all([
          campaigns.refusals('withdrawPledge', { pledgeId: first.id }, first.backer),
          Promise.resolve().then(() => provider.save(second.setupUrl)),
        ]);
        await settled(articleId);
        const rows = await service().app.db.query<{ status: string; pledged: string; milestone: string }>(
          `SELECT p.status, n.pledged::text, m.status AS milestone FROM pledge p
         JOIN article_counter n ON n.article_id = p.article_id
         JOIN milestone m ON m.article_id = p.article_id
         WHERE p.article_id = $1 ORDER BY p.id`,
          [articleId],
        );
        const isReached = rows[0]?.milestone !== 'OPEN';
        expect(withdrawal).toEqual(isReached ? ['WRONG_STATUS'] : []);
        expect(rows.map(({ status }) => status)).toEqual(
          isReached ? ['COLLECTED', 'COLLECTED'] : ['WITHDRAWN', 'ACTIVE'],
        );
        expect(rows[0]?.pledged).toBe(isReached ? '200' : '100');
      }
    },
    120_000 + races * 500,
  );
});
