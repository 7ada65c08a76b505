/**
 * @database either
 */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApolloClient, ObservableQuery } from '@apollo/client';
import { randomUUID } from 'node:crypto';
import { addComment, createApolloClient, followArticle } from '../../examples/front-end/apollo.ts';
import {
  EditCommentDocument,
  MeDocument,
  RemoveCommentDocument,
  RepliesDocument,
  ThreadDocument,
  type ThreadQuery,
  type ThreadQueryVariables,
} from '../../examples/front-end/generated/graphql.ts';
import { type TestApp, type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { closeFrontEnds, frontEnd, numberedComments, restart } from '../support/front-end.ts';

const clients: ApolloClient[] = [];

function apollo(app: TestApp, user?: TestUser): ApolloClient {
  const { url, live, send } = frontEnd(app, user);
  const client = createApolloClient(url, live, send);
  clients.push(client);
  return client;
}

afterEach(() => {
  for (const client of clients.splice(0)) client.stop();
  closeFrontEnds();
});

type Thread = ObservableQuery<ThreadQuery, ThreadQueryVariables>;

/** A watched page, as a component has it. */
async function open(client: ApolloClient, variables: ThreadQueryVariables): Promise<Thread> {
  const thread = client.watchQuery({ query: ThreadDocument, variables, fetchPolicy: 'cache-first' });
  thread.subscribe(() => undefined);
  await eventually('the page', () => thread.getCurrentResult().dataState === 'complete');
  return thread;
}

function articleOf(thread: Thread) {
  const { article } = thread.getCurrentResult().data as ThreadQuery;
  if (!article?.comments) throw new Error('There is no such article');
  return { ...article, comments: article.comments };
}

/** The displayed texts. */
function textsOf(thread: Thread): (string | null)[] {
  return articleOf(thread).comments.edges.map(
    ({ node }) => node.bodyHtml?.replace(/<\/?p[^>]*>/g, '') ?? null,
  );
}

describe('Apollo Client', () => {
  const app = useApp();
  let user: TestUser;
  beforeAll(async () => {
    user = await app().signUp('Cy Example');
  });

  it('merges pages in both directions without duplicates', async () => {
    const { slug } = await app().addArticle({ comments: numberedComments(7) });
    const client = apollo(app());
    const whole = await open(client, { slug });
    const middle = articleOf(whole).comments.edges[2]?.cursor;

    const reader = apollo(app());
    const thread = await open(reader, { slug, first: 2, after: middle });
    expect(textsOf(thread)).toEqual(['4', '3']);
    const { startCursor, endCursor } = articleOf(thread).comments.pageInfo;
    await thread.fetchMore({ variables: { first: 2, after: endCursor } });
    await thread.fetchMore({
      variables: { first: undefined, after: undefined, last: 2, before: startCursor },
    });
    await eventually('three pages', () => textsOf(thread).length >= 6);
    expect(textsOf(thread)).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(articleOf(thread).comments.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    await thread.fetchMore({ variables: { first: 2, after: endCursor } });
    const cached = reader.readQuery({ query: ThreadDocument, variables: { slug } });
    expect(cached?.article?.comments?.edges).toHaveLength(6);
  });

  it('shows a comment before the answer, and then the comment from the answer', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(2) });
    const client = apollo(app(), user);
    const thread = await open(client, { slug, first: 2 });
    const { data } = await client.query({ query: MeDocument });
    const author = data?.viewer?.commentAuthor;
    if (!author) throw new Error('Not signed in');

    const input = { articleId, body: 'Mine', idempotencyKey: randomUUID() };
    const answer = addComment(client, input, author);
    await eventually('the comment', () => textsOf(thread).length === 3);
    const early = articleOf(thread).comments.edges[0]?.node;
    expect(early).toMatchObject({ id: `optimistic:${input.idempotencyKey}`, author: { name: 'Cy Example' } });
    expect(articleOf(thread).commentCount).toBe(2);

    expect(await answer).toEqual([]);
    expect(textsOf(thread)).toEqual(['Mine', '2', '1']);
    const { node } = articleOf(thread).comments.edges[0] ?? {};
    expect(node?.id).not.toBe(early?.id);
    expect(node?.author).toEqual(author);
    expect(articleOf(thread).commentCount).toBe(3);
  });

  it('withdraws a comment that the service refuses, and reports the reason', async () => {
    const { slug, id: articleId } = await app().addArticle();
    const client = apollo(app(), user);
    const thread = await open(client, { slug });
    const { data } = await client.query({ query: MeDocument });
    const author = data?.viewer?.commentAuthor;
    if (!author) throw new Error('Not signed in');
    const input = { articleId, body: ' ', idempotencyKey: randomUUID() };
    const errors = await addComment(client, input, author);
    expect(errors).toMatchObject([{ code: 'EMPTY_TEXT', field: ['body'] }]);
    expect(textsOf(thread)).toEqual([]);
  });

  it('shows the changes of other people without a query', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(2) });
    const reader = apollo(app());
    const thread = await open(reader, { slug });
    const stop = followArticle(reader, articleId, articleOf(thread).liveCursor);

    const { comment } = await app().addComment(user, { articleId, body: 'First' });
    await eventually('the comment', () => textsOf(thread)[0] === 'First');
    expect(articleOf(thread).commentCount).toBe(3);
    const commentId = comment?.id ?? '';

    const writer = apollo(app(), user);
    await writer.mutate({
      mutation: EditCommentDocument,
      variables: { input: { commentId, body: 'Second thought' } },
    });
    await eventually('the edit', () => textsOf(thread)[0] === 'Second thought');

    const reply = await app().addComment(user, { articleId, parentId: commentId, body: 'A reply' });
    await eventually('the new reply count', () => articleOf(thread).comments.edges[0]?.node.replyCount === 1);
    const { data } = await reader.query({ query: RepliesDocument, variables: { commentId } });
    expect(data?.comment?.replies?.edges).toMatchObject([
      { node: { bodyHtml: '<p dir="auto">A reply</p>' } },
    ]);

    const remove = (id: string) =>
      writer.mutate({ mutation: RemoveCommentDocument, variables: { input: { commentId: id } } });
    await remove(commentId);
    await eventually('the tombstone', () => textsOf(thread)[0] === null);
    expect(articleOf(thread).comments.edges[0]?.node).toMatchObject({ status: 'REMOVED', author: null });

    await remove(reply.comment?.id ?? '');
    const replies = () => {
      const read = reader.readQuery({ query: RepliesDocument, variables: { commentId } });
      return read?.comment?.replies?.edges.length;
    };
    await eventually('the reply to vanish', () => replies() === 0);
    expect(Object.keys(reader.extract() as object)).not.toContain(`Comment:${reply.comment?.id}`);
    stop();
  });

  it('shows its own comment once, whether the answer or the event comes first', async () => {
    const { slug, id: articleId } = await app().addArticle();
    const client = apollo(app(), user);
    const thread = await open(client, { slug });
    const stop = followArticle(client, articleId, articleOf(thread).liveCursor);
    const { data } = await client.query({ query: MeDocument });
    const author = data?.viewer?.commentAuthor;
    if (!author) throw new Error('Not signed in');
    const bodies = ['1', '2', '3', '4', '5', '6', '7', '8'];
    for (const body of bodies) {
      await addComment(client, { articleId, body, idempotencyKey: randomUUID() }, author);
    }
    await app().addComment(user, { articleId, body: 'The last' });
    await eventually('the last comment', () => textsOf(thread)[0] === 'The last');
    expect(textsOf(thread)).toEqual(['The last', ...bodies.reverse()]);
    stop();
  });
});

describe('Apollo Client, when the service restarts', () => {
  it('continues from the last event, and misses no comment', async () => {
    let user: TestUser;
    let articleId: string;
    let thread: Thread;
    await restart({
      before: async (app) => {
        user = await app.signUp('Cy Example');
        const article = await app.addArticle();
        articleId = article.id;
        const client = apollo(app);
        thread = await open(client, { slug: article.slug });
        followArticle(client, articleId, articleOf(thread).liveCursor);
        await app.addComment(user, { articleId, body: '1' });
        await eventually('the first comment', () => textsOf(thread).length === 1);
      },
      meanwhile: async (other) => {
        for (const body of ['2', '3']) await other.addComment(user, { articleId, body });
      },
      after: async (app) => {
        await eventually('the comments made during the restart', () => textsOf(thread).length === 3);
        await app.addComment(user, { articleId, body: '4' });
        await eventually('the comment made after the restart', () => textsOf(thread).length === 4);
        expect(textsOf(thread)).toEqual(['4', '3', '2', '1']);
      },
    });
  });
});
