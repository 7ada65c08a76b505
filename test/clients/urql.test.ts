/**
 * @database either
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client, OperationResult } from '@urql/core';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AddCommentDocument,
  ArticleEventsDocument,
  EditCommentDocument,
  MeDocument,
  RemoveCommentDocument,
  RepliesDocument,
  type RepliesQuery,
  ThreadDocument,
  type ThreadQuery,
  type ThreadQueryVariables,
} from '../../examples/front-end/generated/graphql.ts';
import { createUrqlClient, schemaForCache } from '../../examples/front-end/urql.ts';
import { type TestApp, type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { closeFrontEnds, frontEnd, numberedComments, restart } from '../support/front-end.ts';

const ends: { unsubscribe(): void }[] = [];
let known: ReturnType<typeof schemaForCache>;

beforeAll(async () => {
  known = schemaForCache(await readFile(join(import.meta.dirname, '../../schema.graphql'), 'utf8'));
});

afterEach(() => {
  for (const end of ends.splice(0)) end.unsubscribe();
  closeFrontEnds();
});

// Graphcache warns here about data that does not fit the schema.
const warn = jest.spyOn(console, 'warn');
afterAll(() => expect(warn.mock.calls).toEqual([]));

function urql(app: TestApp, user?: TestUser): Client {
  const { url, live, send } = frontEnd(app, user);
  return createUrqlClient(url, live, send, known);
}

/** A watched query, as a component has it. */
class Shown<Data> {
  result: OperationResult<Data> | undefined;

  get data(): Data {
    if (!this.result?.data) throw new Error(`There is no data: ${this.result?.error?.message}`);
    return this.result.data;
  }
}

async function show(client: Client, variables: ThreadQueryVariables): Promise<Shown<ThreadQuery>> {
  const shown = new Shown<ThreadQuery>();
  const query = client.query(ThreadDocument, variables);
  ends.push(query.subscribe((result) => void (shown.result = result)));
  // While the page is on its way, the cache shows what it has of the list.
  await eventually('the page', () => shown.result?.data && !shown.result.stale);
  return shown;
}

function articleOf(shown: Shown<ThreadQuery>) {
  const { article } = shown.data;
  if (!article?.comments) throw new Error('There is no such article');
  return { ...article, comments: article.comments };
}

function textsOf(shown: Shown<ThreadQuery>): (string | null)[] {
  return articleOf(shown).comments.edges.map(
    ({ node }) => node.bodyHtml?.replace(/<\/?p[^>]*>/g, '') ?? null,
  );
}

function follow(client: Client, articleId: string, after: string): void {
  const events = client.subscription(ArticleEventsDocument, { articleId, after });
  ends.push(events.subscribe(() => undefined));
}

