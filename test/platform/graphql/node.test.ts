/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { fundingWorker, noFundingWork } from '../../support/funding-worker.ts';
import { addCampaign, back, campaignInput } from '../../support/funding.ts';
import { ProviderDouble } from '../../support/provider-double.ts';
import { addServiceAccount, addToken } from '../../support/tokens.ts';

const idOf = (text: string): string => Buffer.from(text).toString('base64url');
const textOf = (id: string): string => Buffer.from(id, 'base64url').toString();

const nodeQuery = 'query ($id: ID!) { node(id: $id) { __typename id } }';
const nodesQuery = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

describe('global ids', () => {
  const provider = new ProviderDouble();
  const service = useApp(noFundingWork, { payments: provider });
  let app: TestApp;
  let reader: TestUser;
  let other: TestUser;
  let owner: TestUser;
  let moderator: TestUser;
  let editor: TestUser;
  /** Ids of objects that the reader may see, by type. */
  let seen: Record<string, string>;
  let articleId: string;

  /** The type of the object that `node` finds by an id; `nodes` must find the same object. */
  async function find(id: string, user?: TestUser): Promise<string | null> {
    const { node } = await app.data(nodeQuery, { id }, user?.token);
    const { nodes } = await app.data(nodesQuery, { ids: [id] }, user?.token);
    expect(nodes).toEqual([node]);
    if (node) expect(node.id).toBe(id);
    return node?.__typename ?? null;
  }

  async function expectHidden(id: string, ...users: (TestUser | undefined)[]): Promise<void> {
    for (const user of users) {
      expect({ id: textOf(id), name: user?.name, found: await find(id, user) }).toMatchObject({
        found: null,
      });
      if (textOf(id).startsWith('Comment:')) {
        const { comment } = await app.data(
          'query ($id: ID!) { comment(id: $id) { id } }',
          { id },
          user?.token,
        );
        expect(comment).toBeNull();
      }
    }
  }

  const sql = (statement: string, ...values: unknown[]) => app.app.db.query<any>(statement, values);

  const asDraft = (key: string) =>
    sql(
      `UPDATE article SET status = 'DRAFT', published_at = NULL, published_precision = NULL WHERE id = $1`,
      key,
    );

  beforeAll(async () => {
    app = service();
    reader = await app.signUp('Reader Example');
    other = await app.signUp('Other Example');
    owner = await app.signUp('Owner Example', 'JOURNALIST');
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
    editor = await app.signUp('Editor Example', 'EDITOR');
    const article = await app.addArticle({
      journalist: { slug: 'owner-example', name: 'Owner Example' },
      article: { tags: ['public tag'] },
      comments: [{ key: 'a', authorName: 'Imported Example', body: 'A', createdAt: '2024' }],
      endorsements: [{ key: 'e', displayName: 'E Example', createdAt: '2024' }],
    });
    articleId = article.id;
    await sql(`UPDATE journalist SET account_id = $1 WHERE slug = 'owner-example'`, owner.accountId);
    const { comment } = await app.addComment(reader, { articleId });
    const campaign = campaignInput(articleId, [{ title: 'A goal', goal: 10_000 }]);
    const campaignId = await addCampaign(app, editor, campaign);
    const pledgeId = await back(app, provider, reader, { campaignId, amount: '500' });
    await fundingWorker(app, provider).run();
    const page = await app.data(
      `query ($slug: String!) { article(slug: $slug) {
        id author { id } tags { id } endorsements { nodes { id } } comments(orderBy: OLDEST) { nodes { id author { id } } } } }`,
      { slug: article.slug },
    );
    const { viewer } = await app.data('{ viewer { id } }', {}, reader.token);
    seen = {
      Article: page.article.id,
      Journalist: page.article.author.id,
      Tag: page.article.tags[0].id,
      Endorsement: page.article.endorsements.nodes[0].id,
      Comment: comment?.id ?? '',
      CommentAuthor: page.article.comments.nodes[1].author.id,
      'CommentAuthor of an import': page.article.comments.nodes[0].author.id,
      Viewer: viewer.id,
      Campaign: campaignId,
      Pledge: pledgeId,
      Token: (await addToken(app, reader, { name: 'A bot', scopes: ['READ'] })).id,
    };
  });

  it('exist for every type that implements Node', async () => {
    const { __type: type } = await app.data('{ __type(name: "Node") { possibleTypes { name } } }');
    const names = type.possibleTypes.map((possible: { name: string }) => possible.name).sort();
    // Of moderation only moderators know, of service accounts and endpoints only administrators: they have tests of their own.
    const ofModeration = [
      'ModerationAppeal',
      'ModerationDecision',
      'ModerationItem',
      'ModerationWord',
      'Person',
    ];
    expect(names).toEqual(
      [...Object.keys(seen), ...ofModeration, 'ServiceAccount', 'Webhook']
        .filter((name) => !name.includes(' '))
        .sort(),
    );
  });

  it('resolve to the objects that they identify', async () => {
    for (const [name, id] of Object.entries(seen)) {
      expect({ name, found: await find(id, reader) }).toEqual({ name, found: name.split(' ')[0] });
    }
    const { nodes } = await app.data(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Article { title } ... on Journalist { slug } ... on Tag { name }
        ... on Endorsement { displayName article { id } } ... on Comment { bodyText article { id } }
        ... on CommentAuthor { authorName: name } ... on Viewer { email }
        ... on Campaign { status article { id } } ... on Pledge { amount { minorUnits } }
        ... on Token { tokenName: name } } }`,
      { ids: Object.values(seen) },
      reader.token,
    );
    expect(nodes).toEqual([
      { title: 'A title' },
      { slug: 'owner-example' },
      { name: 'public tag' },
      { displayName: 'E Example', article: { id: articleId } },
      { bodyText: 'A comment.', article: { id: articleId } },
      { authorName: 'Reader Example' },
      { authorName: 'Imported Example' },
      { email: reader.email },
      { status: 'LIVE', article: { id: articleId } },
      { amount: { minorUnits: '500' } },
      { tokenName: 'A bot' },
    ]);
  });

  it('of a token are for its account, and those of service accounts for administrators', async () => {
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const { id: serviceAccountId } = await addServiceAccount(app, administrator, { name: 'A bot' });
    const { id: tokenId } = await addToken(app, administrator, { scopes: ['READ'], serviceAccountId });
    await expectHidden(seen.Token ?? '', undefined, other, editor, administrator);
    for (const [type, id] of [
      ['ServiceAccount', serviceAccountId],
      ['Token', tokenId],
    ] as const) {
      expect(await find(id, administrator)).toBe(type);
      await expectHidden(id, undefined, reader, moderator, editor);
    }
  });

  it('are resolved by `nodes` in the requested order, including repeated ids, with null for unknown ids', async () => {
    const unknown = idOf('Article:999999');
    const { Article = '', Tag = '' } = seen;
    const { nodes } = await app.data(nodesQuery, { ids: [Tag, unknown, Article, Tag, 'garbage'] });
    expect(nodes.map((node: { id: string } | null) => node?.id ?? null)).toEqual([
      Tag,
      null,
      Article,
      Tag,
      null,
    ]);
  });

  it('are accepted by `nodes` in lists of 0 to 100', async () => {
    const { Article = '' } = seen;
    const { nodes } = await app.data(nodesQuery, { ids: Array.from({ length: 100 }, () => Article) });
    expect(nodes).toHaveLength(100);
    expect(await app.data(nodesQuery, { ids: [] })).toEqual({ nodes: [] });
    const answer = await app.query(nodesQuery, { ids: Array.from({ length: 101 }, () => Article) });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  /** Ids that `encodeGlobalId` never returns, and ids of objects that do not exist. */
  function strangeIds(): Record<string, string> {
    const commentText = textOf(seen.Comment ?? '');
    const key = textOf(seen.Article ?? '').split(':')[1] ?? '';
    const strange: Record<string, string> = {
      empty: '',
      word: 'garbage',
      'the plain text': commentText,
      'standard base64': Buffer.from(commentText + ':').toString('base64'),
      padded: `${seen.Article}=`,
      spaced: ` ${seen.Article}`,
      NUL: `${seen.Article}\u0000`,
      'beyond ASCII': `${seen.Article}é`,
      long: idOf('A'.repeat(100)) + 'A'.repeat(1000),
      'no type': idOf(`:${key}`),
      'no key': idOf('Article'),
      'empty key': idOf('Article:'),
      'empty keys': idOf('Comment::'),
      'leading zero': idOf(`Article:0${key}`),
      'minus sign': idOf(`Article:-${key}`),
      'plus sign': idOf(`Article:+${key}`),
      'a space': idOf(`Article: ${key}`),
      'a line feed': idOf(`Article:${key}\n`),
      hexadecimal: idOf('Article:0x1'),
      fraction: idOf(`Article:${key}.0`),
      'lower case': idOf(`article:${key}`),
      'a type of no node': idOf(`Signature:${key}`),
      'a name of every object': idOf(`constructor:${key}`),
      'a prototype': idOf(`__proto__:${key}`),
      'three keys': idOf(`Comment:${key}:1:1`),
      zero: idOf('Article:0'),
      unknown: idOf('Article:999999'),
      'greatest bigint': idOf('Article:9223372036854775807'),
      'beyond bigint': idOf('Article:9223372036854775808'),
      'beyond 19 digits': idOf('Article:10000000000000000000'),
      'beyond bigint in a pair': idOf(`Comment:${key}:9223372036854775808`),
      'unknown in a pair': idOf(`Comment:${key}:999999`),
      'of another article': idOf(commentText.replace(/:\d+:/, ':999999:')),
    };
    // Ids with another type's number of keys must not find the object of the first key, and not cause an internal error.
    for (const type of ['Article', 'Journalist', 'Tag', 'Viewer', 'Campaign']) {
      strange[`${type} with two keys`] = idOf(`${textOf(seen[type] ?? '')}:1`);
    }
    for (const type of ['Comment', 'Endorsement', 'Pledge'])
      strange[`${type} with one key`] = idOf(`${type}:1`);
    return strange;
  }

  it('resolve to null by `node`, `nodes` and `comment` when malformed or unknown', async () => {
    for (const [name, id] of Object.entries(strangeIds())) {
      for (const operation of [nodeQuery, 'query ($id: ID!) { node: comment(id: $id) { id } }']) {
        const answer = await app.query(operation, { id }, { token: reader.token });
        expect({ name, ...answer }).toMatchObject({
          name,
          status: 200,
          data: { node: null },
          errors: undefined,
        });
      }
    }
    const ids = Object.values(strangeIds()).filter((id) => !id.includes('\u0000'));
    const { nodes } = await app.data(nodesQuery, { ids }, reader.token);
    expect(nodes).toEqual(ids.map(() => null));
  });

  it('resolve to null by `comment` when they are of another type', async () => {
    for (const [type, id] of Object.entries(seen)) {
      if (type === 'Comment') continue;
      const { comment } = await app.data(
        'query ($id: ID!) { comment(id: $id) { id } }',
        { id },
        reader.token,
      );
      expect({ type, comment }).toEqual({ type, comment: null });
    }
  });

  const mutations = {
    addComment: ['Article', 'addComment(input: { articleId: $id, body: "x" })'],
    reply: ['Comment', 'addComment(input: { articleId: $article, parentId: $id, body: "x" })'],
    editComment: ['Comment', 'editComment(input: { commentId: $id, body: "x" })'],
    removeComment: ['Comment', 'removeComment(input: { commentId: $id })'],
    endorse: ['Article', 'endorse(input: { articleId: $id })'],
    withdrawEndorsement: ['Article', 'withdrawEndorsement(input: { articleId: $id })'],
    pledge: ['Campaign', 'pledge(input: { campaignId: $id, amount: "500" })'],
    withdrawPledge: ['Pledge', 'withdrawPledge(input: { pledgeId: $id })'],
  } as const;

  it.each(Object.entries(mutations))(
    'are refused by %s when malformed or of another type',
    async (name, [type, field]) => {
      const declared = name === 'reply' ? '$id: ID!, $article: ID!' : '$id: ID!';
      const operation = `mutation (${declared}) { result: ${field} { userErrors { code field } } }`;
      const wellFormed = new Set([
        'unknown',
        'zero',
        'greatest bigint',
        'unknown in a pair',
        'of another article',
      ]);
      const bad = Object.entries({ ...strangeIds(), ...seen }).filter(
        ([key, id]) => !(wellFormed.has(key) && textOf(id).startsWith(`${type}:`)) && key !== type,
      );
      for (const [key, id] of bad) {
        const answer = await app.query(operation, name === 'reply' ? { id, article: articleId } : { id }, {
          token: reader.token,
        });
        expect({
          key,
          codes: answer.errors?.map((error) => error.extensions.code),
          data: answer.data,
        }).toEqual({
          key,
          codes: ['BAD_USER_INPUT'],
          data: null,
        });
      }
      for (const id of [
        type === 'Article' || type === 'Campaign'
          ? idOf(`${type}:999999`)
          : idOf(`${type}:${textOf(articleId).split(':')[1]}:999999`),
      ]) {
        const { result } = await app.data(
          operation,
          name === 'reply' ? { id, article: articleId } : { id },
          reader.token,
        );
        expect(result.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      }
    },
  );

  it.each(['articleEvents', 'commentAdded'])(
    'are refused by %s when malformed, of another type or unknown',
    async (field) => {
      const operation = `subscription ($id: ID!) { ${field}(articleId: $id) { sequence } }`;
      const client = app.live.client({ token: reader.token });
      const bad = [
        ['garbage', 'BAD_USER_INPUT'],
        [idOf('Article:9223372036854775808'), 'BAD_USER_INPUT'],
        [idOf('Article:1:1'), 'BAD_USER_INPUT'],
        [seen.Comment ?? '', 'BAD_USER_INPUT'],
        [seen.Journalist ?? '', 'BAD_USER_INPUT'],
        [idOf('Article:999999'), 'NOT_FOUND'],
      ] as const;
      for (const [id, code] of bad) {
        const subscription = app.live.subscribe(operation, { id }, client);
        await eventually('the refusal', () => subscription.errors.length > 0);
        expect({ id, errors: subscription.errors }).toMatchObject({ id, errors: [{ extensions: { code } }] });
        expect(subscription.events).toEqual([]);
      }
    },
  );

  describe('of objects that are not public', () => {
    it.each(['DRAFT', 'UNPUBLISHED'])(
      'resolve to a %s article and everything on it only for its journalist and editors',
      async (status) => {
        const {
          id,
          articleId: key,
          slug,
        } = await app.addArticle({
          journalist: { slug: 'owner-example', name: 'Owner Example' },
          article: { tags: [`only in ${status}`] },
          comments: [
            { key: 'a', authorName: 'Imported Example', body: 'A', createdAt: '2024' },
            { key: 'b', parentKey: 'a', authorName: 'Imported Example', body: 'B', createdAt: '2024' },
          ],
          endorsements: [{ key: 'e', displayName: 'E Example', createdAt: '2024' }],
        });
        const commenter = await app.signUp('Commenter Example');
        const { comment } = await app.addComment(commenter, { articleId: id });
        if (status === 'DRAFT') await asDraft(key);
        else await sql(`UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`, key);

        const { article } = await app.data(
          `query ($slug: String!) { article(slug: $slug) { id status tags { id } endorsements { nodes { id } }
          comments { nodes { id author { id } replies { nodes { id } } } } } }`,
          { slug },
          owner.token,
        );
        expect(article.status).toBe(status);
        const [imported] = article.comments.nodes.filter((node: any) => node.id !== comment?.id);
        const hidden = [
          article.id,
          article.endorsements.nodes[0].id,
          comment?.id,
          imported.id,
          imported.replies.nodes[0].id,
          imported.author.id,
        ];
        for (const id of hidden) {
          await expectHidden(id, undefined, reader, commenter, moderator);
          expect(await find(id, owner)).toBe(textOf(id).split(':')[0]);
          expect(await find(id, editor)).toBe(textOf(id).split(':')[0]);
        }
        // The account has no other public contribution, and the tag no other article.
        await expectHidden(idOf(`CommentAuthor:${commenter.accountId}`), undefined, reader, moderator);
        await expectHidden(article.tags[0].id, undefined, reader, moderator);

        const { article: none } = await app.data('query ($slug: String!) { article(slug: $slug) { id } }', {
          slug,
        });
        expect(none).toBeNull();
        const { articles } = await app.data('{ articles(first: 100) { nodes { slug } } }');
        expect(articles.nodes).not.toContainEqual({ slug });
      },
    );

    it.each(['PENDING', 'REJECTED'])(
      'resolve to a %s comment only for its author and moderators',
      async (status) => {
        const { id, articleId: key, slug } = await app.addArticle();
        await sql(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE id = $1`, key);
        const commenter = await app.signUp('Commenter Example');
        const { comment } = await app.addComment(commenter, { articleId: id, body: 'Waiting' });
        expect(comment?.status).toBe('PENDING');
        const commentId = comment?.id ?? '';
        await sql(`UPDATE comment SET status = $2 WHERE article_id = $1`, key, status);

        await expectHidden(commentId, undefined, reader, owner);
        for (const user of [commenter, moderator, editor])
          expect(await find(commentId, user)).toBe('Comment');
        await expectHidden(idOf(`CommentAuthor:${commenter.accountId}`), undefined, reader, owner);
        const { article } = await app.data(
          `query ($slug: String!) { article(slug: $slug) { commentCount comments { totalCount nodes { id } } allComments { totalCount nodes { id } } } }`,
          { slug },
          moderator.token,
        );
        const none = { totalCount: 0, nodes: [] };
        expect(article).toEqual({ commentCount: 0, comments: none, allComments: none });
      },
    );

    it('resolve to null for a vanished comment, and to a tombstone without content for one with replies', async () => {
      const { id } = await app.addArticle();
      const commenter = await app.signUp('Commenter Example');
      const { comment: gone } = await app.addComment(commenter, { articleId: id, body: 'Gone' });
      const { comment: kept } = await app.addComment(commenter, { articleId: id, body: 'Kept' });
      await app.addComment(reader, { articleId: id, parentId: kept?.id ?? '' });
      for (const comment of [gone, kept]) {
        const { removeComment } = await app.data(
          `mutation ($id: ID!) { removeComment(input: { commentId: $id }) { userErrors { code } } }`,
          { id: comment?.id },
          commenter.token,
        );
        expect(removeComment.userErrors).toEqual([]);
      }
      await expectHidden(gone?.id ?? '', undefined, reader, commenter, moderator, editor);
      const shown = `query ($id: ID!) { node(id: $id) { ... on Comment {
        status author { name } authorBadges bodyHtml bodyText revision editedAt importKey viewerBodyMarkdown viewerEditableUntil
        viewerCanEdit viewerCanReply viewerCanRemove } } }`;
      for (const user of [undefined, reader, commenter, moderator]) {
        const { node } = await app.data(shown, { id: kept?.id }, user?.token);
        expect(node).toEqual({
          status: 'REMOVED',
          author: null,
          authorBadges: [],
          bodyHtml: null,
          bodyText: null,
          revision: 1,
          editedAt: null,
          importKey: null,
          viewerBodyMarkdown: null,
          viewerEditableUntil: null,
          viewerCanEdit: false,
          viewerCanReply: false,
          viewerCanRemove: false,
        });
      }
      await expectHidden(idOf(`CommentAuthor:${commenter.accountId}`), undefined, reader, moderator);
    });

    it('do not resolve to the author of an imported comment once the comment is a tombstone', async () => {
      const { slug } = await app.addArticle({
        comments: [
          { key: 'a', authorName: 'Imported Example', body: 'A', createdAt: '2024' },
          { key: 'b', parentKey: 'a', body: 'B', createdAt: '2024' },
        ],
      });
      const { article } = await app.data(
        'query ($slug: String!) { article(slug: $slug) { comments { nodes { id author { id } } } } }',
        { slug },
      );
      const [{ id, author }] = article.comments.nodes;
      expect(await find(author.id)).toBe('CommentAuthor');
      await app.data(
        'mutation ($input: RemoveCommentInput!) { removeComment(input: $input) { userErrors { code } } }',
        { input: { commentId: id } },
        moderator.token,
      );
      await expectHidden(author.id, undefined, reader, moderator);
      // The keys of an account's comment do not identify its author either.
      await expectHidden(
        idOf(textOf(seen.Comment ?? '').replace('Comment:', 'CommentAuthor:')),
        undefined,
        reader,
      );
    });

    it('do not resolve to endorsements that were withdrawn or wait to be confirmed', async () => {
      const { id, articleId: key } = await app.addArticle({
        endorsements: [{ key: 'e', displayName: 'E Example', createdAt: '2024' }],
      });
      const endorse = `mutation ($id: ID!) { endorse(input: { articleId: $id }) { endorsement { id } userErrors { code } } }`;
      const { endorse: made } = await app.data(endorse, { id }, other.token);
      expect(await find(made.endorsement.id)).toBe('Endorsement');
      await app.data(
        'mutation ($id: ID!) { withdrawEndorsement(input: { articleId: $id }) { userErrors { code } } }',
        { id },
        other.token,
      );
      await expectHidden(made.endorsement.id, undefined, reader, other, moderator);
      const [waiting] = await sql(
        `UPDATE endorsement SET listed = false WHERE article_id = $1 AND import_key = 'e' RETURNING id::text AS id`,
        key,
      );
      await expectHidden(idOf(`Endorsement:${key}:${waiting.id}`), undefined, reader, other, moderator);
    });

    it('do not resolve to other people’s accounts', async () => {
      const id = seen.Viewer ?? '';
      await expectHidden(id, undefined, other, moderator, editor);
      const administrator = await app.signUp('Administrator Example', 'ADMINISTRATOR');
      await expectHidden(id, administrator);
    });

    it('resolve to the public name of an account that has not published anything only for the account itself', async () => {
      const silent = await app.signUp('Silent Example');
      const { viewer } = await app.data('{ viewer { commentAuthor { id } } }', {}, silent.token);
      const { id } = viewer.commentAuthor;
      await expectHidden(id, undefined, reader, moderator);
      expect(await find(id, silent)).toBe('CommentAuthor');
      const { comment } = await app.addComment(silent, { articleId });
      expect(await find(id)).toBe('CommentAuthor');
      expect(comment?.status).toBe('PUBLISHED');
    });
  });
});
