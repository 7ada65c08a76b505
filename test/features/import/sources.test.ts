/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { exportArticle } from '../../../src/features/import/export.service.ts';
import { htmlOfWordPress } from '../../../src/features/import/source/wordpress.ts';
import { TestApp } from '../../support/app.ts';
import { bringFrom, type DisqusPost, disqusXml } from '../../support/exports.ts';
import { bringIn, letter } from '../../support/imports.ts';
import { watchForLeaks } from '../../support/leaks.ts';

let here: TestApp;
let elsewhere: TestApp;
let checkLeaks: () => Promise<void>;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  [here, elsewhere] = await Promise.all([TestApp.start(), TestApp.start()]);
  await here.app.db.query(`INSERT INTO journalist (slug, name) VALUES ('desk', 'The Desk')`);
});

afterAll(async () => {
  for (const app of [here, elsewhere]) {
    await checkInvariants(app.app.db);
    await app.close();
  }
  await checkLeaks();
});

/** An article without comments, at an address of its own. */
async function addArticle(): Promise<{ slug: string; url: string }> {
  const slug = randomUUID();
  await bringIn(here, { ...letter(slug), comments: [] });
  return { slug, url: `https://example.org/${slug}` };
}

const query = `query ($slug: String!) { article(slug: $slug) { title bodyHtml publishedAt canonicalUrl author { slug }
  allComments(orderBy: OLDEST, first: 100) { nodes { importKey status bodyHtml bodyText createdAt depth
    author { id name } parent { importKey } reactions { kind count } } } } }`;

const show = async (slug: string, app = here) => (await app.data(query, { slug })).article;
const comments = async (slug: string, app = here): Promise<any[]> =>
  (await show(slug, app)).allComments.nodes;
const outline = async (slug: string) =>
  (await comments(slug)).map(({ bodyText, author, parent }) => [
    bodyText,
    author?.name ?? null,
    parent?.importKey ?? null,
  ]);