describe('urql with Graphcache', () => {
  const app = useApp();
  let user: TestUser;
  beforeAll(async () => {
    user = await app().signUp('Cy Example');
  });

  it('merges pages in both directions without duplicates', async () => {
    const { slug } = await app().addArticle({ comments: numberedComments(7) });
    const all = ['7', '6', '5', '4', '3', '2', '1'];
    for (const [start, next] of [
      ['first', 'after'],
      ['last', 'before'],
    ] as const) {
      const client = urql(app());
      const shown = await show(client, { slug, [start]: 3 });
      const page = () => articleOf(shown).comments.pageInfo;
      expect(textsOf(shown)).toEqual(start === 'first' ? all.slice(0, 3) : all.slice(-3));
      for (const count of [6, 7]) {
        await show(client, {
          slug,
          [start]: 3,
          [next]: next === 'after' ? page().endCursor : page().startCursor,
        });
        await eventually('the next page', () => textsOf(shown).length === count);
      }
      expect(textsOf(shown)).toEqual(all);
      expect(page()).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    }
  });

  it('shows a comment before the answer, and then the comment from the answer', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(2) });
    const client = urql(app(), user);
    const { data: me } = await client.query(MeDocument, {}).toPromise();
    const shown = await show(client, { slug, first: 2 });
    const input = { articleId, body: 'Mine <b>', idempotencyKey: randomUUID() };
    const answer = client.mutation(AddCommentDocument, { input, orderBy: 'NEWEST' }).toPromise();
    await eventually('the comment', () => textsOf(shown).length === 3);
    const early = articleOf(shown).comments.edges[0]?.node;
    expect(early).toMatchObject({
      id: `optimistic:${input.idempotencyKey}`,
      author: me?.viewer?.commentAuthor,
      bodyHtml: '<p>Mine &#60;b&#62;</p>',
    });

    const { data } = await answer;
    expect(data?.addComment.userErrors).toEqual([]);
    await eventually('the answer', () => articleOf(shown).comments.edges[0]?.node.id !== early?.id);
    expect(articleOf(shown).comments.edges.map(({ node }) => node.id)[0]).toBe(data?.addComment.comment?.id);
    expect(textsOf(shown)).toHaveLength(3);
    expect(articleOf(shown).commentCount).toBe(3);
  });

  it('withdraws a comment that the service refuses, and reports the reason', async () => {
    const { slug, id: articleId } = await app().addArticle();
    const client = urql(app(), user);
    const shown = await show(client, { slug });
    const input = { articleId, body: ' ', idempotencyKey: randomUUID() };
    const { data } = await client.mutation(AddCommentDocument, { input, orderBy: 'NEWEST' }).toPromise();
    expect(data?.addComment.userErrors).toMatchObject([{ code: 'EMPTY_TEXT', field: ['body'] }]);
    await eventually('the comment to disappear', () => textsOf(shown).length === 0);
  });

  it('shows the changes of other people without a query', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(3) });
    const reader = urql(app());
    const shown = await show(reader, { slug, first: 2 });
    // A second page is loaded, to show that new comments are added to the first one only.
    await show(reader, { slug, first: 2, after: articleOf(shown).comments.pageInfo.endCursor });
    follow(reader, articleId, articleOf(shown).liveCursor);

    const { comment } = await app().addComment(user, { articleId, body: 'First' });
    const commentId = comment?.id ?? '';
    await eventually('the comment', () => textsOf(shown)[0] === 'First');
    expect(textsOf(shown)).toEqual(['First', '3', '2', '1']);
    expect(articleOf(shown).commentCount).toBe(4);

    const writer = urql(app(), user);
    const edit = { commentId, body: 'Second thought' };
    await writer.mutation(EditCommentDocument, { input: edit }).toPromise();
    await eventually('the edit', () => textsOf(shown)[0] === 'Second thought');

    const replies = new Shown<RepliesQuery>();
    const query = reader.query(RepliesDocument, { commentId });
    ends.push(query.subscribe((result) => void (replies.result = result)));
    const count = () => replies.result?.data?.comment?.replies?.edges.length;
    await eventually('an empty list of replies', () => count() === 0);
    const reply = await app().addComment(user, { articleId, parentId: commentId, body: 'A reply' });
    await eventually('the reply', () => count() === 1);
    expect(articleOf(shown).comments.edges[0]?.node.replyCount).toBe(1);

    const remove = (id: string) =>
      writer.mutation(RemoveCommentDocument, { input: { commentId: id } }).toPromise();
    await remove(commentId);
    await eventually('the tombstone', () => textsOf(shown)[0] === null);
    expect(articleOf(shown).comments.edges[0]?.node).toMatchObject({ status: 'REMOVED', author: null });
    await remove(reply.comment?.id ?? '');
    await eventually('the reply to vanish', () => count() === 0);
  });
});

describe('urql with Graphcache, when the service restarts', () => {
  it('continues from the last event, and misses no comment', async () => {
    let user: TestUser;
    let articleId: string;
    let shown: Shown<ThreadQuery>;
    await restart({
      before: async (app) => {
        user = await app.signUp('Cy Example');
        const article = await app.addArticle();
        articleId = article.id;
        const client = urql(app);
        shown = await show(client, { slug: article.slug });
        follow(client, articleId, articleOf(shown).liveCursor);
        await app.addComment(user, { articleId, body: '1' });
        await eventually('the first comment', () => textsOf(shown).length === 1);
      },
      meanwhile: async (other) => {
        for (const body of ['2', '3']) await other.addComment(user, { articleId, body });
      },
      after: async (app) => {
        await eventually('the comments made during the restart', () => textsOf(shown).length === 3);
        await app.addComment(user, { articleId, body: '4' });
        await eventually('the comment made after the restart', () => textsOf(shown).length === 4);
        expect(textsOf(shown)).toEqual(['4', '3', '2', '1']);
      },
    });
  });
});
