/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { giveByline, globalId, setArticle } from '../../support/article-states.ts';

/** Selects every field that could reveal an article, one of its tags, or a count that includes it. */
const everywhere = `query ($id: ID!, $tagId: ID!, $slug: String!, $permalink: URL!, $canonical: URL!, $journalist: String!) {
  node(id: $id) { id }
  tagNode: node(id: $tagId) { id }
  article(slug: $slug) { id }
  permalink: articleByUrl(url: $permalink) { id }
  canonical: articleByUrl(url: $canonical) { id }
  articles(first: 100) { nodes { slug } }
  drafts: articles(filter: { status: [DRAFT, UNPUBLISHED] }) { nodes { slug } }
  mixed: articles(filter: { status: [DRAFT, UNPUBLISHED, PUBLISHED] }, orderBy: RECENTLY_UPDATED) { nodes { slug } }
  tagged: articles(filter: { tagNames: ["secretive"] }) { nodes { slug } }
  journalist(slug: $journalist) { articleCount articles { nodes { slug } }
    drafts: articles(filter: { status: [DRAFT, UNPUBLISHED] }) { nodes { slug } } }
  tag(name: "secretive") { id }
  shared: tag(name: "shared") { articleCount articles { nodes { slug } }
    drafts: articles(filter: { status: [DRAFT, UNPUBLISHED] }) { nodes { slug } } }
  tags(first: 100) { nodes { name articleCount } }
  search(query: "zanzibar") { nodes { slug } }
  quoted: search(query: "\\"zanzibar affair\\"") { nodes { slug } }
  byTag: search(query: "secretive") { nodes { slug } }
}`;

/** The answer in which only the published articles are found. */
const nothing = (published: string[]) => {
  const none = { nodes: [] };
  const only = { nodes: published.map((slug) => ({ slug })) };
  return {
    node: null,
    tagNode: null,
    article: null,
    permalink: null,
    canonical: null,
    articles: only,
    drafts: none,
    mixed: only,
    tagged: none,
    journalist: { articleCount: 1, articles: only, drafts: none },
    tag: null,
    shared: { articleCount: 1, articles: only, drafts: none },
    tags: { nodes: [{ name: 'shared', articleCount: 1 }] },
    search: none,
    quoted: none,
    byTag: none,
  };
};

describe.each(['DRAFT', 'UNPUBLISHED'] as const)('an article that is %s', (status) => {
  const service = useApp({ PUBLIC_URL: 'https://standfirst.example' });
  let app: TestApp;
  let variables: Record<string, string>;
  let published: string;
  let hidden: string;
  const users: Record<string, TestUser> = {};

  beforeAll(async () => {
    app = service();
    const journalist = { slug: 'owner-example', name: 'Owner Example' };
    published = (await app.addArticle({ journalist, article: { title: 'Zanzibal', tags: ['shared'] } })).slug;
    const made = await app.addArticle({
      journalist,
      article: {
        title: 'The Zanzibar affair',
        tags: ['shared', 'secretive'],
        canonicalUrl: 'https://example.org/affair',
      },
    });
    hidden = made.slug;
    // The article's search row stays, as if a writer had forgotten to refresh it.
    await setArticle(app, made.articleId, { status });
    const [tag] = await app.app.db.query<{ id: string }>(
      `SELECT id::text AS id FROM tag WHERE name = 'secretive'`,
    );
    variables = {
      id: made.id,
      tagId: globalId('Tag', tag?.id ?? ''),
      slug: hidden,
      permalink: `https://standfirst.example/articles/${hidden}`,
      canonical: 'https://example.org/affair',
      journalist: 'owner-example',
    };
    users.reader = await app.signUp('Reader Example');
    users.moderator = await app.signUp('Moderator Example', 'MODERATOR');
    users.other = await app.signUp('Other Example', 'JOURNALIST');
    users.owner = await app.signUp('Owner Example', 'JOURNALIST');
    users.editor = await app.signUp('Editor Example', 'EDITOR');
    await app.addArticle({ journalist: { slug: 'other-example', name: 'Other Example' } });
    await giveByline(app, 'other-example', users.other.accountId);
    await giveByline(app, 'owner-example', users.owner.accountId);
    const rows = await app.app.db.query<{ id: string }>(
      `SELECT a.id::text AS id FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE j.slug = 'other-example'`,
    );
    for (const { id } of rows) await setArticle(app, id, { status: 'DRAFT' });
  });

  it.each(['nobody', 'reader', 'moderator'])('is found nowhere by %s', async (name) => {
    expect(await app.data(everywhere, variables, users[name]?.token)).toEqual(nothing([published]));
  });

  it('is found nowhere by another journalist, who sees only their own articles', async () => {
    const data = await app.data(everywhere, variables, users.other?.token);
    expect(data.drafts.nodes).toHaveLength(1);
    expect(data.drafts.nodes).not.toContainEqual({ slug: hidden });
    expect(data.mixed.nodes).toHaveLength(2);
    expect({ ...data, drafts: { nodes: [] }, mixed: { nodes: [{ slug: published }] } }).toEqual(
      nothing([published]),
    );
  });

  it.each(['owner', 'editor'])(
    'is found by %s when asked for, but in no count, tag or search',
    async (name) => {
      const data = await app.data(everywhere, variables, users[name]?.token);
      const it_ = { id: variables.id };
      expect(data).toMatchObject({ node: it_, article: it_, permalink: it_, canonical: it_ });
      expect(data.drafts.nodes).toContainEqual({ slug: hidden });
      expect(data.mixed.nodes).toContainEqual({ slug: hidden });
      expect(data.journalist.drafts.nodes).toEqual([{ slug: hidden }]);
      expect(data.shared.drafts.nodes).toEqual([{ slug: hidden }]);
      const { journalist, shared, tags, tag, tagNode, tagged, search, quoted, byTag, articles } = nothing([
        published,
      ]);
      expect(data).toMatchObject({ tags, tag, tagNode, tagged, search, quoted, byTag, articles });
      expect(data.journalist).toMatchObject({ articleCount: 1, articles: journalist.articles });
      expect(data.shared).toMatchObject({ articleCount: 1, articles: shared.articles });
    },
  );

  it('does not reveal its words through corrected typing errors', async () => {
    // "Zanzibar" is in no published article, so the search corrects it to the only similar tag of one.
    await app.addArticle({
      journalist: { slug: 'owner-example', name: 'Owner Example' },
      article: { title: 'Another', tags: ['zanzibor'] },
    });
    const { search } = await app.data('{ search(query: "zanzibar") { nodes { title } } }');
    expect(search.nodes).toEqual([{ title: 'Another' }]);
  });
});
