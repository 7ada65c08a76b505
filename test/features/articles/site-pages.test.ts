/**
 * @database none
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import {
  maxHeadBytes,
  maxPagesAtOnce,
  SitePages,
} from '../../../src/features/articles/writing/site-pages.ts';
import { RequestError } from '../../../src/platform/errors/errors.ts';
import { NoAnswer } from '../../../src/platform/http/guarded-request.ts';
import { eventually } from '../../support/eventually.ts';
import { html, page, Site } from '../../support/site.ts';

let site: Site;
let pages: SitePages;

beforeEach(async () => {
  site = await new Site().open();
  pages = new SitePages({ reach: { allowPrivate: true, ownPorts: [] }, timeoutMs: 5000 });
});

afterEach(async () => {
  await eventually('all connections to end', () => site.isQuiet());
  await site.close();
});

const read = (path: string) => pages.read(new URL(site.url(path)));

/** Sends a chunk again and again for as long as the connection stands. @returns the bytes that were taken */
function sendEndlessly(response: ServerResponse, chunk: string): { bytes: number } {
  const sent = { bytes: 0 };
  const send = (): void => {
    if (response.destroyed) return;
    sent.bytes += chunk.length;
    if (response.write(chunk)) setImmediate(send);
    else response.once('drain', send);
  };
  send();
  return sent;
}

describe('a page of a site', () => {
  it('has its title and its address without the fragment', async () => {
    site.pages.set('/a?id=1', page(html('<title>A &amp; B</title>')));
    expect(await read('/a?id=1#comments')).toEqual({
      address: site.url('/a?id=1'),
      title: 'A & B',
      publishedAt: undefined,
    });
  });

  it('has the title of its canonical page, which is asked as well', async () => {
    const canonical = '<link rel="canonical" href="/a">';
    site.pages.set('/a?utm=1', page(html('<title>Words of the address</title>', canonical)));
    site.pages.set(
      '/a',
      page(html('<meta property="og:title" content="A">', canonical, '<title>A | The News</title>')),
    );
    expect(await read('/a?utm=1')).toMatchObject({ address: site.url('/a'), title: 'A' });
    expect(site.requests).toEqual(['/a?utm=1', '/a']);
  });

  it.each([
    ['another origin', 'https://elsewhere.example.org/a', '/a'],
    ['the same host by another scheme', 'https://127.0.0.1/a', '/a'],
    ['an address with a password', 'http://me:secret@HOST/b', '/a'],
    ['no address', 'http://', '/a'],
    ['a script', 'javascript:alert(1)', '/a'],
    ['the page itself', '/a#top', '/a'],
  ])('whose canonical address is %s is kept under %s', async (_name, href, expected) => {
    const { host } = new URL(site.origin);
    const link = `<link rel="canonical" href="${href.replace('HOST', host)}">`;
    site.pages.set('/a', page(html('<title>A</title>', link)));
    expect(await read('/a')).toMatchObject({ address: site.url(expected) });
    expect(site.requests).toEqual(['/a']);
  });

  it('has a canonical address that is relative to its base', async () => {
    const link = '<link rel="canonical" href="b">';
    site.pages.set('/a', page(html('<title>A</title>', '<base href="/deep/">', link)));
    site.pages.set('/deep/b', page(html('<title>B</title>')));
    expect(await read('/a')).toMatchObject({ address: site.url('/deep/b'), title: 'B' });
  });

  it.each([
    ['markup', '&lt;script&gt;alert(1)&lt;/script&gt; <b>bold</b>', '<script>alert(1)</script> <b>bold</b>'],
    ['directions and controls', 'A\u202ecba\u202c\u0007 &#x200B;\u2066B&#8238;', 'Acba B'],
    ['lines', '  One\n\t two  ', 'One two'],
    ['many marks', `x${'\u0301'.repeat(50)}`, `x${'\u0301'.repeat(4)}`],
    ['300 characters', 'é'.repeat(300), 'é'.repeat(300)],
    ['more characters', 'é '.repeat(200), `${'é '.repeat(149)}é…`],
  ])('with a title of %s has it as plain text', async (_name, title, expected) => {
    site.pages.set('/a', page(html(`<title>${title}</title>`)));
    expect((await read('/a')).title).toBe(expected);
  });

  it('has the time at which it says that it was published', async () => {
    const time = (text: string) => `<meta property="article:published_time" content="${text}">`;
    site.pages.set('/a', page(html('<title>A</title>', time('2024-05-01T10:00:00+02:00'))));
    site.pages.set('/b', page(html('<title>A</title>', time('yesterday'))));
    expect((await read('/a')).publishedAt).toEqual({
      at: new Date('2024-05-01T08:00:00Z'),
      precision: 'INSTANT',
    });
    expect((await read('/b')).publishedAt).toBeUndefined();
  });

  it('is read no further than its head: 5 MB behind it do not matter', async () => {
    const sent: { bytes: number }[] = [];
    site.pages.set('/a', (response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write(html('<title>A</title>').replace('</body></html>', ''));
      sent.push(sendEndlessly(response, 'x'.repeat(65_536)));
    });
    expect(await read('/a')).toMatchObject({ title: 'A' });
    await eventually('the connection to end', () => site.isQuiet());
    expect(sent[0]!.bytes).toBeLessThan(5_000_000);
  });

  it.each<[string, string, (response: ServerResponse) => void]>([
    [
      'not there',
      'status is 404',
      (response) => response.writeHead(404, { 'content-type': 'text/html' }).end(html('<title>A</title>')),
    ],
    ['moved', 'status is 302', (response) => response.writeHead(302, { location: '/b' }).end()],
    ['broken', 'status is 500', (response) => response.writeHead(500).end()],
    [
      'upgraded',
      'status is 101',
      (response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end(),
    ],
    ['JSON', 'not HTML', page('{}', 'application/json')],
    ['of no type', 'not HTML', (response) => response.writeHead(200).end(html('<title>A</title>'))],
    [
      'compressed',
      'compressed',
      (response) =>
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('x'),
    ],
    ['without a title', 'no title', page(html())],
    ['with an invisible title', 'no title', page(html('<title>&#x200B;\u2800 </title>'))],
    [
      'in another charset than it says',
      'has to say its charset',
      page(Buffer.from('<title>Caf\xe9</title>', 'latin1')),
    ],
    [
      'with a character in its title that is none',
      'has to say its charset',
      page(html('<title>A&#0;</title>')),
    ],
    [
      'in an unknown charset',
      'charset klingon is unknown',
      page('<title>A</title>', 'text/html; charset="klingon"'),
    ],
    [
      'not to be listed',
      'not to be listed',
      page(html('<title>A</title>', '<meta name="robots" content="noindex">')),
    ],
    [
      'not to be listed, by its header',
      'not to be listed',
      (response) =>
        response
          .writeHead(200, { 'content-type': 'text/html', 'x-robots-tag': 'noindex' })
          .end(html('<title>A</title>')),
    ],
    [
      'of a canonical page that is not there',
      'status is 404',
      page(html('<title>A</title>', '<link rel="canonical" href="/none">')),
    ],
    [
      'broken off',
      'connection failed',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': 5000 }).write('<title>');
        setImmediate(() => response.destroy());
      },
    ],
  ])('that is %s is refused', async (_name, reason, answer) => {
    site.pages.set('/a', answer);
    await expect(read('/a')).rejects.toThrow(reason);
    await expect(read('/a')).rejects.toBeInstanceOf(NoAnswer);
  });

  it('whose canonical page names a third one is refused', async () => {
    site.pages.set('/a', page(html('<title>A</title>', '<link rel="canonical" href="/b">')));
    site.pages.set('/b', page(html('<title>B</title>', '<link rel="canonical" href="/c">')));
    await expect(read('/a')).rejects.toThrow('names another one as canonical');
    expect(site.requests).toEqual(['/a', '/b']);
  });

  it('whose head does not end is refused after its bytes', async () => {
    const sent: { bytes: number }[] = [];
    site.pages.set('/a', (response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<head><title>A</title><style>');
      sent.push(sendEndlessly(response, ' '.repeat(16_384)));
    });
    await expect(read('/a')).rejects.toThrow(`first ${maxHeadBytes} bytes`);
    await eventually('the connection to end', () => site.isQuiet());
    expect(sent[0]!.bytes).toBeLessThan(5_000_000);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['sends nothing', () => undefined],
    [
      'sends its headers alone',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).flushHeaders(),
    ],
    [
      'sends a head that stops',
      (response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).write(`<title>A</title>${' '.repeat(2000)}`),
    ],
  ])('that %s is refused in time', async (_name, answer) => {
    site.pages.set('/slow', answer);
    pages = new SitePages({ reach: { allowPrivate: true, ownPorts: [] }, timeoutMs: 200 });
    await expect(read('/slow')).rejects.toThrow('not read within 0.2 s');
  });

  it('in a private network is not asked', async () => {
    site.pages.set('/a', page(html('<title>A</title>')));
    const guarded = new SitePages({ reach: { allowPrivate: false, ownPorts: [] }, timeoutMs: 5000 });
    const { port } = new URL(site.origin);
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])
      await expect(guarded.read(new URL(`http://${host}:${port}/a`))).rejects.toThrow(
        'not an address of the public internet',
      );
    expect(site.requests).toEqual([]);
  });
});