const refusalOf = async (work: Promise<unknown>): Promise<string[]> => {
  try {
    await work;
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return ['nothing was refused'];
};

describe('an export of Disqus', () => {
  it('becomes threads of the articles with its addresses; whoever wrote is one author; what is not public leaves nothing', async () => {
    const [first, second] = [await addArticle(), await addArticle()];
    const ada = { name: 'Ada', username: 'ada_e', email: 'ada@example.org' };
    const posts: DisqusPost[] = [
      { id: 11, author: ada, message: '<p>One <b>bold</b> word<br>and a line</p>' },
      { id: 12, thread: 2, author: { ...ada, name: 'Ada Example' }, createdAt: '2016-01-01T00:00:00' },
      {
        id: 13,
        parent: 11,
        author: { name: 'A guest', email: 'guest@example.org' },
        createdAt: '2015-07-26T00:00:00Z',
      },
      {
        id: 14,
        thread: 2,
        author: { name: 'A guest', email: 'Guest@example.org' },
        createdAt: '2016-02-01T00:00:00Z',
      },
      { id: 15, state: 'deleted', message: 'Secret', createdAt: '2015-07-27T00:00:00Z' },
      { id: 16, parent: 15, author: { name: 'Nobody known' }, createdAt: '2015-07-28T00:00:00Z' },
      { id: 17, state: 'spam', message: 'Buy' },
      { id: 18, parent: 17, state: 'deleted', message: 'Buy too' },
      { id: 19, parent: 999, createdAt: '2015-07-29T00:00:00Z', message: 'An orphan' },
    ];
    const xml = disqusXml(
      [first.url.replace('https', 'http') + '/', second.url, 'https://example.org/unknown'],
      [...posts, { id: 20, thread: 3 }],
    );
    const report = await bringFrom(here, 'disqus', xml);
    expect(report.articles.map(({ name, result }) => [name, result])).toMatchObject([
      [first.slug, { outcome: 'changed', addedComments: 5, events: 5 }],
      [second.slug, { outcome: 'changed', addedComments: 2, events: 2 }],
    ]);
    expect(report.unknown.map(({ thread, comments: count }) => [thread.url, count])).toEqual([
      ['https://example.org/unknown', 1],
    ]);
    expect([report.orphans, report.skipped]).toEqual([1, new Map([['comment that is not public', 3]])]);
    expect(await outline(first.slug)).toEqual([
      ['One bold word\nand a line', 'Ada Example', null],
      ['A text', 'A guest', 'disqus:11'],
      [null, null, null],
      ['A text', 'Nobody known', null],
      ['An orphan', null, null],
    ]);
    const all = [...(await comments(first.slug)), ...(await comments(second.slug))];
    const ids = (name: string) =>
      all.filter(({ author }) => author?.name === name).map(({ author }) => author.id);
    for (const name of ['Ada Example', 'A guest'])
      expect([ids(name).length, new Set(ids(name)).size]).toEqual([2, 1]);
    expect(JSON.stringify(all)).not.toMatch(/Secret|Buy/);

    const again = await bringFrom(here, 'disqus', xml);
    expect(again.articles.map(({ result }) => 'outcome' in result && result.outcome)).toEqual([
      'unchanged',
      'unchanged',
    ]);
    // What was deleted there since then is removed here.
    const deleted = disqusXml([first.url], [{ ...posts[0]!, state: 'deleted' }, posts[2]!]);
    expect((await bringFrom(here, 'disqus', deleted)).articles[0]?.result).toMatchObject({ events: 1 });
    expect((await outline(first.slug))[0]).toEqual([null, null, null]);
  });

  it('makes articles under a byline, or takes those of a map', async () => {
    const { slug } = await addArticle();
    const [made, mapped] = [randomUUID(), randomUUID()].map((id) => `https://example.org/made/${id}?p=1&q=2`);
    const xml = disqusXml(
      [made!, mapped!, 'mailto:x@example.org'],
      [{ id: 1 }, { id: 2, thread: 2, message: 'Mapped' }, { id: 3, thread: 3 }],
    );
    const report = await bringFrom(here, 'disqus', xml, { createUnder: 'desk', given: { [mapped!]: slug } });
    expect(report.unknown.map(({ thread }) => thread.url)).toEqual(['mailto:x@example.org']);
    const [{ result }] = report.articles as any;
    expect(result).toMatchObject({ outcome: 'new', addedComments: 1 });
    expect(await show(result.slug)).toMatchObject({
      title: 'Thread 1',
      bodyHtml: `<p dir="auto"><a href="${made!.replace('&', '&amp;')}" rel="noopener">Thread 1</a></p>`,
      canonicalUrl: made,
      publishedAt: '2015-01-01T00:00:00.000Z',
      author: { slug: 'desk' },
    });
    expect((await outline(slug)).map(([text]) => text)).toEqual(['Mapped']);
    expect(await refusalOf(bringFrom(here, 'disqus', xml, { createUnder: 'none' }))).toEqual([
      '--create: there is no byline "none"',
    ]);
  });

  it('is not written with a map that names a thread or an article which is not there', async () => {
    const [{ slug, url }, other] = [await addArticle(), await addArticle()];
    const xml = disqusXml([url, `${url}/old`], [{ id: 1 }, { id: 2, thread: 2 }]);
    const bring = (given: Record<string, string>) => bringFrom(here, 'disqus', xml, { given });
    expect(
      await refusalOf(
        bring({
          '1': other.slug,
          '3': slug,
          [`${url}/new`]: slug,
          [`${url}/old`]: 'no-such-article',
          '2': 'https://example.org/none',
        }),
      ),
    ).toEqual([
      'map, line 2: there is no article https://example.org/none',
      'map, line 3: no thread of the export has this id or address: 3',
      `map, line 4: no thread of the export has this id or address: ${url}/new`,
      'map, line 5: there is no article no-such-article',
    ]);
    expect([await comments(slug), await comments(other.slug)]).toEqual([[], []]);
    // The map counts before the thread's own address, by the id before the address.
    await bring({ '1': other.slug, '2': other.url, [url]: slug });
    expect([await comments(slug), await comments(other.slug)]).toEqual([
      [],
      [expect.anything(), expect.anything()],
    ]);
  });

  it('makes one article of threads whose addresses differ by the fragment or a slash at the end', async () => {
    const page = `https://example.org/made/${randomUUID()}`;
    const links = [`${page}/#x`, page, page.replace('https', 'http'), `${page}?p=2`];
    const posts = links.map((_, index) => ({ id: index + 1, thread: index + 1 }));
    const bring = () => bringFrom(here, 'disqus', disqusXml(links, posts), { createUnder: 'desk' });
    const { articles } = (await bring()) as any;
    expect(articles.map(({ result }: any) => [result.outcome, result.addedComments])).toEqual([
      ['new', 3],
      ['new', 1],
    ]);
    expect((await show(articles[0].result.slug)).canonicalUrl).toBe(`${page}/`);
    expect(await bring()).toMatchObject({
      articles: [{ result: { outcome: 'unchanged' } }, { result: { outcome: 'unchanged' } }],
    });
  });

  it('brings no markup in that could do anything', async () => {
    const { slug, url } = await addArticle();
    const messages = [
      '<p onclick="x()">a</p><script>alert(1)</script><iframe src="https://example.org"></iframe><style>p{}</style>',
      '<a href="javascript:alert(1)">j</a> <a href="//example.org">r</a> <img src=x onerror=alert(1)>',
      '&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <b>b</b> not em* https://example.org/a_b_c.',
      '<a href="http://disq.us/url?url=https%3A%2F%2Fexample.org%2Fp%3Fa%3D1%3AhAsH_x-1&amp;cuid=5">link</a>',
      `${'<div>'.repeat(5000)}deep`,
    ];
    await bringFrom(
      here,
      'disqus',
      disqusXml(
        [url],
        messages.map((message, index) => ({ id: index + 1, message })),
      ),
    );
    expect((await comments(slug)).map(({ bodyHtml }) => bodyHtml)).toEqual([
      '<p dir="auto">a</p>',
      '<p dir="auto">j r</p>',
      '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <strong>b</strong> not em* ' +
        '<a href="https://example.org/a_b_c" rel="ugc nofollow noopener">https://example.org/a_b_c</a>.</p>',
      '<p dir="auto"><a href="https://example.org/p?a=1" rel="ugc nofollow noopener">link</a></p>',
      '<p dir="auto">deep</p>',
    ]);
  });

  it('hangs replies that are nested too deep below a comment above, also when imported again', async () => {
    const { slug, url } = await addArticle();
    const posts = Array.from({ length: 6 }, (_, index) => ({
      id: index + 1,
      parent: index === 0 ? undefined : index,
      createdAt: `2015-01-0${index + 1}T00:00:00Z`,
    }));
    const bring = () => bringFrom(here, 'disqus', disqusXml([url], posts), { maxDepth: 2 });
    expect(await bring()).toMatchObject({ lifted: 3, articles: [{ result: { addedComments: 6 } }] });
    expect((await comments(slug)).map(({ depth }) => depth)).toEqual([0, 1, 2, 2, 2, 2]);
    expect(await bring()).toMatchObject({ articles: [{ result: { outcome: 'unchanged' } }] });
  });
});

describe('a faulty export', () => {
  const disqus = (content: string | Buffer) => refusalOf(bringFrom(here, 'disqus', content));
  const bomb = `<?xml version="1.0"?>
<!DOCTYPE disqus [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<disqus xmlns="http://disqus.com"><thread><title>&c;</title></thread></disqus>`;

  it.each([
    ['an entity bomb', bomb, /^line 2: has a document type: no entity is expanded$/],
    [
      'a file of the system',
      bomb.replace(/\[.*\]/s, 'SYSTEM "file:///etc/passwd"'),
      /^line 2: has a document type/,
    ],
    [
      'an entity of HTML',
      '<disqus><thread>\n<title>&nbsp;</title></thread></disqus>',
      /^line 2: not well-formed XML: Invalid character entity/,
    ],
    [
      'XML that breaks',
      '<disqus>\n<post>\n</thread></disqus>',
      /^line 3: not well-formed XML: Unexpected close tag/,
    ],
    ['XML that ends', '<disqus>\n<post>\n', /^line 3: not well-formed XML: Unclosed root tag/],
    ['nothing', '', /^line 1: has no element in it$/],
    [
      'another encoding',
      Buffer.from('<disqus>\n<thread><title>\xe9t\xe9</title></thread></disqus>', 'latin1'),
      /^line \d: is not UTF-8/,
    ],
    [
      'an encoding that is said',
      '<?xml version="1.0" encoding="ISO-8859-1"?><disqus/>',
      /^line 1: says that it is ISO-8859-1: convert/,
    ],
    ['another system', '<rss><channel/></rss>', /^line 1: begins with <rss>, not with <disqus>$/],
    ['elements without end', '<disqus>' + '<a>'.repeat(100), /^line 1: has elements nested deeper than 32$/],
  ])('is refused: %s', async (_, content, message) => {
    expect((await disqus(content)).join('\n')).toMatch(message);
  });

  it('is refused as a whole, with the lines of what is wrong, and nothing is written', async () => {
    const { slug, url } = await addArticle();
    const lines = await disqus(
      disqusXml(
        [url],
        [
          { id: 1 },
          { id: 1 },
          { id: 2, parent: 3, createdAt: '2015-01-01T00:00:00Z' },
          { id: 3, parent: 2 },
          { id: 4, createdAt: '2999-01-01T00:00:00Z' },
          { id: 5, createdAt: 'yesterday' },
          { id: 'x y' },
          { id: '' },
          { id: 6, message: `<p>${'x'.repeat(200_001)}</p>` },
        ],
      ),
    );
    expect(lines).toEqual([
      'line 11: the comment 1 is in line 6 already',
      'line 26: the comment 4 is from the future: 2999-01-01T00:00:00.000Z',
      'line 31: the comment 5 has no time that is one',
      'line 36: has an id that is none: x y',
      'line 41: has no id',
      'line 46: the text is longer than 200000 characters',
    ]);
    // Of the same thread, and of another one.
    expect(
      await disqus(disqusXml([url, `${url}/2`], [{ id: 1 }, { id: 1 }, { id: 1, thread: 2 }, { id: 2 }])),
    ).toEqual(['line 13: the comment 1 is in line 8 already', 'line 18: the comment 1 is in line 8 already']);
    // These are looked for once all that is in the file is read, and known to be right by itself.
    expect(
      await disqus(disqusXml([url], [{ id: 1 }, { id: 2, parent: 3 }, { id: 3, parent: 2 }, { id: 4 }])),
    ).toEqual(['line 11: replies to itself in a circle', 'line 16: replies to itself in a circle']);
    expect(await disqus(disqusXml([url], [{ id: 1 }, { id: 2, thread: 7 }]))).toEqual([
      'line 11: belongs to a thread that is not in the export: 7',
    ]);
    const many = Array.from({ length: 60 }, (_, index) => ({ id: index + 1, createdAt: 'never' }));
    const told = await disqus(disqusXml([url], many));
    expect([told.length, told.at(-1)]).toEqual([51, 'and 10 more']);
    expect(await comments(slug)).toEqual([]);
  });

  it('leaves an article alone whose comments are in conflict with it, and imports the others', async () => {
    const [first, second] = [await addArticle(), await addArticle()];
    await bringFrom(here, 'disqus', disqusXml([first.url], [{ id: 1 }]));
    const moved = disqusXml(
      [first.url, second.url],
      [{ id: 1, createdAt: '2014-01-01T00:00:00Z' }, { id: 3 }, { id: 2, thread: 2 }],
    );
    const { articles } = await bringFrom(here, 'disqus', moved);
    expect(articles).toMatchObject([
      {
        name: first.slug,
        result: {
          refused: [
            'line 8: comment disqus:1 is 2015-07-25T10:00:00.000Z here, and a comment keeps its place',
          ],
        },
      },
      { name: second.slug, result: { outcome: 'changed', addedComments: 1 } },
    ]);
    expect(await comments(first.slug)).toHaveLength(1);
  });
});

describe('Disqus → Standfirst → export → import', () => {
  const text = fc
    .array(
      fc.constantFrom(
        'a',
        'B',
        ' ',
        '*',
        '_',
        '#',
        '1. ',
        '- ',
        '<',
        '&',
        '`',
        '[x](y)',
        '~~',
        '\\',
        'é',
        '>',
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => `x${parts.join('')}x`);
  const post = fc.record({
    parent: fc.option(fc.nat(), { nil: null, freq: 3 }),
    text,
    by: fc.constantFrom('ada', 'bo', 'guest', 'nobody'),
    state: fc.constantFrom(undefined, undefined, undefined, undefined, 'deleted' as const, 'spam' as const),
    minute: fc.nat({ max: 5 }),
  });
  const authors: Record<string, DisqusPost['author']> = {
    ada: { name: 'Ada', username: 'ada' },
    bo: { name: 'Bo', username: 'bo', email: 'bo-prop@example.org' },
    guest: { name: 'Guest', email: 'guest-prop@example.org' },
    nobody: {},
  };
  const escape = (value: string) =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

  it('gives equal threads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(post, { minLength: 1, maxLength: 20 }), async (given) => {
        const { slug, url } = await addArticle();
        const posts = given.map(({ parent, text: said, by, state, minute }, index) => ({
          id: index + 1,
          parent: parent === null || index === 0 ? undefined : 1 + (parent % index),
          message: `<p>${escape(said)}</p>`,
          ...(state === undefined ? {} : { state }),
          ...(authors[by] ? { author: authors[by] } : {}),
          createdAt: `2015-01-01T00:${String(index).padStart(2, '0')}:0${minute}Z`,
          said,
        }));
        await bringFrom(here, 'disqus', disqusXml([url], posts));

        // The thread as Disqus shows it: what is not public stays as a place where something public is below.
        const shows = (id: number): boolean =>
          posts[id - 1]!.state === undefined || posts.some((other) => other.parent === id && shows(other.id));
        const expected = posts
          .filter(({ id }) => shows(id))
          .map(({ id, parent, said, author, state }) => [
            `disqus:${id}`,
            parent === undefined ? null : `disqus:${parent}`,
            state === undefined ? said.replace(/ +/g, ' ') : null,
            state === undefined ? (author?.name ?? null) : null,
          ]);
        const exported = await exportArticle(here.app.db, slug);
        const parents = new Map(exported.comments!.map(({ key, parentKey }) => [key, parentKey]));
        const stored = (await comments(slug)).map(({ bodyText, author }, index) => {
          const { key } = exported.comments![index]!;
          return [key, parents.get(key) ?? null, bodyText, author?.name ?? null];
        });
        expect(stored).toEqual(expected);

        const file = JSON.stringify(exported);
        await bringIn(elsewhere, JSON.parse(file));
        expect(JSON.stringify(await exportArticle(elsewhere.app.db, slug))).toBe(file);
        const shown = async (app: TestApp) =>
          (await comments(slug, app)).map(({ author, ...comment }) => ({ ...comment, name: author?.name }));
        expect(await shown(elsewhere)).toEqual(await shown(here));
      }),
      { numRuns: 25 },
    );
  }, 240_000);
});

