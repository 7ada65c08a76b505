import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { nothingKept, useApp } from '../support/app.ts';

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
    const prototype = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
    const send = prototype.query;
    const setStatus = (status: string) =>
      db.query('UPDATE article SET status = $2 WHERE id = $1', [articleId, status]);
    const steps: string[] = [];
    // Also undefined while a change is being made, because other statements may be under way then.
    let due: string | undefined = 'UNPUBLISHED';
    jest.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...args) {
      const { text = '' } = (typeof args[0] === 'object' ? args[0] : {}) as { text?: string };
      const next = due === 'UNPUBLISHED' && !text.includes(`JOIN ${table} `) ? undefined : due;
      if (next === undefined) return send.apply(this, args);
      due = undefined;
      const change = async (): Promise<void> => {
        await setStatus(next);
        steps.push(next);
        if (next === 'UNPUBLISHED') due = 'PUBLISHED';
      };
      // A statement whose rows are counted reports its end to a callback, others by a promise.
      const counted = args[0] as { callback?: (...results: unknown[]) => void };
      if (typeof counted.callback !== 'function')
        return Promise.resolve(send.apply(this, args)).then(async (result) => {
          await change();
          return result;
        });
      const { callback } = counted;
      counted.callback = (...results) => void change().then(() => callback(...results));
      return send.apply(this, args);
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
