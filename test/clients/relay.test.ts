/**
 * @database either
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commitMutation,
  type ConcreteRequest,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getSingularSelector,
  type MutationParameters,
  type ReaderFragment,
  requestSubscription,
} from 'relay-runtime';
import { createRelayEnvironment, showNewComment } from '../../examples/front-end/relay/environment.ts';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };
import { type TestApp, type TestUser, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { closeFrontEnds, frontEnd, numberedComments } from '../support/front-end.ts';
import { exampleFolder } from '../support/generate-types.ts';
import { compileRelayProject, type RelayProject } from '../support/relay-compiler.ts';

let project: RelayProject;
beforeAll(async () => {
  project = await compileRelayProject();
});
afterAll(() => rm(project.folder, { recursive: true, force: true }));
afterEach(closeFrontEnds);

const request = (name: string) => project.artefact<ConcreteRequest>(name);

function relay(app: TestApp, user?: TestUser): Environment {
  const { url, live, send } = frontEnd(app, user);
  return createRelayEnvironment(url, live, send);
}

/** A page that is loaded and retained, and is read as its components would read it. */
class Page {
  readonly environment: Environment;
  readonly articleId: string;
  readonly liveCursor: string;
  readonly #read: () => any;
  readonly #comments: ReaderFragment;
  readonly #comment: ReaderFragment;

  private constructor(environment: Environment, read: () => any, fragments: readonly ReaderFragment[]) {
    this.environment = environment;
    this.#read = read;
    [this.#comments, this.#comment] = fragments as [ReaderFragment, ReaderFragment];
    const { article } = read();
    this.articleId = article.id;
    this.liveCursor = article.liveCursor;
  }

  static async open(environment: Environment, variables: { slug: string; count?: number }): Promise<Page> {
    const query = await request('documentsThreadQuery');
    await fetchQuery(environment, query, variables).toPromise();
    const operation = createOperationDescriptor(query, variables);
    environment.retain(operation);
    return new Page(environment, () => environment.lookup(operation.fragment).data, [
      await project.artefact<ReaderFragment>('documents_comments'),
      await project.artefact<ReaderFragment>('documents_comment'),
    ]);
  }

  #readFragment(fragment: ReaderFragment, reference: unknown): any {
    const selector = getSingularSelector(fragment, reference);
    if (!selector) throw new Error(`There is no ${fragment.name}`);
    return this.environment.lookup(selector).data;
  }

  get article(): any {
    return this.#read().article;
  }

  /** The connection as `usePaginationFragment` returns it. */
  get list(): any {
    return this.#readFragment(this.#comments, this.article).comments;
  }

