/**
 * @database either
 */
import { afterAll, describe, expect, it } from '@jest/globals';
import { Html, noscript } from '../../../src/platform/page/html.ts';
import { type TestApp, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { done } from '../../support/comments.ts';
import { ask } from '../../support/feeds.ts';
import { makeWebRoot, readPage, type ReadPage } from '../../support/web-page.ts';

const web = makeWebRoot();
afterAll(() => web.remove());

const base = 'https://news.example.org';

/** Text that tries to end an element, an attribute or a comment, or to act as one of the server's placeholders. */
const attack = `</script></title><img src=x onerror="alert('1')"><!-- $& $\` & <!--content--> </noscript>`;

describe('the page as it is sent', () => {
  const service = useApp({ PUBLIC_URL: base }, { webRoot: web.path });
  const textAt = async (path: string) =>
    (await fetch(`${service().url}${path}`, { headers: { accept: 'text/html' } })).text();
  const readAt = async (path: string): Promise<ReadPage> => readPage(await textAt(path));

  it('describes an article to search engines, messengers and readers without scripts: title, texts and people', async () => {
    const app = service();
    const { id, slug } = await app.addArticle({
      journalist: { slug: 'bo-example', name: 'Bo Example', photoUrl: 'https://photos.example.org/bo.jpg' },
      article: {
        title: 'The last boat',
        standfirst: 'It leaves at ten past eight.',
        body: 'A *body*.',
        publishedAt: '2015-07',
        tags: ['ferries', 'islands'],
      },
      endorsements: [{ key: 'one', displayName: 'Cy Example', createdAt: '2016' }],
    });
    const { updatedAt } = (
      await app.data('query ($slug: String!) { article(slug: $slug) { updatedAt } }', { slug })
    ).article;
    await app.addComment(await app.signUp('Di Example'), { articleId: id, body: 'A *comment*.' });
    const permalink = `${base}/articles/${slug}`;
    const page = await readAt(`/articles/${slug}`);
    expect(page.title).toBe('The last boat – Standfirst');
    expect(page.canonical).toBe(permalink);
    expect(page.meta).toEqual({
      description: 'It leaves at ten past eight.',
      'og:site_name': 'Standfirst',
      'og:title': 'The last boat',
      'og:description': 'It leaves at ten past eight.',
      'og:type': 'article',
      'og:url': permalink,
      'og:image': 'https://photos.example.org/bo.jpg',
      'article:published_time': '2015-07',
      'article:author': `${base}/journalists/bo-example`,
      'article:tag': ['ferries', 'islands'],
      'twitter:card': 'summary',
    });
    const counted = (action: string) => ({
      '@type': 'InteractionCounter',
      interactionType: { '@type': action },
      userInteractionCount: 1,
    });
    expect(page.jsonLd).toEqual({
      '@context': 'https://schema.org',
      '@type': 'NewsArticle',
      '@id': permalink,
      headline: 'The last boat',
      description: 'It leaves at ten past eight.',
      datePublished: '2015-07',
      dateModified: updatedAt,
      author: {
        '@type': 'Person',
        name: 'Bo Example',
        url: `${base}/journalists/bo-example`,
        image: 'https://photos.example.org/bo.jpg',
      },
      publisher: { '@type': 'Organization', name: 'Standfirst' },
      url: permalink,
      mainEntityOfPage: permalink,
      keywords: ['ferries', 'islands'],
      isAccessibleForFree: true,
      commentCount: 1,
      interactionStatistic: [counted('CommentAction'), counted('EndorseAction')],
      comment: [
        {
          '@type': 'Comment',
          '@id': expect.stringContaining(`${permalink}#comment-`),
          url: expect.stringContaining(`${permalink}#comment-`),
          text: 'A comment.',
          dateCreated: expect.stringMatching(/Z$/),
          author: { '@type': 'Person', name: 'Di Example' },
        },
      ],
    });
    // Everything is on show for all readers, whether or not scripts run.
    expect(page.content.tags).not.toContain('noscript');
    // A landmark without content would be announced all the same.
    expect(page.content.tags).not.toContain('nav');
    for (const text of [
      'The last boat It leaves at ten past eight. Bo Example July 2015 A body. #ferries#islands',
      '1 endorsement',
      'Cy Example2016',
      'Discussion 1 comment',
      /D Di Example \w+ \d+, \d{4} A comment\./,
    ])
      expect(page.content.text).toMatch(text);
    expect(page.unmarked).toEqual([]);
  });

  it('names where an article was published first, and quotes its text if it has no standfirst', async () => {
    const canonicalUrl = 'https://first.example.org/a?b=1&c=2';
    const { slug } = await service().addArticle({
      article: { canonicalUrl, body: `One\n\n${'word '.repeat(100)}` },
    });
    const page = await readAt(`/articles/${slug}`);
    expect([page.canonical, page.meta['og:url']]).toEqual([canonicalUrl, canonicalUrl]);
    expect([page.jsonLd.url, page.jsonLd.mainEntityOfPage]).toEqual([
      `${base}/articles/${slug}`,
      canonicalUrl,
    ]);
    expect(page.meta.description).toMatch(/^One( word)+…$/);
    expect(String(page.meta.description).length).toBeLessThanOrEqual(200);
    expect(page.jsonLd).not.toHaveProperty('description');
  });

  it('describes one branch of a thread as it describes the article', async () => {
    const app = service();
    const { id, slug } = await app.addArticle({ article: { title: 'With branches' } });
    const { comment } = await app.addComment(await app.signUp(), { articleId: id });
    const page = await readAt(`/articles/${slug}/comments/${comment?.id}`);
    expect([page.title, page.canonical]).toEqual([
      'A thread under “With branches” – Standfirst',
      `${base}/articles/${slug}`,
    ]);
  });

  it('names the feeds of what it shows, and where other sites learn how to show it', async () => {
    const app = service();
    const { id, slug } = await app.addArticle({ article: { title: 'With "feeds"', tags: ['küste'] } });
    const di = await app.signUp();
    const { comment } = await app.addComment(di, { articleId: id });
    await app.addComment(di, { articleId: id, parentId: comment?.id ?? '' });
    const feeds = (path: string, title: string) => [
      { type: 'application/atom+xml', href: `${base}${path}.atom`, title },
      { type: 'application/rss+xml', href: `${base}${path}.rss`, title },
      { type: 'application/feed+json', href: `${base}${path}.json`, title },
    ];
    const oembed = (url: string, title: string) => {
      const href = `${base}/oembed?format=json&url=${encodeURIComponent(url)}`;
      return { type: 'application/json+oembed', href, title };
    };
    const permalink = `${base}/articles/${slug}`;
    const branch = `/articles/${slug}/comments/${comment?.id}`;
    const pages: [string, unknown[]][] = [
      ['/', feeds('/feed', 'Standfirst')],
      ['/journalists/ada-example', feeds('/journalists/ada-example/feed', 'Ada Example')],
      ['/tags/k%C3%BCste', feeds('/tags/k%C3%BCste/feed', '#küste')],
      [
        `/articles/${slug}`,
        [
          ...feeds(`/articles/${slug}/comments`, 'Comments on “With "feeds"”'),
          oembed(permalink, 'With "feeds"'),
        ],
      ],
      [branch, [oembed(`${permalink}#comment-${comment?.id}`, 'A thread under “With "feeds"”')]],
      ['/search', []],
    ];
    for (const [path, alternates] of pages) {
      expect([path, (await readAt(path)).alternates]).toEqual([path, alternates]);
      for (const { href } of (await readAt(path)).alternates)
        expect([href, (await ask(service().url + href.slice(base.length))).status]).toEqual([href, 200]);
    }
    await done(app, 'removeComment', { commentId: comment?.id }, di);
    expect((await readAt(branch)).alternates).toEqual([]);
  });

  it('describes a journalist by name, photo and published articles', async () => {
    const app = service();
    const journalist = {
      slug: 'ed-example',
      name: 'Ed Example',
      photoUrl: 'https://photos.example.org/ed.jpg',
      bio: 'Writes on *water*.',
    };
    await app.addArticle({ journalist, article: { title: 'Shown' } });
    const { articleId } = await app.addArticle({ journalist, article: { title: 'Secret draft' } });
    await setArticle(app, articleId, { status: 'DRAFT' });
    const text = await textAt('/journalists/ed-example');
    expect(text).not.toContain('Secret');
    const page = readPage(text);
    const permalink = `${base}/journalists/ed-example`;
    expect([page.title, page.canonical]).toEqual(['Ed Example – Standfirst', permalink]);
    expect(page.meta).toEqual({
      description: 'Writes on water.',
      'og:site_name': 'Standfirst',
      'og:title': 'Ed Example',
      'og:description': 'Writes on water.',
      'og:type': 'profile',
      'og:url': permalink,
      'og:image': journalist.photoUrl,
      'twitter:card': 'summary',
    });
    expect(page.jsonLd).toEqual({
      '@context': 'https://schema.org',
      '@type': 'ProfilePage',
      url: permalink,
      mainEntity: {
        '@type': 'Person',
        name: 'Ed Example',
        url: permalink,
        image: journalist.photoUrl,
        description: 'Writes on water.',
      },
    });
    expect(page.content.text).toBe('Ed Example Shown');
    expect(page.unmarked).toEqual([]);
  });

  it('describes a tag by its name and articles, and the front page by the newest articles', async () => {
    const app = service();
    const article = { tags: ['große fähren'], title: 'On large ferries', publishedAt: '2024-06-01' };
    await app.addArticle({ article });
    const { articleId } = await app.addArticle({ article: { ...article, title: 'Secret draft' } });
    await setArticle(app, articleId, { status: 'DRAFT' });
    const tag = await readAt(`/tags/${encodeURIComponent('#Große Fähren')}`);
    const canonical = `${base}/tags/${encodeURIComponent('große fähren')}`;
    expect([tag.title, tag.canonical]).toEqual(['#große fähren – Standfirst', canonical]);
    expect(tag.meta).toMatchObject({
      'og:type': 'website',
      'og:title': '#große fähren',
      'og:url': canonical,
    });
    expect(tag.content.text).toBe('#große fähren On large ferries');
    const front = await readAt('/');
    expect([front.title, front.canonical]).toEqual(['Standfirst', `${base}/`]);
    expect(front.meta).toMatchObject({ 'og:type': 'website', 'og:title': 'Standfirst' });
    expect(front.jsonLd).toEqual({
      '@context': 'https://schema.org',
      '@type': 'WebSite',
      name: 'Standfirst',
      url: `${base}/`,
    });
    expect(front.content.text).toMatch(/^Standfirst On large ferries/);
    expect(front.content.text).not.toContain('Secret');
    for (const page of [tag, front]) expect(page.unmarked).toEqual([]);
  });

  it('has only a title elsewhere, and without scripts a sentence that says why', async () => {
    expect(await readAt('/search?q=boat')).toMatchObject({
      title: 'Search – Standfirst',
      canonical: undefined,
      meta: { robots: 'noindex' },
    });
    const needsScripts =
      'This page needs JavaScript. Articles and discussions can be read without it. To the latest articles';
    const notFound = 'There is nothing at this address, or it was unpublished. To the latest articles';
    const pages: [path: string, title: string, heading: string, text: string][] = [
      ['/search?q=boat', 'Search – ', 'Search', needsScripts],
      ['/sign-in', '', 'Standfirst', needsScripts],
      ['/sign-up', '', 'Standfirst', needsScripts],
      ['/articles/one/campaign', '', 'Standfirst', needsScripts],
      ['/articles/one/edit', '', 'Standfirst', needsScripts],
      ['/my/comments', '', 'Standfirst', needsScripts],
      ['/write', '', 'Standfirst', needsScripts],
      ['/articles/none', 'Not found – ', 'Not found', notFound],
      ['/nowhere', 'Not found – ', 'Not found', notFound],
    ];
    for (const [path, title, heading, sentence] of pages) {
      const text = await textAt(path);
      const page = readPage(text);
      expect([path, page.title, page.content.text]).toEqual([
        path,
        `${title}Standfirst`,
        `${heading} ${sentence}`,
      ]);
      expect([path, page.unmarked]).toEqual([path, []]);
      expect([path, readPage(text, { scripting: true }).content.tags]).toEqual([path, ['noscript']]);
    }
  });

  it('has the first comments in reading order, each with the comment that it replies to', async () => {
    const app = service();
    const at = (key: string, more: Record<string, unknown>) => ({
      key,
      authorName: `${key} Example`,
      body: `Said by ${key}.`,
      createdAt: '2020-01-01',
      ...more,
    });
    const { id, slug } = await app.addArticle({
      comments: [
        at('first', { createdAt: '2020-03' }),
        at('reply', { parentKey: 'first' }),
        at('deep', { parentKey: 'reply' }),
        at('gone', { createdAt: '2019', removed: true, body: undefined, authorName: undefined }),
        at('orphan', { parentKey: 'gone' }),
        at('below', { parentKey: 'orphan' }),
        at('nameless', { createdAt: '2018', authorName: null }),
      ],
    });
    const user = await app.signUp('Flo Example', 'MODERATOR');
    await done(app, 'addComment', { articleId: id, body: 'Taken back.' }, user).then(({ comment }) =>
      done(app, 'removeComment', { commentId: comment.id }, user),
    );
    await app.data(
      `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`,
      { input: { articleId: id, commentPolicy: 'PREMODERATED' } },
      user.token,
    );
    await app.addComment(await app.signUp('Gil Example'), { articleId: id, body: 'Held back.' });
    const text = await textAt(`/articles/${slug}`);
    for (const hidden of ['Taken back', 'Held back', 'Gil Example']) expect(text).not.toContain(hidden);
    const { comment, commentCount } = readPage(text).jsonLd;
    const idOf = (index: number) => ({ '@id': comment[index]['@id'] });
    expect(commentCount).toBe(6);
    expect(
      comment.map(({ text, author, parentItem, dateCreated }: any) => [
        text,
        author?.name,
        parentItem,
        dateCreated,
      ]),
    ).toEqual([
      ['Said by first.', 'first Example', undefined, '2020-03'],
      ['Said by reply.', 'reply Example', idOf(0), '2020-01-01'],
      ['Said by deep.', 'deep Example', idOf(1), '2020-01-01'],
      ['Said by orphan.', 'orphan Example', undefined, '2020-01-01'],
      ['Said by below.', 'below Example', idOf(3), '2020-01-01'],
      ['Said by nameless.', undefined, undefined, '2018'],
    ]);
  });

  const manyComments = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      key: `c${index}`,
      body: `Number ${index}.`,
      createdAt: '2020',
    }));

  it('has no more than twenty comments, and a link to those that follow until all are read', async () => {
    const app = service();
    const { slug } = await app.addArticle({ comments: manyComments(45) });
    const { article } = await app.data(
      'query ($slug: String!) { article(slug: $slug) { allComments(first: 100) { nodes { bodyText } } } }',
      { slug },
    );
    const first = `/articles/${slug}`;
    const pages: string[][] = [];
    for (let path: string | undefined = first; path !== undefined;) {
      const text = await textAt(path);
      const { canonical, content, jsonLd, unmarked } = readPage(text);
      expect([canonical, unmarked]).toEqual([base + first, []]);
      pages.push(jsonLd.comment.map((comment: any) => comment.text));
      for (const body of pages.at(-1) ?? []) expect(content.text).toContain(body);
      expect(text.includes(`<a class="button" href="${first}#discussion">`)).toBe(path !== first);
      path = new RegExp(`href="(${first}\\?after=[\\w-]+)#discussion"`).exec(text)?.[1];
    }
    expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
    expect(pages.flat()).toEqual(article.allComments.nodes.map(({ bodyText }: any) => bodyText));
  });

  it('has no page after a cursor of another article, or a text that is no cursor', async () => {
    const app = service();
    const [{ slug }, other] = [
      await app.addArticle({ comments: manyComments(3) }),
      await app.addArticle({ comments: manyComments(3) }),
    ];
    const cursorOf = async (of: string): Promise<string> =>
      (
        await app.data(
          'query ($slug: String!) { article(slug: $slug) { allComments { pageInfo { endCursor } } } }',
          { slug: of },
        )
      ).article.allComments.pageInfo.endCursor;
    const last = await readAt(`/articles/${slug}?after=${await cursorOf(slug)}`);
    expect(last.jsonLd.comment).toEqual([]);
    expect(last.content.text).not.toContain('Nobody has said anything yet.');
    const wrong = ['', 'x', '%00', 'a'.repeat(600), await cursorOf(other.slug)].map(
      (text) => `after=${text}`,
    );
    for (const query of [...wrong, 'after=x&after=y']) {
      const { status, headers } = await fetch(`${service().url}/articles/${slug}?${query}`);
      expect([query, status, headers.get('cache-control')]).toEqual([query, 404, 'no-cache']);
    }
  });

  describe('whatever its texts contain', () => {
    const attacked = async (app: TestApp) => {
      const { id, slug } = await app.addArticle({
        journalist: { slug: 'eve-example', name: attack, bio: attack, location: attack },
        article: {
          title: attack,
          standfirst: attack,
          body: `${attack}\n\n[link](https://example.org/ "${'</noscript><script>alert(1)</script>'}")\n\n\`${attack}\``,
          tags: ['</script><script>'],
        },
        comments: [{ key: 'one', authorName: attack, body: attack, createdAt: '2020' }],
      });
      await app.addComment(await app.signUp('</script><img src=x>'), { articleId: id, body: attack });
      return slug;
    };

    it('has no element from them, with scripts or without', async () => {
      const slug = await attacked(service());
      const paths = [
        '/',
        `/articles/${slug}`,
        '/journalists/eve-example',
        '/tags/%3C%2Fscript%3E%3Cscript%3E',
      ];
      for (const path of paths) {
        const text = await textAt(path);
        for (const scripting of [true, false]) {
          const page = readPage(text, { scripting });
          expect(page.scripts.filter((type) => type !== 'application/ld+json')).toEqual(['module']);
          expect(page.content.tags).not.toContain('img');
          expect(page.content.tags).not.toContain('script');
          expect(text).not.toMatch(/<[^>]+ style=/);
          expect(page.unmarked).toEqual([]);
          expect(text.match(/<div id="root">/g)).toHaveLength(1);
          if (scripting && !path.startsWith('/articles/')) expect(page.content.tags).toEqual(['noscript']);
        }
      }
      const page = await readAt(`/articles/${slug}`);
      expect(page.title).toBe(`${attack} – Standfirst`);
      expect([page.meta['og:title'], page.meta.description]).toEqual([attack, attack]);
      expect(page.jsonLd.headline).toBe(attack);
    });

    it('ends no element even by an attribute that a browser reads as text', () => {
      const content = noscript(new Html('<a title="</NOSCRIPT><script>alert(1)</script>">x</a>')).text;
      const { scripts } = readPage(`<div id="root">${content}</div>`, { scripting: true });
      expect(scripts).toEqual([]);
    });

    it('masks e-mail addresses', async () => {
      const address = 'somebody.private@example.net';
      const app = service();
      const { slug } = await app.addArticle({
        journalist: { slug: 'hal-example', name: 'Hal Example', bio: `Write to ${address}.` },
        article: { body: `Write to ${address} or [me](mailto:${address}).` },
        comments: [{ key: 'one', authorName: 'Ida Example', body: `Or to ${address}.`, createdAt: '2020' }],
      });
      const { id } = await app.addArticle();
      await app.addComment(await app.signUp(), { articleId: id, body: `Mine is ${address}.` });
      for (const path of [`/articles/${slug}`, '/journalists/hal-example', '/']) {
        const text = await textAt(path);
        expect(text).not.toContain('private@');
        expect(text).not.toContain('example.net');
      }
      expect((await readAt(`/articles/${slug}`)).jsonLd.comment[0].text).toMatch(/^Or to /);
    });
  });
});
