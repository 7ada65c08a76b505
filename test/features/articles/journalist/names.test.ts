/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { linkByline } from '../../../../src/features/articles/journalist/byline.service.ts';
import { nameKeysJob } from '../../../../src/features/articles/journalist/name-keys-job.ts';
import { runJob } from '../../../support/jobs.ts';
import { type TestApp, type TestUser, useApp } from '../../../support/app.ts';
import { giveByline } from '../../../support/article-states.ts';
import { recordStatements } from '../../../support/statements.ts';

const page = `query ($slug: String!) { article(slug: $slug) {
  comments(orderBy: OLDEST, first: 50) { nodes { bodyText author { sharesNameWithJournalist } } }
  endorsements(first: 50) { nodes { displayName sharesNameWithJournalist } } } }`;

describe('a name that looks like a journalist’s', () => {
  const service = useApp();
  let app: TestApp;
  let ada: TestUser;
  let impostor: TestUser;
  let bo: TestUser;
  let article: { id: string; articleId: string; slug: string };

  const marked = async (token?: string): Promise<{ comments: string[]; endorsements: string[] }> => {
    const { comments, endorsements } = (await app.data(page, { slug: article.slug }, token)).article;
    const namesakes = (nodes: any[]) => nodes.filter((node) => node.sharesNameWithJournalist);
    return {
      comments: comments.nodes
        .filter((node: any) => node.author?.sharesNameWithJournalist === true)
        .map((node: any) => node.bodyText),
      endorsements: namesakes(endorsements.nodes).map((node) => node.displayName),
    };
  };
  const rename = (user: TestUser, name: string) =>
    app.data(
      'mutation ($input: ChangeNameInput!) { changeName(input: $input) { userErrors { code } } }',
      { input: { name } },
      user.token,
    );
  const work = () => runJob(nameKeysJob(app.app.db));
  const withoutKeys = async (): Promise<number> => {
    const [row] = await app.app.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM journalist WHERE name_keys IS NULL',
    );
    return row?.count ?? NaN;
  };

  beforeAll(async () => {
    app = service();
    ada = await app.signUp('Ada Example', 'JOURNALIST');
    impostor = await app.signUp('Аda  Exampіe');
    bo = await app.signUp('Bo Example');
    article = await app.addArticle({
      comments: [
        { key: 'i', authorName: 'ada example', body: 'imported', createdAt: '2024-05-02T10:00:00Z' },
        { key: 'j', body: 'nameless', createdAt: '2024-05-02T11:00:00Z' },
      ],
      endorsements: [{ key: 'e', displayName: 'Ada Examplé', createdAt: '2024-05-02T10:00:00Z' }],
    });
    await giveByline(app, 'ada-example', ada.accountId);
    for (const [user, body] of [
      [ada, 'the journalist’s own'],
      [impostor, 'the impostor’s'],
      [bo, 'another person’s'],
    ] as const) {
      await app.addComment(user, { articleId: article.id, body });
      await app.data(
        'mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }',
        { input: { articleId: article.id } },
        user.token,
      );
    }
  });

  it('is marked beside comments and endorsements, but for the journalist’s own', async () => {
    expect(await marked()).toEqual({
      comments: ['imported', 'the impostor’s'],
      endorsements: ['Аda Exampіe', 'Ada Examplé'],
    });
    expect(await marked(bo.token)).toEqual(await marked());
  });

  it('is marked before the keys of the byline are stored, and afterwards', async () => {
    await app.app.db.query('UPDATE journalist SET name_keys = NULL');
    const before = await marked();
    await work();
    expect(await withoutKeys()).toBe(0);
    expect(await marked()).toEqual(before);
    expect(before.comments).toHaveLength(2);
  });

  it('is found by one statement for all names, and by none while no byline changes', async () => {
    const other = await app.addArticle({
      comments: Array.from({ length: 30 }, (_, index) => ({
        key: `c${index}`,
        authorName: `Reader ${index}`,
        body: 'A comment.',
        createdAt: '2024-05-02T10:00:00Z',
      })),
    });
    // The second document is another one, so that its answer is made anew.
    const statementsOf = async (document: string): Promise<number> => {
      const { statements, stop } = recordStatements();
      await app.data(document, { slug: other.slug }).finally(stop);
      return statements.filter((statement) => statement.includes('name_keys')).length;
    };
    await app.app.db.query('UPDATE site_revision SET revision = revision + 1');
    expect(await statementsOf(page)).toBe(1);
    expect(await statementsOf(`${page} # again`)).toBe(0);
  });

  it('loses and gets its mark with the names on both sides', async () => {
    await rename(impostor, 'Cy Example');
    expect((await marked()).comments).toEqual(['imported']);
    await rename(bo, 'ADA EXAMPLE');
    expect((await marked()).comments).toEqual(['imported', 'another person’s']);
    await app.app.db.query(`UPDATE journalist SET name = 'Di Example' WHERE slug = 'ada-example'`);
    expect(await withoutKeys()).toBe(1);
    expect(await marked()).toEqual({ comments: [], endorsements: [] });
    await app.app.db.query(`UPDATE journalist SET name = 'Ada Example' WHERE slug = 'ada-example'`);
    await work();
    expect((await marked()).comments).toEqual(['imported', 'another person’s']);
  });

  it('is marked once another person gets a byline of this name, until it is that person’s own', async () => {
    expect((await marked()).comments).not.toContain('the impostor’s');
    const cy = await app.signUp('Cy Example', 'JOURNALIST');
    await linkByline(app.app.db, { email: cy.email, slug: 'cy-example', name: undefined });
    expect((await marked()).comments).toContain('the impostor’s');
    // Two journalists of one name: neither pretends to be the other.
    await linkByline(app.app.db, { email: impostor.email, slug: 'cy-example-2', name: undefined });
    expect((await marked()).comments).not.toContain('the impostor’s');
  });

  it('is shown to its owner before anything is written', async () => {
    const mine = `{ viewer { commentAuthor { sharesNameWithJournalist } } }`;
    expect((await app.data(mine, {}, bo.token)).viewer.commentAuthor.sharesNameWithJournalist).toBe(true);
    expect((await app.data(mine, {}, ada.token)).viewer.commentAuthor.sharesNameWithJournalist).toBe(false);
  });

  it('is marked in live events as well', async () => {
    const { liveCursor } = (
      await app.data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', { slug: article.slug })
    ).article;
    const events = app.live.subscribe(
      `subscription ($id: ID!, $after: EventCursor) { articleEvents(articleId: $id, after: $after) { __typename
        ... on CommentAdded { comment { bodyText author { sharesNameWithJournalist } } } } }`,
      { id: article.id, after: liveCursor },
    );
    await app.addComment(bo, { articleId: article.id, body: 'live' });
    await app.addComment(ada, { articleId: article.id, body: 'live too' });
    const added = await events.waitFor(2, 'CommentAdded');
    expect(added.map((event) => event.comment)).toEqual([
      { bodyText: 'live', author: { sharesNameWithJournalist: true } },
      { bodyText: 'live too', author: { sharesNameWithJournalist: false } },
    ]);
  });
});
