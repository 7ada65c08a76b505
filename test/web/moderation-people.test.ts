/**
 * @database either
 * @seconds 45
 */
import { beforeAll, expect, it } from '@jest/globals';
import { features } from '../../src/app/features.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { done } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { personId } from '../support/persons.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { report } from '../support/reports.ts';
import { addWords } from '../support/screening.ts';

const views = [
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
] as const;

describeInBrowser('the pages of moderation beside the queue', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MODERATION_POLL_MS: '50' }, { features });
  let cleo: TestUser;
  let mona: TestUser;
  let pat: TestUser;
  let article: { id: string; articleId: string; slug: string };

  beforeAll(async () => {
    cleo = await app().signUp('Cleo Example', 'ADMINISTRATOR');
    mona = await app().signUp('Mona Example', 'MODERATOR');
    pat = await app().signUp('Pat Example');
    article = await app().addArticle({ article: { title: 'Keep the ferry' } });
  });

  const comment = async (by: TestUser, body: string): Promise<string> =>
    (await done(app(), 'addComment', { articleId: article.id, body }, by)).comment.id;

  const remove = (commentId: string, by: TestUser) =>
    done(
      app(),
      'removeComment',
      { commentId, reasonCode: 'OFF_TOPIC', reason: 'This is about ferries.' },
      by,
    );

  /** What is wrong with the pages that were looked at. */
  const faults: string[] = [];

  async function inspect(reader: BrowserReader, name: string): Promise<void> {
    for (const { view, width, height, colorScheme } of views) {
      await reader.page.setViewportSize({ width, height });
      await reader.page.emulateMedia({ colorScheme });
      await reader.photograph(`moderation-${name}-${view}`);
      const wide = await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth');
      const found = [
        ...(await reader.accessibilityFaults()),
        ...(wide === 0 ? [] : [`${String(wide)} too wide`]),
      ];
      faults.push(...found.map((fault) => `${name} ${view}: ${fault}`));
    }
  }

  it('find a person, show what is known of them, and decide about them', async () => {
    const ids = [
      await comment(pat, 'Buy this.'),
      await comment(pat, 'And this.'),
      await comment(pat, 'This, too.'),
    ];
    await remove(ids[0]!, mona);
    await report(app(), mona, ids[1]!);
    await report(app(), pat, await comment(mona, 'Please stop.'), { reason: 'ABUSE' });
    const reader = await readers.open(`${app().url}/moderation/people`, {
      user: cleo,
      context: { viewport: views[0] },
    });
    const { page } = reader;
    await page.getByText('Mona Example').waitFor();
    await page.getByLabel('Role').selectOption('Moderator');
    await page.getByText('Pat Example').waitFor({ state: 'detached' });
    await page.getByLabel('Role').selectOption('Any role');
    await page.getByText('Pat Example').waitFor();
    await inspect(reader, 'people');
    await page.getByLabel('Find a person').fill('pAT');
    await page.getByText('Mona Example').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Pat Example' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pat Example' }).waitFor();
    await page.getByText('Mona Example removed a comment of Pat Example').waitFor();

    // A form that asks why, and is closed without an answer.
    const actions = page.getByRole('region', { name: 'Decide about the account' });
    await actions.getByRole('button', { name: 'Suspend' }).click();
    await page.keyboard.press('Escape');
    await page.locator('[data-action=suspend]:focus').waitFor();
    await actions.getByRole('button', { name: 'Suspend' }).click();
    const form = actions.getByRole('form');
    await form.getByRole('button', { name: 'Suspend' }).click();
    await form.getByText('Choose a reason.').waitFor();
    await page.locator('[name=reason]:focus').waitFor();
    await form.getByLabel('Until').selectOption('a time …');
    await form.getByLabel('Reason').selectOption('Spam');
    await form.getByLabel('Note to the person').fill('The third time.');
    await form.getByRole('button', { name: 'Suspend' }).click();
    await form.getByText('Choose a time.').waitFor();
    await inspect(reader, 'person-form');
    await form.getByLabel('Time').fill('2099-01-01T00:00');
    await form.getByRole('button', { name: 'Suspend' }).click();
    await form.getByText('The end has to be a time to come, at most 10 years from now.').waitFor();
    await form.getByLabel('Until').selectOption('a week from now');
    await form.getByRole('button', { name: 'Suspend' }).click();
    await page.getByText('Pat Example is suspended.').waitFor();
    await page.getByText('Suspended until').waitFor();
    await page.getByText('Cleo Example suspended Pat Example until').waitFor();
    await actions.getByRole('button', { name: 'Read first' }).click();
    await form.getByLabel('Reason').selectOption('Other');
    await form.getByRole('button', { name: 'Read first' }).click();
    await page.getByText('waits for a moderator from now on').waitFor();

    // All that they wrote, as one decision that is undone.
    await actions.getByRole('button', { name: 'Remove comments' }).click();
    await form.getByLabel('Reason').selectOption('Spam');
    await form.getByRole('button', { name: 'Remove comments' }).click();
    await page.getByText('2 comments removed', { exact: true }).waitFor();
    const numbers = page.locator('.mod-numbers', { hasText: 'Comments' }).first();
    const isCounted = (text: RegExp) => async () =>
      text.test((await numbers.innerText()).replace(/\s+/g, ' '));
    await eventually('the numbers after the removal', isCounted(/^Comments removed 3$/));
    const removal = page.getByRole('listitem').filter({ hasText: 'removed all that' });
    await removal.getByRole('button', { name: 'Undo: Cleo Example removed all that' }).click();
    await removal.getByText('What was before the decision holds again.').waitFor();
    await removal.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.locator('[data-row]:focus', { hasText: 'removed all that' }).waitFor();
    await removal.getByText('All comments are back').waitFor();
    await removal.getByText('Undone by Cleo Example').waitFor();
    await eventually('the numbers after the undoing', isCounted(/^Comments public 2 removed 1$/));
    // What others decide is told by events.
    await remove(ids[1]!, mona);
    await eventually('the numbers after an event', isCounted(/^Comments public 1 removed 2$/));
    await page.getByText('Mona Example removed a comment of Pat Example').nth(1).waitFor();

    // Notes, roles, and the end of a sanction.
    const notes = page.getByRole('region', { name: 'Notes' });
    await notes.getByRole('button', { name: 'Add a note' }).click();
    await notes.getByText('must not be empty').waitFor();
    await notes.getByLabel('Note', { exact: true }).fill('Has been warned by mail.');
    await notes.getByRole('button', { name: 'Add a note' }).click();
    await notes.getByText('Has been warned by mail.').waitFor();
    const roles = page.getByRole('region', { name: 'Roles' });
    await roles.getByRole('button', { name: 'Give the role: Journalist' }).click();
    await roles.getByRole('button', { name: 'Give', exact: true }).click();
    await page.locator('button:focus', { hasText: 'Take' }).waitFor();
    await roles.getByRole('button', { name: 'Take the role: Journalist' }).waitFor();
    await inspect(reader, 'person');
    const suspension = page.locator('.mod-sanction').filter({ hasText: 'Suspended until' });
    await suspension.getByRole('button', { name: 'Lift the suspension' }).click();
    await page.keyboard.press('Escape');
    await page.locator('button:focus', { hasText: 'Lift the suspension' }).waitFor();
    await suspension.getByRole('button', { name: 'Lift the suspension' }).click();
    await suspension.getByLabel('Note to the person').fill('It was a mistake.');
    await suspension.getByRole('button', { name: 'Lift the suspension' }).click();
    await page.getByText('It is lifted.').waitFor();
    await suspension.waitFor({ state: 'detached' });
    await actions.getByRole('button', { name: 'Ban', exact: true }).click();
    await form.getByLabel('Reason').selectOption('Spam');
    await form.getByRole('button', { name: 'Ban' }).click();
    await page
      .locator('.mod-sanction', { hasText: 'Banned:' })
      .getByRole('button', { name: 'Lift the ban' })
      .waitFor();
    await page.getByRole('button', { name: 'By them' }).click();
    await page.getByText('Pat Example reported a comment of Mona Example').waitFor();

    // The last administrator stays.
    await page.goto(`${app().url}/moderation/people/${personId(cleo.accountId)}`);
    await page.getByText('Nobody decides about themselves').waitFor();
    await roles.getByRole('button', { name: 'Take the role: Administrator' }).click();
    await roles.getByRole('button', { name: 'Take', exact: true }).click();
    await roles.getByText('No other administrator would be left').waitFor();
    expect([...reader.problems, ...faults.splice(0)]).toEqual([]);
  });

  it('keep words and settings, and the log tells of them as they change', async () => {
    await addWords(app(), [{ text: 'casino' }, { text: 'v?agra', mode: 'PATTERN', action: 'REFUSE' }], mona);
    const ed = await app().signUp('Ed Example', 'EDITOR');
    const reader = await readers.open(`${app().url}/moderation/words`, {
      user: ed,
      context: { viewport: views[0] },
    });
    const { page } = reader;
    await page.getByText('2 words').waitFor();
    await page.getByLabel('Words', { exact: true }).fill('roulette\n\ncasino\n');
    await page.getByRole('button', { name: 'Add words' }).click();
    await page.getByText('Line 3, “casino”: This word is on the list already.').waitFor();
    await page.locator('[name=words]:focus').waitFor();
    await inspect(reader, 'words-form');
    await page.getByLabel('Words', { exact: true }).fill('roulette\n\nblackjack');
    await page.getByLabel('What becomes of a comment').selectOption('It is refused at once');
    await page.getByRole('button', { name: 'Add words' }).click();
    await page.getByText('2 words are on the list now.').waitFor();
    await page.getByText('4 words').waitFor();
    await page.getByLabel('Find in the list').fill('CAS');
    await page.getByText('1 word found').waitFor();
    await page.getByLabel('Select casino').check();
    await inspect(reader, 'words');
    await page.getByRole('button', { name: 'Remove 1 word' }).click();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove 1 word' }).click();
    await page.getByRole('button', { name: 'Remove 1 word' }).click();
    await page.getByText('1 word is removed.').waitFor();
    await page.getByText('No word of the list has this in it.').waitFor();

    const tabs = page.getByRole('navigation', { name: 'Moderation' });
    await tabs.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Most links in a comment').fill('many');
    await page.getByLabel('Add to: Sites to which').fill('spam.example, a:b');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Write a whole number.').waitFor();
    await page.getByLabel('Most links in a comment').fill('2');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This is no host').waitFor();
    await page.getByLabel('Add to: Sites to which').fill('spam.example ads.example');
    await page.getByLabel('The same text again waits').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. It holds from now on.').waitFor();
    await page.getByRole('button', { name: 'Remove ads.example' }).click();
    await page.getByText('1 site goes when you save.').waitFor();
    const quay = await app().addArticle({ article: { title: 'Keep the quay' } });
    await page.getByLabel('Address of the article').fill(`${app().url}/articles/${quay.slug}`);
    await page.getByRole('button', { name: 'Show its settings' }).click();
    await page.getByRole('link', { name: 'Keep the quay' }).waitFor();
    await inspect(reader, 'settings');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Remove ads.example' }).waitFor({ state: 'detached' });
    const own = page.getByRole('region', { name: 'One article' });
    await own.getByLabel('Slow mode').fill('60');
    await own.getByRole('button', { name: 'Save for this article' }).click();
    await own.getByText('Saved.').waitFor();
    // Whoever edits the article finds the same there.
    await page.goto(`${app().url}/articles/${quay.slug}/edit`);
    await page.getByText('Moderation of its comments').click();
    expect(await page.getByLabel('Slow mode').inputValue()).toBe('60');
    await page.goto(`${app().url}/moderation/people`);

    // The log tells of all that, and of what happens meanwhile.
    await tabs.getByRole('link', { name: 'Log' }).click();
    await page.getByText('Ed Example changed the settings of Keep the quay').waitFor();
    await page.getByText('removed ads.example').waitFor();
    await page.locator('[data-row]').first().focus();
    await page.keyboard.press('j');
    const focused = await page.locator('[data-row]:focus').innerText();
    const spam = await comment(await app().signUp('Sue Example'), 'Buy this.');
    await remove(spam, mona);
    await page.getByRole('button', { name: 'Show 1 new entry' }).waitFor();
    expect(await page.locator('[data-row]:focus').innerText()).toBe(focused);
    await page.getByRole('button', { name: 'Show 1 new entry' }).click();
    await page
      .locator('[data-row]:focus', { hasText: 'Mona Example removed a comment of Sue Example' })
      .waitFor();
    await inspect(reader, 'log');
    await page.getByLabel('What', { exact: true }).selectOption('Decisions about comments');
    await page.getByText('changed the settings').waitFor({ state: 'detached' });
    const removal = page.locator('[data-row]', { hasText: 'a comment of Sue Example' });
    await removal.getByRole('button', { name: 'Undo' }).click();
    await removal.getByRole('button', { name: 'Undo', exact: true }).click();
    await removal.getByText('Undone by Ed Example').waitFor();
    await page.getByRole('button', { name: 'Show 1 new entry' }).click();
    await page.getByText('Ed Example undid the removal of a comment of Sue Example').waitFor();
    expect([...reader.problems, ...faults.splice(0)]).toEqual([]);
  });

  it('answer appeals, but not those against one’s own decisions, and let moderators only read the settings', async () => {
    const uma = await app().signUp('Uma Example');
    for (const by of [mona, cleo]) await remove(await comment(uma, 'About trains.'), by);
    const appeal = async () => {
      const { viewer } = await app().data('{ viewer { decisions { nodes { decisionId } } } }', {}, uma.token);
      for (const { decisionId } of viewer.decisions.nodes)
        await app().data(
          `mutation ($input: AppealDecisionInput!) { appealDecision(input: $input) { userErrors { code } } }`,
          { input: { decisionId, text: 'A train leads to the ferry.' } },
          uma.token,
        );
    };
    await appeal();
    const reader = await readers.open(`${app().url}/moderation/appeals`, {
      user: mona,
      context: { viewport: views[0] },
    });
    const { page } = reader;
    await page.getByText('2 appeals wait').waitFor();
    await page.getByText('You have decided this yourself').waitFor();
    const open = page.locator('[data-row]', { hasText: 'Cleo Example removed' });
    // The comment has vanished; who answers reads it.
    await open.getByText('About trains.').waitFor();
    await open.getByRole('button', { name: 'Answer' }).click();
    await open.getByRole('button', { name: 'Send the answer' }).click();
    await open.getByText('Choose one of both.').waitFor();
    await inspect(reader, 'appeals');
    await open.getByLabel('The decision is undone').check();
    await open.getByLabel('Answer to the person').fill('You are right.');
    await open.getByRole('button', { name: 'Send the answer' }).click();
    await page.getByText('The appeal of Uma Example is answered.').waitFor();
    await page.getByText('1 appeal waits').waitFor();
    // The menu and the list follow what is appealed against.
    const tabs = page.getByRole('navigation', { name: 'Moderation' });
    await tabs.getByRole('link', { name: 'Appeals 1 waiting' }).waitFor();
    await remove(await comment(uma, 'About planes.'), cleo);
    await appeal();
    await tabs.getByRole('link', { name: 'Appeals 2 waiting' }).waitFor();
    await page.getByText('2 appeals wait').waitFor();
    await page.locator('[data-row]').nth(1).waitFor();
    await page
      .getByRole('navigation', { name: 'Moderation' })
      .getByRole('link', { name: 'Settings' })
      .click();
    await page.getByText('Editors and administrators change these settings.').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    await inspect(reader, 'settings-read');
    expect([...reader.problems, ...faults.splice(0)]).toEqual([]);
  });
});
