import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sanitiseInline } from '../../../src/platform/text/markdown.ts';
import { parseInSteps, type Profile, TextOverflow } from '../../../src/platform/text/markdown-parser.ts';
import { ordinaryHtml } from '../../../src/platform/text/ordinary-html.ts';
import { atOnce } from '../../../src/platform/fairness/computations.ts';
import { fragments } from './markdown-patterns.ts';
import { xssCorpus } from './xss-corpus.ts';

const profiles: readonly Profile[] = ['comment', 'article'];

const relOf = (profile: Profile): string => (profile === 'comment' ? 'ugc nofollow noopener' : 'noopener');

/** The paragraphs of a text as the parser writes them. */
function paragraphsOf(source: string, profile: Profile): string[] {
  const found: string[] = [];
  try {
    atOnce(
      parseInSteps(source, profile, (html, kind) => {
        if (kind === 'inline') found.push(html);
        return html;
      }),
    );
  } catch (error) {
    if (!(error instanceof TextOverflow)) throw error;
  }
  return found;
}

/** Whether the answer is the sanitiser's, or left to it. */
function expectSame(html: string, profile: Profile): boolean {
  const ordinary = ordinaryHtml(html);
  if (ordinary !== undefined) expect([html, ordinary]).toEqual([html, sanitiseInline(html, profile)]);
  return ordinary !== undefined;
}

describe('the HTML of an ordinary paragraph', () => {
  it.each(profiles)('needs no sanitiser: %s', (profile) => {
    const source =
      'One *two* **three** ~~four~~ `five` & <six> "seven" \'eight\'\nnine <https://example.org/?a=1&b=é>, ' +
      '[ten *eleven*](http://example.org/a_(b)~c%20d).';
    const [html = ''] = paragraphsOf(source, profile);
    expect(html).toContain(`&quot;seven&quot;`);
    expect(expectSame(html, profile)).toBe(true);
  });

  it.each([
    ['a tag that is none of the parser’s', 'a <b>c</b>'],
    ['an attribute', '<em class="a">b</em>'],
    ['another way to write a tag', '<em >a</em>'],
    ['a tag without an end', '<em>a'],
    ['an end without a tag', 'a</em>'],
    ['crossed tags', '<em><s>a</em></s>'],
    ['a link inside a link', linked('<a href="https://b.example/" rel="noopener">a</a>')],
    ['a script', linked('a').replace('https://a.example/', 'javascript://a.example/')],
    ['a quote in a target', linked('a').replace('.example/', '.example/&quot;')],
    ['a space in a target', linked('a').replace('.example/', '.example/ b')],
    ['a title', linked('a').replace(' rel', ' title="b" rel')],
    ['another relation', linked('a').replace('noopener', 'opener')],
    ['a picture', '<img src="https://a.example/b.png" alt="" />'],
    ['a bracket', 'a > b'],
    ['an ampersand', 'a & b'],
    ['an ampersand before a tag', '&<em>amp;</em>'],
    ['another reference', 'a&nbsp;b'],
  ])('is left to the sanitiser with %s', (_, html) => {
    expect(ordinaryHtml(html)).toBeUndefined();
  });

  it.each(profiles)('is as the sanitiser leaves it, of any Markdown: %s', (profile) => {
    let ordinary = 0;
    const parts = fc.array(fc.constantFrom(...fragments, ...xssCorpus), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(parts, (source) => {
        for (const html of paragraphsOf(source.join(''), profile))
          ordinary += Number(expectSame(html, profile));
      }),
      { numRuns: 500 },
    );
    expect(ordinary).toBeGreaterThan(100);
    for (const source of xssCorpus)
      for (const html of paragraphsOf(source, profile)) expectSame(html, profile);
  });

  it.each(profiles)('is as the sanitiser leaves it, of any HTML: %s', (profile) => {
    let ordinary = 0;
    const tags = ['em', 's', 'code', 'strong'].flatMap((name) => [`<${name}>`, `</${name}>`]);
    const link = `<a href="https://a.example/?b=c&amp;d" rel="${relOf(profile)}">`;
    const pieces = [
      ...tags,
      ...[
        link,
        link,
        '</a>',
        '</a>',
        '<br />',
        '<br>',
        '<b>',
        '<script>',
        '<!--',
        '-->',
        '<em',
        '</em',
        '>',
        '<',
        '/',
      ],
      ...[
        'a',
        ' ',
        '\n',
        '"',
        "'",
        '&',
        '&amp;',
        '&lt;',
        '&gt;',
        '&quot;',
        '&#60;',
        'amp;',
        'lt;',
        '\u0000',
        '😀',
        '\ud800',
      ],
      ...['javascript:', 'href="', 'style=', 'onclick="x"'],
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (html) => {
        ordinary += Number(expectSame(html.join(''), profile));
      }),
      { numRuns: 20_000 },
    );
    expect(ordinary).toBeGreaterThan(500);
  });

  it('may be of any length', () => {
    const times = 50_000;
    expect(ordinaryHtml('&amp;'.repeat(times))).toHaveLength(5 * times);
    expect(ordinaryHtml('<em>'.repeat(times) + '</em>'.repeat(times))).toBeDefined();
    const link = linked('a').replace('.example/', `.example/${'b&amp;'.repeat(times)}`);
    expect(ordinaryHtml(link)).toBe(link);
    for (const piece of ['<a href="https://a.example/', '<em>', '<', '<a href="https://a&amp;'])
      expect(ordinaryHtml(piece.repeat(times))).toBeUndefined();
  });
});

function linked(text: string): string {
  return `<a href="https://a.example/" rel="noopener">${text}</a>`;
}
