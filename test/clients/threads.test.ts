/**
 * A nested and a flat thread in each client library, with the code of the examples: what they show, and what they ask for.
 * @database either
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConcreteRequest,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getSingularSelector,
  type ReaderFragment,
  requestSubscription,
} from 'relay-runtime';
import { createApolloClient, followArticle } from '../../examples/front-end/apollo.ts';
import {
  ArticleEventsDocument,
  FlatThreadDocument,
  type FlatThreadQuery,
  NestedThreadDocument,
  type NestedThreadQuery,
} from '../../examples/front-end/generated/graphql.ts';
import { followThread } from '../../examples/front-end/live.ts';
import { PlainThread } from '../../examples/front-end/plain.ts';
import { createRelayEnvironment, showNewComment } from '../../examples/front-end/relay/environment.ts';
import { createUrqlClient, schemaForCache } from '../../examples/front-end/urql.ts';
import type { TestApp, TestUser } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { frontEnd, numberedComments, restart } from '../support/front-end.ts';
import { compileRelayProject, type RelayProject } from '../support/relay-compiler.ts';

type Text = string | null;

/** What a thread shows: the texts of all comments, and those of the first level with the texts of their replies. */
interface Screen {
  readonly flat: readonly Text[];
  readonly nested: readonly (readonly [text: Text, replies: readonly Text[]])[];
}

/** A library that shows both threads of an article. */
interface Shown {
  readonly name: string;
  readonly screen: () => Screen;
  /** Requests over HTTP so far. */
  readonly requests: () => number;
  readonly close: () => void;
}

/** What a client library is set up with, and the count of its requests over HTTP. */
interface Setting extends ReturnType<typeof frontEnd> {
  readonly slug: string;
  readonly requests: () => number;
}

function settingOf(app: TestApp, slug: string): Setting {
  const front = frontEnd(app);
  let count = 0;
  const send: typeof fetch = (input, init) => {
    count += 1;
    return front.send(input, init);
  };
  return { ...front, slug, send, requests: () => count };
}

const plainText = (html: Text): Text => html?.replaceAll(/<\/?p[^>]*>/g, '') ?? null;

type Edges<Node> = { readonly edges: readonly { readonly node: Node }[] } | null | undefined;

const nodesOf = <Node>(list: Edges<Node>): Node[] => {
  if (!list) throw new Error('The list is missing');
  return list.edges.map(({ node }) => node);
};

const screenOf = (nested: NestedThreadQuery | undefined, flat: FlatThreadQuery | undefined): Screen => ({
  flat: nodesOf(flat?.article?.allComments).map(({ bodyHtml }) => plainText(bodyHtml)),
  nested: nodesOf(nested?.article?.comments).map(({ bodyHtml, replies }) => [
    plainText(bodyHtml),
    nodesOf(replies).map((reply) => plainText(reply.bodyHtml)),
  ]),
});

async function showInApollo({ url, live, send, slug, requests }: Setting): Promise<Shown> {
  const client = createApolloClient(url, live, send);
  const nested = client.watchQuery({ query: NestedThreadDocument, variables: { slug } });
  const flat = client.watchQuery({ query: FlatThreadDocument, variables: { slug } });
  for (const thread of [nested, flat]) thread.subscribe(() => undefined);
  const { data } = await client.query({ query: NestedThreadDocument, variables: { slug } });
  await eventually('both threads', () =>
    [nested, flat].every((thread) => thread.getCurrentResult().dataState === 'complete'),
  );
  if (!data?.article) throw new Error('There is no such article');
  followArticle(client, data.article.id, data.article.liveCursor);
  return {
    name: 'Apollo Client',
    requests,
    screen: () =>
      screenOf(
        nested.getCurrentResult().data as NestedThreadQuery,
        flat.getCurrentResult().data as FlatThreadQuery,
      ),
    close: () => client.stop(),
  };
}

async function showInUrql({ url, live, send, slug, requests }: Setting): Promise<Shown> {
  const schema = await readFile(join(import.meta.dirname, '../../schema.graphql'), 'utf8');
  const client = createUrqlClient(url, live, send, schemaForCache(schema));
  const shown: { nested?: NestedThreadQuery; flat?: FlatThreadQuery } = {};
  const ends = [
    client.query(NestedThreadDocument, { slug }).subscribe(({ data }) => {
      if (data) shown.nested = data;
    }),
    client.query(FlatThreadDocument, { slug }).subscribe(({ data }) => {
      if (data) shown.flat = data;
    }),
  ];
  await eventually('both threads', () => shown.nested?.article && shown.flat?.article);
  const { id: articleId = '', liveCursor: after } = shown.nested?.article ?? {};
  ends.push(client.subscription(ArticleEventsDocument, { articleId, after }).subscribe(() => undefined));
  return {
    name: 'urql with Graphcache',
    requests,
    screen: () => screenOf(shown.nested, shown.flat),
    close: () => ends.forEach((end) => end.unsubscribe()),
  };
}