  get comments(): any[] {
    return this.list.edges.map(({ node }: any) => this.#readFragment(this.#comment, node));
  }

  get texts(): (string | null)[] {
    return this.comments.map(({ bodyHtml }) => bodyHtml?.replace(/<\/?p[^>]*>/g, '') ?? null);
  }

  async loadMore(count: number): Promise<void> {
    const { endCursor: cursor } = this.list.pageInfo;
    const variables = { id: this.articleId, count, cursor };
    const query = await request('documentsCommentsQuery');
    await fetchQuery(this.environment, query, variables).toPromise();
  }

  async commit(
    name: string,
    variables: Record<string, unknown>,
    optimisticResponse?: Record<string, unknown>,
  ): Promise<any> {
    const mutation = await request(name);
    return new Promise((onCompleted, onError) => {
      commitMutation<Required<MutationParameters>>(this.environment, {
        mutation,
        variables: { ...variables, connections: [this.list.__id] },
        ...(optimisticResponse ? { optimisticResponse } : {}),
        onCompleted,
        onError,
      });
    });
  }
}

describe('Relay', () => {
  const app = useApp();
  let user: TestUser;
  beforeAll(async () => {
    user = await app().signUp('Cy Example');
  });

  it('maps the scalars to the types of the published map', async () => {
    const config = JSON.parse(await readFile(join(exampleFolder, 'relay/relay.config.json'), 'utf8'));
    expect({ ...config.customScalarTypes, ID: 'string' }).toEqual(scalars);
  });

  it('refuses documents that do not fit the schema', async () => {
    const wrong =
      'import { graphql } from "relay-runtime"; graphql`query documentsQuery { article { id } }`;';
    await expect(compileRelayProject(wrong)).rejects.toThrow(/slug/);
  });

  it('loads the next page of a connection by node(id:)', async () => {
    const { slug } = await app().addArticle({ comments: numberedComments(5) });
    const page = await Page.open(relay(app()), { slug, count: 2 });
    expect(page.texts).toEqual(['5', '4']);
    await page.loadMore(2);
    expect(page.texts).toEqual(['5', '4', '3', '2']);
    await page.loadMore(2);
    expect(page.texts).toEqual(['5', '4', '3', '2', '1']);
    expect(page.list.pageInfo.hasNextPage).toBe(false);
  });

  it('inserts and deletes an edge by directives', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(2) });
    const page = await Page.open(relay(app(), user), { slug });
    const input = { articleId, body: 'Mine', idempotencyKey: randomUUID() };
    const node = {
      id: `optimistic:${input.idempotencyKey}`,
      bodyHtml: '<p>Mine</p>',
      createdAt: new Date().toISOString(),
      status: 'PUBLISHED',
      replyCount: 0,
      author: { id: 'me', name: user.name, avatarUrl: null },
    };
    const answer = page.commit(
      'documentsAddCommentMutation',
      { input },
      { addComment: { article: null, userErrors: [], commentEdge: { cursor: '', node } } },
    );
    await eventually('the comment', () => page.texts.length === 3);
    expect(page.comments[0]).toMatchObject({ id: node.id, author: { name: 'Cy Example' } });

    expect((await answer).addComment.userErrors).toEqual([]);
    expect(page.texts).toEqual(['Mine', '2', '1']);
    expect(page.comments[0].id).not.toBe(node.id);
    expect(page.article.commentCount).toBe(3);

    const commentId = page.comments[0].id;
    await page.commit('documentsRemoveCommentMutation', { input: { commentId } });
    expect(page.texts).toEqual(['2', '1']);
    expect(page.article.commentCount).toBe(2);
  });

  it('withdraws a comment that the service refuses, and reports the reason', async () => {
    const { slug, id: articleId } = await app().addArticle();
    const page = await Page.open(relay(app(), user), { slug });
    // In development, Relay warns that there is no edge to insert.
    const warnings = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { addComment } = await page.commit('documentsAddCommentMutation', {
      input: { articleId, body: ' ' },
    });
    expect(addComment.userErrors).toMatchObject([{ code: 'EMPTY_TEXT', field: ['body'] }]);
    expect(page.texts).toEqual([]);
    expect(warnings.mock.calls.flat()).toEqual([expect.stringContaining('edge to be non-null')]);
    warnings.mockRestore();
  });

  it('shows the changes of other people without a query', async () => {
    const { slug, id: articleId } = await app().addArticle({ comments: numberedComments(1) });
    const page = await Page.open(relay(app()), { slug });
    const connectionId = page.list.__id;
    const subscription = requestSubscription(page.environment, {
      subscription: await request('documentsArticleEventsSubscription'),
      variables: { articleId, after: page.liveCursor, connections: [connectionId] },
      updater: showNewComment({ comments: connectionId }),
    });

    const { comment } = await app().addComment(user, { articleId, body: 'First' });
    await eventually('the comment', () => page.texts[0] === 'First');
    const writer = await Page.open(relay(app(), user), { slug });
    const edit = `mutation ($input: EditCommentInput!) { editComment(input: $input) { userErrors { code } } }`;
    await app().data(edit, { input: { commentId: comment?.id, body: 'Second thought' } }, user.token);
    await eventually('the edit', () => page.texts[0] === 'Second thought');

    const reply = await app().addComment(user, { articleId, parentId: comment?.id ?? '', body: 'A reply' });
    await eventually('the new count', () => page.article.commentCount === 3);
    expect(page.texts).toEqual(['Second thought', '1']);

    await writer.commit('documentsRemoveCommentMutation', { input: { commentId: comment?.id } });
    await eventually('the tombstone', () => page.texts[0] === null);
    expect(page.comments[0]).toMatchObject({ status: 'REMOVED', author: null });
    await writer.commit('documentsRemoveCommentMutation', { input: { commentId: reply.comment?.id } });
    await app().addComment(user, { articleId, body: 'The last' });
    await eventually('the last comment', () => page.texts[0] === 'The last');
    const last = page.comments[0].id;
    await writer.commit('documentsRemoveCommentMutation', { input: { commentId: last } });
    await eventually('the last comment to vanish', () => page.texts.length === 2);
    expect(page.texts).toEqual([null, '1']);
    subscription.dispose();
  });
});
