import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { setArticle } from '../../support/screening.ts';
import { pruneSlowModeTurns } from '../../../src/features/screening/screening.queries.ts';

describe('slow mode', () => {
  const service = useApp();
  let moderator: TestUser;
  let author: TestUser;
  let article: { id: string; articleId: string };

  beforeAll(async () => {
    moderator = await service().signUp('Mo Example', 'MODERATOR');
  });

  beforeEach(async () => {
    author = await service().signUp('Ada Example');
    article = await service().addArticle();
    await setArticle(service(), { articleId: article.id, slowModeSeconds: 600 }, moderator);
  });

  const mutation = `mutation ($input: AddCommentInput!) { addComment(input: $input) {
    comment { id } userErrors { code message retryAt } } }`;
  const post = async (user = author, app = service(), articleId = article.id) =>
    (await app.data(mutation, { input: { articleId, body: 'A comment.' } }, user.token)).addComment;
  const passTime = (seconds: number) =>
    service().app.db.query('UPDATE slow_mode_turn SET taken_at = taken_at - make_interval(secs => $1)', [
      seconds,
    ]);

  it('refuses the second comment, and says from when on it would not', async () => {
    const before = Date.now();
    expect((await post()).userErrors).toEqual([]);
    const { comment, userErrors } = await post();
    expect(comment).toBeNull();
    const [{ code, message, retryAt }] = userErrors;
    expect(code).toBe('SLOW_MODE');
    expect(message).toContain(new Date(retryAt).toISOString());
    // The database has the time; it may be another machine's.
    expect(new Date(retryAt).getTime() - before).toBeGreaterThan(590_000);
    expect(new Date(retryAt).getTime() - before).toBeLessThan(700_000);
    await passTime(601);
    expect((await post()).userErrors).toEqual([]);
  });

  it('counts for each account and each article by itself, and not for edits', async () => {
    const { comment } = await post();
    expect((await post(await service().signUp('Bo Example'))).userErrors).toEqual([]);
    const second = await service().addArticle();
    await setArticle(service(), { articleId: second.id, slowModeSeconds: 600 }, moderator);
    expect((await post(author, service(), second.id)).userErrors).toEqual([]);
    await done(service(), 'editComment', { commentId: comment.id, body: 'Another text.' }, author);
  });

  it('lets exactly one of twenty comments pass that are sent at once, on two nodes', async () => {
    const other = await TestApp.start({}, { database: service().database });
    try {
      const sent = await Promise.all(
        Array.from({ length: 20 }, (_, n) => post(author, n % 2 === 0 ? service() : other)),
      );
      const codes = sent.map(({ userErrors }) => userErrors[0]?.code ?? 'posted').sort();
      expect(codes).toEqual([...Array<string>(19).fill('SLOW_MODE'), 'posted']);
    } finally {
      await other.close();
    }
  });

  it('does not count a comment that is refused for another reason', async () => {
    const body = 'x'.repeat(10_001);
    await service().data(mutation, { input: { articleId: article.id, body } }, author.token);
    expect((await post()).userErrors).toEqual([]);
  });

  it('leaves nothing of a day ago, and nothing of an account that is erased', async () => {
    await post();
    const { db } = service().app;
    const turns = () => db.query('SELECT FROM slow_mode_turn WHERE article_id = $1', [article.articleId]);
    const prune = () => db.transaction((tx) => pruneSlowModeTurns(tx, new Date()));
    await prune();
    expect(await turns()).toHaveLength(1);
    await passTime(86_401);
    await prune();
    expect(await turns()).toHaveLength(0);
    await post();
    await erasureOf(service()).erase(author.email);
    expect(await turns()).toHaveLength(0);
  });
});