let project: RelayProject;
beforeAll(async () => {
  project = await compileRelayProject();
});
afterAll(() => rm(project.folder, { recursive: true, force: true }));

/** The article of a query, loaded and retained, as components read it. */
async function loadInRelay(environment: Environment, name: string, slug: string): Promise<() => any> {
  const query = await project.artefact<ConcreteRequest>(name);
  const variables = { slug, count: 20 };
  await fetchQuery(environment, query, variables).toPromise();
  const operation = createOperationDescriptor(query, variables);
  environment.retain(operation);
  return () => (environment.lookup(operation.fragment).data as any).article;
}

async function showInRelay({ url, live, send, slug, requests }: Setting): Promise<Shown> {
  const environment = createRelayEnvironment(url, live, send);
  const nested = await loadInRelay(environment, 'documentsNestedThreadQuery', slug);
  const flat = await loadInRelay(environment, 'documentsFlatThreadQuery', slug);
  const comment = await project.artefact<ReaderFragment>('documents_comment');
  const replies = await project.artefact<ReaderFragment>('documents_replies');
  const read = (fragment: ReaderFragment, reference: unknown): any => {
    const { data, isMissingData } = environment.lookup(getSingularSelector(fragment, reference));
    if (isMissingData) throw new Error(`${fragment.name} is not loaded`);
    return data;
  };
  const textOf = (node: unknown): Text => plainText(read(comment, node).bodyHtml);
  const { id: articleId, liveCursor: after } = nested();
  const [comments, all] = [nested().comments.__id, flat().allComments.__id];
  const subscription = requestSubscription(environment, {
    subscription: await project.artefact<ConcreteRequest>('documentsArticleEventsSubscription'),
    variables: { articleId, after, connections: [comments, all] },
    updater: showNewComment({ comments, all }),
  });
  return {
    name: 'Relay',
    requests,
    screen: () => ({
      flat: nodesOf(flat().allComments).map(textOf),
      nested: nodesOf(nested().comments).map((node) => [
        textOf(node),
        nodesOf(read(replies, node).replies).map(textOf),
      ]),
    }),
    close: () => subscription.dispose(),
  };
}

async function showPlainly({ url, openLive, send, slug, requests }: Setting): Promise<Shown> {
  const thread = new PlainThread(url, send, slug);
  const listening = followThread(openLive, await thread.load(), thread);
  await eventually('the stream to be live', () => thread.status === 'live');
  return {
    name: 'fetch',
    requests,
    screen: () => ({
      flat: thread.flat.map(({ bodyHtml }) => plainText(bodyHtml)),
      nested: thread.nested.map(({ comment, replies }) => [
        plainText(comment.bodyHtml),
        replies.map((reply) => plainText(reply.comment.bodyHtml)),
      ]),
    }),
    close: () => listening.stop(),
  };
}

/** A comment of the log. */
interface Logged {
  readonly id: string;
  readonly bodyHtml: Text;
  readonly createdAt: string;
  readonly threadPosition: string;
  readonly depth: number;
  readonly parent: { readonly id: string } | null;
}

/** What threads have to show after the events of the log, read over HTTP. */
async function screenOfLog(
  app: TestApp,
  slug: string,
  before: readonly Logged[],
  after: string,
): Promise<Screen> {
  const { article } = await app.data(
    `query ($slug: String!, $after: EventCursor!) { article(slug: $slug) { events(after: $after) { hasMore events {
      __typename ... on CommentEvent { comment { id bodyHtml createdAt threadPosition depth parent { id } } }
      ... on CommentRemoved { vanishedCommentId } } } } }`,
    { slug, after },
  );
  expect(article.events.hasMore).toBe(false);
  const comments = new Map(before.map((comment) => [comment.id, comment]));
  for (const { comment, vanishedCommentId } of article.events.events) {
    if (comment) comments.set(comment.id, comment);
    if (vanishedCommentId) comments.delete(vanishedCommentId);
  }
  const all = [...comments.values()];
  const by = (key: 'createdAt' | 'threadPosition') => (a: Logged, b: Logged) => (a[key] < b[key] ? -1 : 1);
  const inOrder = all.toSorted(by('threadPosition'));
  return {
    flat: all
      .toSorted(by('createdAt'))
      .reverse()
      .map(({ bodyHtml }) => plainText(bodyHtml)),
    nested: inOrder
      .filter(({ depth }) => depth === 0)
      .map(({ id, bodyHtml }) => [
        plainText(bodyHtml),
        inOrder.filter(({ parent }) => parent?.id === id).map((reply) => plainText(reply.bodyHtml)),
      ]),
  };
}

