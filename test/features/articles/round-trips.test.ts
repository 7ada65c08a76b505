import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { getNamedType, type GraphQLField, type GraphQLObjectType, isLeafType, isObjectType } from 'graphql';
import { buildApiSchema } from '../../../src/platform/feature/api-schema.ts';
import { features } from '../../../src/app/features.ts';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { recordStatements } from '../../support/statements.ts';

/*
 * Round trips to the database behind the pages that list articles, by a service that reads everything each time. What one
 * round trip sends is answered together.
 */

const parts = 'tags { name } signatures { name role organisation }';
const list = `edges { cursor node { slug author { name } ${parts} } } pageInfo { endCursor hasNextPage }`;

describe('a list of articles', () => {
  const service = useApp(nothingKept);
  let app: TestApp;

  beforeAll(async () => {
    app = service();
    for (const [index, tags] of [['ferries', 'lighthouses'], ['lighthouses'], []].entries())
      await app.addArticle({
        journalist: { slug: 'ada-example', name: 'Ada Example' },
        article: {
          slug: `harbour-${index}`,
          title: `Harbour ${index}`,
          body: 'A lighthouse.',
          publishedAt: `2024-01-0${index + 1}`,
          tags,
          signatures: tags.map((tag) => ({ name: `Friend of ${tag}`, role: 'Skipper', organisation: null })),
        },
      });
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Sends an operation that must succeed. @returns its data, and the statements of each round trip */
  async function read(
    operation: string,
    variables: Record<string, unknown> = {},
  ): Promise<{ data: any; trips: string[][] }> {
    const { trips, stop } = recordStatements();
    try {
      return { data: await app.data(operation, variables), trips };
    } finally {
      stop();
    }
  }

  /** Lets the statements fail whose text matches. */
  function breakStatements(broken: RegExp): void {
    const { db } = app.app;
    const of = db.of.bind(db);
    jest.spyOn(db, 'of').mockImplementation((client, counter) => {
      const shared = of(client, counter);
      return {
        query: (text, values) =>
          broken.test(text) ? Promise.reject(new Error('Broken')) : shared.query(text, values),
      };
    });
  }

  /** The short lists that statements read of their articles. */
  const partsRead = (trips: readonly (readonly string[])[]): string[] =>
    ['signatures', 'tags'].filter((part) => trips.flat().some((text) => text.includes(` AS ${part}`)));

  /** Whether statements read what only whole rows have. */
  const readsWholeRows = (trips: readonly (readonly string[])[]): boolean =>
    trips.flat().some((text) => text.includes('AS "lastEventAt"'));

  it('takes one round trip on the front page, with the tags of the site', async () => {
    const { trips } = await read(`{ articles(first: 11) { ${list} } tags(first: 20) { nodes { name } } }`);
    expect(trips).toHaveLength(1);
    expect(trips[0]).toHaveLength(2);
  });

  it('takes one round trip behind its journalist and behind its tag', async () => {
    const ofJournalist = await read(
      `{ journalist(slug: "ada-example") { articleCount articles(first: 20) { totalCount ${list} } } }`,
    );
    expect(ofJournalist.trips.map((trip) => trip.length)).toEqual([1, 3]);
    const ofTag = await read(
      `{ tag(name: "lighthouses") { articleCount articles(first: 20) { totalCount ${list} } } }`,
    );
    expect(ofTag.trips.map((trip) => trip.length)).toEqual([1, 3]);
    expect(ofTag.data.tag.articles.totalCount).toBe(2);
  });

  it.each([
    ['the front page', `{ articles { ${list} } }`, 'articles'],
    ['a search', `{ search(query: "harbour") { ${list} } }`, 'search'],
  ])('shows the same tags and signatures as the page of each article: %s', async (_, operation, field) => {
    const { data } = await read(operation);
    const slugs = data[field].edges.map((edge: any) => edge.node.slug);
    expect(slugs).toEqual(['harbour-2', 'harbour-1', 'harbour-0']);
    for (const { node } of data[field].edges) {
      const { data: page } = await read(`query ($slug: String!) { article(slug: $slug) { ${parts} } }`, {
        slug: node.slug,
      });
      expect(node).toMatchObject(page.article);
    }
    expect(data[field].edges[2].node).toMatchObject({
      tags: [{ name: 'ferries' }, { name: 'lighthouses' }],
      signatures: [{ name: 'Friend of ferries' }, { name: 'Friend of lighthouses', role: 'Skipper' }],
    });
  });

  it.each([
    ['nodes', `{ articles { nodes { tags { name } } } }`, {}, ['tags']],
    [
      'signatures alone',
      `{ search(query: "harbour") { nodes { signatures { name } } } }`,
      {},
      ['signatures'],
    ],
    [
      'fragments',
      `query { articles(first: 3) { ...List ...List } } fragment List on ArticleConnection { edges { ...Edge } }
       fragment Edge on ArticleEdge { node { ... on Article { a: tags { name } signatures { name } } } }`,
      {},
      ['signatures', 'tags'],
    ],
    [
      'one of two selections of the list',
      `{ articles { nodes { slug } } articles { nodes { tags { name } } } }`,
      {},
      ['tags'],
    ],
    [
      'a directive',
      `query ($shown: Boolean!) { articles { nodes @include(if: $shown) { tags { name } } } }`,
      { shown: true },
      ['tags'],
    ],
  ])('reads tags and signatures with the articles: %s', async (_, operation, variables, expected) => {
    const { trips } = await read(operation, variables);
    expect(trips.map((trip) => trip.length)).toEqual([1]);
    expect(partsRead(trips)).toEqual(expected);
  });

  it.each([
    ['not selected', `{ articles { nodes { slug author { name } } } }`],
    ['not selected in a search', `{ search(query: "harbour") { edges { node { slug } } } }`],
    [
      'skipped',
      `query ($shown: Boolean = false) { articles { nodes { slug tags @include(if: $shown) { name } }
        ... @skip(if: true) { nodes { signatures { name } } } } }`,
    ],
  ])('reads no tags and no signatures that are %s', async (_, operation) => {
    const { trips } = await read(operation);
    expect(trips).toHaveLength(1);
    expect(partsRead(trips)).toEqual([]);
  });

  it.each([
    [
      'a list with authors',
      `{ articles { nodes { title publishedAt author { name articleCount } } } }`,
      true,
    ],
    ['a list as the pages show it', `{ articles { ${list} } }`, false],
    [
      'a search',
      `{ search(query: "harbour") { nodes { __typename commentCount endorsementCount } } }`,
      false,
    ],
    ['a biography', `{ articles { nodes { author { name } } edges { node { author { bioText } } } } }`, true],
    [
      'a time of change',
      `{ articles { nodes { slug } ... on ArticleConnection { nodes { updatedAt } } } }`,
      true,
    ],
    ['what is skipped', `{ articles { nodes { slug updatedAt @skip(if: true) } } }`, false],
  ])('reads of each article what the list shows: %s', async (_, operation, isWhole) => {
    const { trips } = await read(operation);
    expect(readsWholeRows(trips.slice(0, 1))).toBe(isWhole);
  });

  it.each([
    ['of all articles', (selection: string) => `articles(first: 5) { nodes { ${selection} } }`],
    [
      'of results',
      (selection: string) => `search(query: "harbour", first: 5) { edges { node { ${selection} } } }`,
    ],
  ])('reads a list %s once that one answer shows several times', async (_, listed) => {
    const selections = ['slug', 'slug updatedAt', 'slug tags { name }', 'slug signatures { name }'];
    const several = selections.map((selection, index) => `l${index}: ${listed(selection)}`);
    const { data, trips } = await read(`{ ${several.join(' ')} }`);
    expect(trips.map((trip) => trip.length)).toEqual([1]);
    for (const [index, selection] of selections.entries()) {
      const alone = await read(`{ alone: ${listed(selection)} }`);
      expect(data[`l${index}`]).toEqual(alone.data.alone);
    }
  });

  it('reads lists of several journalists once, each with what one of them shows', async () => {
    const { data, trips } = await read(`{
      a: journalist(slug: "ada-example") { articles(first: 2) { nodes { slug } } }
      b: journalist(slug: "ada-example") { articles(first: 2) { nodes { slug updatedAt } } }
      c: journalist(slug: "nobody") { name } }`);
    expect(trips.map((trip) => trip.length)).toEqual([1, 1]);
    expect(data.b.articles.nodes).toMatchObject(data.a.articles.nodes);
    expect(data.a.articles.nodes).toHaveLength(2);
  });

  /** A selection of a field that needs nothing given. */
  function selectionOf({ name, type }: GraphQLField<unknown, unknown>): string {
    const named = getNamedType(type);
    if (!isObjectType(named)) return name;
    const fields = Object.values(named.getFields());
    const leaf = fields.find((field) => isLeafType(getNamedType(field.type)));
    return `${name} { ${leaf?.name ?? '__typename'} }`;
  }

  it.each([
    ['articles', 'Article', (selection: string) => selection],
    ['authors', 'Journalist', (selection: string) => `author { ${selection} }`],
  ])('shows every field of %s as the article’s own page does', async (_, typeName, within) => {
    const schema = buildApiSchema(features);
    const fields = Object.values((schema.getType(typeName) as GraphQLObjectType).getFields());
    expect(fields.length).toBeGreaterThan(8);
    for (const field of fields) {
      const selection = within(selectionOf(field));
      const { data } =
        await read(`{ articles(first: 3) { nodes { slug ${selection} } } search(query: "harbour", first: 3) {
        edges { node { slug ${selection} } } } }`);
      const nodes = [...data.articles.nodes, ...data.search.edges.map((edge: any) => edge.node)];
      expect(nodes).toHaveLength(6);
      for (const node of nodes) {
        const page = await read(`query ($slug: String!) { article(slug: $slug) { slug ${selection} } }`, {
          slug: node.slug,
        });
        expect(node).toEqual(page.data.article);
      }
    }
  });

  it('reads the parts of the list that shows them, and not of those around it', async () => {
    const { trips } = await read(
      `{ articles(first: 1) { nodes { author { articles(first: 2) { totalCount nodes { tags { name } } } } } } }`,
    );
    expect(trips.map((trip) => trip.length)).toEqual([1, 2]);
    expect(trips.map((trip) => partsRead([trip]))).toEqual([[], ['tags']]);
    expect(trips[0]?.join()).not.toContain('count(*)');
  });

  it('looks up the words of a search only if no article has all of them, or meanwhile if they are not all', async () => {
    const search = `query ($query: String!) { search(query: $query, first: 20) { totalCount ${list} } }`;
    const right = await read(search, { query: 'lighthouse' });
    expect(right.trips.map((trip) => trip.length)).toEqual([2]);
    const either = await read(search, { query: 'harbour OR ligthouses' });
    expect(either.trips.map((trip) => trip.length)).toEqual([3, 2]);
    expect(either.data.search.totalCount).toBe(3);
    const phrase = await read(search, { query: '"lighthouse"' });
    expect(phrase.trips.map((trip) => trip.length)).toEqual([3]);
    const misspelt = await read(search, { query: 'ligthouse' });
    expect(misspelt.trips.map((trip) => trip.length)).toEqual([2, 1, 2]);
    expect(misspelt.data.search.totalCount).toBe(3);
    const nodes = ({ search: { edges } }: any) => edges.map((edge: any) => edge.node);
    expect(nodes(misspelt.data)).toEqual(nodes(right.data));
  });

  it('pages through the results of a search for a word that is corrected', async () => {
    const search = `query ($after: Cursor) { search(query: "ligthouse OR harbour", first: 1, after: $after) {
      totalCount nodes { slug } pageInfo { endCursor hasNextPage } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data }: { data: any } = await read(search, { after });
      const { nodes, pageInfo, totalCount } = data.search;
      seen.push(...nodes.map((node: { slug: string }) => node.slug));
      expect(totalCount).toBe(3);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.sort()).toEqual(['harbour-0', 'harbour-1', 'harbour-2']);
  });

  it('says of its length alone that it could not be counted', async () => {
    const operation =
      '{ articles { totalCount nodes { slug } } search(query: "harbour") { nodes { slug } } }';
    breakStatements(/^SELECT \(SELECT count/);
    const { data, errors } = await app.query(operation);
    expect(errors?.map(({ path }) => path)).toEqual([['articles', 'totalCount']]);
    expect(data.articles).toBeNull();
    expect(data.search.nodes).toHaveLength(3);
  });

  it('says once that it could not be read, whether it was counted or not', async () => {
    breakStatements(/article/);
    const { data, errors } = await app.query('{ articles { totalCount nodes { slug } } }');
    expect(errors?.map(({ path }) => path)).toEqual([['articles']]);
    expect(data).toEqual({ articles: null });
  });
});
