/** @database either */
import { describe, expect, it } from '@jest/globals';
import { type TestApp, useApp } from '../../support/app.ts';

const mask = '[address hidden]';
const address = /[\w.]+@[\w.]+/;

const bySlug = (fields: string): string => `query ($slug: String!) { article(slug: $slug) { ${fields} } }`;

describe('an article', () => {
  const service = useApp({ PUBLIC_URL: 'https://standfirst.example' });

  const read = async (app: TestApp, slug: string, fields: string, token?: string): Promise<any> =>
    (await app.data(bySlug(fields), { slug }, token)).article;

  /** Adds an article and sets its status in the database. */
  async function addDraft(app: TestApp, journalist: { slug: string; name: string }, status = 'DRAFT') {
    const added = await app.addArticle({ journalist, article: { title: `A ${status} title` } });
    await app.app.db.query(
      status === 'DRAFT'
        ? `UPDATE article SET status = 'DRAFT', published_at = NULL, published_precision = NULL WHERE id = $1`
        : `UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`,
      [added.articleId],
    );
    return added;
  }

  const giveByline = (app: TestApp, slug: string, accountId: string) =>
    app.app.db.query('UPDATE journalist SET account_id = $2 WHERE slug = $1', [slug, accountId]);

  it.each(['2015', '2015-07', '2015-07-25', '2015-07-25T18:04:05.123Z', '1843', '2000-02-29'])(
    'shows the publication time %s in its own precision',
    async (publishedAt) => {
      const app = service();
      const { slug } = await app.addArticle({ article: { publishedAt } });
      expect(await read(app, slug, 'publishedAt status')).toEqual({ publishedAt, status: 'PUBLISHED' });
    },
  );

  it('shows an exact publication time in UTC', async () => {
    const app = service();
    const { slug } = await app.addArticle({ article: { publishedAt: '2015-07-25T18:04:05+05:30' } });
    expect(await read(app, slug, 'publishedAt')).toEqual({ publishedAt: '2015-07-25T12:34:05.000Z' });
  });

  it('has its plain fields, and null where no value was given', async () => {
    const app = service();
    const full = await app.addArticle({
      article: {
        title: 'The last boat',
        standfirst: 'It leaves at ten past eight.',
        body: 'One *two*.\n\nThree.',
        canonicalUrl: 'https://example.org/last-boat?from=here',
      },
    });
    const fields = 'title standfirst bodyHtml bodyText canonicalUrl commentPolicy';
    expect(await read(app, full.slug, fields)).toEqual({
      title: 'The last boat',
      standfirst: 'It leaves at ten past eight.',
      bodyHtml: '<p dir="auto">One <em>two</em>.</p>\n<p dir="auto">Three.</p>',
      bodyText: 'One two.\n\nThree.',
      canonicalUrl: 'https://example.org/last-boat?from=here',
      commentPolicy: 'OPEN',
    });
    const bare = await app.addArticle();
    expect(
      await read(
        app,
        bare.slug,
        'standfirst canonicalUrl signatures { name } tags { name } endorsementCount commentCount',
      ),
    ).toEqual({
      standfirst: null,
      canonicalUrl: null,
      signatures: [],
      tags: [],
      endorsementCount: 0,
      commentCount: 0,
    });
  });

  it('has its signatures in their given order, separate from its author', async () => {
    const app = service();
    const signatures = Array.from({ length: 12 }, (_, index) => ({
      name: `Signatory ${12 - index}`,
      role: index % 2 === 0 ? `Role ${index}` : null,
      organisation: index % 3 === 0 ? `Organisation ${index}` : null,
    }));
    const { slug } = await app.addArticle({ article: { signatures } });
    expect(await read(app, slug, 'author { name } signatures { name role organisation }')).toEqual({
      author: { name: 'Ada Example' },
      signatures,
    });
  });

  it('has its tags in the order its author gave them, normalised and once each', async () => {
    const app = service();
    const { slug } = await app.addArticle({ article: { tags: ['zebra', '##Ferries', 'apple', 'FERRIES'] } });
    await app.addArticle({ article: { tags: ['apple', 'zebra'] } });
    const { tags } = await read(app, slug, 'tags { id name }');
    expect(tags.map((tag: { name: string }) => tag.name)).toEqual(['zebra', 'ferries', 'apple']);
  });

  it('has a permalink, and so have its journalist and its comments', async () => {
    const app = service();
    const { slug } = await app.addArticle({
      comments: [{ key: 'a', body: 'A', createdAt: '2024' }],
    });
    const article = await read(
      app,
      slug,
      'permalink author { permalink } comments { nodes { id permalink } }',
    );
    const [comment] = article.comments.nodes;
    expect(article.permalink).toBe(`https://standfirst.example/articles/${slug}`);
    expect(article.author.permalink).toBe('https://standfirst.example/journalists/ada-example');
    expect(comment.permalink).toBe(`${article.permalink}#comment-${comment.id}`);
  });

  it('shows e-mail addresses in no public text, but in viewerContactAddresses to signed-in viewers', async () => {
    const app = service();
    const { slug } = await app.addArticle({
      journalist: {
        slug: 'mail-example',
        name: 'Mail name@example.org',
        location: 'at location@example.org',
        bio: 'Write to bio@example.org.',
      },
      article: {
        title: 'Ask title@example.org',
        standfirst: 'Or standfirst@example.org',
        body: 'Write to first@example.org, [me](mailto:second@example.org), or <third@example.org>.\n\nOr fir*st*@example.org, first@example.org.',
        signatures: [
          { name: 'S sign@example.org', role: 'role@example.org', organisation: 'org@example.org' },
        ],
      },
      endorsements: [
        {
          key: 'e',
          displayName: 'E display@example.org',
          affiliation: 'aff@example.org',
          statement: 'Write to statement@example.org!',
          createdAt: '2024',
        },
      ],
      comments: [
        {
          key: 'a',
          authorName: 'author@example.org',
          body: 'Mine is comment@example.org',
          createdAt: '2024',
        },
      ],
    });
    const user = await app.signUp('user@example.org');
    const { comment } = await app.addComment(user, {
      articleId: (await read(app, slug, 'id')).id,
      body: 'me@example.org',
    });
    const fields = `title standfirst bodyHtml bodyText permalink author { name location bioHtml bioText }
      signatures { name role organisation } endorsements { nodes { displayName affiliation statement } }
      allComments(orderBy: OLDEST) { nodes { bodyHtml bodyText author { name } } }`;
    for (const token of [undefined, user.token]) {
      const article = await read(app, slug, fields, token);
      expect(JSON.stringify(article)).not.toMatch(address);
      expect(article).toMatchObject({
        title: `Ask ${mask}`,
        standfirst: `Or ${mask}`,
        author: { name: `Mail ${mask}`, location: `at ${mask}`, bioText: `Write to ${mask}.` },
        signatures: [{ name: `S ${mask}`, role: mask, organisation: mask }],
        endorsements: {
          nodes: [{ displayName: `E ${mask}`, affiliation: mask, statement: `Write to ${mask}!` }],
        },
        allComments: {
          nodes: [
            { bodyText: `Mine is ${mask}`, author: { name: mask } },
            { bodyText: mask, author: { name: mask } },
          ],
        },
      });
      expect(article.bodyText).toContain(`Write to ${mask}`);
      expect(article.bodyHtml).toContain(mask);
    }
    const author = await app.data('query ($id: ID!) { comment(id: $id) { author { name } } }', {
      id: comment?.id,
    });
    expect(author.comment.author.name).toBe(mask);

    const signedOut = await read(app, slug, 'viewerContactAddresses viewerBodyMarkdown');
    expect(signedOut).toEqual({ viewerContactAddresses: null, viewerBodyMarkdown: null });
    const signedIn = await read(app, slug, 'viewerContactAddresses viewerBodyMarkdown', user.token);
    expect(signedIn.viewerBodyMarkdown).toBeNull();
    expect(signedIn.viewerContactAddresses).toEqual([
      'first@example.org',
      'second@example.org',
      'third@example.org',
    ]);
    const { slug: without } = await app.addArticle();
    expect(await read(app, without, 'viewerContactAddresses', user.token)).toEqual({
      viewerContactAddresses: [],
    });
  });

  it('answers one field under several aliases with different arguments', async () => {
    const app = service();
    const { slug } = await app.addArticle({
      comments: ['a', 'b', 'c'].map((key, index) => ({
        key,
        body: key,
        createdAt: `2024-01-0${index + 1}`,
      })),
      endorsements: ['x', 'y'].map((key, index) => ({
        key,
        displayName: key,
        createdAt: `2024-01-0${index + 1}`,
      })),
    });
    await app.app.db.query(
      `UPDATE endorsement SET featured = true WHERE import_key = 'x' AND article_id =
      (SELECT id FROM article WHERE slug = $1)`,
      [slug],
    );
    const article = await read(
      app,
      slug,
      `newest: comments(first: 2) { nodes { bodyText } pageInfo { hasNextPage } }
       oldest: comments(orderBy: OLDEST, first: 1) { nodes { bodyText } pageInfo { hasNextPage } }
       end: comments(last: 1) { nodes { bodyText } pageInfo { hasPreviousPage } }
       again: comments(first: 2) { nodes { bodyText } pageInfo { hasNextPage } }
       all: allComments { totalCount }
       featured: endorsements(featured: true) { totalCount nodes { displayName featured } }
       others: endorsements(featured: false) { totalCount nodes { displayName featured } }
       every: endorsements { totalCount nodes { displayName } }`,
    );
    const texts = (page: any) => page.nodes.map((node: any) => node.bodyText);
    expect(texts(article.newest)).toEqual(['c', 'b']);
    expect(texts(article.oldest)).toEqual(['a']);
    expect(texts(article.end)).toEqual(['a']);
    expect(article.again).toEqual(article.newest);
    expect(article.end.pageInfo.hasPreviousPage).toBe(true);
    expect(article.all.totalCount).toBe(3);
    expect(article.featured).toEqual({ totalCount: 1, nodes: [{ displayName: 'x', featured: true }] });
    expect(article.others).toEqual({ totalCount: 1, nodes: [{ displayName: 'y', featured: false }] });
    expect(article.every).toEqual({ totalCount: 2, nodes: [{ displayName: 'y' }, { displayName: 'x' }] });

    const two = await app.addArticle({ article: { title: 'Another' } });
    const both = await app.data(
      'query ($a: String!, $b: String!) { a: article(slug: $a) { title } b: article(slug: $b) { title } c: article(slug: "none") { title } }',
      { a: slug, b: two.slug },
    );
    expect(both).toEqual({ a: { title: 'A title' }, b: { title: 'Another' }, c: null });
  });

  it.each(['DRAFT', 'UNPUBLISHED'])(
    'with the status %s is seen only by its journalist and by editors, and is in no list or count',
    async (status) => {
      const app = service();
      const journalist = { slug: `j-${status.toLowerCase()}`, name: 'J Example' };
      const published = await app.addArticle({ journalist });
      const hidden = await addDraft(app, journalist, status);
      const owner = await app.signUp('Owner Example', 'JOURNALIST');
      await giveByline(app, journalist.slug, owner.accountId);
      const others = [
        undefined,
        await app.signUp('Reader Example'),
        await app.signUp('Other Example', 'JOURNALIST'),
        await app.signUp('Moderator Example', 'MODERATOR'),
      ];
      const insiders = [
        owner,
        await app.signUp('Editor Example', 'EDITOR'),
        await app.signUp('Administrator Example', 'ADMINISTRATOR'),
      ];
      const fields = 'status publishedAt viewerCanEdit viewerCanComment viewerCanEndorse viewerBodyMarkdown';
      for (const user of others) {
        expect(await read(app, hidden.slug, fields, user?.token)).toBeNull();
        expect(await read(app, published.slug, 'viewerCanEdit viewerBodyMarkdown', user?.token)).toEqual({
          viewerCanEdit: false,
          viewerBodyMarkdown: null,
        });
      }
      for (const user of insiders) {
        expect(await read(app, hidden.slug, fields, user.token)).toEqual({
          status,
          publishedAt: status === 'DRAFT' ? null : '2024-05-01T10:00:00.000Z',
          viewerCanEdit: true,
          viewerCanComment: false,
          viewerCanEndorse: false,
          viewerBodyMarkdown: 'A body.',
        });
        expect(await read(app, published.slug, fields, user.token)).toMatchObject({
          status: 'PUBLISHED',
          viewerCanEdit: true,
          viewerCanComment: true,
          viewerCanEndorse: true,
          viewerBodyMarkdown: 'A body.',
        });
      }
      for (const user of [...others, ...insiders]) {
        const data = await app.data(
          `query ($slug: String!) { journalist(slug: $slug) { articleCount articles { nodes { slug } } }
            articles(first: 100) { nodes { slug } } }`,
          { slug: journalist.slug },
          user?.token,
        );
        expect(data.journalist).toEqual({ articleCount: 1, articles: { nodes: [{ slug: published.slug }] } });
        expect(data.articles.nodes).toContainEqual({ slug: published.slug });
        expect(data.articles.nodes).not.toContainEqual({ slug: hidden.slug });
      }
    },
  );

  it('cannot be edited, or seen as a draft, by its suspended journalist', async () => {
    const app = service();
    const journalist = { slug: 'suspended-example', name: 'Suspended Example' };
    const published = await app.addArticle({ journalist });
    const draft = await addDraft(app, journalist);
    const owner = await app.signUp('Suspended Example', 'JOURNALIST');
    await giveByline(app, journalist.slug, owner.accountId);
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [owner.accountId]);
    expect(await read(app, draft.slug, 'id', owner.token)).toBeNull();
    expect(
      await read(
        app,
        published.slug,
        'viewerCanEdit viewerCanComment viewerCanEndorse viewerBodyMarkdown',
        owner.token,
      ),
    ).toEqual({
      viewerCanEdit: false,
      viewerCanComment: false,
      viewerCanEndorse: false,
      viewerBodyMarkdown: null,
    });
  });

  it('tells in its viewer fields whether the viewer can comment and endorse', async () => {
    const app = service();
    const { slug, articleId, id } = await app.addArticle();
    const user = await app.signUp();
    const fields = 'viewerCanComment viewerCanEndorse viewerEndorsement { displayName }';
    expect(await read(app, slug, fields)).toEqual({
      viewerCanComment: false,
      viewerCanEndorse: false,
      viewerEndorsement: null,
    });
    expect(await read(app, slug, fields, user.token)).toEqual({
      viewerCanComment: true,
      viewerCanEndorse: true,
      viewerEndorsement: null,
    });
    await app.data(
      'mutation ($id: ID!) { endorse(input: { articleId: $id }) { userErrors { code } } }',
      { id },
      user.token,
    );
    await app.app.db.query(`UPDATE article SET comment_policy = 'CLOSED' WHERE id = $1`, [articleId]);
    expect(await read(app, slug, `commentPolicy ${fields}`, user.token)).toEqual({
      commentPolicy: 'CLOSED',
      viewerCanComment: false,
      viewerCanEndorse: false,
      viewerEndorsement: { displayName: user.name },
    });
    expect(await read(app, slug, fields, (await app.signUp()).token)).toMatchObject({
      viewerCanEndorse: true,
      viewerEndorsement: null,
    });
  });
});