it('threads show the log after live events and a restart of the service, without a request', async () => {
  let slug = '';
  let articleId = '';
  let user: TestUser;
  let moderator: TestUser;
  let begin: { readonly comments: Logged[]; readonly cursor: string };
  const shown: Shown[] = [];
  let requests: number[] = [];
  const ids: Record<string, string> = {};

  async function say(app: TestApp, body: string, parent?: string): Promise<void> {
    const parentId = parent === undefined ? undefined : ids[parent];
    const { comment } = await app.addComment(user, { articleId, body, ...(parentId ? { parentId } : {}) });
    ids[body] = comment?.id ?? '';
  }
  const change = (app: TestApp, mutation: string, input: object, who = user) =>
    app.data(
      `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) {
        result: ${mutation}(input: $input) { userErrors { code } } }`,
      { input },
      who.token,
    );
  const remove = (app: TestApp, body: string) => change(app, 'removeComment', { commentId: ids[body] });

  async function expectLog(app: TestApp): Promise<Screen> {
    const screen = await screenOfLog(app, slug, begin.comments, begin.cursor);
    for (const { name, screen: read } of shown) {
      await eventually(`the log in ${name}`, () => JSON.stringify(read()) === JSON.stringify(screen)).catch(
        () => expect({ name, screen: read() }).toEqual({ name, screen }),
      );
    }
    expect(shown.map(({ requests: count }) => count())).toEqual(requests);
    return screen;
  }

  try {
    await restart({
      before: async (app) => {
        user = await app.signUp('Cy Example');
        moderator = await app.signUp('Mo Example', 'MODERATOR');
        ({ slug, id: articleId } = await app.addArticle({ comments: numberedComments(3) }));
        await say(app, 'An early reply');
        const { article } = await app.data(
          `query ($slug: String!) { article(slug: $slug) { liveCursor
            allComments { nodes { id bodyHtml createdAt threadPosition depth parent { id } } } } }`,
          { slug },
        );
        begin = { comments: article.allComments.nodes, cursor: article.liveCursor };
        for (const { id, bodyHtml } of begin.comments) ids[plainText(bodyHtml) ?? ''] = id;
        for (const show of [showInApollo, showInUrql, showInRelay, showPlainly])
          shown.push(await show(settingOf(app, slug)));
        requests = shown.map(({ requests: count }) => count());
        expect(requests).toEqual([2, 2, 2, 1]);
        await expectLog(app);

        await say(app, 'New');
        await say(app, 'A reply to the new one', 'New');
        await say(app, 'Below that reply', 'A reply to the new one');
        await say(app, 'A reply to an old one', '2');
        await say(app, 'Soon gone');
        await change(app, 'editComment', { commentId: ids.New, body: 'Newer' });
        await remove(app, 'Soon gone');
        await say(app, 'Soon gone as well', '1');
        await remove(app, 'Soon gone as well');
        const { nested } = await expectLog(app);
        expect(nested[0]).toEqual(['Newer', ['A reply to the new one']]);
      },
      meanwhile: async (other) => {
        await say(other, 'Said meanwhile');
        await say(other, 'A reply said meanwhile', 'Said meanwhile');
        await say(other, 'Another reply', 'New');
        await remove(other, 'New');
        await change(other, 'removeComment', { commentId: ids['2'] }, moderator);
      },
      after: async (app) => {
        const { nested } = await expectLog(app);
        expect(nested.at(-2)).toEqual([null, ['A reply to an old one']]);
        await change(app, 'restoreComment', { commentId: ids['2'] }, moderator);
        await say(app, 'Said at last');
        await say(app, 'A last reply', 'Said meanwhile');
        const screen = await expectLog(app);
        expect(screen.nested.slice(0, 3)).toEqual([
          ['Said at last', []],
          ['Said meanwhile', ['A reply said meanwhile', 'A last reply']],
          [null, ['A reply to the new one', 'Another reply']],
        ]);
        expect(screen.nested.at(-2)).toEqual(['2', ['A reply to an old one']]);
        expect(screen.flat).toHaveLength(13);
        for (const { close } of shown) close();
      },
    });
  } finally {
    for (const { close } of shown) close();
  }
});
