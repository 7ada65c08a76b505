import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refreshArticleSearch } from '../../../src/features/articles/search/article-search.queries.ts';
import { importDocument } from '../../../src/features/import/document.ts';
import { importArticle } from '../../../src/features/import/import.service.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { importerOf } from '../../support/imports.ts';

const operation = `query ($query: String!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  search(query: $query, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

describe('search', () => {
  const service = useApp();
  let app: TestApp;
  const ids: Record<string, string> = {};

  const found = async (query: string): Promise<string[]> => {
    const { search } = await app.data(operation, { query });
    expect(search.totalCount).toBe(search.edges.length);
    return search.edges.map((edge: any) => edge.node.title);
  };

  async function add(title: string, article: Record<string, unknown> = {}, journalist = 'Bo Sample') {
    const slug = journalist.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    const { articleId } = await app.addArticle({
      journalist: { slug, name: journalist },
      article: { title, body: 'Nothing to see.', publishedAt: '2024-01-01', ...article },
    });
    ids[title] = articleId;
  }

  beforeAll(async () => {
    app = service();
    await add('Body old', { body: 'One lighthouse, two lighthouses, three.', publishedAt: '2020' });
    await add('Body new', { body: 'A lighthouse.', publishedAt: '2021' });
    await add('Tagged', { tags: ['#Lighthouse', 'open letters'] });
    await add('Standfirst', { standfirst: 'On the lighthouse.', publishedAt: '2023' });
    await add('The lighthouse keeper');
    await add('By name', {}, 'Wilhelmina Ångström');
    await add('Signed', {
      signatures: [{ name: 'Caspar Signatory', role: 'Harbourmaster', organisation: null }],
    });
    await add('Nacht am Hafen', { body: 'Die Fähre verließ den Hafen. L’été à Évian.' });
    await add('Ask', {
      standfirst: 'Write to hidden.person@secret.example',
      body: 'Mail first@private.example or [me](mailto:second@private.example), ask%40percent.example.',
      tags: [],
      signatures: [{ name: 'S sign@signed.example', role: null, organisation: null }],
    });
    await app.addArticle({
      journalist: { slug: 'bo-sample', name: 'Bo Sample' },
      article: { title: 'Discussed', body: 'Plain.', publishedAt: '2024-01-01' },
      comments: [{ key: 'c', authorName: 'Commenter', body: 'Discussing xylophones.', createdAt: '2024' }],
      endorsements: [{ key: 'e', displayName: 'Endorsera', statement: 'For xylophones.', createdAt: '2024' }],
    });
  });

  it('ranks the title first, then standfirst and tags, then the text, newest first among equals', async () => {
    expect(await found('lighthouse')).toEqual([
      'The lighthouse keeper',
      'Tagged',
      'Standfirst',
      'Body new',
      'Body old',
    ]);
  });

  it('finds inflected English words, and words of any language regardless of case and accents', async () => {
    const lighthouses = await found('lighthouse');
    for (const query of ['lighthouses', 'LIGHTHOUSE', 'Líghthouse', '  the lighthouse ']) {
      expect(await found(query)).toEqual(lighthouses);
    }
    for (const query of ['Fähre', 'fahre', 'verließ', 'verliess', 'hafen', 'ete', 'evian', 'E\u0301vian']) {
      expect(await found(query)).toEqual(['Nacht am Hafen']);
    }
  });

  it('finds authors, signatories and tags by name', async () => {
    expect(await found('wilhelmina')).toEqual(['By name']);
    expect(await found('angstrom wilhelmina')).toEqual(['By name']);
    expect(await found('signatory harbourmaster')).toEqual(['Signed']);
    expect(await found('open letter')).toEqual(['Tagged']);
  });

  it.each([
    ['lighthuose', 'Tagged'],
    ['ligthouse', 'Tagged'],
    ['ligthouses', 'Tagged'],
    ['wilhelmna', 'By name'],
    ['Wihelmina Angstrm', 'By name'],
    ['leters', 'Tagged'],
  ])('corrects %s to a word of a tag or a name', async (query, title) => {
    expect(await found(query)).toContain(title);
  });

  it('does not correct words that are right, short, excluded or far from every known word', async () => {
    expect(await found('keepr')).toEqual([]);
    expect(await found('lightweight')).toEqual([]);
    expect(await found('opn')).toEqual([]);
    expect(await found('house')).toEqual([]);
  });

  it('supports phrases, alternatives and exclusions', async () => {
    expect(await found('"lighthouse keeper"')).toEqual(['The lighthouse keeper']);
    expect(await found('"keeper lighthouse"')).toEqual([]);
    expect(await found('lighthouse -keeper -tagged -standfirst')).toEqual(['Body new', 'Body old']);
    expect(await found('keeper OR wilhelmina')).toEqual(
      expect.arrayContaining(['The lighthouse keeper', 'By name']),
    );
    expect(await found('lighthouse wilhelmina')).toEqual([]);
    // One word is in the title, the other one in the text.
    expect(await found('keeper nothing')).toEqual(['The lighthouse keeper']);
  });

  it('finds no comment, endorsement, masked e-mail address or mask', async () => {
    const queries = ['xylophones', 'commenter', 'endorsera'];
    const addresses = [
      ...[
        'hidden.person@secret.example',
        'first@private.example',
        'second@private.example',
        'ask@percent.example',
      ],
      ...['sign@signed.example', 'private.example', 'secret.example', 'hidden.person', 'second'],
      ...['percent.example', 'signed.example', 'label', 'address hidden', 'hidden'],
    ];
    for (const query of [...queries, ...addresses, ...addresses.map((address) => `"${address}"`)]) {
      expect({ query, found: await found(query) }).toEqual({ query, found: [] });
    }
    const [row] = await app.app.db.query<{ texts: string }>(
      `SELECT (SELECT string_agg(document::text, ' ') FROM article_search)
         || (SELECT string_agg(word, ' ') FROM search_word) AS texts`,
    );
    expect(row?.texts).not.toMatch(/private|secret|percent|label|hidden/);
  });

  it.each([
    '',
    ' ',
    '\n',
    '-',
    '- -',
    '""',
    '"',
    'or',
    'OR OR',
    'the',
    'the -a',
    '!',
    '&|!:*()<->',
    "'",
    "'':A",
    '\\',
    '-lighthouse',
    '-"the lighthouse"',
    '\u0000',
    '\ud800',
    '\u200b',
    '🦀',
  ])('finds nothing for %j, which has no word to look for', async (query) => {
    const { search } = await app.data(operation, { query });
    expect(search).toEqual({
      totalCount: 0,
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([
    "lighthouse'; DROP TABLE article; --",
    "lighthouse'' \\' | !( & <3>",
    'lighthouse:*A',
    `${'-'.repeat(180)}lighthouse`,
    `${'-!'.repeat(90)}lighthouse`,
    `${'- '.repeat(90)}lighthouse`,
    `lighthouse ${'a '.repeat(90)}`,
    `lighthouse ${'-x '.repeat(60)}`,
    `${'"'.repeat(150)}lighthouse`,
    'https://example.org/lighthouse?a=b&c=d',
    "o'lighthouse\\&|'x",
    '😀'.repeat(100),
    'ß'.repeat(200),
    `${'w'.repeat(61)} lighthouse`,
  ])('answers %j without an error', async (query) => {
    expect((await app.query(operation, { query })).errors).toBeUndefined();
  });

  it('answers any text without an error', async () => {
    const piece = fc.constantFrom(
      '-',
      '"',
      ' ',
      'or',
      'lighthouse',
      "'",
      '\\',
      ':',
      '!',
      '(',
      '&',
      '|',
      '<->',
      '*',
      '.',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('').slice(0, 200)),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (query) => {
        expect((await app.query(operation, { query })).errors).toBeUndefined();
      }),
      { seed: Number(process.env.FC_SEED ?? 20260301), numRuns: 200 },
    );
  });

  it('takes at most 200 characters', async () => {
    expect((await app.query(operation, { query: 'x'.repeat(200) })).errors).toBeUndefined();
    for (const length of [201, 1800]) {
      expect((await app.query(operation, { query: 'x'.repeat(length) })).errors).toMatchObject([
        {
          message: `\`query\` takes at most 200 characters, not ${length}.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    }
  });

  it('pages in both directions with exact page flags, and its cursors belong to one query', async () => {
    const whole = (await app.data(operation, { query: 'lighthouse' })).search;
    const titles = whole.edges.map((edge: any) => edge.node.title);
    const cursors = whole.edges.map((edge: any) => edge.cursor);
    for (let at = 0; at < titles.length; at++) {
      for (const size of [1, 2, 4]) {
        const { search: next } = await app.data(operation, {
          query: 'lighthouse',
          first: size,
          after: cursors[at],
        });
        expect(next.totalCount).toBe(titles.length);
        expect(next.edges.map((edge: any) => edge.node.title)).toEqual(titles.slice(at + 1, at + 1 + size));
        expect(next.pageInfo).toMatchObject({
          hasPreviousPage: true,
          hasNextPage: at + 1 + size < titles.length,
        });
        const { search: back } = await app.data(operation, {
          query: 'lighthouse',
          last: size,
          before: cursors[at],
        });
        expect(back.edges.map((edge: any) => edge.node.title)).toEqual(
          titles.slice(Math.max(0, at - size), at),
        );
        expect(back.pageInfo).toMatchObject({ hasPreviousPage: at - size > 0, hasNextPage: true });
      }
    }
    const other = await app.query(operation, { query: 'hafen', after: cursors[0] });
    expect(other.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    // White space does not make it a different query.
    expect((await app.query(operation, { query: ' lighthouse', after: cursors[0] })).errors).toBeUndefined();
  });

  it('finds an article by its present words, and not at all while it is unpublished', async () => {
    await add('Before the change');
    const id = ids['Before the change'] ?? '';
    const refresh = () => app.app.db.transaction((tx) => refreshArticleSearch(tx, [id]));
    await app.app.db.query(`UPDATE article SET title = 'After the tempest' WHERE id = $1`, [id]);
    await refresh();
    expect(await found('tempest')).toEqual(['After the tempest']);
    expect(await found('"before the change"')).toEqual([]);
    await setArticle(app, id, { status: 'UNPUBLISHED' });
    expect(await found('tempest')).toEqual([]);
    await refresh();
    expect(await app.app.db.query('SELECT FROM article_search WHERE article_id = $1', [id])).toEqual([]);
    await setArticle(app, id, { status: 'PUBLISHED' });
    await refresh();
    expect(await found('tempest')).toEqual(['After the tempest']);
  });

  it('finds all articles of a journalist by the journalist’s new name', async () => {
    await add('First of them', {}, 'Oldname Sample');
    const again = importDocument.parse({
      journalist: { slug: 'oldname-sample', name: 'Newname Sample' },
      article: { slug: 'second-of-them', title: 'Second of them', body: 'B.', publishedAt: '2019' },
    });
    await app.app.db.transaction((tx) => importArticle(tx, again, { maxDepth: 10 }));
    expect(await found('newname')).toEqual(['First of them', 'Second of them']);
    expect(await found('newnmae')).toEqual(['First of them', 'Second of them']);
    expect(await found('oldname')).toEqual([]);
    // The article exists already; the journalist gets a third name.
    const third = { ...again, journalist: { ...again.journalist, name: 'Thirdname Sample' } };
    await importerOf(app).import(third);
    expect(await found('thirdname')).toEqual(['First of them', 'Second of them']);
  });

  it('indexes the longest text that an article may have', async () => {
    const words = Array.from(
      { length: 40_000 },
      (_, index) => String.fromCodePoint(0x4e00 + (index % 20_000)) + index,
    );
    // A paragraph may have at most half of the length of a body.
    const text = words.join(' ');
    const body = `${text.slice(0, 99_999)}\n\n${text.slice(99_999, 199_998)}`;
    await add('Endless', { body, standfirst: 'A unicorn.' });
    await add('Dense', { body: `${'x'.repeat(99_999)}\n\n${'x'.repeat(99_999)}` });
    expect(await found('unicorn')).toEqual(['Endless']);
    expect(await found('dense')).toEqual(['Dense']);
  });

  it('costs as much as twenty objects in addition to its page', async () => {
    const field = 'search(query: "x", first: 100) { nodes { tags { id } } }';
    const aliases = Array.from({ length: 9 }, (_, index) => `a${index}: ${field}`).join(' ');
    const answer = await app.query(`{ ${aliases} }`);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }]);
  });
});
