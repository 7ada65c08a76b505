/**
 * @database either
 * @seconds 60
 */
import { beforeAll, expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { done } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { report } from '../support/reports.ts';
import { addWords, setSettings } from '../support/screening.ts';
import { addServiceAccount, addToken } from '../support/tokens.ts';

const views = [
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'light' },
  { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' },
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
] as const;

/** Comments of a busy night. */
const many = 5_000;

describeInBrowser('the page of moderation', () => {
  const readers = useReaders();
  const app = useAppWithPage({}, { features });
  let mona: TestUser;
  let mia: TestUser;
  let ada: TestUser;
  let editor: TestUser;

  beforeAll(async () => {
    mona = await app().signUp('Mona Example', 'MODERATOR');
    mia = await app().signUp('Mia Example', 'MODERATOR');
    editor = await app().signUp('Edith Example', 'EDITOR');
    ada = await app().signUp('Ada Example');
  });

  const open = (user: TestUser, path = '/moderation'): Promise<BrowserReader> =>
    readers.open(app().url + path, { user, context: { viewport: { width: 1_440, height: 900 } } });
  const card = ({ page }: BrowserReader, text: string) => page.locator('.queue-card', { hasText: text });
  const setPolicy = (articleId: string, policy: string) =>
    app().app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [articleId, policy]);
  const statusOf = async (id: string): Promise<string> =>
    (await app().data('query ($id: ID!) { comment(id: $id) { status } }', { id }, editor.token)).comment
      .status;
  const decisions = async (): Promise<number> =>
    (await app().app.db.query<{ n: number }>('SELECT count(*)::int AS n FROM moderation_decision'))[0]!.n;

  async function inspect(reader: BrowserReader, name: string): Promise<void> {
    for (const { view, width, height, colorScheme } of views) {
      await reader.page.setViewportSize({ width, height });
      await reader.page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`moderation-${name}-${view}`, false);
    }
    await reader.page.setViewportSize({ width: 1_440, height: 900 });
    await reader.page.emulateMedia({ colorScheme: 'light' });
  }

  /** The article of a test, with a comment to answer. */
  async function article(title: string) {
    const added = await app().addArticle({ article: { title } });
    const say = async (body: string, user = ada, more: Record<string, unknown> = {}): Promise<any> =>
      (await done(app(), 'addComment', { articleId: added.id, body, ...more }, user)).comment;
    const hold = async (body: string, user = ada, more: Record<string, unknown> = {}): Promise<any> => {
      await setPolicy(added.articleId, 'PREMODERATED');
      const comment = await say(body, user, more);
      await setPolicy(added.articleId, 'OPEN');
      return comment;
    };
    return { ...added, say, hold };
  }

  it('shows what waits and why, and takes every action by a key', async () => {
    const { articleId: key, say } = await article('The last boat at ten past eight');
    const bob = await app().signUp('Bob Example');
    const cyd = await app().signUp('Cyd Example');
    await addWords(app(), [{ text: 'swindl*', mode: 'PATTERN' }], editor);
    await setSettings(app(), { maxLinks: 1, reportsToHold: 2 }, editor);
    const first = await say(
      'The ferry has never been on time since the new timetable. Who pays for that?',
      bob,
    );
    const word = await say(
      'The *harbour board* are **swindlers**, and everybody on the island knows it.',
      ada,
      {
        parentId: first.id,
      },
    );
    const links = await say('Cheap tickets: https://a.example.org and https://b.example.org', bob);
    const edited = await say('The boat leaves at ten past eight.', cyd);
    await setPolicy(key, 'PREMODERATED');
    await done(
      app(),
      'editComment',
      { commentId: edited.id, body: 'The boat leaves at ten to nine, as everybody knows.' },
      cyd,
    );
    // The comments of a moderator do not wait.
    const reported = await say('You are all fools.', mia);
    await report(app(), bob, reported.id, { reason: 'ABUSE', note: 'He says this under every article.' });
    await say('Somebody lives at number 4, Quay Street.');
    const reader = await open(mona);
    const { page } = reader;
    await card(reader, 'swindlers').waitFor();
    await reader.isLive();
    await page.locator('.queue-total', { hasText: '5 wait' }).waitFor();

    // The reason in words, the place that was found, and the rule.
    const why = card(reader, 'swindlers').locator('.queue-why');
    expect(await why.innerText()).toMatch(/A word of the list\s+swindlers\s+rule: swindl\*/);
    expect(await page.evaluate('[...CSS.highlights.get("queue-match")].map(String)')).toContain('swindlers');
    expect(await page.evaluate('[...CSS.highlights.get("queue-added")].map(String)')).toEqual([
      'to nine, as everybody knows.',
    ]);
    await card(reader, 'Cheap tickets').getByText('more than 1 link').waitFor();
    await card(reader, 'fools').getByText('He says this under every article.').waitFor();
    await card(reader, 'swindlers').getByText('Answers Bob Example').waitFor();
    await inspect(reader, 'queue');

    // j goes to the first entry, which is claimed, and a approves it; the next one takes the focus.
    await page.keyboard.press('j');
    await page.locator('.queue-card.is-current:focus', { hasText: 'swindlers' }).waitFor();
    await card(reader, 'swindlers').getByText('You work on this until').waitFor();
    // Held down, it decides about nothing else.
    await page.keyboard.down('a');
    await page.keyboard.down('a');
    await page.keyboard.up('a');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Cheap tickets' }).waitFor();
    await page.getByText('Approved by you').waitFor();
    await eventually('the approval', async () => (await statusOf(word.id)) === 'PUBLISHED');
    await page.locator('.queue-total', { hasText: '4 wait' }).waitFor();
    await page.getByRole('link', { name: 'Moderation 4 waiting' }).waitFor();

    // r asks why; a number chooses, Enter sends. Letters of the note are no keys.
    await page.keyboard.press('r');
    await page.getByRole('group', { name: 'Why is it rejected?' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Choose a reason.' }).waitFor();
    await page.locator('.queue-reasons [type=radio]:focus').first().waitFor();
    await page.keyboard.press('1');
    await page.locator('[value=SPAM]:checked:focus').waitFor();
    await page.getByLabel('Note to the author').pressSequentially('No advertising, a, d, j.');
    await inspect(reader, 'reasons');
    await page.keyboard.press('Enter');
    await page.getByText('Rejected by you').waitFor();
    await eventually('the rejection', async () => (await statusOf(links.id)) === 'REJECTED');
    await page.locator('.queue-card.is-current:focus', { hasText: 'as everybody knows' }).waitFor();

    // u undoes it: it waits again where it was, and has the focus.
    await page.keyboard.press('u');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Cheap tickets' }).waitFor();
    await page.getByText('Undone: it waits again.').waitFor();
    await page.getByText('Rejected by you').waitFor({ state: 'detached' });
    expect(await statusOf(links.id)).toBe('PENDING');

    // x selects, and a key is then for all that is selected.
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('2 selected').waitFor();
    await inspect(reader, 'selected');
    await page.keyboard.press('d');
    await page.getByRole('group', { name: 'Why is it removed?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: 'Why is it removed?' }).waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await page.getByText('2 decided.').waitFor();
    await eventually('both', async () => (await statusOf(links.id)) === 'PUBLISHED');

    // What was reported and is public is kept or removed, and not rejected.
    await page.locator('.queue-card.is-current:focus', { hasText: 'fools' }).waitFor();
    expect(await card(reader, 'fools').getByRole('button', { name: 'Reject' }).count()).toBe(0);
    await card(reader, 'fools').getByLabel('Made in bad faith').check();
    await card(reader, 'fools').getByRole('button', { name: 'Keep' }).click();
    await page.getByText('Kept by you').waitFor();
    const [state] = await app().app.db.query<{ state: string }>('SELECT state FROM comment_report');
    expect(state?.state).toBe('BAD_FAITH');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys of the queue' }).waitFor();
    await inspect(reader, 'keys');
    await page.keyboard.press('a');
    await page.keyboard.press('Escape');
    await page.locator('.queue-total', { hasText: '1 waits' }).waitFor();
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('says what has held a text in words, and names the program that is asked as the settings do', async () => {
    const { id, articleId: key, say } = await article('Four rules');
    await setSettings(app(), { maxLinks: 2 }, editor);
    await say('https://a.example.org, https://b.example.org, https://c.example.org: many links.');
    await setPolicy(key, 'PREMODERATED');
    await say('By policy.');
    await setPolicy(key, 'OPEN');
    await setSettings(app(), { firstComments: 1, asksHook: true }, editor);
    const newcomer = await app().signUp('Nell Example');
    await say('I am new here.', newcomer);
    await setSettings(app(), { firstComments: 0 }, editor);
    await say('For the program.');
    await setSettings(app(), { asksHook: false }, editor);
    const reader = await open(mona, `/moderation?article=${id}`);
    for (const [text, why] of [
      ['many links', /Links.*more than 2 links/s],
      ['By policy', /Everything is read first here\s+under this article/],
      ['I am new here', /one of the first comments of an account, until 1 is public/],
      ['For the program', /^The program that is asked\s+it has time until/],
    ] as const) {
      await card(reader, text).waitFor();
      expect(await card(reader, text).locator('.queue-why').innerText()).toMatch(why);
    }
    expect(await reader.page.locator('.queue-rows').innerText()).not.toMatch(/maxLinks|firstComments|rule:/);
    const phases = reader.page.getByRole('combobox', { name: 'Held by' }).locator('option');
    expect(await phases.allInnerTexts()).toContain('The program that is asked');
    expect(reader.problems).toEqual([]);
    await reader.page.context().close();
    const settings = await open(editor, '/moderation/settings');
    await settings.page.getByRole('group', { name: 'The program that is asked', exact: true }).waitFor();
    expect(await settings.page.locator('main').innerText()).not.toMatch(/\bhook\b/i);
    await settings.page.context().close();
  });

  it('opens what is public under its article, and of all else the comment that it answers or the article', async () => {
    const { id, articleId: key, slug, say, hold } = await article('Where does it stand?');
    const asked = await say('Who pays for the ferry?');
    await hold('A reply that waits.', ada, { parentId: asked.id });
    await hold('A comment that waits.');
    const edited = await say('The old text.');
    await setPolicy(key, 'PREMODERATED');
    await done(app(), 'editComment', { commentId: edited.id, body: 'The new text.' }, ada);
    await setPolicy(key, 'OPEN');
    const reported = await say('Said in public.');
    await report(app(), mia, reported.id);
    const takenBack = await say('Said too often.');
    await hold('A reply to what is taken back.', ada, { parentId: takenBack.id });
    await setSettings(app(), { reportsToHold: 1 }, editor);
    await report(app(), mia, takenBack.id);
    await setSettings(app(), { reportsToHold: 2 }, editor);
    const reader = await open(mona, `/moderation?article=${id}`);
    const { page } = reader;
    const here = `/articles/${slug}`;
    for (const [text, address] of [
      ['A reply that waits', `${here}#comment-${asked.id}`],
      ['A comment that waits', here],
      ['The new text', `${here}#comment-${edited.id}`],
      ['Said in public', `${here}#comment-${reported.id}`],
      ['A reply to what is taken back', here],
    ] as const) {
      await card(reader, text).first().waitFor();
      const links = card(reader, text).locator('[data-action=open], .queue-article');
      const found = await links.evaluateAll((all) => all.map((each: any) => each.getAttribute('href')));
      expect(found).toEqual([address, address]);
    }
    expect(
      await page
        .locator('.queue-card', { has: page.locator('.queue-kind.is-REPORTS') })
        .locator('[data-action=open]')
        .getAttribute('href'),
    ).toBe(here);
    await card(reader, 'A reply that waits').focus();
    const [opened] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('o')]);
    await opened.locator('.is-target', { hasText: 'Who pays for the ferry?' }).waitFor();
    expect(await opened.getByText('not there any more').count()).toBe(0);
    await opened.close();
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('keeps the notice of a comment that is not there apart from the form above it', async () => {
    const { slug, hold } = await article('What is not there');
    const held = await hold('This waits.');
    const reader = await open(mona, `/articles/${slug}#comment-${held.id}`);
    const { page } = reader;
    const notice = page.getByText('The comment that this address points to is not there any more.');
    for (const { view, width, height } of views.filter(({ colorScheme }) => colorScheme === 'light')) {
      await page.setViewportSize({ width, height });
      await notice.waitFor();
      const button = await page.getByRole('button', { name: 'Comment', exact: true }).boundingBox();
      const { y = 0 } = (await notice.boundingBox()) ?? {};
      expect(y - (button!.y + button!.height)).toBeGreaterThanOrEqual(16);
      await reader.photograph(`notice-gone-${view}`, false);
    }
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('lets two moderators decide once, and moves nothing under their hands', async () => {
    const { articleId: key, id, say } = await article('Who owns the harbour?');
    await setPolicy(key, 'PREMODERATED');
    const bodies = ['Number one.', 'Number two.', 'Number three.', 'Number four.'];
    const comments = [];
    for (const body of bodies) comments.push(await say(body));
    const path = `/moderation?article=${id}`;
    const [one, two] = [await open(mona, path), await open(mia, path)];
    for (const reader of [one, two]) {
      await card(reader, 'Number four.').waitFor();
      await reader.isLive();
    }
    // What is in hand is claimed, and others see by whom.
    await card(one, 'Number one.').click({ position: { x: 5, y: 5 } });
    await card(one, 'Number one.').focus();
    await card(two, 'Number one.').getByText('Mona Example works on this until').waitFor();
    await card(two, 'Number one.').focus();
    await two.page.keyboard.press('a');
    await two.page
      .locator('.queue-said', {
        hasText: 'Ada Example’s comment was not decided: another moderator works on it.',
      })
      .waitFor();

    // What others decide above becomes a line, and what is in hand stays in its place.
    await card(two, 'Number three.').focus();
    const top = () =>
      card(two, 'Number three.').evaluate((element: any) => element.getBoundingClientRect().top);
    const before = await top();
    await one.page.keyboard.press('a');
    await two.page.getByText('Approved by Mona Example').waitFor();
    // What arrives is counted, and comes when it is asked for.
    await say('Number five.');
    await two.page.getByText('1 new at the end').waitFor();
    expect(Math.abs((await top()) - before)).toBeLessThan(2);
    expect(await two.page.evaluate('document.activeElement.textContent')).toContain('Number three.');
    expect(await card(two, 'Number five.').count()).toBe(0);

    // Both at once: one decision, and both see whose.
    const made = await decisions();
    await card(one, 'Number four.').focus();
    await card(two, 'Number four.').focus();
    await Promise.all([one.page.keyboard.press('a'), two.page.keyboard.press('a')]);
    for (const reader of [one, two])
      await reader.page.locator('.queue-card.is-gone', { hasText: 'Number four.' }).waitFor();
    expect(await decisions()).toBe(made + 1);
    const lines = await Promise.all(
      [one, two].map(({ page }) =>
        page.locator('.queue-card.is-gone', { hasText: 'Number four.' }).innerText(),
      ),
    );
    expect(lines.filter((line) => line.includes('Approved by you'))).toHaveLength(1);
    expect(lines.filter((line) => /Approved by M(ona|ia) Example/.test(line))).toHaveLength(1);

    await two.page.keyboard.press('n');
    await two.page.locator('.queue-card.is-current:focus', { hasText: 'Number five.' }).waitFor();
    for (const reader of [one, two]) {
      expect(reader.problems).toEqual([]);
      await reader.page.context().close();
    }
  });

  it('stays small with thousands that wait', async () => {
    const { articleId: key, id } = await article('A busy night');
    await app().app.db.query(
      `INSERT INTO comment (article_id, root_id, id, depth, ordinal, path, account_id, status, listed,
         body_markdown, body_html, body_text, created_at, created_precision)
       SELECT $1, 1000000 + i, 1000000 + i, 0, 9000000000000000 + i, int8send(9000000000000000 + i), $2, 'PENDING', false,
         'Waiting ' || i || '.', '<p>Waiting ' || i || '.</p>', 'Waiting ' || i || '.', now(), 'INSTANT'
       FROM generate_series(1, $3::int) i`,
      [key, ada.accountId, many],
    );
    await app().app.db.query(
      `INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed)
       SELECT article_id, id, 0, ordinal, false FROM comment WHERE article_id = $1`,
      [key],
    );
    const reader = await open(mona, `/moderation?article=${id}`);
    const { page } = reader;
    await page.getByText('5,000 wait').waitFor();
    await page.locator('[aria-posinset="1"]').waitFor();
    await reader.isLive();
    const requests = () => reader.requests.filter((url) => url.endsWith('/graphql')).length;
    const sizes = () =>
      page.evaluate(() => {
        const { document } = globalThis as any;
        return [document.querySelectorAll('*').length, document.querySelectorAll('.queue-card').length];
      });
    const before = requests();
    // More are loaded on the way.
    const place = async () => Number(await page.evaluate('document.activeElement.ariaPosInSet'));
    for (let n = 0; n < 1_000 && (await place()) < 100; n++) await page.keyboard.press('j');
    expect(await place()).toBeGreaterThanOrEqual(100);
    const [elements, cards] = await sizes();
    expect(cards).toBeLessThan(40);
    expect(elements).toBeLessThan(3_000);
    // Pages of 30, and claims of what was in hand for long; not one for each step.
    expect(requests() - before).toBeLessThan(30);
    // The first ones were let go, and are there again.
    await eventually('the first ones', async () => {
      // Again, as long as the last step is still on its way.
      await page.evaluate('scrollTo({ top: 0, behavior: "instant" })');
      return (await page.locator('[aria-posinset="2"]', { hasText: 'Waiting' }).count()) > 0;
    });
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('says what a program suspects of a text that it leaves to a moderator', async () => {
    const { id, say } = await article('The program');
    const administrator = await app().signUp('Al Example', 'ADMINISTRATOR');
    const program = await addServiceAccount(app(), administrator, {
      name: 'Classifier',
      roles: ['MODERATOR'],
    });
    const { secret } = await addToken(app(), administrator, {
      name: 'Verdicts',
      scopes: ['READ', 'MODERATE'],
      serviceAccountId: program.id,
    });
    await setSettings(app(), { asksHook: true }, administrator);
    const { id: commentId } = await say('A doubtful text.');
    await setSettings(app(), { asksHook: false }, administrator);
    const { decideComments } = await app().data(
      `mutation ($decision: CommentDecisionInput!) { decideComments(input: { decisions: [$decision] }) {
        results { item { hookState suspicion } userErrors { code } } userErrors { code } } }`,
      { decision: { commentId, expectedRevision: 1, verdict: 'ESCALATE', reason: 'HATE' } },
      secret,
    );
    expect(decideComments.results).toEqual([
      { item: { hookState: 'ESCALATED', suspicion: 'HATE' }, userErrors: [] },
    ]);
    const reader = await open(mona, `/moderation?article=${id}`);
    await card(reader, 'A doubtful text.').getByText('it suspects: Hate').waitFor();
    await done(app(), 'removeComment', { commentId }, ada);
    expect(reader.problems).toEqual([]);
    await reader.page.context().close();
  });

  it('has a page for each of its parts, for staff alone', async () => {
    const reader = await open(mona);
    for (const name of ['People', 'Words', 'Settings', 'Log', 'Appeals', 'Queue']) {
      await reader.page.getByRole('navigation', { name: 'Moderation' }).getByRole('link', { name }).click();
      await reader.page.getByRole('heading', { level: 1, name }).waitFor();
    }
    const other = await open(ada);
    await other.page.getByText('Only moderators').waitFor();
    expect(await other.page.getByRole('link', { name: 'Moderation' }).count()).toBe(0);
  });

  it('leaves an editor the whole name in the header at 1,440 pixels, and is underlined there as all links are', async () => {
    const { hold } = await article('The header');
    await hold('This waits, too.');
    const dora = await app().signUp('Dora Edgeworth', 'EDITOR', 'JOURNALIST');
    const reader = await readers.open(app().url, {
      user: dora,
      context: { viewport: { width: 1_440, height: 900 } },
    });
    const { page } = reader;
    await page.locator('.menu-count').waitFor();
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    // One entry more, as for somebody who has pledged.
    await page.locator('.account-menu a[href="/my/comments"]').evaluate((link: any) => {
      const entry = link.cloneNode();
      entry.textContent = 'My pledges';
      link.after(entry);
    });
    const name = page.locator('.account-name', { hasText: 'Dora Edgeworth' });
    // A fraction of a pixel is enough for an ellipsis.
    const missing = await name.evaluate((element: any) => {
      const text = (globalThis as any).document.createRange();
      text.selectNodeContents(element);
      return text.getBoundingClientRect().width - element.getBoundingClientRect().width;
    });
    expect(missing).toBeLessThanOrEqual(0);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const lines = await page
      .locator('.account-menu a:not(.bell)')
      .evaluateAll((links: any[]) =>
        links.map((link) => (globalThis as any).getComputedStyle(link).textDecorationLine),
      );
    expect(lines.length).toBeGreaterThanOrEqual(6);
    expect(new Set(lines)).toEqual(new Set(['underline']));
    await reader.photograph('moderation-header-editor', false);
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('is in the menu of an administrator, which fits the window and stays in its place when the count arrives', async () => {
    const { hold } = await article('The menu');
    await hold('This waits.');
    const admin = await app().signUp('Alexandra Longworth-Example', 'ADMINISTRATOR', 'JOURNALIST');
    const reader = await open(admin, '/');
    const { page } = reader;
    /** Everything in the header, and where the page begins. */
    const places = (): Promise<{ name: string; left: number; right: number; top: number }[]> =>
      page.evaluate(() =>
        [...(globalThis as any).document.querySelectorAll('.site-header-inner > *, .account-menu > *, main')]
          .map((element: any) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0)
          .map(({ element, box: { left, right, top } }) => {
            return { name: element.innerText.replace(/\s+/g, ' '), left, right, top };
          }),
      );
    for (const { view, width, height } of views.filter(({ colorScheme }) => colorScheme === 'light')) {
      await page.setViewportSize({ width, height });
      const held = await reader.hold('QueueCount');
      await page.reload();
      await held.isAnswered;
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      await page.evaluate('document.fonts.ready.then(() => undefined)');
      expect(await page.locator('.menu-count').count()).toBe(0);
      const before = await places();
      held.letGo();
      await page.locator('.menu-count').waitFor();
      const after = await places();
      expect(after.filter(({ left, right }) => left < 0 || right > width)).toEqual([]);
      // Only the name of the entry is another one.
      const boxes = (all: typeof after) => all.map(({ left, right, top }) => ({ left, right, top }));
      expect(boxes(after)).toEqual(boxes(before));
      expect(await page.locator('.account-menu').evaluate((nav) => nav.scrollWidth - nav.clientWidth)).toBe(
        0,
      );
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`moderation-menu-${view}`, false);
    }
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });
});
