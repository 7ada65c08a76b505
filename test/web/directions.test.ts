/**
 * Texts of right-to-left scripts on everything that shows what people write.
 * @database either
 * @seconds 90
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { escapeHtml } from '../../src/platform/text/escape-html.ts';
import type { MailTransport } from '../../src/platform/mail/transport.ts';
import type { TestUser } from '../support/app.ts';
import { write } from '../support/articles.ts';
import { describeInBrowser } from '../support/browser.ts';
import { Campaigns } from '../support/campaigns.ts';
import { done } from '../support/comments.ts';
import { ask, readAtom, readRss } from '../support/feeds.ts';
import { eventually } from '../support/eventually.ts';
import { HostSite } from '../support/host-site.ts';
import { featuresWithMail, noMailWork, noTransport } from '../support/mail.ts';
import { onPerson, personId } from '../support/persons.ts';
import { lookForPlanted, plantAnswers, plantedIn, seed } from '../support/planted.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { report } from '../support/reports.ts';
import { addWords } from '../support/screening.ts';
import { addWebhook, type TestWebhook } from '../support/webhooks.ts';

const host = await HostSite.start();
afterAll(() => host.close());

const body = ['bodyHtml', 'bodyHtml', 'bodyHtml'].map(plantedIn).join('\n\n');
const blocks = `## ${body}\n\n> ${body}\n\n- ${plantedIn('bodyHtml')}\n- ${plantedIn('bodyHtml')}`;

type Who = 'jo' | 'ada' | 'mona' | 'root';

/** Pages with the fields of which each shows a planted text; `A`, `C`, `B` and others stand for what the tests have made. */
const pages: readonly { readonly path: string; readonly as?: Who; readonly shows: readonly string[] }[] = [
  { path: '/', shows: ['title', 'standfirst', 'name'] },
  {
    path: 'ARTICLE',
    shows: [
      ...[
        'title',
        'standfirst',
        'name',
        'bodyHtml',
        'role',
        'organisation',
        'displayName',
        'affiliation',
        'statement',
      ],
      'description',
    ],
  },
  { path: 'ARTICLE?sort=newest', as: 'ada', shows: ['bodyHtml', 'name'] },
  { path: 'BRANCH', shows: ['title', 'bodyHtml', 'name'] },
  { path: '/journalists/planted', shows: ['name', 'location', 'bioHtml', 'title'] },
  { path: 'PERSON', shows: ['name', 'title', 'bodyHtml'] },
  { path: '/tags/planted', shows: ['name', 'title'] },
  { path: '/search?q=planted', shows: ['title', 'standfirst'] },
  { path: '/campaigns', shows: ['title'] },
  { path: '/write', as: 'jo', shows: [] },
  { path: 'OWN/edit', as: 'jo', shows: [] },
  { path: '/my/articles', as: 'jo', shows: ['title'] },
  { path: '/my/comments', as: 'ada', shows: ['title', 'bodyHtml'] },
  { path: '/my/pledges', as: 'ada', shows: ['title'] },
  { path: '/my/notifications', as: 'ada', shows: ['name', 'title'] },
  { path: '/account', as: 'root', shows: ['name'] },
  { path: '/moderation', as: 'mona', shows: ['title', 'name', 'bodyHtml', 'note'] },
  { path: '/moderation/people', as: 'root', shows: ['name'] },
  { path: 'MODERATED', as: 'root', shows: ['name', 'note', 'text'] },
  { path: '/moderation/words', as: 'root', shows: ['text'] },
  { path: '/moderation/log', as: 'root', shows: ['title', 'name', 'note'] },
  { path: '/moderation/appeals', as: 'root', shows: ['title', 'name', 'text', 'bodyHtml'] },
  { path: '/webhooks', as: 'root', shows: ['name'] },
  { path: 'WEBHOOK', as: 'root', shows: ['name', 'title'] },
  { path: '/mails', as: 'root', shows: ['subject', 'text'] },
];

