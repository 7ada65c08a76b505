/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import {
  isUnlisted,
  type PageHead,
  PageHeadReader,
  UnknownCharset,
} from '../../../src/platform/text/page-head.ts';

/** Reads a page in pieces of some bytes. @returns what was found, and the bytes that were needed */
function read(page: string | Buffer, charset?: string, size = 7): PageHead & { readonly needed: number } {
  const bytes = Buffer.from(page);
  const reader = new PageHeadReader(charset);
  let needed = 0;
  while (needed < bytes.length) {
    const piece = bytes.subarray(needed, needed + size);
    needed += piece.length;
    if (reader.write(piece)) break;
  }
  return { ...reader.end(), needed };
}

const head = (text: string) => `<!doctype html><html><head>${text}</head><body></body></html>`;

/** So many bytes that the charset is decided. */
const filler = `<!-- ${'x'.repeat(1100)} -->`;

describe('the head of a page', () => {
  it('has titles, the canonical address, the base and the time of publication, in whatever pieces it comes', () => {
    const text = head(`${filler}
      <TITLE>One &amp; two &lt;b&gt;</TITLE><title>Second</title>
      <base href="/base/"><base href="/other/">
      <link rel="stylesheet" href="/a.css"><link rel="alternate Canonical" href="/one"><link rel="canonical" href="/two">
      <meta property="og:title" content="Three &quot;four&quot;"><meta property="og:title" content="Five">
      <meta property="article:published_time" content="2024-05-01T10:00:00Z">`);
    for (const size of [1, 7, 100_000])
      expect(read(text, undefined, size)).toMatchObject({
        titles: ['Three "four"', 'One & two <b>'],
        canonical: '/one',
        base: '/base/',
        published: '2024-05-01T10:00:00Z',
        isUnlisted: false,
      });
  });

  it('ends where the body begins, even if the page does not say so', () => {
    const late = '<title>Late</title><link rel="canonical" href="/late">';
    for (const begin of ['</head>', '<body>', '<div>', '<template>', '<svg>', '<p>', '<h1>'])
      for (const size of [7, 100_000])
        expect([begin, read(`<html><head>${filler}${begin}${late}`, undefined, size)]).toMatchObject([
          begin,
          { titles: [], canonical: undefined },
        ]);
  });

  it('is read no further than it goes', () => {
    const page = head(`${filler}<title>A</title>`) + 'x'.repeat(1_000_000);
    expect(read(page, undefined, 100).needed).toBeLessThan(1500);
  });

  it('is not what scripts, styles, comments and noscript have in them', () => {
    const no = '<title>No</title><link rel="canonical" href="/no">';
    const text = head(`<script>const a = '${no}';</script><style>/* ${no} */</style><!-- ${no} -->
      <noscript><img src="/pixel"><p>${no}</p></noscript><title>Yes</title>`);
    expect(read(text)).toMatchObject({ titles: ['Yes'], canonical: undefined });
  });

  it.each(['', 'plain text', '<title></title>', '\0\0\0', '<title', '<meta property="og:title">'])(
    'may say nothing: %j',
    (text) => {
      const { titles, canonical } = read(text);
      expect([titles.join(''), canonical]).toEqual(['', undefined]);
    },
  );

  it.each([
    ['noindex', true],
    ['NoIndex, nofollow', true],
    ['max-snippet:-1, none', true],
    ['index, follow', false],
    ['max-image-preview:none', false],
    ['googlebot: noindex', true],
  ])('with robots %j asks not to be listed: %s', (content, expected) => {
    expect(isUnlisted(content)).toBe(expected);
    expect(read(head(`<meta name="ROBOTS" content="${content}">`)).isUnlisted).toBe(expected);
  });

  const latin1 = Buffer.from('<title>Caf\xe9</title>', 'latin1');
  const inUtf16 = (mark: string) => Buffer.from(`${mark}<title>Café</title>`, 'utf16le');

  it.each<[string, string | Buffer, string | undefined]>([
    ['UTF-8, which it does not say', '<title>Café</title>', undefined],
    ['windows-1252, by the header', latin1, 'windows-1252'],
    ['ISO-8859-1, by itself', Buffer.concat([Buffer.from('<meta charset=iso-8859-1>'), latin1]), undefined],
    [
      'ISO-8859-15, by itself in the long form',
      Buffer.concat([
        Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15">'),
        latin1,
      ]),
      undefined,
    ],
    ['UTF-16, by its mark, whatever the header says', inUtf16('\ufeff'), 'windows-1252'],
    [
      'UTF-8, although it says UTF-16, which it can not be',
      '<meta charset="utf-16"><title>Café</title>',
      undefined,
    ],
    ['UTF-8, by its mark', '\ufeff<meta charset="windows-1252"><title>Café</title>', undefined],
  ])('is read in %s', (_name, bytes, charset) => {
    expect(read(bytes, charset).titles).toEqual(['Café']);
    expect(read(Buffer.concat([Buffer.from(bytes), Buffer.alloc(4000, 0x20)]), charset).titles).toEqual([
      'Café',
    ]);
  });

  it('is refused in a charset that nobody knows', () => {
    expect(() => read('<title>A</title>', 'klingon')).toThrow(UnknownCharset);
    expect(() => read('<meta charset="klingon"><title>A</title>')).toThrow(UnknownCharset);
  });

  it.each([
    ['nested elements', '<noscript>'.repeat(40_000) + '<b>'.repeat(40_000)],
    ['heads', '<head>'.repeat(80_000)],
    ['attributes', `<meta ${Array.from({ length: 50_000 }, (_, n) => `a${n}=1`).join(' ')}>`],
    ['one attribute', `<meta content="${'&amp;'.repeat(100_000)}">`],
    ['an endless title', `<title>${'<b>&lt;'.repeat(70_000)}`],
    ['unclosed comments', '<!--'.repeat(120_000)],
    ['tags that begin', '<'.repeat(500_000)],
    ['declarations of a charset', '<meta '.repeat(80_000)],
    ['canonical addresses', '<link rel="canonical">'.repeat(20_000)],
  ])('full of %s takes no longer than others', (_name, text) => {
    const bytes = Buffer.from(text).subarray(0, 524_288);
    const before = process.cpuUsage();
    read(bytes, undefined, 65_536);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });
});
