/**
 * The files and the frame's page for other sites, over HTTP.
 * @database either
 */
import { afterAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type TestApp, useApp } from '../../support/app.ts';
import { makeWebRoot } from '../../support/web-page.ts';

const [news, blog] = ['https://news.example.org', 'https://blog.example.org'];

/** Sends one request, and nothing that `fetch` would add. */
async function get(app: TestApp, path: string, headers: Record<string, string> = {}) {
  const asked = request(app.url + path, { headers, agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  const pieces: Buffer[] = await response.toArray();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) };
}

const frame = (query: Record<string, string>) => `/embed?${new URLSearchParams(query).toString()}`;

describe('the files for pages of other sites', () => {
  const web = makeWebRoot();
  afterAll(() => web.remove());
  // Without the reader's page, which is another matter.
  const app = useApp({ EMBED_SITES: `${news},${blog}`, READER_PAGE: 'off' }, { webRoot: web.path });

  it('are there for the scripts of allowed sites, compressed, and are not sent twice', async () => {
    const plain = await get(app(), '/embed/thread.js', { origin: news });
    expect(plain.status).toBe(200);
    expect(plain.body.toString()).toMatch(/\/\/ thread\.js$/);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      'access-control-allow-origin': news,
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(String(plain.headers.vary).split(', ')).toEqual(
      expect.arrayContaining(['Origin', 'accept-encoding']),
    );
    const foreign = await get(app(), '/embed/thread.js', { origin: 'https://other.example.org' });
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    const packed = async (encoding: string) => {
      const { headers, body } = await get(app(), '/embed/thread.js', { 'accept-encoding': encoding });
      return { encoding: headers['content-encoding'], etag: headers.etag, body };
    };
    const [br, gzip] = [await packed('gzip, br'), await packed('gzip, br;q=0')];
    expect([br.encoding, gzip.encoding]).toEqual(['br', 'gzip']);
    expect(brotliDecompressSync(br.body).toString()).toMatch(/\/\/ br$/);
    expect(gunzipSync(gzip.body).toString()).toMatch(/\/\/ gzip$/);
    expect([br.etag, gzip.etag]).toEqual([plain.headers.etag, plain.headers.etag]);
    const again = await get(app(), '/embed/thread.js', { 'if-none-match': String(plain.headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('include a page for frames of these sites alone', async () => {
    const article = `${news}/story?a=1&b="2"`;
    const page = await get(app(), frame({ article, theme: 'dark', order: 'top', lang: 'ar', dir: 'rtl' }));
    const text = page.body.toString();
    expect(text).toContain('<html lang="ar" dir="rtl" data-theme="dark">');
    expect(text).toContain(
      '<standfirst-thread article="https://news.example.org/story?a=1&amp;b=&quot;2&quot;" order="top">',
    );
    const policy = String(page.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "form-action 'none'",
        `frame-ancestors ${news} ${blog}`,
      ]),
    );
    expect(policy.join()).not.toContain('unsafe');
    expect(page.headers['x-frame-options']).toBeUndefined();
    expect(page.headers['cross-origin-opener-policy']).toBe('unsafe-none');
  });

  it('refuse what is no attribute of the element, in a response that cannot be framed', async () => {
    const wrong: Record<string, string>[] = [
      {},
      { article: 'javascript:alert(1)' },
      { article: `${news}/${'x'.repeat(2000)}` },
      { article: news, theme: 'pink' },
      { article: news, lang: 'de"><script>' },
    ];
    for (const query of wrong) {
      const { status, headers, body } = await get(app(), frame(query));
      expect([query, status]).toEqual([query, 400]);
      expect(body.toString()).toContain('The address of this frame has no valid');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-frame-options']).toBe('DENY');
    }
  });
});

describe('the pop-up sign-in', () => {
  const web = makeWebRoot();
  afterAll(() => web.remove());
  const publicUrl = 'https://comments.example.org';
  const app = useApp({ EMBED_SITES: news, PUBLIC_URL: publicUrl }, { webRoot: web.path });

  it('is there for pages of these sites and for frames of the service’s own, by encrypted origins', async () => {
    const html = { accept: 'text/html', host: 'comments.example.org' };
    const statusFor = async (...sites: string[]) => {
      const query = sites.map((site) => `site=${encodeURIComponent(site)}`).join('&');
      const { status, headers, body } = await get(app(), `/embed/sign-in?${query}`, html);
      const opener = headers['cross-origin-opener-policy'];
      const [, named] = /name="standfirst-site" content="([^"]*)"/.exec(body.toString()) ?? [];
      return { status, opener, named, frames: headers['x-frame-options'], kept: headers['cache-control'] };
    };
    const answered = { status: 200, opener: 'unsafe-none', frames: 'DENY', kept: 'no-store' };
    for (const site of [news, publicUrl]) expect(await statusFor(site)).toEqual({ ...answered, named: site });
    for (const sites of [
      [],
      [blog],
      [`${news}/`],
      [news, blog],
      ['http://comments.example.org'],
      ['http://news.example.org'],
      ['null'],
      ['*'],
    ])
      expect([sites, await statusFor(...sites)]).toEqual([
        sites,
        expect.objectContaining({ status: 404, opener: 'same-origin', named: undefined }),
      ]);
  });
});

describe('without EMBED_SITES', () => {
  const web = makeWebRoot();
  afterAll(() => web.remove());
  const app = useApp({}, { webRoot: web.path });

  it('the file is there for the service’s own pages, and there is no frame and no pop-up', async () => {
    expect((await get(app(), '/embed/thread.js')).status).toBe(200);
    const html = { accept: 'text/html' };
    for (const path of [
      frame({ article: news }),
      `/embed/sign-in?site=${encodeURIComponent(news)}`,
      `/embed/sign-in?site=${encodeURIComponent(app().url)}`,
      '/embed/nothing.js',
    ]) {
      const { status, headers } = await get(app(), path, html);
      expect([path, status, headers['x-frame-options']]).toEqual([path, 404, 'DENY']);
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    }
  });
});