describe('many who ask', () => {
  it('for one address at a time send one request', async () => {
    const waiting: ServerResponse[] = [];
    site.pages.set('/a', (response) => void waiting.push(response));
    const asked = Array.from({ length: 20 }, () => read('/a'));
    await eventually('the request', () => waiting.length > 0);
    for (const response of waiting) page(html('<title>A</title>'))(response);
    expect(new Set((await Promise.all(asked)).map(({ title }) => title))).toEqual(new Set(['A']));
    expect(site.requests).toEqual(['/a']);
  });

  it('are answered from memory for a while, also if the page failed', async () => {
    pages = new SitePages({
      reach: { allowPrivate: true, ownPorts: [] },
      timeoutMs: 5000,
      rememberedMs: 2000,
    });
    for (const round of [1, 2]) {
      await expect(read('/none')).rejects.toThrow('status is 404');
      await expect(read('/none')).rejects.toThrow('status is 404');
      expect(site.requests).toHaveLength(round);
      if (round === 1)
        await eventually('the end of the memory', async () => {
          await read('/none').catch(() => undefined);
          return site.requests.length === 2;
        });
    }
  });

  it(`for more than ${maxPagesAtOnce} pages of a site at once are refused, and not for those of another`, async () => {
    const waiting: ServerResponse[] = [];
    const other = await new Site().open();
    other.pages.set('/a', page(html('<title>Other</title>')));
    const paths = Array.from({ length: maxPagesAtOnce }, (_, n) => `/${n}`);
    for (const path of [...paths, '/more']) site.pages.set(path, (response) => void waiting.push(response));
    const asked = paths.map(read);
    await eventually('the requests', () => waiting.length === maxPagesAtOnce);
    await expect(read('/more')).rejects.toThrow(RequestError);
    expect(await pages.read(new URL(other.url('/a')))).toMatchObject({ title: 'Other' });
    for (const response of waiting) page(html('<title>A</title>'))(response);
    await Promise.all(asked);
    site.pages.set('/more', page(html('<title>More</title>')));
    expect(await read('/more')).toMatchObject({ title: 'More' });
    await other.close();
  });
});
