/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { waysToWrite } from '../../../src/features/articles/article/canonical-url.ts';
import { type TestApp, useApp } from '../../support/app.ts';

describe.each(['https://standfirst.example', 'https://www.example.org/news'])(
  'articleByUrl under %s',
  (base) => {
    const service = useApp({ PUBLIC_URL: base });
    let app: TestApp;

    const find = async (url: string): Promise<string | null> =>
      (await app.data('query ($url: URL!) { articleByUrl(url: $url) { slug } }', { url })).articleByUrl
        ?.slug ?? null;

    beforeAll(async () => {
      app = service();
      const canonical = (slug: string, canonicalUrl: string) =>
        app.addArticle({ article: { slug, canonicalUrl } });
      await app.addArticle({ article: { slug: 'plain' } });
      await canonical('path', 'https://Example.ORG:443/the/path');
      await canonical('slash', 'https://example.org/the/slash/');
      await canonical('query', 'https://example.org/the/query?id=1&b=ü');
      await canonical('host', 'http://host.example.org');
      await canonical('fragment', 'https://example.org/app#/letters/1');
      await canonical('both-a', 'https://example.org/both');
      await canonical('both-b', 'https://example.org/both/');
    });

    it('finds a permalink, however it is written', async () => {
      const { article } = await app.data('{ article(slug: "plain") { permalink } }');
      const { permalink } = article;
      const { host } = new URL(permalink);
      for (const url of [
        permalink,
        `${permalink}/`,
        `${permalink}#comment-x`,
        `${permalink}?utm_source=x&y#z`,
        permalink.replace(host, host.toUpperCase()),
        permalink.replace('https:', 'http:'),
      ]) {
        expect({ url, slug: await find(url) }).toEqual({ url, slug: 'plain' });
      }
    });

    it.each([
      ['https://example.org/the/path', 'path'],
      ['https://EXAMPLE.org/the/path/', 'path'],
      ['https://example.org/the/path#part', 'path'],
      ['https://example.org/the/slash', 'slash'],
      ['https://example.org/the/slash/#top', 'slash'],
      ['https://example.org/the/query?id=1&b=ü', 'query'],
      ['https://example.org/the/query/?id=1&b=%C3%BC#x', 'query'],
      ['http://host.example.org', 'host'],
      ['http://host.example.org/#x', 'host'],
      ['https://example.org/app#/letters/1', 'fragment'],
      ['https://example.org/both', 'both-a'],
      ['https://example.org/both/', 'both-b'],
      ['https://example.org/the/query', null],
      ['https://example.org/the/query?id=2', null],
      ['https://example.org/The/Path', null],
      ['https://example.org/the', null],
      ['https://example.com/the/path', null],
      ['https://other.example/articles/plain', null],
      [`${base}/articles/`, null],
      [`${base}/articles/none`, null],
      [`${base}/articles/plain/more`, null],
      [`${base}/articles/%00`, null],
      [`${base}/articles/%zz`, null],
      [`${base}/journalists/ada-example`, null],
      ['mailto:x@example.org', null],
      ['data:text/plain,x', null],
      ['javascript:1', null],
    ])('resolves %s to %s', async (url, slug) => {
      expect(await find(url)).toBe(slug);
    });

    it('refuses values that are not URLs', async () => {
      for (const url of ['', 'plain', '/articles/plain', 5]) {
        const answer = await app.query('query ($url: URL!) { articleByUrl(url: $url) { slug } }', { url });
        expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      }
    });
  },
);

describe('the ways to write a URL', () => {
  it('are few, beginning with the given one', () => {
    expect(waysToWrite(new URL('https://example.org/a/?q#f'))).toEqual([
      'https://example.org/a/?q#f',
      'https://example.org/a/?q',
      'https://example.org/a?q',
    ]);
    expect(waysToWrite(new URL('https://example.org'))).toEqual(['https://example.org/']);
  });
});
