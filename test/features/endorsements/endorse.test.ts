import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';

const endorseMutation = `mutation ($input: EndorseInput!) { endorse(input: $input) {
  endorsement { id displayName affiliation statement featured createdAt article { id } }
  endorsementEdge { cursor node { id } }
  article { id endorsementCount viewerCanEndorse viewerEndorsement { id } liveCursor }
  confirmationPending userErrors { code field } } }`;
const withdrawMutation = `mutation ($input: WithdrawEndorsementInput!) { withdrawEndorsement(input: $input) {
  withdrawnEndorsementId article { id endorsementCount viewerCanEndorse viewerEndorsement { id } }
  userErrors { code field } } }`;
const articleQuery = `query ($slug: String!) { article(slug: $slug) { id endorsementCount viewerCanEndorse
  viewerEndorsement { id } endorsements { totalCount nodes { id displayName } } } }`;

describe('endorsements', () => {
  const service = useApp();
  let ada: TestUser;
  let bo: TestUser;

  beforeAll(async () => {
    ada = await service().signUp('Ada Example');
    bo = await service().signUp('Bo Example');
  });

  const endorse = async (articleId: string, more: Record<string, unknown> = {}, user = ada) =>
    (await service().data(endorseMutation, { input: { articleId, ...more } }, user.token)).endorse;
  const withdraw = async (articleId: string, user = ada) =>
    (await service().data(withdrawMutation, { input: { articleId } }, user.token)).withdrawEndorsement;
  const read = async (slug: string, user?: TestUser) =>
    (await service().data(articleQuery, { slug }, user?.token)).article;
  const log = (articleId: string) =>
    service().app.db.query<{ kind: string; endorsementId: string; key: string | null }>(
      `SELECT kind, subject_id::text AS "endorsementId", idempotency_key AS key FROM article_event
       WHERE article_id = $1 ORDER BY sequence`,
      [articleId],
    );

  /** Expects a refusal that changes no row. @returns its error */
  const refusalTo = async (work: () => Promise<any>) => {
    const rows = () =>
      service().app.db.query(
        `SELECT (SELECT count(*) FROM endorsement) AS a, (SELECT count(*) FROM article_event) AS b,
           (SELECT count(*) FROM idempotency_key) AS c, (SELECT sum(endorsement_count) FROM article_counter) AS d`,
      );
    const before = await rows();
    const { userErrors, ...payload } = await work();
    expect(userErrors).toHaveLength(1);
    expect(Object.values(payload).every((value) => value === null || value === false)).toBe(true);
    expect(await rows()).toEqual(before);
    return userErrors[0];
  };

  it('are made, shown, counted and logged', async () => {
    const app = service();
    const { id, articleId, slug } = await app.addArticle();
    expect(await read(slug)).toMatchObject({ viewerCanEndorse: false, viewerEndorsement: null });
    expect(await read(slug, ada)).toMatchObject({ viewerCanEndorse: true, viewerEndorsement: null });
    const listener = app.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    const idempotencyKey = randomUUID();
    const payload = await endorse(id, {
      statement: ' Right, all of it:\r\nbo@example.org ',
      affiliation: 'University\nof X',
      idempotencyKey,
    });
    expect(payload).toMatchObject({
      endorsement: {
        displayName: 'Ada Example',
        affiliation: 'University of X',
        statement: 'Right, all of it:\n[address hidden]',
        featured: false,
        article: { id },
      },
      article: { id, endorsementCount: 1, viewerCanEndorse: false },
      confirmationPending: false,
      userErrors: [],
    });
    const { endorsement, endorsementEdge, article } = payload;
    expect(endorsementEdge.node.id).toBe(endorsement.id);
    expect(article.viewerEndorsement.id).toBe(endorsement.id);
    expect(await read(slug)).toMatchObject({
      endorsementCount: 1,
      viewerEndorsement: null,
      viewerCanEndorse: false,
      endorsements: { totalCount: 1, nodes: [{ id: endorsement.id, displayName: 'Ada Example' }] },
    });
    expect(await read(slug, bo)).toMatchObject({ viewerEndorsement: null, viewerCanEndorse: true });
    const [event] = await listener.waitFor(1, 'EndorsementAdded');
    expect(event).toMatchObject({
      sequence: 1,
      cursor: article.liveCursor,
      endorsement: { displayName: 'Ada Example' },
      endorsementEdge: { cursor: endorsementEdge.cursor },
      article: { endorsementCount: 1 },
    });
    expect(await log(articleId)).toMatchObject([{ kind: 'ENDORSEMENT_ADDED', key: idempotencyKey }]);
  });

  it('need no statement and no affiliation', async () => {
    const { id } = await service().addArticle();
    for (const [user, more] of [
      [ada, {}],
      [bo, { statement: ' \u200b\n', affiliation: '' }],
    ] as const) {
      const { endorsement, userErrors } = await endorse(id, more, user);
      expect(userErrors).toEqual([]);
      expect(endorsement).toMatchObject({ statement: null, affiliation: null });
    }
  });

  it('have a limited statement and affiliation', async () => {
    const { id } = await service().addArticle();
    for (const [more, field] of [
      [{ statement: 'a'.repeat(2001) }, 'statement'],
      [{ affiliation: 'a'.repeat(121) }, 'affiliation'],
    ] as const) {
      expect(await refusalTo(() => endorse(id, more))).toEqual({ code: 'TOO_LONG', field: [field] });
    }
    expect(await refusalTo(() => endorse(id, { statement: '\u3164' }))).toEqual({
      code: 'EMPTY_TEXT',
      field: ['statement'],
    });
    const bounds = { statement: '😀'.repeat(2000), affiliation: 'a'.repeat(120) };
    expect((await endorse(id, bounds)).endorsement).toMatchObject(bounds);
  });

  it('are limited to one for each account and article', async () => {
    const { id, articleId } = await service().addArticle();
    await endorse(id);
    expect(await refusalTo(() => endorse(id, { statement: 'Again' }))).toEqual({
      code: 'ALREADY_ENDORSED',
      field: ['articleId'],
    });
    expect((await endorse(id, {}, bo)).article.endorsementCount).toBe(2);
    expect(await log(articleId)).toHaveLength(2);
  });

  it('that are sent twenty times at once are made once', async () => {
    const { id, articleId, slug } = await service().addArticle();
    const payloads = await Promise.all(Array.from({ length: 20 }, () => endorse(id)));
    const codes = payloads.map(({ userErrors }) => userErrors[0]?.code);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'ALREADY_ENDORSED')).toHaveLength(19);
    expect(await read(slug)).toMatchObject({ endorsementCount: 1, endorsements: { totalCount: 1 } });
    expect(await log(articleId)).toHaveLength(1);
  });

  it('can be withdrawn, and made again as new ones', async () => {
    const app = service();
    const { id, articleId, slug } = await app.addArticle();
    expect(await refusalTo(() => withdraw(id))).toEqual({ code: 'NOT_FOUND', field: ['articleId'] });
    const first = (await endorse(id, { statement: 'First' })).endorsement;
    await endorse(id, {}, bo);
    const listener = app.live.events(id);
    await listener.waitFor(1, 'ArticleCheckpoint');
    expect(await withdraw(id)).toEqual({
      withdrawnEndorsementId: first.id,
      article: { id, endorsementCount: 1, viewerCanEndorse: true, viewerEndorsement: null },
      userErrors: [],
    });
    const [event] = await listener.waitFor(1, 'EndorsementWithdrawn');
    expect(event).toMatchObject({ endorsementId: first.id, article: { endorsementCount: 1 } });
    expect(await read(slug)).toMatchObject({
      endorsementCount: 1,
      endorsements: { totalCount: 1, nodes: [{ displayName: 'Bo Example' }] },
    });
    for (const user of [undefined, ada, bo]) {
      const answer = await app.data(
        `query ($id: ID!) { node(id: $id) { id } }`,
        { id: first.id },
        user?.token,
      );
      expect(answer.node).toBeNull();
    }
    // A client that did not receive the answer may repeat the request.
    expect(await withdraw(id)).toMatchObject({ withdrawnEndorsementId: first.id, userErrors: [] });
    expect(await log(articleId)).toHaveLength(3);

    const second = await endorse(id, { statement: 'Second' });
    expect(second).toMatchObject({ endorsement: { statement: 'Second' }, article: { endorsementCount: 2 } });
    expect(second.endorsement.id).not.toBe(first.id);
    expect((await log(articleId)).map(({ kind }) => kind)).toEqual([
      'ENDORSEMENT_ADDED',
      'ENDORSEMENT_ADDED',
      'ENDORSEMENT_WITHDRAWN',
      'ENDORSEMENT_ADDED',
    ]);
    // In a replay from the start, the event of a withdrawn endorsement has no endorsement.
    const { article } = await app.data(`query ($slug: String!) { article(slug: $slug) { liveCursor } }`, {
      slug,
    });
    const start = Buffer.from(
      Buffer.from(article.liveCursor, 'base64url')
        .toString()
        .replace(/\|\d+\.$/, '|0.'),
    ).toString('base64url');
    const replay = app.live.events(id, start);
    const events = await replay.waitFor(5);
    expect(events[0]?.endorsement).toBeNull();
    expect(events[1]?.endorsement).toEqual({ displayName: 'Bo Example', statement: null });
    expect(events[2]).toMatchObject({ __typename: 'EndorsementWithdrawn', endorsementId: first.id });
    expect(events[3]?.endorsement).toEqual({ displayName: 'Ada Example', statement: 'Second' });
  });

  it('with a repeated key are one, even after its withdrawal', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const input = { statement: 'Yes', idempotencyKey: randomUUID() };
    const first = await endorse(id, input);
    expect(await endorse(id, { ...input, statement: ' Yes\u200b' })).toEqual(first);
    for (const changed of [
      { ...input, statement: 'No' },
      { ...input, affiliation: 'X' },
    ]) {
      expect(await refusalTo(() => endorse(id, changed))).toEqual({
        code: 'IDEMPOTENCY_KEY_REUSED',
        field: ['idempotencyKey'],
      });
    }
    const elsewhere = await app.addArticle();
    expect((await refusalTo(() => endorse(elsewhere.id, input))).code).toBe('IDEMPOTENCY_KEY_REUSED');
    const comment = await app.addComment(ada, {
      articleId: id,
      body: 'Yes',
      idempotencyKey: input.idempotencyKey,
    });
    expect(comment.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);

    await withdraw(id);
    const late = await endorse(id, input);
    expect(late).toMatchObject({
      endorsement: { id: first.endorsement.id },
      confirmationPending: false,
      article: { endorsementCount: 0, viewerCanEndorse: true, viewerEndorsement: null },
      userErrors: [],
    });
    expect(await log(articleId)).toHaveLength(2);
    const fresh = await endorse(id, { ...input, idempotencyKey: randomUUID() });
    expect(fresh.article.endorsementCount).toBe(1);
    // The old key still stands for the old endorsement.
    expect((await endorse(id, input)).endorsement.id).toBe(first.endorsement.id);
  });

  it('are accepted for published articles only', async () => {
    const app = service();
    const { id, articleId, slug } = await app.addArticle();
    const editor = await app.signUp('Ed Example', 'EDITOR');
    await endorse(id, {}, bo);
    for (const status of ['DRAFT', 'UNPUBLISHED']) {
      await app.app.db.query('UPDATE article SET status = $2 WHERE id = $1', [articleId, status]);
      expect(await refusalTo(() => endorse(id))).toEqual({ code: 'NOT_FOUND', field: ['articleId'] });
      expect(await refusalTo(() => withdraw(id, bo))).toEqual({ code: 'NOT_FOUND', field: ['articleId'] });
      expect(await refusalTo(() => endorse(id, {}, editor))).toEqual({
        code: 'WRONG_STATUS',
        field: ['articleId'],
      });
      expect(await read(slug, editor)).toMatchObject({ viewerCanEndorse: false });
      expect(await read(slug, ada)).toBeNull();
      const [row] = await app.app.db.query<{ id: string }>(
        'SELECT id::text AS id FROM endorsement WHERE article_id = $1',
        [articleId],
      );
      const globalId = Buffer.from(`Endorsement:${articleId}:${row?.id}`).toString('base64url');
      const node = async (user: TestUser) =>
        (await app.data(`query ($id: ID!) { node(id: $id) { id } }`, { id: globalId }, user.token)).node;
      expect([await node(bo), await node(editor)]).toEqual([null, { id: globalId }]);
    }
    const unknown = Buffer.from('Article:999999999').toString('base64url');
    expect((await refusalTo(() => endorse(unknown))).code).toBe('NOT_FOUND');
    expect((await refusalTo(() => withdraw(unknown))).code).toBe('NOT_FOUND');
  });

  it('are accepted from signed-in accounts that are not suspended', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    for (const [mutation, name] of [
      [endorseMutation, 'endorse'],
      [withdrawMutation, 'withdrawEndorsement'],
    ] as const) {
      const { data, errors } = await app.query(mutation, { input: { articleId: id } });
      expect(data).toBeNull();
      expect(errors).toMatchObject([{ path: [name], extensions: { code: 'UNAUTHENTICATED' } }]);
      const wrong = await app.query(mutation, { input: { articleId: 'x' } }, { token: ada.token });
      expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    const sid = await app.signUp('Sid Example');
    await endorse(id, {}, sid);
    await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      sid.accountId,
    ]);
    expect((await refusalTo(() => endorse(id, {}, sid))).code).toBe('ACCOUNT_SUSPENDED');
    expect((await refusalTo(() => withdraw(id, sid))).code).toBe('ACCOUNT_SUSPENDED');
    expect(await read(slug, sid)).toMatchObject({
      viewerCanEndorse: false,
      viewerEndorsement: expect.anything(),
    });
  });

  it('are listed by whether they are featured, each list with its own total', async () => {
    const app = service();
    const endorsements = Array.from({ length: 5 }, (_, n) => ({
      key: `e${n}`,
      displayName: `No. ${n}`,
      createdAt: `2024-05-0${n + 1}`,
    }));
    const { id, articleId, slug } = await app.addArticle({ endorsements });
    await app.app.db.query(
      `UPDATE endorsement SET featured = true WHERE article_id = $1 AND import_key IN ('e1', 'e3')`,
      [articleId],
    );
    const own = (await endorse(id)).endorsement;
    await app.app.db.query(
      `INSERT INTO endorsement (article_id, ordinal, display_name, listed, created_at, created_precision)
       VALUES ($1, 1, 'Unconfirmed', false, now(), 'INSTANT')`,
      [articleId],
    );
    const page = async (featured: boolean | null, rest = 'first: 2', after: string | null = null) =>
      (
        await app.data(
          `query ($slug: String!, $featured: Boolean, $after: Cursor) { article(slug: $slug) {
            endorsements(featured: $featured, after: $after, ${rest}) {
              totalCount nodes { displayName featured } pageInfo { hasNextPage endCursor } } } }`,
          { slug, featured, after },
        )
      ).article.endorsements;
    const names = (list: { nodes: { displayName: string }[] }) => list.nodes.map((node) => node.displayName);
    const all = await page(null, 'first: 10');
    expect(all.totalCount).toBe(6);
    expect(names(all)).toEqual(['Ada Example', 'No. 4', 'No. 3', 'No. 2', 'No. 1', 'No. 0']);
    const featured = await page(true);
    expect([featured.totalCount, names(featured), featured.pageInfo.hasNextPage]).toEqual([
      2,
      ['No. 3', 'No. 1'],
      false,
    ]);
    const others = await page(false);
    expect([others.totalCount, names(others), others.pageInfo.hasNextPage]).toEqual([
      4,
      ['Ada Example', 'No. 4'],
      true,
    ]);
    expect(names(await page(false, 'first: 2', others.pageInfo.endCursor))).toEqual(['No. 2', 'No. 0']);
    expect(own.featured).toBe(false);
  });

  it('keep the name under which they were made, with e-mail addresses hidden', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    const user = await app.signUp('di@example.org');
    expect((await endorse(id, { affiliation: 'x@example.org' }, user)).endorsement).toMatchObject({
      displayName: '[address hidden]',
      affiliation: '[address hidden]',
    });
    await app.app.db.query(`UPDATE account SET name = 'Dee' WHERE id = $1`, [user.accountId]);
    expect((await read(slug)).endorsements.nodes[0].displayName).toBe('[address hidden]');
  });

  it('have an edge that fits into the list', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    await endorse(id, {}, bo);
    const { endorsementEdge } = await endorse(id);
    const { article } = await app.data(
      `query ($slug: String!, $after: Cursor) { article(slug: $slug) { endorsements(after: $after) {
        nodes { displayName } pageInfo { hasPreviousPage } } } }`,
      { slug, after: endorsementEdge.cursor },
    );
    expect(article.endorsements).toEqual({
      nodes: [{ displayName: 'Bo Example' }],
      pageInfo: { hasPreviousPage: true },
    });
  });
});