describe('an export of WordPress', () => {
  const comment = (id: number, fields: Record<string, string>) => {
    const all = {
      comment_author: 'Ada',
      comment_author_email: 'ada-wp@example.org',
      comment_date: '2015-07-25 12:00:00',
      comment_date_gmt: '2015-07-25 10:00:00',
      comment_content: 'A text',
      comment_approved: '1',
      comment_type: 'comment',
      comment_parent: '0',
      comment_user_id: '0',
      ...fields,
    };
    const inner = Object.entries(all).map(([name, value]) => `<wp:${name}><![CDATA[${value}]]></wp:${name}>`);
    return `<wp:comment><wp:comment_id>${id}</wp:comment_id>${inner.join('')}</wp:comment>\n`;
  };
  const wxr = (
    items: readonly { link: string; title?: string; content?: string; status?: string; comments: string }[],
  ) => `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Sample</title><wp:wxr_version>1.2</wp:wxr_version>
${items
  .map(
    ({
      link,
      title = 'A post &amp; more',
      content = '',
      status = 'publish',
      comments: inner,
    }) => `<item><title>${title}</title><link>${link}</link>
<dc:creator><![CDATA[ada]]></dc:creator><content:encoded><![CDATA[${content}]]></content:encoded><excerpt:encoded><![CDATA[short]]></excerpt:encoded>
<wp:post_id>7</wp:post_id><wp:post_date><![CDATA[2014-01-02 03:04:05]]></wp:post_date><wp:post_date_gmt><![CDATA[2014-01-02 02:04:05]]></wp:post_date_gmt>
<wp:status><![CDATA[${status}]]></wp:status><wp:post_type><![CDATA[post]]></wp:post_type><wp:post_password></wp:post_password>
${inner}</item>`,
  )
  .join('\n')}
</channel></rss>`;

  it('shows titles and names as people read them, which are HTML there', async () => {
    const link = `https://example.org/post/${randomUUID()}/`;
    const inner = comment(901, { comment_author: 'O&#8217;Brien &amp; <b>Sons</b> &lt;3' });
    // CDATA and escaped text say the same.
    const title = '<![CDATA[AT&amp;T&#8217;s <em>tide</em> tables &#8211; 1 < 2<script>x</script>]]>';
    const report = await bringFrom(
      here,
      'wordpress',
      wxr([{ link, title, content: 'Text', comments: inner }]),
      {
        createUnder: 'desk',
      },
    );
    const [{ result }] = report.articles as any;
    expect((await show(result.slug)).title).toBe('AT&T’s tide tables – 1 < 2');
    expect(result.slug).toMatch(/^at-ts-tide-tables|^at-t-s-tide-tables/);
    expect((await comments(result.slug)).map(({ author }) => author.name)).toEqual(['O’Brien & Sons <3']);

    const page = `https://example.org/made/${randomUUID()}`;
    const disqus = disqusXml([page], [{ id: 902, author: { name: 'Bo &amp; Co&#039;s' } }]);
    const made = await bringFrom(here, 'disqus', disqus.replace('Thread 1', 'Q&amp;amp;A &amp;#8211; now'), {
      createUnder: 'desk',
    });
    const [{ result: ofDisqus }] = made.articles as any;
    expect((await show(ofDisqus.slug)).title).toBe('Q&A – now');
    expect((await comments(ofDisqus.slug)).map(({ author }) => author.name)).toEqual(["Bo & Co's"]);
  });

  it('becomes threads, with the texts of posts as articles where that is asked for', async () => {
    const { slug, url } = await addArticle();
    const link = `https://example.org/post/${randomUUID()}/`;
    const inner = [
      comment(1, { comment_content: "It's one.\n\nTwo\nlines <em>here</em>", comment_author: 'Ada E.' }),
      comment(2, {
        comment_parent: '1',
        comment_user_id: '5',
        comment_author: 'Ada Example',
        comment_date_gmt: '2016-01-01 00:00:00',
      }),
      comment(3, { comment_approved: '0', comment_content: 'Secret' }),
      comment(4, { comment_approved: 'spam' }),
      comment(5, { comment_approved: 'trash' }),
      comment(6, {
        comment_parent: '5',
        comment_author_email: '',
        comment_author: '',
        comment_date_gmt: '2017-01-01 00:00:00',
      }),
      comment(7, { comment_type: 'pingback' }),
      comment(8, {
        comment_date_gmt: '0000-00-00 00:00:00',
        comment_date: '2018-02-03 23:00:00',
        comment_author_email: '',
        comment_user_id: '9',
      }),
    ].join('');
    const xml = wxr([
      { link: url, comments: inner },
      { link, content: 'A <strong>post</strong>.\n\n<h3>Head</h3>\n<script>x</script>Last.', comments: '' },
      { link: 'https://example.org/draft', status: 'draft', comments: '' },
    ]);
    const report = await bringFrom(here, 'wordpress', xml, { createUnder: 'desk' });
    expect(report.skipped).toEqual(
      new Map([
        ['comment that is not public', 3],
        ['pingback, trackback or note of a program', 1],
      ]),
    );
    expect(
      (await comments(slug)).map(({ importKey, bodyHtml, author, createdAt, status }) => [
        importKey,
        bodyHtml,
        author?.name,
        createdAt,
        status,
      ]),
    ).toEqual([
      [
        'wordpress:1',
        '<p dir="auto">It\'s one.</p>\n<p dir="auto">Two<br />\nlines <em>here</em></p>',
        'Ada E.',
        '2015-07-25T10:00:00.000Z',
        'PUBLISHED',
      ],
      [null, null, undefined, '2015-07-25T10:00:00.000Z', 'REMOVED'],
      ['wordpress:2', '<p dir="auto">A text</p>', 'Ada Example', '2016-01-01T00:00:00.000Z', 'PUBLISHED'],
      ['wordpress:6', '<p dir="auto">A text</p>', undefined, '2017-01-01T00:00:00.000Z', 'PUBLISHED'],
      ['wordpress:8', '<p dir="auto">A text</p>', 'Ada', '2018-02-03', 'PUBLISHED'],
    ]);
    const [, made] = report.articles as any;
    expect(report.articles).toHaveLength(2);
    expect(await show(made.result.slug)).toMatchObject({
      title: 'A post & more',
      bodyHtml:
        '<p dir="auto">A <strong>post</strong>.</p>\n<h2 dir="auto">Head</h2>\n<p dir="auto">Last.</p>',
      publishedAt: '2014-01-02T02:04:05.000Z',
      canonicalUrl: link,
    });
    const again = await bringFrom(here, 'wordpress', xml, { createUnder: 'desk' });
    expect(again.articles.map(({ result }) => 'outcome' in result && result.outcome)).toEqual([
      'unchanged',
      'unchanged',
    ]);
  });

  it('has users by their ids and guests by their addresses, so that no guest takes the name of a user', async () => {
    const { slug, url } = await addArticle();
    const email = { comment_author_email: 'staff-wp@example.org' };
    const said: Record<string, string>[] = [
      { ...email, comment_author: 'Staff', comment_user_id: '77' },
      { ...email, comment_author: 'Not the staff', comment_date_gmt: '2016-01-01 00:00:00' },
      { ...email, comment_author: 'Still not', comment_date_gmt: '2017-01-01 00:00:00' },
      {
        comment_author: 'The Staff',
        comment_author_email: 'other-wp@example.org',
        comment_user_id: '77',
        comment_date_gmt: '2018-01-01 00:00:00',
      },
    ];
    const inner = said.map((fields, index) => comment(index + 1, fields)).join('');
    await bringFrom(here, 'wordpress', wxr([{ link: url, comments: inner }]));
    const authors = (await comments(slug)).map(({ author }) => author);
    expect(authors.map(({ name }) => name)).toEqual(['The Staff', 'Still not', 'Still not', 'The Staff']);
    expect(new Set(authors.map(({ id }) => id)).size).toBe(2);
  });

  it('has its line breaks, and none within code or beside blocks', () => {
    expect(htmlOfWordPress('a\nb\n\nc<pre>d\n\ne</pre>\n<ul>\n<li>f</li>\n</ul>')).toBe(
      'a<br>b<p>c<pre>d\n\ne</pre><ul><li>f</li></ul>',
    );
    expect(htmlOfWordPress('<!-- wp:paragraph -->\n<p>a</p>')).toBe('<!-- wp:paragraph -->\n<p>a</p>');
  });
});

