import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { nothingKept, useApp } from '../../support/app.ts';

const endorse = 'mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }';

describe('an article that is unpublished and published again while one of its events is rendered', () => {
  const service = useApp(nothingKept);

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /**
   * Unpublishes the article right after the first statement that joins a table, and publishes it right after the next
   * statement.
   */
  function takeBackBehind(table: string, articleId: string) {
    const { db } = service().app;
    // Every statement passes here, whichever share of the database's connections it uses.
    const prototype = pg.Query.prototype as unknown as { submit: (...args: unknown[]) => unknown };
    const { submit } = prototype;
    const setStatus = (status: string) =>
      db.query('UPDATE article SET status = $2 WHERE id = $1', [articleId, status]);
    const steps: string[] = [];
    // Also undefined while a change is being made, because other statements may be under way then.
    let due: string | undefined = 'UNPUBLISHED';
    jest.spyOn(prototype, 'submit').mockImplementation(function (this: unknown, ...args) {
      const query = this as { text?: string; callback: (...results: unknown[]) => void };
      const next = due === 'UNPUBLISHED' && !query.text?.includes(`JOIN ${table} `) ? undefined : due;
      if (next === undefined) return submit.apply(this, args);
      due = undefined;
      const change = async (): Promise<void> => {
        await setStatus(next);
        steps.push(next);
        if (next === 'UNPUBLISHED') due = 'PUBLISHED';
      };
      const { callback } = query;
      query.callback = (...results) => void change().then(() => callback(...results));
      return submit.apply(this, args);
    });
    return steps;
  }

  it.each([
    [
      'the parent of a comment',
      'comment',
      '... on CommentAdded { shown: comment { parent { replyCount } } }',
      { parent: { replyCount: 1 } },
    ],
    [
      'the article of a comment',
      'comment',
      '... on CommentAdded { shown: comment { article { commentCount } } }',
      { article: { commentCount: 2 } },
    ],
    [
      'an endorsement',
      'endorsement',
      '... on EndorsementAdded { shown: endorsement { displayName } }',
      { displayName: 'Reader' },
    ],
  ])('leaves no gap in %s', async (_what, table, selection, shown) => {
    const app = service();
    const { id, slug, articleId } = await app.addArticle();
    const user = await app.signUp('Reader');
    const { comment: parent } = await app.addComment(user, { articleId: id });
    const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', {
      slug,
    });
    if (table === 'comment') await app.addComment(user, { articleId: id, parentId: parent?.id ?? '' });
    else await app.data(endorse, { input: { articleId: id } }, user.token);

    const steps = takeBackBehind(table, articleId);
    const events = app.live.subscribe(
      `subscription ($articleId: ID!, $after: EventCursor) {
        articleEvents(articleId: $articleId, after: $after) { __typename cursor ${selection} } }`,
      { articleId: id, after: article.liveCursor },
    );
    const [event] = await events.waitFor(1);
    expect(steps).toEqual(['UNPUBLISHED', 'PUBLISHED']);
    expect(events.errors).toEqual([]);
    expect(event?.shown).toEqual(shown);
  });
});