describe('a journalist', () => {
  const service = useApp();

  it('has fields, articles and their count, and is null for an unknown slug', async () => {
    const app = service();
    const journalist = {
      slug: 'full-example',
      name: 'Full Example',
      location: 'LONDON, UK',
      photoUrl: 'https://example.org/photo.jpg',
      bio: 'Writes of *ships*.',
    };
    const slugs: string[] = [];
    for (const publishedAt of ['2022', '2023-05', '2024-01-01']) {
      slugs.unshift((await app.addArticle({ journalist, article: { publishedAt } })).slug);
    }
    await app.addArticle({ journalist: { slug: 'bare-example', name: 'Bare Example' } });
    const operation = `query ($slug: String!) { journalist(slug: $slug) {
      slug name location photoUrl bioHtml bioText articleCount
      articles { nodes { slug author { slug } } } oldest: articles(orderBy: OLDEST, first: 1) { nodes { slug } } } }`;
    const full = await app.data(operation, { slug: 'full-example' });
    expect(full.journalist).toEqual({
      slug: 'full-example',
      name: 'Full Example',
      location: 'LONDON, UK',
      photoUrl: 'https://example.org/photo.jpg',
      bioHtml: '<p dir="auto">Writes of <em>ships</em>.</p>',
      bioText: 'Writes of ships.',
      articleCount: 3,
      articles: { nodes: slugs.map((slug) => ({ slug, author: { slug: 'full-example' } })) },
      oldest: { nodes: [{ slug: slugs.at(-1) }] },
    });
    const bare = await app.data(operation, { slug: 'bare-example' });
    expect(bare.journalist).toMatchObject({
      location: null,
      photoUrl: null,
      bioHtml: null,
      bioText: null,
      articleCount: 1,
    });
    for (const slug of ['none', '', 'FULL-EXAMPLE', 'full-example ']) {
      expect(await app.data(operation, { slug })).toEqual({ journalist: null });
    }
  });
});