describeInBrowser('a text that is written from right to left', () => {
  const readers = useReaders();
  const provider = new ProviderDouble();
  const { features } = featuresWithMail();
  const mailTransport: MailTransport = { ...noTransport, keepsMails: true };
  const app = useAppWithPage(
    {
      ...noMailWork,
      ...host.settings,
      FUNDING_POLL_MS: '100',
      WEBHOOK_PRIVATE_NETWORKS: 'on',
      NOTIFICATION_POLL_MS: '100',
    },
    { features, mailTransport, payments: provider },
  );
  const campaigns = new Campaigns(app, provider);
  const users = new Map<Who, TestUser>();
  const places = new Map<string, string>();
  let article: { id: string; slug: string };
  let webhook: TestWebhook;

  const user = (name: Who): TestUser => {
    const found = users.get(name);
    if (!found) throw new Error(name);
    return found;
  };

  const send = async (name: string, type: string, input: Record<string, unknown>, by: TestUser) => {
    const data = await app().data(
      `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code message } } }`,
      { input },
      by.token,
    );
    expect(data[name].userErrors).toEqual([]);
  };

  beforeAll(async () => {
    host.service = app().url;
    for (const [name, ...roles] of [['jo', 'JOURNALIST'], ['ada'], ['mona', 'MODERATOR']] as const)
      users.set(name, await app().signUp(`${plantedIn('name')} ${name}`, ...roles));
    const [jo, ada, mona] = [user('jo'), user('ada'), user('mona')];
    article = await app().addArticle({
      journalist: { slug: 'planted', name: plantedIn('name'), location: plantedIn('location'), bio: blocks },
      article: {
        title: `${plantedIn('title')} planted`,
        standfirst: plantedIn('standfirst'),
        body: blocks,
        tags: ['planted'],
        signatures: [
          { name: plantedIn('name'), role: plantedIn('role'), organisation: plantedIn('organisation') },
        ],
      },
      endorsements: [
        {
          key: '1',
          displayName: plantedIn('displayName'),
          affiliation: plantedIn('affiliation'),
          statement: plantedIn('statement'),
          createdAt: '2024-06-01T10:00:00Z',
        },
      ],
      comments: [
        { key: '1', body: blocks, authorName: plantedIn('name'), createdAt: '2024-06-01T10:00:00Z' },
        { key: '2', parentKey: '1', body, authorName: plantedIn('name'), createdAt: '2024-06-01T11:00:00Z' },
      ],
    });
    const say = async (by: TestUser, parentId?: string): Promise<string> =>
      (
        await done(
          app(),
          'addComment',
          { articleId: article.id, body: blocks, ...(parentId ? { parentId } : {}) },
          by,
        )
      ).comment.id;
    const first = await say(ada);
    await say(jo, first);
    const removed = await say(ada);
    await report(app(), jo, first, { note: plantedIn('note') });
    await done(
      app(),
      'removeComment',
      { commentId: removed, reasonCode: 'OFF_TOPIC', reason: plantedIn('note') },
      mona,
    );
    const { viewer } = await app().data(
      '{ viewer { commentAuthor { id } decisions { nodes { decisionId } } } }',
      {},
      ada.token,
    );
    await send(
      'appealDecision',
      'AppealDecisionInput',
      { decisionId: viewer.decisions.nodes[0].decisionId, text: plantedIn('text') },
      ada,
    );
    await onPerson(app(), mona, 'addPersonNote', {
      personId: personId(ada.accountId),
      text: plantedIn('text'),
    });
    await addWords(app(), [{ text: plantedIn('text') }], mona);
    await send('muteAuthor', 'MuteAuthorInput', { authorId: viewer.commentAuthor.id }, mona);
    await send(
      'requestEndorsement',
      'RequestEndorsementInput',
      { articleId: article.id, email: 'ida@example.org', displayName: plantedIn('displayName') },
      ada,
    );
    const own = await write(
      app(),
      'createArticle',
      { title: plantedIn('title'), standfirst: plantedIn('standfirst'), body: blocks, tags: ['planted'] },
      jo,
    );
    const milestones = [1000, 9000].map((goal, index) => ({
      title: plantedIn('title'),
      description: plantedIn('description'),
      goal: String(goal),
      unlockedArticleId: index === 0 ? own.id : null,
    }));
    const deadline = new Date(Date.now() + 86_400_000).toISOString();
    const editor = await campaigns.editor();
    const input = { articleId: article.id, currency: 'EUR', deadline, milestones };
    const { id: campaignId } = await campaigns.do('createCampaign', input, editor);
    await campaigns.do('launchCampaign', { campaignId }, editor);
    await campaigns.back(campaignId, 1000, { named: true, by: ada });
    await eventually('the backer', async () => (await campaigns.read(article.slug)).backerCount === 1);
    webhook = await addWebhook(app(), {
      url: `${host.url}/none`,
      name: plantedIn('name'),
      articleId: article.id,
    });
    users.set('root', webhook.administrator);
    await send(
      'suspendAccount',
      'SuspendAccountInput',
      {
        personId: personId((await app().signUp(`${plantedIn('name')} pat`)).accountId),
        reason: 'SPAM',
        note: plantedIn('note'),
        until: deadline,
      },
      mona,
    );
    await onPerson(app(), mona, 'premoderateAccount', {
      personId: personId(ada.accountId),
      reason: 'SPAM',
      note: plantedIn('note'),
      until: deadline,
    });
    for (const [name, path] of Object.entries({
      ARTICLE: `/articles/${article.slug}`,
      BRANCH: `/articles/${article.slug}/comments/${first}`,
      PERSON: `/people/${viewer.commentAuthor.id}`,
      OWN: `/articles/${own.slug}`,
      MODERATED: `/moderation/people/${personId(ada.accountId)}`,
      WEBHOOK: `/webhooks/${webhook.id}`,
    }))
      places.set(name, path);
  }, 120_000);

  const addressOf = (path: string): string =>
    app().url + path.replace(/^[A-Z]+/, (name) => places.get(name) ?? name);

  /** Looks until all of these fields are shown. */
  async function inspect({ page }: BrowserReader, shows: readonly string[]): Promise<void> {
    let missing: readonly string[] = shows;
    let faults: readonly string[] = [];
    await eventually(`planted texts at ${page.url()}`, async () => {
      const found = await lookForPlanted(page);
      missing = shows.filter((name) => !found.shown.includes(name));
      faults = found.faults;
      return missing.length === 0;
    }).catch((error: unknown) => {
      // What is missing is said below.
      if (!String(error).includes('still waiting')) throw error;
    });
    expect({ url: page.url(), missing, faults }).toEqual({ url: page.url(), missing: [], faults: [] });
  }

  it.each(pages)('has a direction of its own at $path', async ({ path, as, shows }) => {
    const planted = await readers.open(app().url, as ? { user: user(as) } : {});
    await plantAnswers(planted.page);
    await planted.page.goto(addressOf(path));
    await planted.page.getByRole('heading', { level: 1 }).first().waitFor();
    // The served page has directions of its own.
    await planted.page.locator('main[data-served]').waitFor({ state: 'detached' });
    await planted.page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await inspect(planted, shows);
    await planted.page.context().close();
  });

  it.each(['/', 'ARTICLE', 'BRANCH', '/journalists/planted', '/tags/planted', '/campaigns'])(
    'has a direction of its own where no script runs, at %s',
    async (path) => {
      const reader = await readers.open(addressOf(path), { context: { javaScriptEnabled: false } });
      await inspect(reader, ['title']);
      await reader.page.context().close();
    },
  );

  it('has a direction of its own in the element for other sites, and in its frame', async () => {
    const element = `<standfirst-thread article="${addressOf('ARTICLE')}"></standfirst-thread>`;
    const script = `<script type="module" src="${app().url}/embed/thread.js"></script>`;
    for (const address of [
      host.addPage(element, { head: script }),
      `${app().url}/embed?article=${encodeURIComponent(addressOf('ARTICLE'))}`,
    ]) {
      const reader = await readers.open(address);
      await reader.page.locator('standfirst-thread .comment').first().waitFor();
      await inspect(reader, ['name', 'bodyHtml']);
      await reader.page.context().close();
    }
  });

  it('has a direction of its own in feeds, in oEmbed and in mails', async () => {
    const json = async (path: string): Promise<any> => (await fetch(app().url + path)).json();
    const { items } = await json(`/articles/${article.slug}/comments.json`);
    const [site, oembed] = [
      await json('/feed.json'),
      await json(`/oembed?url=${encodeURIComponent(addressOf('ARTICLE'))}`),
    ];
    const mails = await app().app.db.query<{ html: string; text: string; subject: string }>(
      'SELECT html, text, subject FROM mail',
    );
    expect(mails.some(({ html }) => html.includes(plantedIn('title')))).toBe(true);
    const { comments, articles } = { comments: `/articles/${article.slug}/comments`, articles: '/feed' };
    const xml = async (path: string): Promise<string> => (await ask(app().url + path)).text;
    const [atom, rss] = [
      [readAtom(await xml(`${comments}.atom`)), readAtom(await xml(`${articles}.atom`))],
      [readRss(await xml(`${comments}.rss`)), readRss(await xml(`${articles}.rss`))],
    ];
    const inXml = [
      ...atom.flatMap(({ entries = [] }) => entries.map(({ content }) => content?.value)),
      ...rss.flatMap(({ items: all = [] }) => all.map((item) => item.content?.encoded ?? item.description)),
    ];
    expect(inXml.filter((html) => html?.includes(seed))).toHaveLength(2 * (items.length + site.items.length));
    const titles = [
      ...(atom[0]?.entries ?? []).map(({ title }) => title?.value ?? ''),
      ...(rss[0]?.items ?? []).map(({ title }) => title ?? ''),
      ...items.map(({ title }: any) => title),
    ];
    expect(titles.filter((title) => title.includes(seed))).toHaveLength(3 * items.length);
    const lines = [...titles, ...mails.flatMap(({ text }) => text.split('\n'))];
    const written = [
      ...items.map((item: any) => item.content_html),
      ...site.items.map((item: any) => item.content_html),
      ...inXml.map((html) => html ?? ''),
      oembed.html,
      ...mails.map(({ html }) => html),
      ...lines.map((line: string) => `<p><bdi></bdi>${escapeHtml(line)}</p>`),
    ];
    const reader = await readers.open('about:blank');
    for (const html of written) {
      await reader.page.setContent(html);
      expect((await lookForPlanted(reader.page)).faults).toEqual([]);
    }
  });

  it('begins at the same right edge as its title, at any width', async () => {
    const text = 'هذه فقرة أولى طويلة بما يكفي لتملأ أكثر من سطر واحد على الشاشة العريضة. '.repeat(3);
    const long = 'كلمة'.repeat(25);
    const { slug } = await app().addArticle({
      article: {
        title: 'أنقذوا العبّارة',
        standfirst: `${text} ${long}`,
        body: `## لماذا الآن\n\n${text} ${long}`,
        signatures: [{ name: 'ليلى', role: 'كاتبة', organisation: 'نقابة الصيادين' }],
      },
      comments: [0, 1, 2].map((n) => ({
        key: String(n),
        ...(n > 0 ? { parentKey: String(n - 1) } : {}),
        authorName: 'Ada Example',
        body: `${text} ${long}`,
        createdAt: '2024-05-01T10:00:00Z',
      })),
    });
    const { page } = await readers.open(`${app().url}/articles/${slug}`);
    for (const width of [390, 1_440]) {
      await page.setViewportSize({ width, height: 900 });
      const edges = await page
        .locator('.article-head h1, .standfirst, .article .prose > *')
        .evaluateAll((elements) => elements.map((element: any) => element.getBoundingClientRect().right));
      expect(edges).toHaveLength(4);
      expect(new Set(edges).size).toBe(1);
      // The line of the signature is the page's own, which is read from the left.
      const [role, organisation] = await page
        .locator('.signature-role > bdi')
        .evaluateAll((elements) => elements.map((element: any) => element.getBoundingClientRect()));
      expect(role.right).toBeLessThan(organisation.left);
      await page.locator('.comment-body').nth(2).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    }
    await page.context().close();
  });
});