describe('an export of Coral', () => {
  const lines = (objects: readonly object[]) =>
    objects.map((object) => `${JSON.stringify(object)}\n`).join('');
  const revision = (body: string, media?: object) => ({
    id: 'r',
    body,
    actionCounts: {},
    ...(media ? { media } : {}),
  });
  const date = (text: string) => ({ $date: text });

  it('becomes threads with names, likes and tombstones', async () => {
    const { slug, url } = await addArticle();
    const base = {
      tenantID: 't',
      storyID: 's1',
      authorID: 'u1',
      status: 'APPROVED',
      actionCounts: {},
      deletedAt: null,
    };
    const folder = {
      'stories.json': lines([
        { id: 's1', url, metadata: { title: 'A story' }, createdAt: date('2014-01-01T00:00:00Z') },
      ]),
      'users.json': lines([
        { id: 'u1', username: 'ada', email: 'ada-coral@example.org' },
        { id: 'u2', deletedAt: date('2020-01-01T00:00:00Z') },
      ]),
      'comments.json': lines([
        {
          ...base,
          id: 'c1',
          revisions: [revision('old'), revision('<div>One</div><div>https://example.org/x</div>')],
          createdAt: date('2015-01-01T00:00:00.123Z'),
          actionCounts: { REACTION: { $numberInt: '12' }, FLAG: 3 },
        },
        {
          ...base,
          id: 'c2',
          parentID: 'c1',
          status: 'NONE',
          authorID: 'u2',
          revisions: [revision('Two', { type: 'giphy', url: 'https://example.org/g.gif' })],
          createdAt: date('2015-01-02T00:00:00Z'),
        },
        {
          ...base,
          id: 'c3',
          status: 'REJECTED',
          revisions: [revision('Secret')],
          createdAt: { $date: { $numberLong: '1420243200000' } },
        },
        {
          ...base,
          id: 'c4',
          parentID: 'c3',
          revisions: [revision('Four')],
          createdAt: date('2015-01-04T00:00:00Z'),
        },
        {
          ...base,
          id: 'c5',
          status: 'PREMOD',
          revisions: [revision('Waits')],
          createdAt: date('2015-01-05T00:00:00Z'),
        },
        {
          ...base,
          id: 'c6',
          deletedAt: date('2016-01-01T00:00:00Z'),
          revisions: [],
          createdAt: date('2015-01-06T00:00:00Z'),
        },
      ]),
    };
    const report = await bringFrom(here, 'coral', folder);
    expect(report.articles).toMatchObject([{ name: slug, result: { addedComments: 4 } }]);
    expect(
      (await comments(slug)).map(({ bodyText, author, depth, reactions }) => [
        bodyText,
        author?.name ?? null,
        depth,
        reactions[0]?.count,
      ]),
    ).toEqual([
      ['One\n\nhttps://example.org/x', 'ada', 0, 12],
      ['Two\n\nhttps://example.org/g.gif', null, 1, 0],
      [null, null, 0, undefined],
      ['Four', 'ada', 1, 0],
    ]);
    expect(await bringFrom(here, 'coral', folder)).toMatchObject({
      articles: [{ result: { outcome: 'unchanged' } }],
    });

    const faulty = (changed: Record<string, string>) =>
      refusalOf(bringFrom(here, 'coral', { ...folder, ...changed }));
    expect(await faulty({ 'comments.json': '[{"id": 1}]' })).toEqual([
      'comments.json, line 1: is no object: one object in each line is expected',
    ]);
    expect(await faulty({ 'users.json': '{}\n{"id": \n' })).toEqual([
      'users.json, line 2: is not JSON: one object in each line is expected, not a list',
    ]);
    expect(await faulty({ 'stories.json': '' })).toContain(
      'comments.json, line 1: belongs to a thread that is not in the export: s1',
    );
  });
});
