/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { withDirections } from '../../../src/platform/text/html-directions.ts';
import { renderMarkdown } from '../../../src/platform/text/markdown.ts';

const shown = (source: string) => withDirections(renderMarkdown(source, 'article').html);

describe('directions of rendered texts', () => {
  it('are found by the browser for each block of text', () => {
    expect(shown('## שלום\n\nHello.\n\n    code')).toBe(
      '<h2 dir="auto">שלום</h2>\n<p dir="auto">Hello.</p>\n<pre dir="auto"><code>code\n</code></pre>',
    );
  });

  it('of quotations and of lists are those of their first letter', () => {
    expect(shown('> *1.* & שלום\n>\n> Hello')).toBe(
      '<blockquote dir="rtl">\n<p dir="auto"><em>1.</em> &amp; שלום</p>\n<p dir="auto">Hello</p>\n</blockquote>',
    );
    expect(shown('1. Hello\n2. שלום')).toBe(
      '<ol dir="auto">\n<li dir="auto">Hello</li>\n<li dir="auto">שלום</li>\n</ol>',
    );
    expect(shown('4. مرحبا\n\n5. Hello')).toBe(
      '<ol dir="rtl" start="4">\n<li dir="rtl">\n<p dir="auto">مرحبا</p>\n</li>\n<li dir="auto">\n<p dir="auto">Hello</p>\n</li>\n</ol>',
    );
  });

  it('of what is nested differ from those around it', () => {
    const html = shown('> Hello\n>\n> > שלום\n> >\n> > - Hi\n>\n> مرحبا');
    expect(html.match(/<\w+ dir="\w+">/g)).toEqual([
      '<blockquote dir="auto">',
      '<p dir="auto">',
      '<blockquote dir="rtl">',
      '<p dir="auto">',
      '<ul dir="auto">',
      '<li dir="auto">',
      '<p dir="auto">',
    ]);
  });

  it('are found by the browser for what is behind many blocks, and not looked for in a text that is longer than any of today', () => {
    const items = `<ul>\n${'<li>1</li>\n'.repeat(6000)}</ul>\n<blockquote>\n<p>שלום</p>\n</blockquote>`;
    expect(withDirections(items).slice(-90)).toContain(
      '</ul>\n<blockquote dir="auto">\n<p dir="auto">שלום</p>\n</blockquote>',
    );
    const long = `<blockquote>${'x'.repeat(2_000_000)}</blockquote>`;
    expect(withDirections(long)).toBe(long);
  });

  it('change nothing else', () => {
    const source =
      'A <p> & `<li>`\n\n> - [שלום](https://example.org/?a=1&b=<ul> "<p>")\n\n1. x\n\n   ```\n   <p>\n   ```\n\n***\n\n![a](https://example.org/b.png)';
    const { html } = renderMarkdown(source, 'article');
    expect(withDirections(html)).not.toBe(html);
    expect(withDirections(html).replace(/ dir="(?:auto|rtl)"/g, '')).toBe(html);
  });
});
