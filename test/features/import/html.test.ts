/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commentBody } from '../../../src/features/import/document.ts';
import { keepBody } from '../../../src/features/import/fields.ts';
import { convert, markdownFromHtml } from '../../../src/features/import/html.ts';
import { htmlOfWordPress } from '../../../src/features/import/source/wordpress.ts';
import { renderMarkdown } from '../../../src/platform/text/markdown.ts';

const space = '\u00a0';

describe('foreign HTML', () => {
  it.each([
    ['no-break spaces', space.repeat(5000), space.repeat(200)],
    ['spaces of several elements', `<b>${space}</b>`.repeat(5000), space.repeat(200)],
    ['line separators', '\u2028'.repeat(5000), '\u2028'.repeat(200)],
    ['line breaks', '<br>'.repeat(5000), '  \n'.repeat(66)],
    [
      'line breaks between pictures that are none',
      '<img src="https://&lt;" alt=" "><br>'.repeat(5000),
      '  \n'.repeat(66),
    ],
  ])('loses white space beyond 200 characters in a row: %s', (_, between, kept) => {
    expect(markdownFromHtml(`a${between}b`, 'comment')).toBe(`a${kept}b`);
  });

  it('becomes the same Markdown where it is paragraphs of words alone, for which no document is made', () => {
    const piece = fc.oneof(
      fc.constantFrom(...'#+-=>*_`[]()!~\\ \n\t\r\f\0\u0085\u00a0\u200b\u2028\ufeff&<'),
      fc.constantFrom(' ', '  ', '\n', '1. ', 'word', '&amp;', '&lt', '</p>', '<p>', '<br>', '-', '>', '"'),
      fc.constantFrom('https://example.org/a_b', 'https://example.org:99999', 'a@example.org', '```', '---'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const paragraphs = fc
      .array(text, { maxLength: 4 })
      .map((texts) => texts.map((each) => `<p>${each}</p>`).join(''));
    fc.assert(
      fc.property(paragraphs, fc.constantFrom('comment' as const, 'article' as const), (html, profile) => {
        expect(markdownFromHtml(html, profile)).toBe(convert(html, profile));
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps white space that words, pictures or rules interrupt, and that of code', () => {
    const words = `word${space}`.repeat(300);
    expect(markdownFromHtml(`${words}end`, 'comment')).toBe(`${words}end`);
    const pictures = markdownFromHtml('<img src="https://example.org/a"><br>'.repeat(100), 'article');
    expect(pictures.split('  \n')).toHaveLength(100);
    const code = `if\n\n${' '.repeat(40)}x`;
    expect(markdownFromHtml(`<pre>${code}</pre>`, 'comment')).toBe(`\`\`\`\n${code}\n\`\`\``);
  });

  it('is not converted if it has more elements than the parser bears', () => {
    const keep = (body: string) => keepBody({ body, bodyFormat: 'html' }, commentBody);
    expect(keep(`${'<b>'.repeat(50_001)}x`)).toMatchObject({ fault: 'has more than 50000 elements of HTML' });
    expect(keep(`${'1 < 2 '.repeat(60_000)}x`)).toMatchObject({
      fault: expect.stringContaining('characters'),
    });
    expect(keep('<b>x</b> '.repeat(1000))).toEqual(expect.any(String));
  });

  it('counts the entries of lists from their beginning', () => {
    expect(
      markdownFromHtml(
        '<ol start="9"><li>a</li><li><p>b</p><p>c</p></li></ol><ol><li>d<ul><li>e</li></ul></li></ol>',
        'comment',
      ),
    ).toBe('9.  a\n10.  b\n     \n     c\n     \n\n1.  d\n    -   e');
  });

  it('loses no text by nesting', () => {
    expect(
      renderMarkdown(markdownFromHtml(`${'<blockquote>'.repeat(500)}q`, 'comment'), 'comment').text,
    ).toBe('q');
    const tags = [
      'blockquote',
      'ul><li',
      'ol><li',
      'ol start="7"><li',
      'li',
      'div',
      'p',
      'b',
      'i',
      's',
      'h2',
      'ul',
      'pre',
    ];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...tags), fc.boolean()), { maxLength: 60 }), (open) => {
        const html = open.map(([tag, isSaid], index) => `<${tag}>${isSaid ? `w${index}x` : ''}`).join('');
        const { text } = renderMarkdown(markdownFromHtml(`${html}end`, 'article'), 'article');
        const said = open.flatMap(([, isSaid], index) => (isSaid ? [`w${index}x`] : []));
        expect([...said, 'end'].filter((word) => !text.includes(word))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a text of WordPress', () => {
  it('keeps code as it is, and takes a tag that never ends for a text', () => {
    expect(htmlOfWordPress('a\n<PRE class="x">b\n\nc</pre>d\n<pre>e\nf')).toBe(
      'a<br><PRE class="x">b\n\nc</pre>d<pre>e<br>f',
    );
  });

  it.each([
    ['white space', `a${' '.repeat(100_000)}b`],
    ['line feeds', `a${'\n'.repeat(100_000)}b`],
    ['tags of blocks that never end', '<p '.repeat(100_000)],
    ['code that never ends', '<pre>'.repeat(100_000)],
  ])('takes no longer by its square: %s', (_, text) => {
    const begun = performance.now();
    htmlOfWordPress(text);
    // Some milliseconds, and not a minute.
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
