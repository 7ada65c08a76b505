/**
 * `<standfirst-thread>` on pages of another origin with a strict policy, in a browser.
 * @database either
 * @seconds 35
 */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Locator } from 'playwright-core';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import {
  eventsSubscription,
  operations,
  reactMutation,
  removeMutation,
  threadQuery,
} from '../../web/embed/documents.ts';
import { TestApp, type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { HostSite } from '../support/host-site.ts';
import { shiftsOf, watchShifts } from '../support/layout-shifts.ts';
import { onPerson } from '../support/persons.ts';
import { buildPage } from '../support/program.ts';
import { BrowserReader, sessionOf, storeSession, useAppWithPage, useReaders } from '../support/readers.ts';

const host = await HostSite.start();
/** A site that the service does not know. */
const stranger = await HostSite.start();
afterAll(() => Promise.all([host.close(), stranger.close()]));

it('the file of the element is smaller than 40 kB', async () => {
  const folder = join(await buildPage(), 'embed');
  const file = await readFile(join(folder, 'thread.js'));
  expect(gzipSync(file, { level: 9 }).length).toBeLessThan(40_000);
  // No part of it is in another file.
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  expect(scripts.sort()).toEqual(['frame.js', 'thread.js']);
});

it('a service with trusted documents takes the manifest of the element’s operations', async () => {
  const manifest = join(await buildPage(), 'embed/operations.json');
  const listed: string[] = Object.values(JSON.parse(await readFile(manifest, 'utf8')));
  expect(listed).toEqual(expect.arrayContaining([...operations]));
  expect(operations).toContain(eventsSubscription);
  // The service checks each document against its schema and its limits when it starts.
  const app = await TestApp.start({ TRUSTED_DOCUMENTS: manifest });
  try {
    const variables = { url: 'https://news.example.org/none', first: 1, orderBy: 'NEWEST' };
    expect(await app.data(threadQuery, variables)).toEqual({
      articleByUrl: null,
      canBeginThread: false,
      viewer: null,
    });
  } finally {
    await app.close();
  }
});

describeInBrowser('a thread on a page of another site', () => {
  const readers = useReaders();
  const app = useAppWithPage({
    ...host.settings,
    EMBED_UNKNOWN_ADDRESSES: 'open',
    WEBHOOK_PRIVATE_NETWORKS: 'on',
  });
  const opened: BrowserReader[] = [];
  let ada: TestUser;

  beforeAll(async () => {
    host.service = app().url;
    stranger.service = app().url;
    ada = await app().signUp('Ada Example');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function open(
    address: string,
    options: Parameters<typeof readers.open>[1] = {},
  ): Promise<BrowserReader> {
    const reader = await readers.open(address, options);
    opened.push(reader);
    return reader;
  }

  /** An article of the host site, at an address there. */
  async function addStory(): Promise<{ id: string; address: string; tag: string }> {
    const address = `${host.url}/stories/${randomUUID()}`;
    const { id } = await app().addArticle({ article: { canonicalUrl: address } });
    return { id, address, tag: `<standfirst-thread article="${address}"></standfirst-thread>` };
  }

  const say = (articleId: string, body: string, parentId?: string) =>
    app().addComment(ada, { articleId, body, ...(parentId === undefined ? {} : { parentId }) });

  const thread = ({ page }: BrowserReader, nth = 0): Locator => page.locator('standfirst-thread').nth(nth);

  const comment = (within: Locator, text: string): Locator => within.locator('article', { hasText: text });

  const isLive = (within: Locator) => within.getByText('Live', { exact: true }).waitFor();

  /** Holds back the element's file. @returns a function that lets it go */
  async function holdElement({ page }: BrowserReader): Promise<() => void> {
    const gate = new EventEmitter();
    const isReleased = once(gate, 'released');
    await page.route('**/embed/thread.js', async (route) => {
      await isReleased;
      await route.fallback();
    });
    return () => gate.emit('released');
  }

  const sockets = ({ requests }: BrowserReader) => requests.filter((url) => url.startsWith('ws:')).length;

  it('is read, and followed live in two tabs and by two threads of one page over one socket', async () => {
    const [first, second] = [await addStory(), await addStory()];
    const { comment: root } = await say(first.id, 'The *first* one');
    for (let number = 1; number <= 6; number++) await say(first.id, `Answer ${number}`, root?.id);
    const tabs = [await open(host.addPage(first.tag + second.tag)), await open(host.addPage(first.tag))];
    for (const tab of tabs) {
      await isLive(thread(tab));
      await comment(thread(tab), 'Answer 4').waitFor();
      expect(await comment(thread(tab), 'The first one').locator('em').innerText()).toBe('first');
      expect(await comment(thread(tab), 'Answer 5').count()).toBe(0);
    }
    const [two, one] = tabs as [BrowserReader, BrowserReader];
    await isLive(thread(two, 1));
    expect([sockets(two), sockets(one)]).toEqual([1, 1]);
    await thread(one).getByRole('button', { name: '2 more replies' }).click();
    await comment(thread(one), 'Answer 6').waitFor();

    const { comment: added } = await say(first.id, 'A second one');
    const { comment: reply } = await say(first.id, 'A late answer', added?.id);
    await say(second.id, 'Of the other story');
    for (const tab of tabs) {
      await comment(thread(tab), 'A late answer').waitFor();
      await thread(tab).getByRole('heading', { name: '9 comments' }).waitFor();
      expect(await comment(thread(tab), 'Of the other story').count()).toBe(0);
    }
    await comment(thread(two, 1), 'Of the other story').waitFor();
    await app().data(
      `mutation ($id: ID!) { editComment(input: { commentId: $id, body: "A better answer" }) { userErrors { code } } }`,
      { id: reply?.id },
      ada.token,
    );
    const remove = `mutation ($id: ID!) { removeComment(input: { commentId: $id }) { userErrors { code } } }`;
    for (const tab of tabs) await comment(thread(tab), 'A better answer').getByText('edited').waitFor();
    await app().data(remove, { id: added?.id }, ada.token);
    for (const tab of tabs) await thread(tab).getByText('This comment was removed.').waitFor();
    await app().data(remove, { id: reply?.id }, ada.token);
    for (const tab of tabs) {
      await comment(thread(tab), 'A better answer').waitFor({ state: 'detached' });
      await thread(tab).getByRole('heading', { name: '7 comments' }).waitFor();
    }

    // What comes in above what is being read waits.
    await one.page.setViewportSize({ width: 360, height: 200 });
    await comment(thread(one), 'Answer 6').scrollIntoViewIfNeeded();
    await say(first.id, 'A third one');
    await comment(thread(two), 'A third one').waitFor();
    await thread(one).getByRole('heading', { name: '8 comments' }).waitFor();
    await thread(one).getByRole('button', { name: 'Show 1 new comment' }).click();
    await comment(thread(one), 'A third one').waitFor();
    const firstText = () => thread(one).locator('.body').first().innerText();
    expect(await firstText()).toBe('A third one');
    await thread(one).getByLabel('Order').selectOption('Oldest first');
    await eventually('the other order', async () => (await firstText()) === 'The first one');

    // The attribute leads to another thread; an address without one says so; out of the page, nothing is left.
    await thread(one).evaluate(
      (element, address) => element.setAttribute('article', address),
      second.address,
    );
    await comment(thread(one), 'Of the other story').waitFor();
    await thread(one).evaluate((element) => element.setAttribute('article', 'https://news.example.org/none'));
    await thread(one).getByText('There is no discussion of this page yet.').waitFor();
    await thread(two, 1).evaluate((element) => {
      const { parentNode } = element;
      element.remove();
      parentNode?.append(element);
    });
    await say(second.id, 'After the move');
    await comment(thread(two, 1), 'After the move').waitFor();
    expect(await comment(thread(two, 1), 'Of the other story').count()).toBe(1);
    for (const tab of tabs) expect(tab.problems).toEqual([]);
  });

  it('is begun by the first comment on a page of which the service knows nothing', async () => {
    host.reader = { id: randomUUID(), name: 'Ida Example' };
    const address = host.addPage('<standfirst-thread token-url="/comment-token"></standfirst-thread>');
    const reader = await open(address);
    await thread(reader).getByText('Signed in as Ida Example').waitFor();
    await thread(reader).getByText('No comments yet.').waitFor();
    const box = thread(reader).getByLabel('Your comment');
    await box.fill('The very first one');
    await box.press('Control+Enter');
    await comment(thread(reader), 'The very first one').waitFor();
    await isLive(thread(reader));
    const { articleByUrl } = await app().data(
      'query ($url: URL!) { articleByUrl(url: $url) { id title commentCount } }',
      { url: address },
    );
    expect(articleByUrl).toMatchObject({ title: 'A story', commentCount: 1 });
    await say(articleByUrl.id, 'The second one');
    await comment(thread(reader), 'The second one').waitFor();
    expect(await thread(reader).locator('article').count()).toBe(2);
    expect(reader.problems).toEqual([]);
  });

  it('is answered with the login of the site; what is not sent stays, and is posted once', async () => {
    const { id, tag } = await addStory();
    await say(id, 'The first one');
    host.reader = { id: randomUUID(), name: 'Ida Example' };
    const address = host.addPage(tag.replace('>', ' token-url="/comment-token">'));
    const before = host.tokenRequests;
    const reader = await open(address);
    const other = await open(host.addPage(tag));
    await isLive(thread(other));
    await thread(reader).getByText('Signed in as Ida Example').waitFor();
    await isLive(thread(reader));

    // The answer to the first try is lost.
    const held = await reader.hold('EmbedAdd');
    const first = comment(thread(reader), 'The first one');
    await first.getByRole('button', { name: 'Reply' }).click();
    const box = thread(reader).getByLabel('Your reply to Ada Example');
    await eventually('the form to have the focus', () =>
      box.evaluate((element: any) => element.matches(':focus')),
    );
    await box.fill('An answer from the host');
    await box.press('Control+Enter');
    await held.isAnswered;
    await reader.page.reload();
    held.letGo();
    await isLive(thread(reader));
    expect(host.tokenRequests - before).toBe(2);
    await comment(thread(reader), 'An answer from the host').waitFor();
    await first.getByRole('button', { name: 'Reply' }).first().click();
    await eventually('the draft', async () => (await box.inputValue()) === 'An answer from the host');
    await box.press('Control+Enter');
    await box.waitFor({ state: 'detached' });
    await eventually('the comment to have the focus', () =>
      comment(thread(reader), 'An answer from the host').evaluate((element: any) =>
        element.matches(':focus'),
      ),
    );
    expect(await comment(thread(other), 'An answer from the host').count()).toBe(1);
    expect(await thread(reader).getByRole('heading', { level: 2 }).innerText()).toBe('2 comments');

    // A refusal says why, and a comment that waits for a moderator is shown to its author alone.
    const moderator = await app().signUp('Mod Example', 'MODERATOR');
    const setPolicy = (commentPolicy: string) =>
      app().data(
        `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`,
        { input: { articleId: id, commentPolicy } },
        moderator.token,
      );
    await setPolicy('PREMODERATED');
    await thread(reader).getByText('once a moderator has approved them').waitFor();
    await thread(reader).getByLabel('Your comment').fill('To be approved');
    await thread(reader).getByRole('button', { name: 'Comment', exact: true }).click();
    await comment(thread(reader), 'To be approved').getByText('Waits for a moderator').waitFor();
    expect(await comment(thread(other), 'To be approved').count()).toBe(0);

    // What comes too soon says when it can be sent, in the reader's words.
    const editor = await app().signUp('Eda Example', 'EDITOR');
    await app().data(
      `mutation ($input: SetArticleModerationInput!) { setArticleModeration(input: $input) { userErrors { code } } }`,
      { input: { articleId: id, slowModeSeconds: 300 } },
      editor.token,
    );
    for (const text of ['The first under slow mode', 'Too soon']) {
      await thread(reader).getByLabel('Your comment').fill(text);
      await thread(reader).getByRole('button', { name: 'Comment', exact: true }).click();
    }
    await thread(reader)
      .getByText(/a moment ago\. Send this in [345] minutes\./)
      .waitFor();
    expect(await thread(reader).getByLabel('Your comment').inputValue()).toBe('Too soon');
    await thread(reader).getByLabel('Your comment').fill('Too late');
    await setPolicy('CLOSED');
    await thread(reader).getByText('This discussion is closed.').waitFor();

    // Nobody is signed in at the site any more: neither is anybody here, and the session has ended.
    const token = await reader.page.evaluate<string>(
      'JSON.parse(Object.values(localStorage)[0]).accessToken',
    );
    expect((await app().data('{ viewer { name } }', {}, token)).viewer.name).toBe('Ida Example');
    host.reader = undefined;
    await reader.page.reload();
    await thread(reader).getByText('This discussion is closed.').waitFor();
    await eventually(
      'the session to be forgotten',
      async () => (await reader.page.evaluate('Object.keys(localStorage).length')) === 0,
    );
    await eventually(
      'the session to be over',
      async () => (await app().query('{ __typename }', {}, { token })).status === 401,
    );
    expect([...reader.problems, ...other.problems].filter((problem) => !problem.includes('aborted'))).toEqual(
      [],
    );
  });

  it('is answered after a sign-in in a pop-up, which gives the page no more than that', async () => {
    const { id, tag } = await addStory();
    await say(id, 'The first one');
    const reader = await open(host.addPage(tag));
    const { page } = reader;
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      thread(reader).getByRole('button', { name: 'Sign in to comment' }).click(),
    ]);
    await popup.getByLabel('E-mail address').fill(ada.email);
    await popup.getByLabel('Password', { exact: true }).fill(ada.password);
    await popup.getByRole('button', { name: 'Sign in', exact: true }).click();
    // The button is off unless the window has been in front for a while, so that no click meant for another one lands on it.
    const agree = popup.getByRole('button', { name: 'Continue as Ada Example' });
    await agree.waitFor();
    await popup.evaluate(`dispatchEvent(new Event('blur'))`);
    await popup.getByRole('button', { name: 'Continue as Ada Example', disabled: true }).waitFor();
    expect(await agree.isDisabled()).toBe(true);
    await popup.evaluate(`dispatchEvent(new Event('focus'))`);
    await popup.getByText(`You want to comment on ${new URL(host.url).host}`).waitFor();
    expect(await new BrowserReader(popup).accessibilityFaults()).toEqual([]);
    await Promise.all([popup.waitForEvent('close'), agree.click()]);
    await thread(reader).getByText('Signed in as Ada Example').waitFor();
    await thread(reader).getByLabel('Your comment').fill('By the pop-up');
    await thread(reader).getByRole('button', { name: 'Comment', exact: true }).click();
    await comment(thread(reader), 'By the pop-up').waitFor();
    await comment(thread(reader), 'By the pop-up').getByRole('button', { name: 'Like' }).click();
    await comment(thread(reader), 'By the pop-up').getByRole('button', { name: 'Like: 1 like' }).waitFor();

    await comment(thread(reader), 'By the pop-up').getByRole('button', { name: 'Remove' }).click();
    await thread(reader)
      .getByRole('group', { name: 'Remove this comment?' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await comment(thread(reader), 'By the pop-up').waitFor({ state: 'detached' });

    // What the page has is no session: it runs the element's operations only.
    const kept = await page.evaluate<string>('JSON.stringify(localStorage)');
    expect(kept).not.toContain('refreshToken');
    const [token = ''] = /sf_\w{38}/.exec(kept) ?? [];
    const { errors } = await app().query('{ viewer { email } }', {}, { token });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const { viewer } = await app().data('{ viewer { tokens { name revokedAt } } }', {}, ada.token);
    expect(viewer.tokens).toEqual([{ name: `Comments on ${new URL(host.url).host}`, revokedAt: null }]);

    // Another consent for the same site ends the token before.
    await thread(reader).getByRole('button', { name: 'Sign out' }).click();
    const [again] = await Promise.all([
      page.waitForEvent('popup'),
      thread(reader).getByRole('button', { name: 'Sign in to comment' }).click(),
    ]);
    const agreeAgain = again.getByRole('button', { name: 'Continue as Ada Example' });
    await Promise.all([again.waitForEvent('close'), agreeAgain.click()]);
    await thread(reader).getByText('Signed in as Ada Example').waitFor();
    const tokens = await app().data('{ viewer { tokens { id revokedAt } } }', {}, ada.token);
    const valid = tokens.viewer.tokens.filter(({ revokedAt }: any) => revokedAt === null);
    expect(valid).toHaveLength(1);
    const ended = await app().query('{ viewer { id } }', {}, { token });
    expect(ended.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');

    // The account ends it: the page is a guest's again.
    await app().data(
      `mutation ($id: ID!) { revokeToken(input: { tokenId: $id }) { userErrors { code } } }`,
      { id: valid[0].id },
      ada.token,
    );
    await thread(reader).getByRole('button', { name: 'Sign in to comment' }).waitFor();
    expect(reader.problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  });

  it('hands no login to a page of another site, whatever that page says it is', async () => {
    const listen =
      stranger.addScript(`addEventListener('message', ({ data }) => { document.title = JSON.stringify(data); });
addEventListener('click', () => open('${app().url}/embed/sign-in?site=${encodeURIComponent(host.url)}', '_blank', 'popup'));`);
    const reader = await open(stranger.addPage('', { head: listen }));
    await reader.page.context().addInitScript(storeSession, sessionOf(ada));
    const [popup] = await Promise.all([reader.page.waitForEvent('popup'), reader.page.mouse.click(5, 5)]);
    const agree = popup.getByRole('button', { name: 'Continue as Ada Example' });
    await Promise.all([popup.waitForEvent('close'), agree.click()]);
    expect(await reader.page.title()).toBe('A story');
    // Without the page that waits, as after a sign-in that led through another site.
    const alone = await open(`${app().url}/embed/sign-in?site=${encodeURIComponent(host.url)}`, {
      user: ada,
    });
    await alone.page.getByText('Close this window, and choose “Sign in” once more').waitFor();
    expect(await alone.page.getByRole('button').count()).toBe(0);
    const refused = await fetch(`${app().url}/embed/sign-in?site=${encodeURIComponent(stranger.url)}`, {
      headers: { accept: 'text/html' },
    });
    expect([refused.status, refused.headers.get('cross-origin-opener-policy')]).toEqual([404, 'same-origin']);
    expect(await refused.text()).not.toContain('standfirst-site');
  });

  it('says what hinders it, and goes on by itself', async () => {
    const { id, address } = await addStory();
    const settings = {
      ...host.settings,
      PORT: String(await pickLastingPort()),
      RATE_LIMITS: 'on',
      MAX_WRITES_PER_MINUTE: '1',
    };
    const shared = { database: app().database };
    let limited = await TestApp.start(settings, shared);
    const { url } = limited;
    try {
      host.otherService = url;
      host.reader = { id: randomUUID(), name: 'Ivy Example' };
      const tag = `<standfirst-thread service="${url}" article="${address}" token-url="/comment-token"></standfirst-thread>`;
      const reader = await open(host.addPage(tag));
      const box = thread(reader).getByLabel('Your comment');
      const send = thread(reader).getByRole('button', { name: 'Comment', exact: true });
      await isLive(thread(reader));
      for (const text of ['The only one', 'One too many']) {
        await box.fill(text);
        await send.click();
      }
      await thread(reader)
        .getByRole('alert')
        .getByText(/Try again in \d+ seconds?\./)
        .waitFor();
      await comment(thread(reader), 'The only one').waitFor();
      expect(await box.inputValue()).toBe('One too many');

      await limited.close();
      await thread(reader).getByText('Connecting …').waitFor();
      await reader.page.reload();
      await thread(reader).getByText('The discussion can’t be reached at the moment.').waitFor();
      await say(id, 'Written meanwhile');
      limited = await TestApp.start(settings, shared);
      await comment(thread(reader), 'Written meanwhile').waitFor();
      await isLive(thread(reader));
      expect(await box.inputValue()).toBe('One too many');

      const moderator = await app().signUp('Mo Example', 'MODERATOR');
      const { persons } = await app().data(
        '{ persons(filter: { name: "ivy" }) { nodes { id } } }',
        {},
        moderator.token,
      );
      const until = new Date(Date.now() + 86_400_000).toISOString();
      const suspension = { personId: persons.nodes[0].id, reason: 'SPAM', note: 'The third time.', until };
      expect((await onPerson(app(), moderator, 'suspendAccount', suspension)).refused).toBeUndefined();
      await reader.page.reload();
      await thread(reader)
        .getByText(/^Your account is suspended until .+\. You can read/)
        .waitFor();
      await thread(reader).getByText('The reason: advertising').waitFor();
      await thread(reader).getByText('A moderator’s note: The third time.').waitFor();
    } finally {
      await limited.close();
    }
  });

  it('is shown in a frame of an allowed site, as tall as it is, and not of another one', async () => {
    const { id, address } = await addStory();
    const { comment: said } = await say(id, 'In a frame');
    const moderator = await app().signUp('Mod Example', 'MODERATOR');
    const frame = `<iframe class="thread" title="Comments" src="${app().url}/embed?article=${encodeURIComponent(address)}&amp;theme=dark&amp;lang=de"></iframe>`;
    const resize = await readFile(
      join(import.meta.dirname, '../../examples/embed/public/resize.mjs'),
      'utf8',
    );
    const reader = await open(host.addPage(frame, { head: host.addScript(resize) }));
    const inside = reader.page.frameLocator('iframe').locator('standfirst-thread');
    await comment(inside, 'In a frame').waitFor();
    await isLive(inside);
    await eventually('the frame to have the height of its content', async () => {
      const [outer, inner] = await Promise.all([
        reader.page.locator('iframe').evaluate((element: any) => element.clientHeight as number),
        inside.evaluate((element: any) => element.getBoundingClientRect().height as number),
      ]);
      return outer >= inner && inner > 150;
    });
    expect(
      await inside.evaluate((element: any) => (globalThis as any).getComputedStyle(element).colorScheme),
    ).toBe('dark');
    expect(reader.problems).toEqual([]);
    // Readers of a frame sign in by the pop-up as well; the login stays in the frame. Words come from the page around it.
    await reader.page.context().addInitScript(storeSession, sessionOf(moderator));
    const [popup] = await Promise.all([
      reader.page.waitForEvent('popup'),
      inside.getByRole('button', { name: 'Sign in to comment' }).click(),
    ]);
    await popup.getByRole('button', { name: 'Continue as Mod Example' }).click();
    await inside.getByText('Signed in as Mod Example').waitFor();
    expect(await reader.page.evaluate('Object.keys(localStorage)')).not.toContain(
      `standfirst.token ${app().url}`,
    );
    const texts = { signedInAs: 'Angemeldet als {name}' };
    await reader.page.evaluate(
      `document.querySelector('iframe').contentWindow.postMessage(${JSON.stringify({ type: 'standfirst-texts', texts })}, '${app().url}')`,
    );
    await inside.getByText('Angemeldet als Mod Example').waitFor();
    // A moderator's token answers and likes, and removes nobody's comments.
    const kept: string = await inside.evaluate(() => JSON.stringify((globalThis as any).localStorage));
    const [token = ''] = /sf_\w{38}/.exec(kept) ?? [];
    const remove = await app().query(removeMutation, { input: { commentId: said?.id } }, { token });
    expect(remove.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const like = await app().data(reactMutation, { input: { commentId: said?.id, kind: 'LIKE' } }, token);
    expect(like.react.userErrors).toEqual([]);
    expect(reader.problems).toEqual([]);
    const refused = await open(stranger.addPage(frame));
    await eventually('the browser to refuse the frame', () =>
      refused.problems.some((problem) => problem.includes('frame-ancestors')),
    );
    const own = await fetch(`${app().url}/articles/nowhere`, { headers: { accept: 'text/html' } });
    expect(own.headers.get('x-frame-options')).toBe('DENY');
  });

  it('looks the same whatever the styles of the page are', async () => {
    const { id, tag } = await addStory();
    const { comment: root } = await say(id, 'A *comment*\n\n> and a quotation');
    await say(id, '- An answer\n- with items', root?.id);
    const hostile = host.addStyles(`
      html { font-size: 10px; }
      *, standfirst-thread, standfirst-thread * {
        font: italic 900 30px / 3 cursive !important; color: red !important; letter-spacing: 9px !important;
        word-spacing: 9px !important; text-transform: uppercase !important; text-align: right !important;
        text-indent: 3em !important; text-shadow: 1px 1px red !important; white-space: nowrap !important;
        visibility: hidden !important; direction: rtl !important; cursor: wait !important; quotes: none !important;
        list-style: square !important; hyphens: auto !important; word-break: break-all !important; tab-size: 1 !important;
        -webkit-text-fill-color: red !important; accent-color: red !important; caret-color: red !important;
        font-feature-settings: 'smcp' !important; pointer-events: none !important; user-select: none !important;
        --_text: red; --_accent: red; --_size: 40px; --_font: cursive;
      }
      standfirst-thread { columns: 3 !important; line-height: 5; }
      body { text-decoration: underline 3px red; }
      button, a, h2, p, textarea, .root, .rows, .body { padding: 20px !important; background: red !important; }`);
    const looks: unknown[] = [];
    for (const head of ['', hostile]) {
      const reader = await open(host.addPage(tag.replace('>', ' times="absolute">'), { head }));
      await isLive(thread(reader));
      await comment(thread(reader), 'with items').waitFor();
      looks.push(
        await thread(reader).evaluate((element: any) =>
          [...element.shadowRoot.querySelectorAll('.root, .root *')].map((each) => {
            const style = (globalThis as any).getComputedStyle(each);
            return [
              each.className,
              Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)])),
            ];
          }),
        ),
      );
    }
    expect(looks[0]).toHaveLength((looks[1] as unknown[]).length);
    expect(looks[1]).toEqual(looks[0]);
  });

  it.each([390, 1_440])('moves nothing else of its page while it loads, at %s pixels', async (width) => {
    const stories = [await addStory(), await addStory(), await addStory()];
    const [long, short] = stories;
    for (let number = 0; number < 25; number++)
      await say(long!.id, `Comment ${number} ${'with words '.repeat(number)}`);
    await say(short!.id, 'The only one');
    const styles = host.addStyles('standfirst-thread:not(:defined) { display: block; min-height: 100vh; }');
    const after = '<p>What follows.</p>'.repeat(5);
    // At 390 pixels the order has place beside the live mark, and none while that still connects.
    const longTexts = `document.querySelector('standfirst-thread').texts = {
      count: { one: '{count} Kommentar', other: '{count} Kommentare' },
      live: 'Live', connecting: 'Die Verbindung wird gerade aufgebaut …', newest: 'Neueste zuerst' };`;
    const pages = {
      one: long!.tag + after,
      short: short!.tag + after,
      none: stories[2]!.tag + after,
      'below an article': `<p>${'A long story. '.repeat(2000)}</p>${short!.tag}${after}`,
      several: stories.map(({ tag }) => tag + after).join(''),
      'in German': long!.tag + host.addScript(longTexts) + after,
    };
    const moved: Record<string, number> = {};
    for (const [name, body] of Object.entries(pages)) {
      const reader = await open('about:blank', { context: { viewport: { width, height: 844 } } });
      await reader.page.addInitScript(watchShifts);
      const release = await holdElement(reader);
      // As on a slow line: the comments are read before anything is live.
      const line = new EventEmitter();
      const isOpen = once(line, 'open');
      await reader.page.routeWebSocket(/\/graphql/, async (socket) => {
        await isOpen;
        socket.connectToServer();
      });
      await reader.page.goto(host.addPage(body, { head: styles }), { waitUntil: 'commit' });
      await eventually('the first paint', () =>
        reader.page.evaluate<boolean>(`performance.getEntriesByType('paint').length > 0`),
      );
      release();
      await thread(reader).locator('.mark').waitFor();
      await reader.page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))',
      );
      line.emit('open');
      for (let nth = 0; nth < (name === 'several' ? 3 : 1); nth++) await isLive(thread(reader, nth));
      moved[name] = (await shiftsOf(reader)).reduce((sum, { value }) => sum + value, 0);
      if (name === 'below an article') {
        // Nothing is seen of it yet: the height that it does not need is given back at once.
        const height = await thread(reader).evaluate((element: any) => element.offsetHeight as number);
        expect(height).toBeLessThan(844);
      }
    }
    expect(Object.values(moved).every((value) => value <= 0.02) || moved).toBe(true);
  });

  it('has the colours, the scheme and the words of its page, and is accessible in both schemes', async () => {
    const { id, tag } = await addStory();
    const { comment: root } = await say(id, 'Ein Wort');
    await say(id, 'Eine Antwort', root?.id);
    const german = host.addScript(`const thread = document.querySelector('standfirst-thread');
thread.texts = { count: { one: '{count} Kommentar', other: '{count} Kommentare' }, signIn: 'Anmelden', reply: 'Antworten' };
const sheet = new CSSStyleSheet();
sheet.replaceSync('standfirst-thread { --standfirst-accent: rgb(120, 20, 90) }');
document.adoptedStyleSheets = [sheet];`);
    const reader = await open(host.addPage(tag, { head: german, html: 'lang="de" dir="rtl"' }));
    await comment(thread(reader), 'Eine Antwort').waitFor();
    await thread(reader).getByRole('heading', { name: '2 Kommentare' }).waitFor();
    const button = thread(reader).getByRole('button', { name: 'Anmelden' });
    const style = (property: string) =>
      button.evaluate(
        (element: any, name) => (globalThis as any).getComputedStyle(element)[name] as string,
        property,
      );
    expect([await style('backgroundColor'), await style('direction')]).toEqual(['rgb(120, 20, 90)', 'rtl']);
    expect(await comment(thread(reader), 'Ein Wort').locator('time').innerText()).toBe('jetzt');
    // A mistake in a text leaves the element's own one there.
    await thread(reader).evaluate((element: any) => {
      element.texts = {
        count: { one: '{count} Ding' },
        title: 5,
        errors: { NOT_FOUND: {} },
        signIn: 'Anmelden',
      };
    });
    await thread(reader).getByRole('heading', { name: '2 comments' }).waitFor();
    await thread(reader).evaluate((element: any) => {
      (globalThis as any).document.adoptedStyleSheets = [];
      element.setAttribute('theme', 'auto');
    });
    const colours = new Set<string>();
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1_440]) {
        await reader.page.emulateMedia({ colorScheme });
        await reader.page.setViewportSize({ width, height: 900 });
        colours.add(await style('backgroundColor'));
        // The page around it has the scheme as well; axe knows no colours that a browser gives by itself.
        const canvas = colorScheme === 'dark' ? '#121212' : '#ffffff';
        await reader.page.evaluate(
          `Object.assign(document.documentElement.style, { colorScheme: '${colorScheme}', background: '${canvas}' })`,
        );
        expect(await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        expect(await reader.accessibilityFaults()).toEqual([]);
      }
    expect(colours.size).toBe(2);
    expect(reader.problems).toEqual([]);
  });
});
