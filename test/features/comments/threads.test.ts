import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphqlAnswer, nothingKept, type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { recordStatements } from '../../support/statements.ts';

const page = 'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage }';
const paging =
  'maxDepth: $depth, around: $around, first: $first, after: $after, last: $last, before: $before';
const declared =
  '$id: ID!, $depth: Int, $around: ID, $first: Int, $after: Cursor, $last: Int, $before: Cursor';

/** A chain `a` > `b` > `c` > `d`, other replies to `a`, and other threads before and after. */
const comments = [
  { key: 'a', at: 10 },
  { key: 'b', parentKey: 'a', at: 11 },
  { key: 'c', parentKey: 'b', at: 12 },
  { key: 'd', parentKey: 'c', at: 13 },
  { key: 'b2', parentKey: 'a', at: 14 },
  { key: 'b3', parentKey: 'a', at: 15 },
  { key: 'new', at: 20 },
  { key: 'new1', parentKey: 'new', at: 21 },
  { key: 'old', at: 1 },
].map(({ at, ...comment }) => ({
  ...comment,
  body: comment.key,
  createdAt: `2024-01-${String(at).padStart(2, '0')}`,
}));

describe('the list of all comments on an article, or below a comment', () => {
  const service = useApp(nothingKept);
  let app: TestApp;
  let user: TestUser;
  let moderator: TestUser;
  let articleId: string;
  let key: string;
  /** The global ids by the comments' names, and the names by the ids. */
  const ids: Record<string, string> = {};
  const names = new Map<string, string>();

  const name = (known: string, id: string) => {
    ids[known] = id;
    names.set(id, known);
  };

  beforeAll(async () => {
    app = service();
    user = await app.signUp('Reader Example');
    moderator = await app.signUp('Moderator Example', 'MODERATOR');
    ({ id: articleId, articleId: key } = await app.addArticle({ comments }));
    const rows = await app.app.db.query<{ id: string; name: string }>(
      'SELECT id::text AS id, import_key AS name FROM comment WHERE article_id = $1',
      [key],
    );
    for (const row of rows) name(row.name, Buffer.from(`Comment:${key}:${row.id}`).toString('base64url'));
  });

  const onArticle = (
    args: Record<string, unknown>,
    order = 'THREADED',
    token?: string,
  ): Promise<GraphqlAnswer> =>
    app.query(
      `query (${declared}) { node(id: $id) { ... on Article { title list: allComments(orderBy: ${order}, ${paging}) { totalCount ${page} } } } }`,
      { id: articleId, ...args },
      token === undefined ? {} : { token },
    );
  const below = (comment: string, args: Record<string, unknown> = {}): Promise<GraphqlAnswer> =>
    app.query(
      `query (${declared}) { node: comment(id: $id) { list: descendants(${paging}) { totalCount ${page} } } }`,
      {
        id: ids[comment],
        ...args,
      },
    );

  function listOf(answer: GraphqlAnswer): any {
    expect(answer.errors).toBeUndefined();
    return answer.data.node.list;
  }
  const namesOf = (answer: GraphqlAnswer): (string | undefined)[] =>
    listOf(answer).edges.map((edge: any) => names.get(edge.node.id));

  function expectRefused(answer: GraphqlAnswer, message: string): void {
    expect(answer.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(answer.data?.node?.list ?? null).toBeNull();
  }

  it('goes down to an absolute depth on an article, and by levels below a comment', async () => {
    expect(namesOf(await onArticle({}))).toEqual(['new', 'new1', 'a', 'b', 'c', 'd', 'b2', 'b3', 'old']);
    expect(namesOf(await onArticle({ depth: 0 }))).toEqual(['new', 'a', 'old']);
    expect(namesOf(await onArticle({ depth: 2 }, 'OLDEST'))).toEqual([
      'old',
      'a',
      'b',
      'c',
      'b2',
      'b3',
      'new',
      'new1',
    ]);
    expect(namesOf(await onArticle({ depth: 0 }, 'NEWEST'))).toEqual(['new', 'a', 'old']);
    expect(namesOf(await below('a'))).toEqual(['b', 'c', 'd', 'b2', 'b3']);
    expect(namesOf(await below('a', { depth: 1 }))).toEqual(['b', 'b2', 'b3']);
    expect(namesOf(await below('b', { depth: 1 }))).toEqual(['c']);
    expect(namesOf(await below('b', { depth: 250 }))).toEqual(['c', 'd']);
    expect(namesOf(await below('d'))).toEqual([]);
  });

  it('refuses a depth out of bounds, without affecting other fields', async () => {
    for (const depth of [-1, 251, -2147483648]) {
      expectRefused(await onArticle({ depth }), `\`maxDepth\` takes 0 to 250, not ${depth}.`);
    }
    expect((await onArticle({ depth: 251 })).data.node.title).toBe('A title');
    for (const depth of [-1, 0, 251]) {
      expectRefused(await below('a', { depth }), `\`maxDepth\` takes 1 to 250, not ${depth}.`);
    }
  });

  it('counts its comments, and only on request', async () => {
    for (const [answer, count] of [
      [await onArticle({ first: 1 }), 9],
      [await onArticle({ first: 1, depth: 0 }), 3],
      [await onArticle({ first: 1, depth: 1 }, 'NEWEST'), 7],
      [await below('a', { first: 1 }), 5],
      [await below('a', { first: 1, depth: 1 }), 3],
      [await below('a', { first: 1, depth: 2 }), 4],
      [await below('d'), 0],
    ] as const) {
      expect(listOf(answer).totalCount).toBe(count);
    }
    const many = (total: string) => `{
      ${['a', 'b', 'c']
        .map(
          (one) => `${one}: comment(id: "${ids[one]}") {
        some: descendants(maxDepth: 2) { ${total} nodes { id } } all: descendants { ${total} nodes { id } } }`,
        )
        .join(' ')} }`;
    const countsSent = async (total: string): Promise<number> => {
      const { statements, stop } = recordStatements();
      await app.data(many(total)).finally(stop);
      return statements.filter((sql) => sql.includes('count(*)')).length;
    };
    expect(await countsSent('')).toBe(0);
    expect(await countsSent('totalCount')).toBe(1);
  });

  it('takes as many SQL statements below nine comments as below one', async () => {
    const sent = async (which: string[]): Promise<string[]> => {
      const { statements, stop } = recordStatements();
      const fields = which.map(
        (one) => `${one}: comment(id: "${ids[one]}") { descendants(maxDepth: 3) { nodes { id } } }`,
      );
      await app.data(`{ ${fields.join(' ')} }`).finally(stop);
      return statements;
    };
    expect(await sent(Object.keys(ids).slice(0, 9))).toEqual(await sent(['a']));
  });

  it('accepts a cursor from a list of another depth, as a place in the same order, but from no other list', async () => {
    const { edges } = listOf(await onArticle({}));
    const at = (known: string): string =>
      edges.find((edge: any) => edge.node.id === ids[known])?.cursor ?? '';
    // The cursor is of a comment too deep for this list: the page begins after the comment's thread.
    expect(namesOf(await onArticle({ depth: 1, after: at('d') }))).toEqual(['b2', 'b3', 'old']);
    expect(namesOf(await onArticle({ depth: 1, before: at('d') }))).toEqual(['new', 'new1', 'a', 'b']);
    expect(namesOf(await onArticle({ depth: 0, after: at('d') }))).toEqual(['old']);
    for (const args of [{ after: at('b') }, { before: at('b') }]) {
      expectRefused(await below('a', args), 'The cursor does not belong to this connection.');
    }
    const [{ cursor }] = listOf(await below('a')).edges;
    expect(namesOf(await below('a', { after: cursor, depth: 1 }))).toEqual(['b2', 'b3']);
    expectRefused(await below('b', { after: cursor }), 'The cursor does not belong to this connection.');
    expectRefused(await onArticle({ after: cursor }), 'The cursor does not belong to this connection.');
  });

  describe('around a comment', () => {
    it('has about half of the page before the comment, and a full page where one side is short, in every order', async () => {
      const around = (known: string, first: number) => ({ around: ids[known], first });
      expect(namesOf(await onArticle(around('c', 4)))).toEqual(['a', 'b', 'c', 'd']);
      expect(namesOf(await onArticle(around('c', 5)))).toEqual(['a', 'b', 'c', 'd', 'b2']);
      const both = { hasPreviousPage: true, hasNextPage: true };
      for (const first of [1, 2, 3, 4, 5])
        expect(listOf(await onArticle(around('c', first))).pageInfo).toEqual(both);
      expect(namesOf(await onArticle(around('c', 1)))).toEqual(['c']);
      expect(namesOf(await onArticle(around('new', 3)))).toEqual(['new', 'new1', 'a']);
      expect(namesOf(await onArticle(around('old', 3)))).toEqual(['b2', 'b3', 'old']);
      expect(namesOf(await onArticle(around('old', 100)))).toHaveLength(9);
      expect(namesOf(await onArticle(around('b', 3), 'NEWEST'))).toEqual(['c', 'b', 'a']);
      expect(namesOf(await onArticle(around('b', 3), 'OLDEST'))).toEqual(['a', 'b', 'c']);
      expect(namesOf(await below('a', around('d', 3)))).toEqual(['c', 'd', 'b2']);
    });

    it('continues from there in both directions', async () => {
      const { edges, pageInfo } = listOf(await onArticle({ around: ids.c, first: 3 }));
      expect(edges.map((edge: any) => names.get(edge.node.id))).toEqual(['b', 'c', 'd']);
      expect(pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: true });
      expect(namesOf(await onArticle({ last: 2, before: edges[0].cursor }))).toEqual(['new1', 'a']);
      expect(namesOf(await onArticle({ first: 2, after: edges[2].cursor }))).toEqual(['b2', 'b3']);
    });

    it('opens at the listed ancestor if the comment is too deep for the list', async () => {
      expect(namesOf(await onArticle({ around: ids.d, first: 1, depth: 1 }))).toEqual(['b']);
      expect(namesOf(await onArticle({ around: ids.d, first: 1, depth: 0 }, 'NEWEST'))).toEqual(['a']);
      expect(namesOf(await onArticle({ around: ids.d, first: 1, depth: 2 }, 'OLDEST'))).toEqual(['c']);
      expect(namesOf(await below('a', { around: ids.d, first: 1, depth: 1 }))).toEqual(['b']);
    });

    it('refuses comments that cannot be in the list, and other page arguments in addition', async () => {
      const { id: elsewhere } = await app.addArticle({
        comments: [{ key: 'x', body: 'X', createdAt: '2024' }],
      });
      const other = await app.data(
        'query ($id: ID!) { node(id: $id) { ... on Article { allComments { nodes { id } } } } }',
        { id: elsewhere },
      );
      const [foreign] = other.node.allComments.nodes;
      expectRefused(await onArticle({ around: foreign.id }), '`around` names a comment of another article.');
      expectRefused(await onArticle({ around: articleId }), `"${articleId}" is not the id of a Comment.`);
      expectRefused(await onArticle({ around: 'x' }), '"x" is not the id of a Comment.');
      for (const outside of ['a', 'new1', 'old'])
        expectRefused(
          await below('a', { around: ids[outside] }),
          '`around` names a comment that is not below this one.',
        );
      const [{ cursor }] = listOf(await onArticle({})).edges;
      for (const more of [{ after: cursor }, { before: cursor }, { last: 3 }, { first: 1, last: 1 }])
        expectRefused(await onArticle({ around: ids.a, ...more }), 'Give `around` with `first` alone.');
      expectRefused(await onArticle({ around: ids.a, first: 101 }), '`first` takes 1 to 100, not 101.');
      // Null counts as absent.
      const nulls = { around: ids.a, after: null, before: null, last: null, first: 1 };
      expect(namesOf(await onArticle(nulls))).toEqual(['a']);
      expect(namesOf(await onArticle({ around: null, first: 1 }))).toEqual(['new']);
    });

    it('has the same answer for every comment that is not in the thread, to any viewer', async () => {
      const policy = (value: string) =>
        app.app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [key, value]);
      const add = async (): Promise<string> =>
        (await app.addComment(user, { articleId, parentId: ids.b2 ?? '' })).comment?.id ?? '';
      const vanished = await add();
      await policy('PREMODERATED');
      const [pending, takenBack, rejected] = [await add(), await add(), await add()];
      await policy('OPEN');
      await done(app, 'removeComment', { commentId: vanished }, moderator);
      await done(app, 'removeComment', { commentId: takenBack }, user);
      await app.app.db.query(`UPDATE comment SET status = 'REJECTED' WHERE article_id = $1 AND id = $2`, [
        key,
        Buffer.from(rejected, 'base64url').toString().split(':')[2],
      ]);
      const unknown = Buffer.from(`Comment:${key}:999999999`).toString('base64url');
      for (const order of ['THREADED', 'NEWEST', 'OLDEST']) {
        const first = await onArticle({ first: 3 }, order);
        for (const around of [vanished, pending, takenBack, rejected, unknown]) {
          for (const token of [undefined, user.token, moderator.token]) {
            expect(listOf(await onArticle({ first: 3, around }, order, token))).toEqual(listOf(first));
          }
        }
      }
      for (const around of [vanished, pending, takenBack, rejected, unknown])
        expect(listOf(await below('b', { first: 1, around }))).toEqual(
          listOf(await below('b', { first: 1 })),
        );
    });
  });

  it('costs as much as its pages may hold', async () => {
    const nested = (args: string) =>
      `{ comment(id: "${ids.a}") { descendants(${args}) { nodes { descendants(first: 100) { nodes { id } } } } } }`;
    for (const args of ['first: 100', `first: 100, around: "${ids.b}"`, 'last: 100, maxDepth: 1']) {
      expect((await app.query(nested(args))).errors).toMatchObject([
        { extensions: { code: 'QUERY_TOO_COSTLY' } },
      ]);
    }
    expect((await app.query(nested('first: 5'))).errors).toBeUndefined();
  });
});
