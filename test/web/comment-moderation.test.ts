/**
 * @database either
 * @seconds 30
 */
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { EventLog } from '../../src/platform/events/log.ts';
import { RemovalBatches } from '../../src/features/moderation/removals/removal-batches.ts';
import { ModerationLog } from '../../src/platform/screening/moderation-log.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { onPerson, personId } from '../support/persons.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { setSettings } from '../support/screening.ts';

const views = [
  { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

const links = 'See [one](https://one.example), [two](https://two.example).';

describeInBrowser('moderation on the page of an article', () => {
  const readers = useReaders();
  const app = useAppWithPage();
  const opened: BrowserReader[] = [];
  let [ada, bo, mo, flo, journalist]: TestUser[] = [];
  let article: { id: string; slug: string };

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    bo = await app().signUp('Bo Example');
    mo = await app().signUp('Mo Example', 'MODERATOR');
    flo = await app().signUp('Flo Example', 'MODERATOR');
    journalist = await app().signUp('Jo Example', 'JOURNALIST');
    const editor = await app().signUp('Ed Example', 'EDITOR');
    await setSettings(app(), { maxLinks: 1 }, editor);
    await app().addArticle({ journalist: { slug: 'jo-example', name: 'Jo Example' } });
    await app().app.db.query(`UPDATE journalist SET account_id = $1 WHERE slug = 'jo-example'`, [
      journalist.accountId,
    ]);
  });

  beforeEach(async () => {
    article = await app().addArticle({
      journalist: { slug: 'jo-example', name: 'Jo Example' },
      article: { title: 'Keep the ferry' },
    });
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function say(user: TestUser | undefined, body: string, parentId?: string): Promise<string> {
    if (!user) throw new Error('The accounts are made before the tests');
    const { comment } = await app().addComment(user, {
      articleId: article.id,
      body,
      ...(parentId === undefined ? {} : { parentId }),
    });
    return comment?.id ?? '';
  }

  async function open(user?: TestUser, path = `/articles/${article.slug}`): Promise<BrowserReader> {
    const reader = await readers.open(app().url + path, {
      ...(user ? { user } : {}),
      context: { viewport: views[0], colorScheme: 'light' },
    });
    opened.push(reader);
    return reader;
  }

  /** The page at a phone's and a desktop's width. */
  async function inspect(reader: BrowserReader, name: string) {
    const { page } = reader;
    for (const { view, width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`comment-moderation-${name}-${view}`);
    }
    await page.setViewportSize(views[0]);
  }

  const decide = (user: TestUser | undefined, decision: object) =>
    app().data(
      `mutation ($decision: CommentDecisionInput!) { decideComments(input: { decisions: [$decision] }) {
        results { decision { id } userErrors { code message } } } }`,
      { decision },
      user?.token,
    );

  it('a reader reports a comment once, by the keyboard, and the signed-out sign in first', async () => {
    const fromAda = await say(ada, 'Buy my boats.');
    await say(journalist, 'I have asked the harbour about this.', fromAda);
    await say(mo, 'Please keep to the ferry.', fromAda);
    await say(bo, 'My own.');
    const stranger = await open();
    await stranger.isLive();
    const link = stranger.comment('Buy my boats.').getByRole('link', { name: 'Report' });
    const next = new URL((await link.getAttribute('href')) ?? '', app().url).searchParams.get('next');
    expect(next).toBe(`/articles/${article.slug}?report#comment-${fromAda}`);

    // As after signing in: the form is open, and the address does not ask again.
    const reader = await open(bo, next ?? '');
    const { page } = reader;
    const comment = reader.comment('Buy my boats.');
    await comment.getByRole('radio', { name: 'Advertising' }).waitFor();
    await page.locator('input[type=radio]:focus').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await reader.comment('My own.').getByRole('button', { name: 'Report' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await comment.getByRole('button', { name: 'Report', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.locator('input[type=radio]:focus').waitFor();
    const send = comment.locator('form').getByRole('button', { name: 'Report' });
    await send.click();
    await comment.getByText('Choose a reason.').waitFor();
    await page.locator('input[type=radio]:focus').waitFor();
    await page.keyboard.press('Space');
    const note = comment.getByLabel('What should the moderators know?');
    await note.fill('x'.repeat(501));
    await send.click();
    await comment.locator('textarea[aria-invalid=true]:focus').waitFor();
    await reader.photograph('comment-moderation-report-faults');
    await note.fill('It is everywhere.');
    await inspect(reader, 'report');
    await send.click();
    await comment.locator('p:focus', { hasText: 'Reported; a moderator will look.' }).waitFor();
    await inspect(reader, 'reported');
    const { viewer } = await app().data(
      '{ viewer { reports { nodes { reason note outcome } } } }',
      {},
      bo?.token,
    );
    expect(viewer.reports.nodes).toEqual([{ reason: 'SPAM', note: 'It is everywhere.', outcome: 'OPEN' }]);
    await comment.getByRole('button', { name: 'Close' }).click();
    await comment.locator('.report-action:focus').press('Enter');
    await comment.getByText('You have reported this comment').waitFor();
    expect([...reader.problems, ...stranger.problems]).toEqual([]);
  });

  it('the form for a report or a removal comes into view where it opens low in the window, and moves nothing that is in view', async () => {
    for (let n = 1; n <= 12; n++) await say(ada, `Comment number ${n}.`);
    for (const [user, action] of [
      [bo, 'Report'],
      [mo, 'Remove'],
    ] as const) {
      const reader = await open(user);
      await reader.isLive();
      const { page } = reader;
      await page.setViewportSize({ width: 1_440, height: 900 });
      const comment = reader.comment('Comment number 6.');
      await comment.waitFor();
      const button = comment.getByRole('button', { name: action, exact: true }).first();
      /** Scrolls until the button is at a height of the window. */
      const place = (height: number) =>
        button.evaluate((element: any, at) => {
          const { bottom } = element.getBoundingClientRect();
          (globalThis as any).scrollBy({ top: bottom - at, behavior: 'instant' });
        }, height);
      const form = comment.locator('form.reason-form');
      // With the first field below the window, and with that field alone in it.
      for (const height of [890, 840, 800, 760]) {
        await place(height);
        await button.click();
        await page.locator('input[type=radio]:focus').waitFor();
        await eventually('all of the form', () =>
          form.evaluate((element: any) => {
            const { top, bottom } = element.getBoundingClientRect();
            return top >= 48 && bottom <= (globalThis as any).innerHeight;
          }),
        );
        await page.keyboard.press('Escape');
        await form.waitFor({ state: 'detached' });
      }
      await place(200);
      const before = await page.evaluate('scrollY');
      await button.click();
      await page.locator('input[type=radio]:focus').waitFor();
      expect(await page.evaluate('scrollY')).toBe(before);
      expect(reader.problems).toEqual([]);
    }
  });

  it('whoever is suspended while the page is open is told why and until when on sending a comment or an edit', async () => {
    const sue = await app().signUp('Sue Example');
    await say(sue, 'Written before.');
    const reader = await open(sue);
    await reader.isLive();
    const { page } = reader;
    await reader.comment('Written before.').getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Edit your comment').waitFor();
    const { persons } = await app().data(
      '{ persons(filter: { name: "Sue" }) { nodes { id } } }',
      {},
      mo?.token,
    );
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const suspension = { personId: persons.nodes[0].id, reason: 'SPAM', note: 'The third time.', until };
    if (!mo) throw new Error('The accounts are made before the tests');
    expect((await onPerson(app(), mo, 'suspendAccount', suspension)).refused).toBeUndefined();
    const told = async (place: Locator) => {
      const end = await page.evaluate(
        (time) => new Date(time).toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' }),
        until,
      );
      await place.getByText(/^Your account is suspended until .+: you can read, but not write\.$/).waitFor();
      expect(await place.innerText()).toContain(end);
      await place.getByText('The reason: advertising, or the same text again and again.').waitFor();
      await place.getByText('A moderator’s note: The third time.').waitFor();
    };
    await page.getByLabel('Edit your comment').fill('Written after.');
    await page.getByRole('button', { name: 'Save' }).click();
    await told(page.locator('.thread-rows .composer').getByRole('alert'));
    await page.getByLabel('Your comment', { exact: true }).fill('Buy my boats.');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    const own = page.locator('.comment.is-own', { hasText: 'Buy my boats.' });
    await told(own.getByRole('alert'));
    await inspect(reader, 'suspended-meanwhile');
    // It is told again after a reload, where the form itself has gone.
    await page.reload();
    await told(own.getByRole('alert'));
    expect(await page.getByLabel('Your comment', { exact: true }).count()).toBe(0);
    expect(reader.problems).toEqual([]);
  });

  it('slow mode is told before one writes, and what comes too soon waits with its text until it can be sent', async () => {
    const editor = await app().signUp('Eda Example', 'EDITOR');
    await app().data(
      `mutation ($input: SetArticleModerationInput!) { setArticleModeration(input: $input) { userErrors { code } } }`,
      { input: { articleId: article.id, slowModeSeconds: 300 } },
      editor.token,
    );
    const author = await open(bo);
    const { page } = author;
    await author.isLive();
    await page.locator('.discussion-head').getByText('One comment every 5 minutes here.').waitFor();
    await author.say('The first.');
    await author.comment('The first.').getByRole('button', { name: 'Reply' }).waitFor();
    await page.clock.install();
    await author.say('Once more.');
    const own = author.comment('Once more.');
    await own.getByText('Too soon: send it from').waitFor();
    expect(await own.innerText()).not.toMatch(/\dT\d/);
    const send = own.getByRole('button', { name: 'Send' });
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    const left = async () => (await own.locator('.own-wait').allInnerTexts())[0] ?? '';
    expect(await left()).toMatch(/^[45]:\d\d$/);
    await inspect(author, 'slow');
    const height = () => own.evaluate((element: any) => element.getBoundingClientRect().height);
    const before = await height();
    await page.clock.fastForward(200_000);
    await eventually('the countdown', async () => /^1:\d\d$/.test(await left()));
    await page.clock.fastForward(100_000);
    await own.getByText('It can be sent now.').waitFor();
    expect(await height()).toBe(before);
    expect(await send.getAttribute('aria-disabled')).toBe('false');
    // The service has another clock: it says again until when.
    await send.click();
    await own.getByText('It can be sent now.').waitFor();
    await app().data(
      `mutation ($input: SetArticleModerationInput!) { setArticleModeration(input: $input) { userErrors { code } } }`,
      { input: { articleId: article.id, slowModeSeconds: 0 } },
      editor.token,
    );
    await send.click();
    await own.getByRole('button', { name: 'Reply' }).waitFor();
    expect((await author.texts()).filter((text) => text === 'Once more.')).toHaveLength(1);
    expect(author.problems).toEqual([]);
  });

  it('a moderator removes a comment for a reason, and undoes it in its place; what waits is counted', async () => {
    const thread = await say(ada, 'The thread.');
    await say(bo, 'A reply.', thread);
    await say(ada, links);
    const [moderator, stranger] = [await open(mo), await open()];
    await Promise.all([moderator.isLive(), stranger.isLive()]);
    const { page } = moderator;
    const queue = page.locator('.queue-line');
    await queue.getByText('1 comment waits for a moderator').waitFor();
    expect(await queue.getByRole('link').getAttribute('href')).toBe(
      `/moderation?article=${encodeURIComponent(article.id)}`,
    );
    const remove = async (text: string) => {
      const comment = moderator.comment(text);
      await comment.getByRole('button', { name: 'Remove' }).click();
      await comment.getByLabel('Advertising').check();
      await comment.getByLabel('Note to the author').fill('Not here.');
      if (text === 'A reply.') await inspect(moderator, 'removal');
      await comment.locator('form').getByRole('button', { name: 'Remove' }).click();
      await page.locator('button:focus', { hasText: 'Undo' }).waitFor();
    };
    // One that leaves nothing, and one that leaves a tombstone.
    await remove('A reply.');
    await stranger.comment('A reply.').waitFor({ state: 'detached' });
    await page.getByText('You have removed a comment by Bo Example.').waitFor();
    await inspect(moderator, 'removed');
    await page.getByRole('button', { name: 'Undo' }).click();
    await stranger.comment('A reply.').waitFor();
    await page.locator('article:focus', { hasText: 'A reply.' }).waitFor();
    // The form does not come back with the comment.
    expect(await page.getByText('Why is this comment removed?').count()).toBe(0);
    await remove('The thread.');
    await stranger.comment('Comment removed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    for (const reader of [stranger, moderator]) await reader.comment('The thread.').waitFor();
    expect(await moderator.texts()).toEqual(['The thread.', 'A reply.']);
    const { viewer } = await app().data(
      '{ viewer { decisions { nodes { kind reason note undoneAt article { slug } } } } }',
      {},
      bo?.token,
    );
    expect(viewer.decisions.nodes).toEqual([
      {
        kind: 'REMOVED',
        reason: 'SPAM',
        note: 'Not here.',
        undoneAt: expect.any(String),
        article: { slug: article.slug },
      },
    ]);
    expect([...moderator.problems, ...stranger.problems]).toEqual([]);
  });

  it('what waits is shown to its author alone, in its place, then what was decided, and the appeal', async () => {
    const thread = await say(bo, 'The thread.');
    await say(bo, 'A later thread.');
    const [author, stranger] = [await open(ada), await open()];
    await Promise.all([author.isLive(), stranger.isLive()]);
    await author.replyTo('The thread.', links);
    const own = author.comment('See one');
    await own.getByText('A moderator reads this first.').waitFor();
    await own.getByText('Its links are looked at first.').waitFor();
    await author.page.reload();
    await own.getByText('Its links are looked at first.').waitFor();
    await author.isLive();
    expect(await author.texts()).toEqual(['A later thread.', 'The thread.', 'See one, two.']);
    await inspect(author, 'waits');
    expect(await stranger.texts()).toEqual(['A later thread.', 'The thread.']);

    const hidden = `query ($slug: String!) { article(slug: $slug) { viewerHiddenComments { totalCount nodes { id revision } } } }`;
    const { article: seen } = await app().data(hidden, { slug: article.slug }, ada?.token);
    const [{ id: commentId, revision }] = seen.viewerHiddenComments.nodes;
    for (const user of [bo, mo])
      expect((await app().data(hidden, { slug: article.slug }, user?.token)).article).toEqual({
        viewerHiddenComments: { totalCount: 0, nodes: [] },
      });
    expect((await app().data(hidden, { slug: article.slug })).article.viewerHiddenComments).toBeNull();
    const verdict = {
      commentId,
      expectedRevision: revision,
      verdict: 'REJECT',
      reason: 'SPAM',
      note: 'Links only.',
    };
    await decide(mo, verdict);
    await author.page.reload();
    await own.getByText('A moderator has not let this comment through.').waitFor();
    await own.getByText('advertising').waitFor();
    await own.getByText('“Links only.”').waitFor();
    await own.getByRole('button', { name: 'Appeal' }).click();
    await own.locator('textarea:focus').waitFor();
    await own.getByRole('button', { name: 'Send the appeal' }).click();
    await own.locator('textarea[aria-invalid=true]:focus').waitFor();
    await own.getByLabel('Why is this decision wrong?').fill('They are the timetables.');
    await inspect(author, 'appeal');
    await own.getByRole('button', { name: 'Send the appeal' }).click();
    await own.locator('p:focus', { hasText: 'You have appealed on' }).waitFor();
    expect(await own.getByRole('button', { name: 'Appeal' }).count()).toBe(0);

    const { moderationAppeals } = await app().data('{ moderationAppeals { nodes { id } } }', {}, flo?.token);
    await app().data(
      `mutation ($appealId: ID!) { answerAppeal(input: { appealId: $appealId, outcome: OVERTURNED, answer: "You are right." }) {
        userErrors { code } } }`,
      { appealId: moderationAppeals.nodes[0].id },
      flo?.token,
    );
    const removed = await say(ada, 'Will be gone.', thread);
    await app().data(
      `mutation ($id: ID!) { removeComment(input: { commentId: $id, reasonCode: ABUSE }) { userErrors { code } } }`,
      { id: removed },
      mo?.token,
    );
    const { page } = author;
    await page.goto(`${app().url}/my/comments`);
    const decisions = page.getByRole('region', { name: 'What moderators have decided' });
    await decisions.getByText('the decision was undone').waitFor();
    await decisions.getByText('“You are right.”').waitFor();
    await page.getByText('Its links are looked at first.').first().waitFor();
    // Of a comment that left nothing, the decision is all that is left to appeal against.
    await decisions.getByRole('button', { name: 'Appeal' }).waitFor();
    await inspect(author, 'my-comments');
    // One that is undone while the page is open.
    const kept = await say(ada, 'Will be back.', thread);
    await say(bo, 'So that a tombstone stays.', kept);
    const { removeComment } = await app().data(
      `mutation ($id: ID!) { removeComment(input: { commentId: $id, reasonCode: ABUSE }) { decision { id } } }`,
      { id: kept },
      mo?.token,
    );
    const comeBack = () => page.evaluate('dispatchEvent(new Event("focus"))');
    const statuses = page.locator('.own-comments').first().locator('.own-status');
    // The removal is told, and its undoing is not.
    await eventually('the removal', async () => (await statuses.first().innerText()) === 'Removed');
    await app().data(
      `mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }`,
      { id: removeComment.decision.id },
      mo?.token,
    );
    await comeBack();
    await eventually('the end of the removal', async () => (await statuses.first().innerText()) === 'Public');
    expect([...author.problems, ...stranger.problems]).toEqual([]);
  });

  it('what was taken back is shown to its author with its text, until a moderator has looked at it', async () => {
    const thread = await say(bo, 'The thread.');
    const held = await say(ada, `Taken back. ${links}`, thread);
    const { decideComments } = await decide(mo, {
      commentId: held,
      expectedRevision: 1,
      verdict: 'APPROVE',
    });
    await say(bo, 'So that a tombstone stays.', held);
    await app().data(
      `mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }`,
      { id: decideComments.results[0].decision.id },
      mo?.token,
    );
    const author = await open(ada, '/my/notifications');
    const { page } = author;
    await page
      .getByRole('link', { name: 'Your comment is hidden until a moderator has looked at it' })
      .click();
    const hidden = page.getByRole('region', { name: 'Hidden for the moment' });
    await hidden.getByText('Taken back.').waitFor();
    await hidden.getByRole('link', { name: 'Keep the ferry' }).waitFor();
    const statuses = page.locator('.own-status');
    await eventually('the tombstone', async () =>
      /^Hidden for the moment$/m.test((await statuses.allInnerTexts()).join('\n')),
    );
    await inspect(author, 'taken-back');
    await decide(mo, { commentId: held, expectedRevision: 1, verdict: 'APPROVE' });
    await hidden.waitFor({ state: 'detached' });
    expect(author.problems).toEqual([]);
  });

  it('what was removed with all that its author wrote since a time says why in its place, and has the appeal', async () => {
    if (!ada || !mo) throw new Error('The accounts are made before the tests');
    const thread = await say(bo, 'The thread.');
    const { db, bus } = app().app;
    const [now] = await db.query<{ since: Date }>('SELECT clock_timestamp() AS since');
    const removed = await say(ada, 'Advertisements.', thread);
    await say(bo, 'So that a tombstone stays.', removed);
    const about = { personId: personId(ada.accountId), since: now?.since.toISOString(), reason: 'SPAM' };
    const { refused } = await onPerson(app(), mo, 'removeCommentsSince', {
      ...about,
      note: 'Advertisements.',
    });
    expect(refused).toBeUndefined();
    const batches = new RemovalBatches(db, new EventLog(bus), new ModerationLog(bus));
    while (await batches.next());
    const author = await open(ada);
    const { page } = author;
    const said = 'Moderators have removed all that you have written since a time.';
    await page.getByText(said).waitFor();
    await page.getByText('“Advertisements.”').waitFor();
    await page.getByRole('button', { name: 'Appeal' }).waitFor();
    await inspect(author, 'removed-since');
    await page.goto(`${app().url}/my/comments`);
    await page.locator('.own-comments').first().getByText(said).waitFor();
    expect(author.problems).toEqual([]);
  });

  it('a comment that waits and is removed meanwhile is gone when its author comes back to the tab', async () => {
    const author = await open(ada);
    await author.isLive();
    // One that was posted since the page was loaded, and one that was there then.
    await author.say(`Before. ${links}`);
    await author.comment('Before.').getByText('A moderator reads this first.').waitFor();
    const remove = async () => {
      const { article: seen } = await app().data(
        'query ($slug: String!) { article(slug: $slug) { viewerHiddenComments { nodes { id } } } }',
        { slug: article.slug },
        ada?.token,
      );
      for (const { id } of seen.viewerHiddenComments.nodes)
        await app().data(
          `mutation ($id: ID!) { removeComment(input: { commentId: $id, reasonCode: SPAM }) { userErrors { code } } }`,
          { id },
          mo?.token,
        );
    };
    const comeBack = () => author.page.evaluate('dispatchEvent(new Event("focus"))');
    await remove();
    await comeBack();
    await author.comment('Before.').waitFor({ state: 'detached' });

    await author.say(`Later. ${links}`);
    await author.comment('Later.').getByText('A moderator reads this first.').waitFor();
    await author.page.reload();
    await author.comment('Later.').getByText('A moderator reads this first.').waitFor();
    await author.isLive();
    await author.say(`Public. See the timetable.`);
    await author.comment('Public.').waitFor();
    await remove();
    await comeBack();
    await author.comment('Later.').waitFor({ state: 'detached' });
    expect(await author.texts()).toEqual(['Public. See the timetable.']);
    expect(author.problems).toEqual([]);
  });
});
