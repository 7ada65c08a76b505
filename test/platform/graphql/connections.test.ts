/**
 * @database either
 * @seconds 16
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphqlAnswer, type TestApp, useApp } from '../../support/app.ts';

/** One list of the API, and the operation that requests a page of it. */
interface List {
  readonly name: string;
  /** The complete operation with these arguments of the list. The response contains the list under the name `list`. */
  readonly operation: (args: string) => string;
}

const page =
  'edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const declared = 'query ($first: Int, $after: Cursor, $last: Int, $before: Cursor)';
const all = 'first: $first, after: $after, last: $last, before: $before';

/** The page in a response, however deeply the list is nested. */
function listOf(answer: GraphqlAnswer): any {
  const find = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    return 'list' in value
      ? value.list
      : Object.values(value)
          .map(find)
          .find((found) => found !== undefined);
  };
  return find(answer.data);
}

/** Expects that only this list was refused, as a fault of the client. */
function expectRefused(answer: GraphqlAnswer, message?: RegExp): void {
  expect(answer.errors?.map((error) => error.extensions.code)).toEqual(['BAD_USER_INPUT']);
  expect([200, 400]).toContain(answer.status);
  if (message) expect(answer.errors?.[0]?.message).toMatch(message);
  expect(listOf(answer) ?? null).toBeNull();
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64url');
/** A cursor in the service's own form. */
const cursorOf = (...parts: string[]): string => base64(`${parts.join('|')}.`);
/** The parts of a cursor: the name of its list, and the keys of its row. */
const partsOf = (cursor: string): string[] => text(cursor).slice(0, -1).split('|');
const text = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('latin1');

describe('connections', () => {
  const service = useApp();
  let app: TestApp;
  const slugs = { one: '', two: '', bare: '' };
  let lists: List[];

  const ask = (list: List, variables: Record<string, unknown>): Promise<GraphqlAnswer> =>
    app.query(list.operation(all), variables);

  const cursorsOf = async (list: List): Promise<string[]> =>
    listOf(await ask(list, {})).edges.map((edge: { cursor: string }) => edge.cursor);

  beforeAll(async () => {
    app = service();
    const document = {
      article: { tags: ['ferries', 'kelp'] },
      comments: [
        { key: 'a', body: 'A', createdAt: '2024-01-01' },
        { key: 'b', body: 'B', createdAt: '2024-01-02' },
        { key: 'c', body: 'C', createdAt: '2024-01-03' },
        ...['a', 'b'].flatMap((parentKey) =>
          ['1', '2', '3'].map((suffix) => ({
            key: parentKey + suffix,
            parentKey,
            body: suffix,
            createdAt: '2024-02',
          })),
        ),
      ],
      endorsements: ['x', 'y', 'z'].map((key) => ({ key, displayName: key, createdAt: '2024' })),
    };
    slugs.one = (await app.addArticle(document)).slug;
    slugs.two = (await app.addArticle(document)).slug;
    slugs.bare = (await app.addArticle({ journalist: { slug: 'bo-example', name: 'Bo Example' } })).slug;
    const { article } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { comments(orderBy: OLDEST) { nodes { id } } } }',
      { slug: slugs.one },
    );
    const [a, b] = article.comments.nodes.map((node: { id: string }) => node.id);

    const onArticle = (slug: string, field: string, extra = ''): List => ({
      name: `${field}(${extra}) of ${slug === slugs.one ? 'one' : 'two'}`,
      operation: (args) =>
        `${declared} { article(slug: "${slug}") { title list: ${field}(${extra} ${args}) { totalCount ${page} } } }`,
    });
    const onComment = (id: string, extra: string, field = 'replies'): List => ({
      name: `${field}(${extra}) of ${id === a ? 'a' : 'b'}`,
      operation: (args) =>
        `${declared} { comment(id: "${id}") { list: ${field}(${extra} ${args}) { totalCount ${page} } } }`,
    });
    const plain = (name: string, before: string, behind: string, extra: string): List => ({
      name: `${name}(${extra})`,
      operation: (args) => `${declared} { ${before} list: articles(${extra} ${args}) { ${page} } ${behind} }`,
    });
    const top = (field: string, extra: string): List => ({
      name: `${field}(${extra})`,
      operation: (args) => `${declared} { list: ${field}(${extra} ${args}) { ${page} } }`,
    });
    lists = [
      plain('articles', '', '', 'orderBy: NEWEST'),
      plain('articles', '', '', 'orderBy: OLDEST'),
      plain('journalist.articles', 'journalist(slug: "ada-example") {', '}', 'orderBy: NEWEST'),
      plain('journalist.articles', 'journalist(slug: "ada-example") {', '}', 'orderBy: OLDEST'),
      ...['RECENTLY_UPDATED', 'RECENTLY_ACTIVE', 'MOST_DISCUSSED', 'MOST_ENDORSED'].map((order) =>
        plain('articles', '', '', `orderBy: ${order}`),
      ),
      plain('articles', '', '', 'filter: { tagNames: ["ferries"] }'),
      plain('tag.articles', 'tag(name: "ferries") {', '}', 'orderBy: NEWEST'),
      top('tags', ''),
      top('journalists', ''),
      top('search', 'query: "body"'),
      top('search', 'query: "a title"'),
      ...[slugs.one, slugs.two].flatMap((slug) => [
        onArticle(slug, 'comments', 'orderBy: NEWEST'),
        onArticle(slug, 'comments', 'orderBy: OLDEST'),
        onArticle(slug, 'allComments', 'orderBy: THREADED'),
        onArticle(slug, 'allComments', 'orderBy: NEWEST'),
        onArticle(slug, 'allComments', 'orderBy: OLDEST'),
        onArticle(slug, 'endorsements'),
        onArticle(slug, 'endorsements', 'featured: false'),
      ]),
      onComment(a, 'orderBy: OLDEST'),
      onComment(a, 'orderBy: NEWEST'),
      onComment(b, 'orderBy: OLDEST'),
      onComment(b, 'orderBy: NEWEST'),
      onComment(a, '', 'descendants'),
      onComment(b, '', 'descendants'),
    ];
  });

  const listNamed = (name: string): List => {
    const list = lists.find((candidate) => candidate.name.startsWith(name));
    if (!list) throw new Error(`no list ${name}`);
    return list;
  };

  /** One list of each kind. */
  const kinds = [
    'articles',
    'journalist.articles',
    'tag.articles',
    'search',
    'tags',
    'journalists',
    'comments',
    'allComments',
    'endorsements',
    'replies',
    'descendants',
  ];

  describe.each(kinds)('%s', (kind) => {
    it.each([
      [{ first: 0 }, /`first` takes 1 to 100, not 0/],
      [{ first: 101 }, /`first` takes 1 to 100, not 101/],
      [{ first: -1 }, /`first` takes 1 to 100, not -1/],
      [{ first: -2147483648 }, /`first` takes/],
      [{ last: 0 }, /`last` takes 1 to 100, not 0/],
      [{ last: 101 }, /`last` takes 1 to 100, not 101/],
      [{ last: -7 }, /`last` takes 1 to 100, not -7/],
      [{ first: 1, last: 1 }, /not both/],
      [{ first: 0, last: 0 }, /not both/],
      [{ after: 'CURSOR', before: 'CURSOR' }, /not both/],
      [{ first: 1, before: 'CURSOR' }, /forwards/],
      [{ last: 1, after: 'CURSOR' }, /forwards/],
      [{ first: 1, last: null, after: 'CURSOR', before: 'CURSOR' }, /not both/],
    ])('refuses %j', async (args, message) => {
      const list = listNamed(kind);
      const [cursor] = await cursorsOf(list);
      const variables = Object.fromEntries(
        Object.entries(args).map(([name, value]) => [name, value === 'CURSOR' ? cursor : value]),
      );
      expectRefused(await ask(list, variables), message);
    });

    it('refuses sizes that are not 32-bit integers before execution', async () => {
      for (const first of [2 ** 31, 1.5, '10', true]) {
        const answer = await ask(listNamed(kind), { first });
        expect({ first, data: answer.data, code: answer.errors?.[0]?.extensions.code }).toEqual({
          first,
          data: undefined,
          code: 'BAD_USER_INPUT',
        });
      }
    });

    it('treats null like an absent argument', async () => {
      const list = listNamed(kind);
      const [first = '', second = ''] = await cursorsOf(list);
      const equal = async (some: Record<string, unknown>, nulls: Record<string, null>) => {
        const [with_, without] = [await ask(list, { ...some, ...nulls }), await ask(list, some)];
        expect(with_.errors).toBeUndefined();
        expect(listOf(with_)).toEqual(listOf(without));
      };
      await equal({}, { first: null, after: null, last: null, before: null });
      await equal({ first: 2 }, { after: null, last: null, before: null });
      await equal({ last: 2 }, { after: null, first: null, before: null });
      await equal({ first: 1, after: first }, { last: null, before: null });
      await equal({ last: 1, before: second }, { first: null, after: null });
      await equal({ after: first }, { first: null });
      await equal({ before: second }, { last: null });
    });

    it('pages backwards from its end, and from a cursor with `before` alone', async () => {
      const list = listNamed(kind);
      const cursors = await cursorsOf(list);
      const end = listOf(await ask(list, { last: 1 }));
      expect(end.pageInfo).toMatchObject({ startCursor: cursors.at(-1), hasNextPage: false });
      const before = listOf(await ask(list, { before: cursors[1] }));
      expect(before.edges.map((edge: { cursor: string }) => edge.cursor)).toEqual([cursors[0]]);
      expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    });

    it('has exact flags on empty pages after its end and before its start', async () => {
      const list = listNamed(kind);
      const cursors = await cursorsOf(list);
      const empty = { edges: [], nodes: [] };
      const none = { startCursor: null, endCursor: null };
      expect(listOf(await ask(list, { after: cursors.at(-1) }))).toMatchObject({
        ...empty,
        pageInfo: { ...none, hasNextPage: false, hasPreviousPage: true },
      });
      expect(listOf(await ask(list, { before: cursors[0] }))).toMatchObject({
        ...empty,
        pageInfo: { ...none, hasNextPage: true, hasPreviousPage: false },
      });
    });

    it('refuses anything that is not one of its cursors', async () => {
      const list = listNamed(kind);
      const [cursor = ''] = await cursorsOf(list);
      const [scope = '', ...keys] = partsOf(cursor);
      const { article } = await app.data(
        'query ($slug: String!) { article(slug: $slug) { id liveCursor } }',
        { slug: slugs.one },
      );
      const others = keys.slice(1);
      const withKey = (key: string) => cursorOf(scope, key, ...others);
      const bad: Record<string, string> = {
        word: 'garbage',
        spaces: '  ',
        'not base64': '!!**((',
        'without its end': base64([scope, ...keys].join('|')),
        'with another end': base64(`${[scope, ...keys].join('|')},`),
        'with padding': `${cursor}=`,
        'with more behind': `${cursor}A`,
        'with a line feed': `${cursor}\n`,
        'with NUL': `${cursor}\u0000`,
        'NUL inside': withKey('\u0000'),
        'beyond ASCII': `${cursor}é`,
        'a global id': article.id,
        'an event cursor': article.liveCursor,
        'no key': cursorOf(scope),
        'a key too many': cursorOf(scope, ...keys, '1'),
        'a key too few': cursorOf(scope, ...keys.slice(1)),
        'empty key': withKey(''),
        'a word for a key': withKey('abc'),
        'a fraction for a key': withKey('1.5'),
        'a leading zero': withKey('01'),
        'minus zero': withKey('-0'),
        'a plus sign': withKey('+1'),
        'beyond bigint': withKey('9223372036854775808'),
        'below bigint': withKey('-9223372036854775809'),
        SQL: withKey("1' OR '1'='1"),
      };
      for (let cut = 1; cut <= 8; cut++) bad[`cut by ${cut}`] = cursor.slice(0, -cut);
      // Another encoding of the same bytes, if there is one: the last character may have unused bits.
      const last = cursor.at(-1) ?? '';
      for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const variant = cursor.slice(0, -1) + char;
        if (char !== last && text(variant) === text(cursor)) bad[`last character ${char}`] = variant;
      }
      for (const direction of ['after', 'before']) {
        for (const [name, value] of Object.entries(bad)) {
          const answer = await ask(list, { [direction]: value });
          try {
            expectRefused(answer, /cursor/i);
          } catch (error) {
            throw new Error(`${direction}: ${name} (${value})`, { cause: error });
          }
        }
      }
    });

    it('refuses values that can not be cursors before execution', async () => {
      for (const after of ['', 'x'.repeat(513), 5, ['x'], {}]) {
        const answer = await ask(listNamed(kind), { after });
        expect({ after, data: answer.data, code: answer.errors?.[0]?.extensions.code }).toEqual({
          after,
          data: undefined,
          code: 'BAD_USER_INPUT',
        });
      }
    });

    it('answers invented positions in its own format with a page or a refusal, never with an internal error', async () => {
      const list = listNamed(kind);
      const [cursor = ''] = await cursorsOf(list);
      const [scope = '', ...keys] = partsOf(cursor);
      const extremes = ['-9223372036854775808', '-1', '0', '1', '9223372036854775807'];
      for (const extreme of extremes) {
        for (const direction of ['after', 'before']) {
          const forged = cursorOf(scope, ...keys.map(() => extreme));
          const answer = await ask(list, { [direction]: forged });
          const codes = answer.errors?.map((error) => error.extensions.code) ?? [];
          expect({ extreme, direction, faults: codes.filter((code) => code !== 'BAD_USER_INPUT') }).toEqual({
            extreme,
            direction,
            faults: [],
          });
        }
      }
    });
  });

  it('refuse a cursor of the reading order that no comment of the article ever had', async () => {
    const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { id } }', {
      slug: slugs.one,
    });
    const { id } = article;
    const articleId = Buffer.from(id, 'base64url').toString().split(':')[1];
    const query = `query ($id: ID!, $after: Cursor) {
      node(id: $id) { ... on Article { allComments(after: $after) { nodes { id } } } } }`;
    const cursor = cursorOf(`comments:${articleId}::all:THREADED`, '999999999');
    const answer = await app.query(query, { id, after: cursor });
    expect(answer.data.node.allComments).toBeNull();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('refuse invalid literals in the document as well, with a message that explains the fault', async () => {
    const refused = {
      'articles(first: 2147483648)': /32-bit/,
      'articles(first: "1")': /Int cannot represent/,
      'articles(after: "")': /Cursor takes a string that this API returned/,
      'articles(before: 5)': /Cursor takes a string that this API returned/,
      [`articles(after: "${'x'.repeat(513)}")`]: /Cursor takes a string that this API returned/,
    };
    for (const [field, message] of Object.entries(refused)) {
      const answer = await app.query(`{ ${field} { nodes { id } } }`);
      expect(answer.data).toBeUndefined();
      expect(answer.errors).toMatchObject([
        { message: expect.stringMatching(message), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
      ]);
    }
  });

  it('accept no cursor of another list, order, article or comment', async () => {
    const owned = new Map<List, string>();
    for (const list of lists) owned.set(list, (await cursorsOf(list))[0] ?? '');
    expect(new Set(owned.values()).size).toBe(lists.length);
    for (const list of lists) {
      for (const [owner, cursor] of owned) {
        const answer = await ask(list, { first: 1, after: cursor });
        if (owner === list) expect(answer.errors).toBeUndefined();
        else {
          try {
            expectRefused(answer, /does not belong/);
          } catch (error) {
            throw new Error(`${list.name} took a cursor of ${owner.name}`, { cause: error });
          }
        }
      }
    }
  });

  it('accept a cursor in nested lists only for the list that the cursor belongs to', async () => {
    const [cursor] = await cursorsOf(listNamed('comments'));
    const comments = await app.query(
      `query ($after: Cursor) { articles { nodes { slug comments(after: $after) { nodes { id } } } } }`,
      { after: cursor },
    );
    expect(comments.status).toBe(200);
    const served = comments.data.articles.nodes.filter((node: any) => node.comments !== null);
    expect(served).toMatchObject([{ slug: slugs.one, comments: { nodes: [{}, {}] } }]);
    expect(comments.errors?.map((error) => error.extensions.code)).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);

    const [reply] = await cursorsOf(listNamed('replies'));
    const replies = await app.query(
      `query ($slug: String!, $after: Cursor) { article(slug: $slug) {
        comments(orderBy: OLDEST) { nodes { bodyText replies(after: $after) { nodes { bodyText } } } } } }`,
      { slug: slugs.one, after: reply },
    );
    expect(replies.data.article.comments.nodes).toEqual([
      { bodyText: 'A', replies: { nodes: [{ bodyText: '2' }, { bodyText: '3' }] } },
      { bodyText: 'B', replies: null },
      { bodyText: 'C', replies: null },
    ]);
  });

  it('fail alone: the rest of the response is served', async () => {
    const answer = await app.query(
      `query ($slug: String!) { article(slug: $slug) { title comments(after: "none") { nodes { id } }
        endorsements(first: 2) { totalCount nodes { id } } } }`,
      { slug: slugs.one },
    );
    expect(answer.status).toBe(200);
    expect(answer.data.article).toMatchObject({
      title: 'A title',
      comments: null,
      endorsements: { totalCount: 3, nodes: [{}, {}] },
    });
    expect(answer.errors).toMatchObject([
      { path: ['article', 'comments'], extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('treat a null order as their default order', async () => {
    const { article } = await app.data(
      `query ($slug: String!, $none: CommentOrder, $all: AllCommentsOrder) { article(slug: $slug) {
        a: comments(orderBy: $none) { edges { cursor } } b: comments(orderBy: null) { edges { cursor } }
        c: comments(orderBy: NEWEST) { edges { cursor } } d: comments { edges { cursor } }
        e: allComments(orderBy: $all) { edges { cursor } } f: allComments(orderBy: null) { edges { cursor } }
        g: allComments(orderBy: THREADED) { edges { cursor } } } }`,
      { slug: slugs.one, none: null, all: null },
    );
    expect(article.a).toEqual(article.c);
    expect(article.b).toEqual(article.c);
    expect(article.d).toEqual(article.c);
    expect(article.e).toEqual(article.g);
    expect(article.f).toEqual(article.g);
    const { articles } = await app.data('{ articles(orderBy: null) { edges { cursor } } }');
    const { articles: newest } = await app.data('{ articles(orderBy: NEWEST) { edges { cursor } } }');
    expect(articles).toEqual(newest);
  });

  it('return an empty page if there are no items', async () => {
    const empty = {
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    };
    for (const args of ['first: 5', 'last: 5']) {
      const { article } = await app.data(
        `query ($slug: String!) { article(slug: $slug) {
          comments(${args}) { totalCount ${page} } allComments(${args}) { totalCount ${page} }
          endorsements(${args}) { totalCount ${page} } featured: endorsements(featured: true ${args}) { totalCount ${page} }
        } }`,
        { slug: slugs.bare },
      );
      const counted = { ...empty, totalCount: 0 };
      expect(article).toEqual({
        comments: counted,
        allComments: counted,
        endorsements: counted,
        featured: counted,
      });
    }
  });

  it('lose no article if articles with equal times are on both sides of a page’s edge', async () => {
    const journalist = { slug: 'cy-example', name: 'Cy Example' };
    const times = [
      '2023-12-31',
      ...Array.from({ length: 7 }, () => '2024-01-01'),
      '2024-01-01T00:00:00.001Z',
    ];
    const made: string[] = [];
    for (const publishedAt of times) {
      made.push((await app.addArticle({ journalist, article: { publishedAt } })).slug);
    }
    const edge =
      'edges { cursor node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const walk = async (order: string, forward: boolean, size: number, ofJournalist: boolean) => {
      const seen: string[] = [];
      const field = `articles(orderBy: ${order}, ${forward ? 'first: $size, after: $at' : 'last: $size, before: $at'}) { ${edge} }`;
      const operation = `query ($size: Int, $at: Cursor) { ${ofJournalist ? `journalist(slug: "cy-example") { ${field} }` : field} }`;
      for (let at: string | null = null; ;) {
        const data: any = await app.data(operation, { size, at });
        const { edges, pageInfo } = ofJournalist ? data.journalist.articles : data.articles;
        const found = edges.map((one: any) => one.node.slug);
        if (forward) seen.push(...found);
        else seen.unshift(...found);
        expect(forward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage).toBe(at !== null);
        if (!(forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
        at = forward ? pageInfo.endCursor : pageInfo.startCursor;
      }
    };
    for (const ofJournalist of [true, false]) {
      for (const size of [1, 2, 3, 100]) {
        for (const forward of [true, false]) {
          const oldest = await walk('OLDEST', forward, size, ofJournalist);
          expect(oldest.filter((slug) => made.includes(slug))).toEqual(made);
          expect(await walk('NEWEST', forward, size, ofJournalist)).toEqual([...oldest].reverse());
        }
      }
    }
  });

  it('distinguish times that differ by one microsecond on either side of a cursor', async () => {
    const journalist = { slug: 'dee-example', name: 'Dee Example' };
    const made = [];
    for (let index = 0; index < 3; index++) made.push(await app.addArticle({ journalist }));
    for (const [index, { articleId }] of made.entries()) {
      await app.app.db.query(
        `UPDATE article SET published_at = timestamptz '2024-03-01 10:00Z' + $2 * interval '1 microsecond' WHERE id = $1`,
        [articleId, index],
      );
    }
    const seen: string[] = [];
    for (let after: string | null = null; seen.length < 4;) {
      const { journalist: found }: any = await app.data(
        `query ($after: Cursor) { journalist(slug: "dee-example") { articles(orderBy: OLDEST, first: 1, after: $after) {
          nodes { slug } pageInfo { endCursor hasNextPage } } } }`,
        { after },
      );
      seen.push(found.articles.nodes[0].slug);
      after = found.articles.pageInfo.endCursor;
      if (!found.articles.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(made.map(({ slug }) => slug));
  });
});

describe('the character NUL', () => {
  const service = useApp();

  it.each([
    ['article', 'query ($text: String!) { article(slug: $text) { id } }'],
    ['journalist', 'query ($text: String!) { journalist(slug: $text) { id } }'],
    ['articles', 'query ($text: Cursor!) { articles(after: $text) { nodes { id } } }'],
    ['nodes', 'query ($text: ID!) { nodes(ids: [$text]) { id } }'],
    ['node', 'query ($text: ID!) { node(id: $text) { id } }'],
    ['comment', 'query ($text: ID!) { comment(id: $text) { id } }'],
  ])('causes no internal error in %s', async (_, operation) => {
    for (const text of ['\u0000', 'a\u0000b', base64('Article:\u0000'), base64('Comment:1:\u0000')]) {
      const answer = await service().query(operation, { text });
      expect([200, 400]).toContain(answer.status);
      for (const error of answer.errors ?? []) expect(error.extensions.code).toBe('BAD_USER_INPUT');
      if (!answer.errors) expect([null, [null]]).toContainEqual(Object.values(answer.data as object)[0]);
    }
  });

  it.each([
    [
      'addComment',
      'mutation ($id: ID!) { addComment(input: { articleId: $id, body: "x" }) { userErrors { code } } }',
    ],
    [
      'editComment',
      'mutation ($id: ID!) { editComment(input: { commentId: $id, body: "x" }) { userErrors { code } } }',
    ],
    [
      'removeComment',
      'mutation ($id: ID!) { removeComment(input: { commentId: $id }) { userErrors { code } } }',
    ],
    ['endorse', 'mutation ($id: ID!) { endorse(input: { articleId: $id }) { userErrors { code } } }'],
  ])('is refused as an id in %s', async (_, operation) => {
    const { token } = await service().signUp();
    for (const id of ['\u0000', base64('Article:1\u0000'), base64('Comment:1:\u0000')]) {
      const answer = await service().query(operation, { id }, { token });
      expect([200, 400]).toContain(answer.status);
      expect(answer.errors?.map((error) => error.extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });
});
