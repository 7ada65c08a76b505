/** @database either */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { articleFields, keyIn, refusals, write, writingNothing } from '../../support/articles.ts';
import { logOf } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import type { Subscription } from '../../support/live.ts';
import { PinnedClock } from '../../support/pinned-clock.ts';

const clock = new PinnedClock();
const service = useApp({}, { clock });
let owner: TestUser;
let editor: TestUser;
let reader: TestUser;

beforeAll(async () => {
  owner = await service().signUp('Owner Example', 'JOURNALIST');
  editor = await service().signUp('Edith Example', 'EDITOR');
  reader = await service().signUp('Rita Example');
});

const draft = (input: Record<string, unknown> = {}): Promise<any> =>
  write(service(), 'createArticle', { title: 'A title', body: 'A body.', ...input }, owner);

const publish = (articleId: string, input: Record<string, unknown> = {}, user = owner): Promise<any> =>
  write(service(), 'publishArticle', { articleId, ...input }, user);

const unpublish = (articleId: string, user = owner): Promise<any> =>
  write(service(), 'unpublishArticle', { articleId }, user);

const read = async (slug: string, user?: TestUser): Promise<any> => {
  const query = `query ($slug: String!) { article(slug: $slug) { ${articleFields} } }`;
  return (await service().data(query, { slug }, user?.token)).article;
};

const kinds = async (id: string) => (await logOf(service(), keyIn(id))).map(({ kind }) => kind);

