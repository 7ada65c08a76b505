/**
 * @database either
 * @seconds 60
 */
import { beforeAll, expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import { updateEpoch } from '../../src/platform/events/log.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { done } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

/** More than the batches of decisions that one key undoes. */
const manyBatches = 21;

describeInBrowser('the queue when answers are lost, late or refused', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MODERATION_POLL_MS: '50' }, { features });
  let mona: TestUser;
  let mia: TestUser;
  let ada: TestUser;

  beforeAll(async () => {
    mona = await app().signUp('Mona Example', 'MODERATOR');
    mia = await app().signUp('Mia Example', 'MODERATOR');
    ada = await app().signUp('Ada Example');
  });

  const card = ({ page }: BrowserReader, text: string) => page.locator('.queue-card', { hasText: text });
  const line = ({ page }: BrowserReader, text: string) =>
    page.locator('.queue-card.is-gone', { hasText: text });
  const waiting = ({ page }: BrowserReader, text: string) =>
    page.locator('.queue-card:not(.is-gone):not(.is-sending)', { hasText: text });
  const said = ({ page }: BrowserReader, text: string) =>
    page.locator('.queue-said', { hasText: text }).waitFor();

  /** What the bar says of comments that were not decided after all. */
  const refused = ({ page }: BrowserReader, text: string) =>
    page.locator('.queue-refused', { hasText: text }).waitFor();
  const nothingRefused = ({ page }: BrowserReader) =>
    page.locator('.queue-refused').waitFor({ state: 'detached' });

  /** Whether everybody sees a comment. After an undone approval it is taken back. */
  const isPublic = async (id: string): Promise<boolean> =>
    (await app().data('query ($id: ID!) { comment(id: $id) { status } }', { id })).comment?.status ===
    'PUBLISHED';

  /** Names of the moderators that work on the comments of an article. */
  async function claims(articleId: string): Promise<(string | null)[]> {
    const { moderationQueue } = await app().data(
      `query ($articleId: ID!) { moderationQueue { items(filter: { articleId: $articleId }, first: 50) {
        nodes { claimedBy { name } } } } }`,
      { articleId },
      mia.token,
    );
    return moderationQueue.items.nodes.map(({ claimedBy }: any) => claimedBy?.name ?? null);
  }

  /** The queue of an article whose comments wait, as a moderator sees it. */
  async function openQueue(bodies: readonly string[], user = mona, authors = [ada]) {
    const { id: articleId, articleId: key } = await app().addArticle({
      article: { title: 'The last boat' },
    });
    await app().app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, [key]);
    const ids: string[] = [];
    for (const [index, body] of bodies.entries()) {
      const author = authors[index % authors.length]!;
      ids.push((await done(app(), 'addComment', { articleId, body }, author)).comment.id);
    }
    const path = `/moderation?article=${articleId}`;
    const reader = await readers.open(app().url + path, {
      user,
      context: { viewport: { width: 1_440, height: 900 } },
    });
    await card(reader, bodies[0]!).waitFor();
    await reader.isLive();
    return { reader, page: reader.page, ids, articleId, path };
  }

  /**
   * Loses the next answer to an operation.
   * @param isSent whether the request reaches the service before
   */
  async function lose({ page }: BrowserReader, operation: string, isSent = false): Promise<void> {
    let isLost = false;
    await page.route('**/graphql', async (route) => {
      if (isLost || !(route.request().postData() ?? '').includes(operation)) return route.fallback();
      isLost = true;
      if (isSent) await route.fetch();
      await route.abort();
    });
  }

  /** Everything that a user would call broken, but for the requests that the test has lost. */
  const problems = (reader: BrowserReader) =>
    reader.problems.filter((problem) => !problem.includes('ERR_FAILED'));

  it('an undo whose answer is lost keeps its decision: the same key undoes it once', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number one.').waitFor();
    await page.keyboard.press('a');
    await line(reader, 'Number two.').waitFor();
    for (const isSent of [false, true]) {
      await lose(reader, 'UndoQueueDecision', isSent);
      await page.keyboard.press('u');
      await said(reader, 'it may have been undone. Undo once more');
      expect(await isPublic(ids[1]!)).toBe(!isSent);
      await page.keyboard.press('u');
      await said(reader, 'Undone: it waits again.');
      await waiting(reader, 'Number two.').waitFor();
      expect([await isPublic(ids[0]!), await isPublic(ids[1]!)]).toEqual([true, false]);
      await waiting(reader, 'Number two.').focus();
      await page.keyboard.press('a');
      await line(reader, 'Number two.').waitFor();
    }
    // And the one before after that.
    await page.keyboard.press('u');
    await said(reader, 'Undone: it waits again.');
    await page.keyboard.press('u');
    await waiting(reader, 'Number one.').waitFor();
    expect([await isPublic(ids[0]!), await isPublic(ids[1]!)]).toEqual([false, false]);
    await page.keyboard.press('u');
    await said(reader, 'There is nothing to undo.');
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a text that its author changes meanwhile is decided about once the new one was shown, alone and with others', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    const edit = (id: string | undefined, body: string) =>
      done(app(), 'editComment', { commentId: id, body }, ada);
    await card(reader, 'Number one.').focus();
    await edit(ids[0], 'Nobody has read this.');
    await card(reader, 'Nobody has read this.').getByText('The author has changed the text').waitFor();
    await page.keyboard.press('a');
    await refused(reader, 'Ada Example’s comment was not decided: its author has changed the text.');
    expect(await isPublic(ids[0]!)).toBe(false);
    // It is said until the moderator is there.
    await page.keyboard.press('j');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number three.' }).waitFor();
    await refused(reader, 'Ada Example’s comment was not decided');
    await page.keyboard.press('b');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Nobody has read this.' }).waitFor();
    await nothingRefused(reader);
    await page.keyboard.press('a');
    await line(reader, 'Nobody has read this.').waitFor();
    expect(await isPublic(ids[0]!)).toBe(true);

    await card(reader, 'Number two.').focus();
    for (const key of ['x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await edit(ids[1], 'Nor this.');
    await card(reader, 'Nor this.').getByText('The author has changed the text').waitFor();
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('a');
    await line(reader, 'Number three.').waitFor();
    expect([await isPublic(ids[1]!), await isPublic(ids[2]!)]).toEqual([false, true]);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a decision that failed is named in the bar with its author, and a key leads to it from wherever the moderator is', async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `Number ${index + 1} of many.`);
    const kit = await app().signUp('Kit Carrowmere');
    const { reader, page, ids } = await openQueue(bodies, mona, [kit, ada]);
    const inHand = (text: string) =>
      page.locator('.queue-card.is-current:focus', { hasText: text }).waitFor({ timeout: 5_000 });
    await lose(reader, 'DecideComments');
    await card(reader, bodies[0]!).focus();
    await page.keyboard.press('a');
    await refused(reader, 'Kit Carrowmere’s comment may not have been decided: no answer came.');
    // Nothing has moved the focus back, and nothing near it asks for another decision.
    await inHand(bodies[1]!);
    expect(await page.locator('.queue-bar').innerText()).not.toContain('Decide once more');
    await card(reader, bodies[0]!).getByText('Decide once more; it is decided once.').waitFor();
    for (const { width, height } of [
      { width: 1_440, height: 900 },
      { width: 360, height: 780 },
    ]) {
      await page.setViewportSize({ width, height });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`moderation-refused-${width}`, false);
    }
    await page.setViewportSize({ width: 1_440, height: 900 });
    // From far below it is scrolled into view.
    for (let n = 0; n < 9; n++) await page.keyboard.press('j');
    await inHand(bodies[10]!);
    await page.keyboard.press('b');
    await inHand(bodies[0]!);
    await eventually('its place', () =>
      card(reader, bodies[0]!).evaluate((element: any) => {
        const { top, bottom } = element.getBoundingClientRect();
        const bar = (globalThis as any).document.querySelector('.queue-bar').getBoundingClientRect();
        return top >= bar.bottom - 1 && bottom <= (globalThis as any).innerHeight;
      }),
    );
    await nothingRefused(reader);
    await page.keyboard.press('a');
    await line(reader, bodies[0]!).waitFor();
    expect([await isPublic(ids[0]!), await isPublic(ids[1]!)]).toEqual([true, false]);

    // Several at once are counted, and the button goes to the first, then to the next.
    await lose(reader, 'DecideComments');
    await card(reader, bodies[3]!).focus();
    for (const key of ['x', 'k', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('a');
    await refused(reader, '2 comments may not have been decided.');
    await inHand(bodies[4]!);
    await page.getByRole('button', { name: 'Go to the first' }).click();
    await inHand(bodies[2]!);
    await refused(reader, 'Ada Example’s comment may not have been decided');
    await page.getByRole('button', { name: 'Go to it' }).click();
    await inHand(bodies[3]!);
    await nothingRefused(reader);
    await page.keyboard.press('b');
    await inHand(bodies[3]!);
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Back to what was not decided after all').waitFor();
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a form for a reason leaves no other key to the queue, and nobody decides about what somebody else works on', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    await app().data(
      'mutation ($id: ID!) { claimComments(input: { commentIds: [$id] }) { userErrors { code } } }',
      { id: ids[2] },
      mia.token,
    );
    await card(reader, 'Number three.').getByText('Mia Example works on this').waitFor();
    await card(reader, 'Number three.').focus();
    for (const key of ['a', 'r']) {
      await page.keyboard.press(key);
      await said(reader, 'Ada Example’s comment was not decided: another moderator works on it.');
    }
    expect(await page.getByRole('radio').count()).toBe(0);
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number one.').waitFor();
    await card(reader, 'Number two.').focus();
    await page.keyboard.press('r');
    await page.getByRole('radio', { name: /Spam/ }).check();
    for (const key of ['u', 'a', 'c', 'x']) await page.keyboard.press(key);
    expect(await page.getByRole('radio', { name: /Spam/ }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    // The form has gone, and with it what the keys were for.
    await page.getByRole('radio', { name: /Spam/ }).waitFor({ state: 'detached' });
    const seen = await Promise.all(ids.map((id) => isPublic(id)));
    expect([seen, await page.locator('.is-selected').count()]).toEqual([[true, false, false], 0]);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('undoes what was decided under another filter, and after a visit to the page of a person', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number one.').waitFor();
    const waits = page.getByRole('combobox', { name: 'What waits' });
    await waits.selectOption('Reported');
    await page.getByText('Nothing of this kind waits.').waitFor();
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('u');
    await said(reader, 'Undone: the comment by Ada Example waits again, outside this list.');
    expect(await isPublic(ids[0]!)).toBe(false);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.keyboard.press('u');
    await said(reader, 'There is nothing to undo.');

    await waits.selectOption('Everything');
    await card(reader, 'Number two.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number two.').waitFor();
    await card(reader, 'Number three.').getByRole('link', { name: 'Ada Example' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ada Example' }).waitFor();
    await page.getByRole('navigation', { name: 'Moderation' }).getByRole('link', { name: 'Queue' }).click();
    await card(reader, 'Number three.').first().waitFor();
    await reader.isLive();
    const undo = page.getByRole('button', { name: 'Undo your last decision' });
    await undo.click();
    await said(reader, 'Undone: the comment by Ada Example waits again');
    expect(await isPublic(ids[1]!)).toBe(false);
    // Nothing is left to undo, and the button stays with the focus.
    await page.locator('.queue-bar button[aria-disabled=true]:focus').waitFor();
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a form about what its author takes back leaves the focus at its entry, and what is typed on is no key', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    await card(reader, 'Number three.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number three.').waitFor();
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('r');
    await page.getByLabel('Note to the author').fill('Half a sen');
    // Whatever a moderator works on, its author may remove.
    await done(app(), 'removeComment', { commentId: ids[0] }, ada);
    await page.locator('.queue-card.is-gone:focus', { hasText: 'Number one.' }).waitFor();
    await said(reader, 'What the form was about waits no longer: the form has closed.');
    await page.keyboard.type('tence, undo it: jjaduu');
    expect(await page.locator('.queue-card.is-current').innerText()).toContain('Number one.');
    expect(await Promise.all(ids.map((id) => isPublic(id)))).toEqual([false, false, true]);
    await card(reader, 'Number two.').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('a');
    await line(reader, 'Number two.').waitFor();

    // All that was selected, with the form in the bar.
    await page.keyboard.press('u');
    await waiting(reader, 'Number two.').waitFor();
    await card(reader, 'Number two.').focus();
    for (const key of ['x', 'r']) await page.keyboard.press(key);
    await page.locator('.queue-bar legend:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number two.' }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).press('Enter');
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number two.' }).waitFor();
    for (const key of ['x', 'r']) await page.keyboard.press(key);
    await page.locator('.queue-bar legend:focus').waitFor();
    await done(app(), 'removeComment', { commentId: ids[1] }, ada);
    await page.locator('h1:focus').waitFor();
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('undoes what it can of several decisions, and says what another moderator has decided since', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.', 'Number three.']);
    await card(reader, 'Number one.').focus();
    for (const key of ['x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('3 selected').waitFor();
    await page.keyboard.press('a');
    await said(reader, '3 decided.');
    await done(app(), 'removeComment', { commentId: ids[1], reasonCode: 'SPAM' }, mia);
    await page.keyboard.press('u');
    await said(reader, '2 undone: they wait again. 1 not undone. There is a later decision.');
    for (const text of ['Number one.', 'Number three.']) await waiting(reader, text).waitFor();
    await line(reader, 'Number two.').waitFor();
    expect([await isPublic(ids[0]!), await isPublic(ids[2]!)]).toEqual([false, false]);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a line of the list undoes its decision, however many were made since', async () => {
    const bodies = Array.from({ length: manyBatches + 1 }, (_, index) => `Waiting ${index + 1}.`);
    const { reader, page, ids } = await openQueue(bodies);
    await card(reader, 'Waiting 1.').focus();
    for (const body of bodies) {
      await page.locator('.queue-card.is-current:focus', { hasText: body }).waitFor();
      await page.keyboard.press('a');
      await line(reader, body).waitFor();
    }
    await page.locator('.queue-card.is-gone:focus', { hasText: bodies.at(-1)! }).waitFor();
    const undo = line(reader, 'Waiting 1.').getByRole('button', { name: 'Undo' });
    await eventually('the first line', async () => {
      // Again, as long as the last step is still on its way.
      await page.evaluate('scrollTo({ top: 0, behavior: "instant" })');
      return undo.press('Enter', { timeout: 1_000 }).then(
        () => true,
        () => false,
      );
    });
    await said(reader, 'Undone: it waits again.');
    await waiting(reader, 'Waiting 1.').waitFor();
    expect([await isPublic(ids[0]!), await isPublic(ids.at(-1)!)]).toEqual([false, true]);
    // The key goes on with the last decision.
    await page.keyboard.press('u');
    await waiting(reader, bodies.at(-1)!).waitFor();
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a reason and a note are there again when the answer was lost', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.']);
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('r');
    await page.getByRole('group', { name: 'Why is it rejected?' }).waitFor();
    await page.keyboard.press('2');
    const chosen = await page.locator('.queue-reasons :checked').inputValue();
    await page.getByLabel('Note to the author').fill('Not about ferries.');
    await lose(reader, 'DecideComments');
    await page.keyboard.press('Enter');
    await card(reader, 'Number one.').getByText('it may have been decided').waitFor();
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number two.' }).waitFor();
    // The form of another entry is empty.
    await page.keyboard.press('r');
    await page.getByRole('group', { name: 'Why is it rejected?' }).waitFor();
    expect(await page.locator('.queue-reasons :checked').count()).toBe(0);
    await page.keyboard.press('Escape');
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('r');
    await page.getByRole('group', { name: 'Why is it rejected?' }).waitFor();
    expect(await page.locator('.queue-reasons :checked').inputValue()).toBe(chosen);
    expect(await page.getByLabel('Note to the author').inputValue()).toBe('Not about ferries.');
    await page.getByLabel('Note to the author').press('Enter');
    await line(reader, 'Number one.').waitFor();
    await line(reader, 'Rejected by you').waitFor();
    expect(await isPublic(ids[0]!)).toBe(false);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a decision whose answer was lost is sent again under its key, and another one under a key of its own', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.']);
    const sent: { verdict: string; idempotencyKey: string }[] = [];
    page.on('request', (request) => {
      const { variables } = JSON.parse(request.postData() ?? '{}');
      sent.push(...(variables?.decisions ?? []));
    });
    const inVain = async (decide: () => Promise<void>): Promise<void> => {
      await lose(reader, 'DecideComments');
      await card(reader, 'Number one.').focus();
      await decide();
      await card(reader, 'Number one.').getByText('it may have been decided').waitFor();
    };
    await inVain(() => page.keyboard.press('a'));
    await inVain(async () => {
      await page.keyboard.press('r');
      await page.getByRole('radio', { name: /Spam/ }).check();
      await page.keyboard.press('Enter');
    });
    await inVain(() => page.keyboard.press('a'));
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number one.').waitFor();
    expect(await isPublic(ids[0]!)).toBe(true);
    await card(reader, 'Number two.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number two.').waitFor();
    expect(sent.map(({ verdict }) => verdict)).toEqual([
      'APPROVE',
      'REJECT',
      'APPROVE',
      'APPROVE',
      'APPROVE',
    ]);
    const [first, rejection, anew, again, other] = sent.map(({ idempotencyKey }) => idempotencyKey);
    expect(again).toBe(anew);
    expect(new Set([first, rejection, anew, other]).size).toBe(4);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a decision is undone by the next key, also if its answer is late', async () => {
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.']);
    const held = await reader.hold('DecideComments');
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await held.isAnswered;
    await page.keyboard.press('u');
    held.letGo();
    await said(reader, 'Undone: it waits again.');
    await waiting(reader, 'Number one.').waitFor();
    expect(await isPublic(ids[0]!)).toBe(false);
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('a late answer leaves the focus in a form that was opened meanwhile', async () => {
    const { reader, page } = await openQueue(['Number one.', 'Number two.']);
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('a');
    await line(reader, 'Number one.').waitFor();
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number two.' }).waitFor();
    const held = await reader.hold('UndoQueueDecision');
    await page.keyboard.press('u');
    await held.isAnswered;
    await page.keyboard.press('r');
    await page.locator('.queue-reasons legend:focus').waitFor();
    await page.keyboard.press('1');
    await page.getByLabel('Note to the author').fill('Half a sen');
    held.letGo();
    await said(reader, 'Undone: it waits again.');
    await waiting(reader, 'Number one.').waitFor();
    await page.keyboard.type('tence.');
    expect(await page.locator('[name=note]:focus').inputValue()).toBe('Half a sentence.');
    expect(await page.locator('.queue-card.is-current').innerText()).toContain('Number two.');
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('claims what is in hand again after coming back, and gives it back on leaving', async () => {
    const { reader, page, articleId, path } = await openQueue(['Number one.', 'Number two.']);
    const isClaimed = (names: readonly (string | null)[]) => async () =>
      JSON.stringify(await claims(articleId)) === JSON.stringify(names);
    const [claimed, free] = [isClaimed([null, 'Mona Example']), isClaimed([null, null])];
    await card(reader, 'Number two.').focus();
    await eventually('the claim', claimed);
    await page.getByRole('navigation', { name: 'Moderation' }).getByRole('link', { name: 'Appeals' }).click();
    await page.getByRole('heading', { level: 1, name: 'Appeals' }).waitFor();
    await eventually('the claim to be given back to the others', free);
    await page.goBack();
    await page.locator('.queue-card.is-current:focus', { hasText: 'Number two.' }).waitFor();
    await eventually('the claim after coming back', claimed);
    await card(reader, 'Number two.').getByText('You work on this until').waitFor();
    // Another document.
    await page.goto(app().url);
    await eventually('the claim to be given back by a document that ends', free);

    await page.goto(app().url + path);
    await card(reader, 'Number one.').waitFor();
    await reader.isLive();
    await lose(reader, 'MoveClaims');
    await card(reader, 'Number one.').focus();
    await page.keyboard.press('c');
    await said(reader, 'The service could not be reached.');
    await page.keyboard.press('c');
    await card(reader, 'Number one.').getByText('You work on this until').waitFor();
    // The event of the claim may come before its answer.
    await eventually(
      'that nothing is said',
      async () => (await page.locator('.queue-said').innerText()) === '',
    );
    expect(problems(reader)).toEqual([]);
    await page.context().close();
  });

  it('the queue and the log go on after the log of events was begun anew', async () => {
    const { reader, page, ids, articleId } = await openQueue(['Number one.', 'Number two.']);
    const log = await readers.open(`${app().url}/moderation/log`, {
      user: mona,
      context: { viewport: { width: 1_440, height: 900 } },
    });
    await log.page.locator('.mod-row').first().waitFor();
    const perhaps = card(reader, 'Number two.').getByText('it may have been decided');
    await lose(reader, 'DecideComments');
    await card(reader, 'Number two.').focus();
    await page.keyboard.press('a');
    await perhaps.waitFor();
    await card(reader, 'Number two.').focus();
    // As after a restore, connections end. They do so first: a list that was loaded anew before the decision keeps its line.
    for (const { page: each } of [reader, log]) await each.context().setOffline(true);
    await updateEpoch(app().app.db);
    await done(app(), 'approveComment', { commentId: ids[0] }, mia);
    for (const { page: each } of [reader, log]) await each.context().setOffline(false);
    await card(reader, 'Number one.').waitFor({ state: 'detached' });
    await reader.isLive();
    expect(await page.locator('.queue-card.is-current').innerText()).toContain('Number two.');
    expect(await perhaps.isVisible()).toBe(true);
    // In the list that was loaded anew, or behind the button of what came after it, which a list loaded anew takes away.
    const mias = log.page.getByText('Mia Example').first();
    const news = log.page.locator('.mod-news button');
    await eventually('what Mia has decided', async () => {
      if (await news.isVisible()) await news.click({ timeout: 1000 }).catch(() => undefined);
      return mias.isVisible();
    });
    await done(app(), 'addComment', { articleId, body: 'Number three.' }, ada);
    await page.getByText('1 new at the end').waitFor();
    await log.page.context().close();
    await page.context().close();
  });

  it('a moderator whose role is taken is told so, and the list is not kept', async () => {
    const max = await app().signUp('Max Example', 'MODERATOR');
    const { reader, page, ids } = await openQueue(['Number one.', 'Number two.'], max);
    await card(reader, 'Number one.').focus();
    // Any count tells the page that the role was taken, and the queue is gone once the viewer was read again.
    const viewer = await reader.hold('query Me {');
    await app().app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [max.accountId]);
    await page.keyboard.press('a');
    await refused(reader, 'Ada Example’s comment was not decided.');
    viewer.letGo();
    expect(await isPublic(ids[0]!)).toBe(false);
    await page.getByText('Only moderators').waitFor();
    expect(await page.locator('.queue-card').count()).toBe(0);
    await page.context().close();
  });
});
