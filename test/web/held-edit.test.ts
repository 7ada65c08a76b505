/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { done } from '../support/comments.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('a comment’s new text that waits for a moderator', () => {
  const readers = useReaders();
  const app = useAppWithPage();

  it('is shown to its author beside the public text, until the new text is public', async () => {
    const [ada, moderator] = [
      await app().signUp('Ada Example'),
      await app().signUp('Mo Example', 'MODERATOR'),
    ];
    const { id: articleId, slug } = await app().addArticle();
    const { comment } = await app().addComment(ada, { articleId, body: 'The ferry sails' });
    const commentId = comment?.id ?? '';
    const policy = { articleId, commentPolicy: 'PREMODERATED' };
    await app().data(
      'mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }',
      { input: policy },
      moderator.token,
    );
    const [author, stranger] = [
      await readers.open(`${app().url}/articles/${slug}`, { user: ada }),
      await readers.open(`${app().url}/articles/${slug}`),
    ];
    await author.isLive();
    await stranger.isLive();
    const edit = async (label: string, text: string) => {
      await author.page.getByRole('button', { name: 'Edit' }).click();
      expect(await author.page.getByLabel('Edit your comment').inputValue()).toBe(label);
      await author.page.getByText('once a moderator has let it through').waitFor();
      await author.page.getByLabel('Edit your comment').fill(text);
      await author.page.getByRole('button', { name: 'Save' }).click();
    };
    await edit('The ferry sails', 'The ferry sails at night');
    const held = author.page.locator('.held-edit');
    await held.getByText('waits for a moderator').waitFor();
    // The next edit starts from the previous one, and is still shown after a reload.
    await edit('The ferry sails at night', 'The ferry sails at noon');
    await held.getByText('The ferry sails at noon').waitFor();
    await author.page.reload();
    await held.getByText('The ferry sails at noon').waitFor();
    await author.isLive();
    expect(await author.accessibilityFaults()).toEqual([]);
    expect(await stranger.texts()).toEqual(['The ferry sails']);

    await done(app(), 'rejectComment', { commentId, expectedRevision: 3 }, moderator);
    await author.page.reload();
    await held.getByText('was not let through').waitFor();
    await author.isLive();
    await done(app(), 'approveComment', { commentId, expectedRevision: 3 }, moderator);
    await stranger.comment('The ferry sails at noon').waitFor();
    await held.waitFor({ state: 'detached' });
    expect(await author.texts()).toEqual(['The ferry sails at noon']);
    expect([...author.problems, ...stranger.problems]).toEqual([]);
  });
});