describe('publishArticle', () => {
  it('publishes a draft at the present time with one event, and keeps that time when it is repeated', async () => {
    clock.set(new Date(Math.floor(Date.now() / 1000) * 1000 - 120_000));
    const first = clock.now().toISOString();
    const { id, slug } = await draft();
    const published = await publish(id);
    expect(published).toMatchObject({ status: 'PUBLISHED', publishedAt: first });
    expect(await read(slug)).toMatchObject({ status: 'PUBLISHED', publishedAt: first, viewerCanEdit: false });
    expect(await kinds(id)).toEqual(['ARTICLE_UPDATED']);

    clock.advance(60);
    expect(await writingNothing(service(), () => publish(id))).toEqual(published);
    expect(await unpublish(id)).toMatchObject({ status: 'UNPUBLISHED', publishedAt: first });
    expect(await publish(id)).toMatchObject({ status: 'PUBLISHED', publishedAt: first });
    expect(await kinds(id)).toEqual(['ARTICLE_UPDATED', 'ARTICLE_UNPUBLISHED', 'ARTICLE_UPDATED']);
    await checkInvariants(service().app.db);
  });

  it.each(['1843', '2015-07', '2015-07-25', '2015-07-25T18:04:05.123Z'])(
    'publishes at %s, in the precision of that time',
    async (time) => {
      const { id } = await draft();
      expect(await publish(id, { publishedAt: time })).toMatchObject({ publishedAt: time });
      expect(await kinds(id)).toEqual(['ARTICLE_UPDATED']);
      const same = await writingNothing(service(), () => publish(id, { publishedAt: time }));
      expect(same).toMatchObject({ publishedAt: time });
      // A given time replaces the article's present one.
      expect(await publish(id, { publishedAt: '2016' })).toMatchObject({ publishedAt: '2016' });
      expect(await kinds(id)).toEqual(['ARTICLE_UPDATED', 'ARTICLE_UPDATED']);
    },
  );

  it('refuses future times and invalid times', async () => {
    clock.set(new Date());
    const { id: articleId } = await draft();
    for (const publishedAt of ['2999', new Date(clock.now().getTime() + 1000).toISOString()]) {
      expect(await refusals(service(), 'publishArticle', { articleId, publishedAt }, owner)).toEqual([
        { code: 'INVALID_INPUT', field: ['publishedAt'] },
      ]);
    }
    for (const publishedAt of ['2015-02-30', 'yesterday', '']) {
      const { errors } = await service().query(
        'mutation ($input: PublishArticleInput!) { publishArticle(input: $input) { userErrors { code } } }',
        { input: { articleId, publishedAt } },
        { token: owner.token },
      );
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
    const literal = await service().data(
      `mutation { publishArticle(input: { articleId: "${articleId}", publishedAt: "2015" }) { article { publishedAt } } }`,
      {},
      owner.token,
    );
    expect(literal.publishArticle.article).toEqual({ publishedAt: '2015' });
  });
});

describe('unpublishArticle', () => {
  it('hides the article with one event, and changes nothing when it is repeated', async () => {
    const { id, slug } = await draft();
    await publish(id);
    const taken = await unpublish(id);
    expect(await read(slug)).toBeNull();
    expect(await read(slug, owner)).toEqual(taken);
    expect(await writingNothing(service(), () => unpublish(id))).toEqual(taken);
    expect(await kinds(id)).toEqual(['ARTICLE_UPDATED', 'ARTICLE_UNPUBLISHED']);
  });

  it('refuses an article that was never public', async () => {
    const { id: articleId } = await draft();
    expect(await refusals(service(), 'unpublishArticle', { articleId }, owner)).toEqual([
      { code: 'WRONG_STATUS', field: ['articleId'] },
    ]);
  });
});

describe('an article that is not public', () => {
  interface Hidden {
    readonly id: string;
    readonly slug: string;
    readonly commentId: string | undefined;
    readonly cursor: string;
  }

  const people = [
    'anonymous',
    'reader',
    'other journalist',
    'moderator',
    'suspended owner',
    'owner',
    'editor',
    'administrator',
  ] as const;
  const insiders = ['owner', 'editor', 'administrator'];
  const accounts = new Map<string, TestUser>();

  beforeAll(async () => {
    const app = service();
    accounts.set('reader', reader);
    accounts.set('owner', owner);
    accounts.set('editor', editor);
    accounts.set('other journalist', await app.signUp('Other Example', 'JOURNALIST'));
    accounts.set('moderator', await app.signUp('Mo Example', 'MODERATOR'));
    accounts.set('administrator', await app.signUp('Admin Example', 'ADMINISTRATOR'));
    accounts.set('suspended owner', await app.signUp('Sus Example', 'JOURNALIST'));
  });

  async function hide(status: 'DRAFT' | 'UNPUBLISHED', by: TestUser): Promise<Hidden> {
    const app = service();
    const {
      id,
      slug,
      liveCursor: cursor,
    } = await write(
      app,
      'createArticle',
      { title: `Secret ${status}`, body: 'Secret body.', tags: [`secret ${by.accountId}`] },
      by,
    );
    if (status === 'DRAFT') return { id, slug, cursor, commentId: undefined };
    await publish(id, {}, by);
    const { comment } = await app.addComment(reader, { articleId: id, body: 'Secret comment.' });
    await app.data(
      'mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }',
      { input: { articleId: id, statement: 'Secret statement.' } },
      reader.token,
    );
    await unpublish(id, by);
    return { id, slug, cursor, commentId: comment?.id };
  }

  const queries: Readonly<Record<string, string>> = {
    article: 'query ($slug: String!) { found: article(slug: $slug) { title } }',
    node: 'query ($id: ID!) { found: node(id: $id) { id ... on Article { title } } }',
    nodes: 'query ($id: ID!) { found: nodes(ids: [$id]) { ... on Article { title } } }',
    comment: 'query ($commentId: ID!) { found: comment(id: $commentId) { bodyText article { title } } }',
    'comment by node':
      'query ($commentId: ID!) { found: node(id: $commentId) { ... on Comment { bodyText } } }',
    'list of all': '{ found: articles(first: 100) { nodes { title } } }',
    'list of the journalist':
      'query ($byline: String!) { found: journalist(slug: $byline) { articles(first: 100) { nodes { title } } } }',
  };

  const mutations: Readonly<Record<string, (hidden: Hidden) => [string, Record<string, unknown>]>> = {
    addComment: ({ id }) => ['AddCommentInput', { articleId: id, body: 'x' }],
    endorse: ({ id }) => ['EndorseInput', { articleId: id }],
    withdrawEndorsement: ({ id }) => ['WithdrawEndorsementInput', { articleId: id }],
    updateArticle: ({ id }) => ['UpdateArticleInput', { articleId: id, title: 'x' }],
    publishArticle: ({ id }) => ['PublishArticleInput', { articleId: id }],
    unpublishArticle: ({ id }) => ['UnpublishArticleInput', { articleId: id }],
    editComment: ({ commentId }) => ['EditCommentInput', { commentId, body: 'x' }],
    removeComment: ({ commentId }) => ['RemoveCommentInput', { commentId }],
  };

  describe.each(['DRAFT', 'UNPUBLISHED'] as const)('with the status %s', (status) => {
    let ofOwner: Hidden;
    let ofSuspended: Hidden;

    beforeAll(async () => {
      const app = service();
      ofOwner = await hide(status, owner);
      const suspended = accounts.get('suspended owner') ?? owner;
      await app.app.db.query('UPDATE account SET suspended_at = NULL WHERE id = $1', [suspended.accountId]);
      ofSuspended = await hide(status, suspended);
      await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [suspended.accountId]);
    });

    describe.each(people)('for %s', (person) => {
      const setup = () => ({
        user: accounts.get(person),
        hidden: person === 'suspended owner' ? ofSuspended : ofOwner,
        isInsider: insiders.includes(person),
      });

      it('is found only by viewers who may see it', async () => {
        const { user, hidden, isInsider } = setup();
        const byline = person === 'suspended owner' ? 'sus-example' : 'owner-example';
        for (const [name, query] of Object.entries(queries)) {
          if (name.startsWith('comment') && hidden.commentId === undefined) continue;
          const answer = await service().query(
            query,
            { ...hidden, byline },
            user ? { token: user.token } : {},
          );
          expect([name, answer.errors]).toEqual([name, undefined]);
          const isFound = JSON.stringify(answer.data).includes('Secret');
          expect([name, isFound]).toEqual([name, isInsider && !name.startsWith('list')]);
        }
      });

      it('does not exist for writes of viewers who may not see it', async () => {
        const { user, hidden, isInsider } = setup();
        if (isInsider) return;
        for (const [name, toInput] of Object.entries(mutations)) {
          const [type, input] = toInput(hidden);
          if ('commentId' in input && input.commentId === undefined) continue;
          const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
          const send = (of: Record<string, unknown>) =>
            service().query(mutation, { input: of }, user ? { token: user.token } : {});
          const { data, errors } = await writingNothing(service(), () => send(input));
          const code = errors?.[0]?.extensions.code ?? data[name].userErrors[0]?.code;
          expect([name, ['NOT_FOUND', 'ACCOUNT_SUSPENDED', 'UNAUTHENTICATED'].includes(code)]).toEqual([
            name,
            true,
          ]);
          // The answer is the same, word for word, as for an article that does not exist.
          const nowhere = 'commentId' in input ? 'Comment:99999:99999' : 'Article:99999';
          const key = 'commentId' in input ? 'commentId' : 'articleId';
          const unknown = await send({ ...input, [key]: Buffer.from(nowhere).toString('base64url') });
          expect([name, data, errors]).toEqual([name, unknown.data, unknown.errors]);
        }
      });

      it('can be subscribed to only by viewers who may see it', async () => {
        const { user, hidden, isInsider } = setup();
        const client = service().live.client(user ? { token: user.token } : {});
        for (const query of [
          'subscription ($articleId: ID!, $after: EventCursor) { articleEvents(articleId: $articleId, after: $after) { __typename sequence } }',
          'subscription ($articleId: ID!, $after: EventCursor) { commentAdded(articleId: $articleId, after: $after) { __typename sequence } }',
        ]) {
          const variables = { articleId: hidden.id, after: hidden.cursor };
          const stream = service().live.subscribe(query, variables, client);
          if (!isInsider) {
            await eventually('the subscription to be refused', () => stream.errors.length > 0);
            expect(stream.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
            expect(stream.events).toEqual([]);
          } else if (query.includes('articleEvents')) {
            await stream.waitFor(1, 'ArticleCheckpoint');
            expect(stream.errors).toEqual([]);
          } else if (hidden.commentId !== undefined) {
            await stream.waitFor(1, 'CommentAdded');
          }
          stream.unsubscribe();
        }
      });
    });
  });
});

describe('the streams of an article that is unpublished', () => {
  const commentAdded = `subscription ($articleId: ID!, $after: EventCursor) {
    commentAdded(articleId: $articleId, after: $after) { __typename sequence cursor comment { bodyText } } }`;
  const types = ({ events }: Subscription) => events.map(({ __typename }) => __typename);

  afterEach(() => service().live.close());

  async function open(app: TestApp, articleId: string, user?: TestUser): Promise<Subscription> {
    const stream = app.live.events(articleId, undefined, app.live.client(user ? { token: user.token } : {}));
    await stream.waitFor(1, 'ArticleCheckpoint');
    return stream;
  }

  it('end for readers after ArticleUnpublished, and continue for its journalist and editors', async () => {
    const app = service();
    const { id } = await draft();
    await publish(id);
    const outside = [await open(app, id), await open(app, id, reader)];
    const inside = [await open(app, id, owner), await open(app, id, editor)];
    const comments = app.live.subscribe(commentAdded, {
      articleId: id,
      after: outside[0]?.events[0]?.cursor,
    });
    const { comment } = await app.addComment(reader, { articleId: id, body: 'First.' });
    await comments.waitFor(1);
    await write(app, 'updateArticle', { articleId: id, title: 'New' }, owner);
    for (const stream of outside) await stream.waitFor(1, 'ArticleUpdated');
    await unpublish(id);
    for (const stream of [...outside, comments]) {
      await eventually('the stream to end', () => stream.completed);
      expect(stream.errors).toEqual([]);
    }
    const until = ['ArticleCheckpoint', 'CommentAdded', 'ArticleUpdated', 'ArticleUnpublished'];
    for (const stream of outside) expect(types(stream)).toEqual(until);
    expect(types(comments)).toEqual(['CommentAdded']);

    // Moderation continues while the article is unpublished.
    const { removeComment } = await app.data(
      `mutation ($input: RemoveCommentInput!) { removeComment(input: $input) { userErrors { code } } }`,
      { input: { commentId: comment?.id } },
      editor.token,
    );
    expect(removeComment.userErrors).toEqual([]);
    await publish(id);
    for (const stream of inside) {
      await stream.waitFor(2, 'ArticleUpdated');
      expect(types(stream)).toEqual([...until, 'CommentRemoved', 'ArticleUpdated']);
      expect(stream.errors).toEqual([]);
    }
  });

  it('continue after their last cursor without a gap once the article is public again', async () => {
    const app = service();
    const { id } = await draft();
    await publish(id);
    const before = await open(app, id);
    await app.addComment(reader, { articleId: id, body: 'First.' });
    await before.waitFor(1, 'CommentAdded');
    await unpublish(id);
    await eventually('the stream to end', () => before.completed);
    const last = before.events.at(-1);
    const refused = app.live.events(id, last?.cursor);
    await eventually('the subscription to be refused', () => refused.errors.length > 0);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);

    await publish(id);
    await app.addComment(reader, { articleId: id, body: 'Second.' });
    const after = app.live.events(id, last?.cursor);
    await app.addComment(reader, { articleId: id, body: 'Third.' });
    await after.waitFor(2, 'CommentAdded');
    const numbers = [...before.events, ...after.events]
      .filter(({ __typename }) => __typename !== 'ArticleCheckpoint')
      .map(({ sequence }) => sequence);
    expect(numbers).toEqual([2, 3, 4, 5, 6]);
    const added = after.events.filter(({ __typename }) => __typename === 'CommentAdded');
    expect(added.map(({ comment }) => comment.bodyText)).toEqual(['Second.', 'Third.']);

    // A client that was away all the time receives all events, ArticleUnpublished included, which no longer ends its stream.
    const away = app.live.events(id, before.events[0]?.cursor);
    await away.waitFor(3, 'CommentAdded');
    expect(away.completed).toBe(false);
  });

  it('show no further events to a reader who lags behind', async () => {
    const app = service();
    const { id, liveCursor } = await draft();
    await publish(id);
    await app.addComment(reader, { articleId: id, body: 'Seen too late.' });
    const query = `subscription ($articleId: ID!, $after: EventCursor) {
      articleEvents(articleId: $articleId, after: $after) { __typename sequence cursor
        ... on CommentEvent { comment { bodyText } } } }`;
    const stream = await app.app.db.transaction(async (tx) => {
      // The stream opens, and waits for its first comment while the article is unpublished.
      await tx.query('LOCK TABLE comment IN ACCESS EXCLUSIVE MODE');
      const lagging = app.live.subscribe(query, { articleId: id, after: liveCursor });
      await eventually('the stream to wait for the comment', async () => {
        const rows = await app.app.db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      });
      await unpublish(id);
      return lagging;
    });
    await eventually('the stream to end with an error', () => stream.errors.length > 0);
    expect(stream.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(types(stream)).toEqual(['ArticleUpdated']);
  });
});
