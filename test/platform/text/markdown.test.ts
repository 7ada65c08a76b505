/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { markdownFromText, renderMarkdown } from '../../../src/platform/text/markdown.ts';
import { normaliseText } from '../../../src/platform/text/plain.ts';

const comment = (source: string) => renderMarkdown(source, 'comment');
const article = (source: string) => renderMarkdown(source, 'article');

/** All opening tags in some HTML, complete. */
const tagsOf = (html: string): string[] => html.match(/<[a-z][^>]*>/gi) ?? [];

describe('Markdown in comments', () => {
  it('has paragraphs, emphasis, quotations, lists, code and line breaks', () => {
    const source =
      'One *two* **three** ~~four~~\nfive\n\n> quoted\n\n- a\n- b\n\n7. seven\n\n`code`\n\n```\nfenced\n```\n\n---';
    const { html, text, addresses } = comment(source);
    expect(html).toBe(
      '<p>One <em>two</em> <strong>three</strong> <s>four</s><br />\nfive</p>\n' +
        '<blockquote>\n<p>quoted</p>\n</blockquote>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n' +
        '<ol start="7">\n<li>seven</li>\n</ol>\n<p><code>code</code></p>\n' +
        '<pre><code>fenced\n</code></pre>\n<hr />',
    );
    expect(text).toBe('One two three four\nfive\n\nquoted\n\na\n\nb\n\nseven\n\ncode\n\nfenced');
    expect(addresses).toEqual([]);
  });

  it('has no headings, tables or pictures', () => {
    const { html } = comment('# A\n\nB\n===\n\n|a|b|\n|-|-|\n|1|2|\n\n![c](https://example.org/c.png)');
    expect(tagsOf(html).map((tag) => tag.replace(/[\s/].*|>/g, ''))).toEqual(
      expect.not.arrayContaining(['<h1', '<h2', '<h3', '<table', '<img']),
    );
    expect(html).toContain('# A');
  });

  it('shows raw HTML as text', () => {
    for (const source of [
      '<script>alert(1)</script>',
      'a <b onclick="x()">b</b>',
      '<img src=x onerror=alert(1)>',
      '<!-- c -->',
      '<div>\n<p>x</p>\n</div>',
      '&lt;script&gt;alert(1)&lt;/script&gt;',
    ]) {
      const { html } = comment(source);
      expect(tagsOf(html).filter((tag) => !/^<(p|br \/)>$/.test(tag))).toEqual([]);
      expect(html).toMatch(/&lt;/);
    }
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    ' javascript:alert(1)',
    'java&#115;cript:alert(1)',
    'java&Tab;script:alert(1)',
    '&#x6a;avascript&colon;alert(1)',
    'data:text/html;base64,PHNjcmlwdD4=',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.org/x',
    'mailto:x',
    '//example.org/x',
    '/relative',
    'relative',
    '#here',
  ])('makes no link to %s', (target) => {
    for (const source of [`[x](${target})`, `[x](<${target}>)`, `<${target}>`, `[x]\n\n[x]: <${target}>`]) {
      for (const render of [comment, article]) expect(render(source).html).not.toMatch(/<a\b|href=/i);
    }
    expect(article(`![x](${target})`).html).not.toMatch(/<img|src=/i);
  });

  it.each([
    ['[x](https://example.org/a)', 'https://example.org/a', 'x'],
    ['[x](http://example.org)', 'http://example.org', 'x'],
    ['[x](HTTPS://example.org/)', 'HTTPS://example.org/', 'x'],
    [
      '<https://example.org/?a=1&b=2>',
      'https://example.org/?a=1&amp;b=2',
      'https://example.org/?a=1&amp;b=2',
    ],
    ['see https://example.org/a.', 'https://example.org/a', 'https://example.org/a'],
  ])('links %s', (source, href, label) => {
    expect(comment(source).html).toContain(`<a href="${href}" rel="ugc nofollow noopener">${label}</a>`);
    expect(article(source).html).toContain(`<a href="${href}" rel="noopener">${label}</a>`);
  });

  it('links no bare domain, and nothing out of an attribute', () => {
    expect(comment('example.org www.example.org').html).toBe('<p>example.org www.example.org</p>');
    for (const source of [
      '[x](https://example.org/" onclick="y)',
      '[x](https://example.org/ "a\\" onclick=\\"y")',
      '[x](<https://example.org/"onmouseover="y>)',
    ]) {
      for (const tag of tagsOf(comment(source).html)) {
        const names = [...tag.matchAll(/ ([a-z]+)="[^"]*"/g)].map(([, name]) => name);
        expect(['href', 'rel', 'title']).toEqual(expect.arrayContaining(names));
      }
    }
  });

  it('drops the class of a fence', () => {
    expect(comment('```js onclick\nx\n```').html).toBe('<pre><code>x\n</code></pre>');
  });

  it.each([
    ['quotations', '> '],
    ['quotations without spaces', '>'],
    ['lists', '- '],
    ['emphasis', '*a '],
    ['brackets', '['],
    ['link beginnings', '[a]('],
    ['backticks', '`a'],
    ['entities', '&#'],
    ['at signs', 'a@'],
    ['almost addresses', 'a@a.'],
    ['schemes', 'http://'],
  ])('renders ten thousand characters of %s in bounded time', (_, unit) => {
    const source = normaliseText(unit.repeat(10_000 / unit.length) + 'x');
    const start = performance.now();
    for (const render of [comment, article]) render(source);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('renders a thousand nested quotations, twenty deep at most', () => {
    const { html } = comment('>'.repeat(1000) + ' deep');
    expect(tagsOf(html).filter((tag) => tag === '<blockquote>').length).toBeLessThanOrEqual(20);
    expect(html.match(/<\/blockquote>/g)).toHaveLength(html.match(/<blockquote>/g)?.length ?? 0);
  });

  it('removes invisible characters that character references produce', () => {
    for (const reference of ['&#8203;', '&#x202e;', '&#x2067;', '&#xfeff;', '&ZeroWidthSpace;']) {
      const { html, text } = comment(`a${reference}b **c${reference}** \`d\``);
      expect(text).toBe('ab c d');
      expect(html).toBe('<p>ab <strong>c</strong> <code>d</code></p>');
      expect(comment(`[x](https://example.org "t${reference}t")`).html).toContain('title="tt"');
    }
    expect(comment('a' + '&#768;'.repeat(50)).text.normalize('NFD').length).toBeLessThanOrEqual(6);
    expect(comment('a&#0;b').text).toBe('a�b');
    // In code, character references stay literal.
    expect(comment('`&#8203;`').text).toBe('&#8203;');
  });
});

describe('pictures of the service’s own', () => {
  const path = '/demo/pictures/hesk-light-960x540.svg';

  it('are kept by their path in articles, with the size that their name says', () => {
    expect(article(`![The light](${path})`).html).toBe(
      `<p><img src="${path}" alt="The light" width="960" height="540" fetchpriority="high" referrerpolicy="no-referrer" /></p>`,
    );
  });

  it('are their description in comments', () => {
    expect(comment(`![The light](${path})`).html).toBe('<p>The light</p>');
  });

  it('are no link, and no other path is a picture', () => {
    for (const render of [article, comment])
      expect(render(`[The light](${path})`).html).toBe('<p>The light</p>');
    for (const other of [
      '/demo/pictures/hesk-light.svg',
      `/${path}`,
      `${path}?x`,
      `${path}#x`,
      '/demo/pictures/../x-1x1.svg',
      '/demo/pictures/a/b-1x1.svg',
      '/assets/x-1x1.svg',
      path.toUpperCase(),
    ])
      expect([other, tagsOf(article(`![x](${other})`).html)]).toEqual([other, ['<p>']]);
  });
});

describe('pictures', () => {
  const link = '<a href="https://example.org/p.png" rel="ugc nofollow noopener">';
  it.each([
    ['with a description', '![a *cat*](https://example.org/p.png)', `${link}a cat</a>`],
    ['without one', '![](https://example.org/p.png)', `${link}https://example.org/p.png</a>`],
    ['by reference', '![a cat][p]\n\n[p]: https://example.org/p.png', `${link}a cat</a>`],
    ['in a link', '[![a cat](https://example.org/p.png) x](https://example.org/p.png)', `${link}a cat x</a>`],
    ['with a link in it', '![a [cat](https://example.org)](https://example.org/p.png)', `${link}a cat</a>`],
    ['to nowhere', '![a cat](p.png)', '![a cat](p.png)'],
    ['with an address in its target', '![a cat](https://example.org/?to=bo@example.org)', 'a cat'],
  ])('in comments are links: %s', (_, source, html) => {
    expect(comment(source)).toMatchObject({ html: `<p>${html}</p>`, text: html.replace(/<[^>]*>/g, '') });
  });

  it('in articles are links where they are loaded over http, or have an address in their target', () => {
    expect(article('![a cat](http://example.org/p.png)').html).toBe(
      '<p><a href="http://example.org/p.png" rel="noopener">a cat</a></p>',
    );
    expect(article('![a cat](https://example.org/?to=bo@example.org)').html).toBe('<p>a cat</p>');
  });
});

describe('Markdown in articles', () => {
  it('has headings below the page’s own, and pictures that load without a referrer', () => {
    expect(article('# A\n\n## B\n\n##### C').html).toBe('<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>');
    expect(article('### A\n\n#### B\n\n# C\n\n### D').html).toBe(
      '<h2>A</h2>\n<h3>B</h3>\n<h2>C</h2>\n<h3>D</h3>',
    );
    const { html, text } = article('![a *picture*](https://example.org/p.png "title")');
    expect(html).toBe(
      '<p><img src="https://example.org/p.png" alt="a picture" title="title" fetchpriority="high" referrerpolicy="no-referrer" /></p>',
    );
    expect(text).toBe('a picture');
  });

  it('has pictures that load lazily, but for the first one of the first paragraph', () => {
    const picture = '![](https://example.org/p.png)';
    const loads = (source: string): string[] => {
      const pictures = article(source).html.matchAll(/<img[^>]* (loading="lazy"|fetchpriority="high")/g);
      return [...pictures].map(([, attribute]) => (attribute === 'loading="lazy"' ? 'lazily' : 'at once'));
    };
    expect(loads(`${picture} ${picture}\n\n${picture}`)).toEqual(['at once', 'lazily', 'lazily']);
    expect(loads(`*[${picture}](https://example.org)* words`)).toEqual(['at once']);
    for (const before of ['Words.\n\n', '> ', '- ', '---\n\n'])
      expect(loads(before + picture)).toEqual(['lazily']);
    expect(loads(`http://example.org ![](http://example.org/p.png) ${picture}`)).toEqual(['at once']);
  });

  it('shows raw HTML as text', () => {
    expect(article('<iframe src="https://example.org"></iframe>').html).not.toContain('<iframe');
  });
});

describe('e-mail addresses', () => {
  const hidden = '[address hidden]';

  it.each([
    ['[write to me](mailto:bo@example.org)', `write to me (${hidden})`, `write to me (${hidden})`],
    [
      '[*write* to me](mailto:bo@example.org?subject=x "t")',
      `<em>write</em> to me (${hidden})`,
      `write to me (${hidden})`,
    ],
    ['[bo@example.org](mailto:bo@example.org)', hidden, hidden],
    ['<bo@example.org>', hidden, hidden],
    ['![me](mailto:bo%40example.org)', `me (${hidden})`, `me (${hidden})`],
    ['[me](mailto:)', 'me', 'me'],
  ])('in a mailto link are hidden after its text: %s', (source, html, text) => {
    for (const profile of ['article', 'comment'] as const) {
      const rendered = renderMarkdown(source, profile);
      expect(rendered).toMatchObject({ html: `<p>${html}</p>`, text });
      expect(rendered.addresses).toEqual(html.includes(hidden) ? ['bo@example.org'] : []);
    }
  });

  it.each([
    ['plain', 'write to bo@example.org now'],
    ['in brackets', '<bo@example.org>'],
    ['as a link', '[write](mailto:bo@example.org)'],
    ['in a link’s text', '[bo@example.org](https://example.org)'],
    ['in a link’s target', '[x](https://example.org/?to=bo@example.org)'],
    ['percent-encoded in a target', '[x](https://example.org/?to=bo%40example.org&y=%zz)'],
    ['percent-encoded in a bare URL', 'https://example.org/?to=bo%40example.org'],
    ['in a bare URL', 'https://example.org/?to=bo@example.org'],
    ['in a link’s title', '[x](https://example.org "bo@example.org")'],
    ['in a reference’s title', '[x]\n\n[x]: https://example.org "bo@example.org"'],
    ['with the name emphasised', '*bo*@example.org'],
    ['with the domain emphasised', 'bo@**example**.org'],
    ['with single letters emphasised', 'b*o*@ex**amp**le.org'],
    ['half inside a link', '[bo](https://example.net)@example.org'],
    ['with the sign in code', 'bo`@`example.org'],
    ['escaped', 'bo\\@example\\.org'],
    ['with a decimal entity', 'bo&#64;example.org'],
    ['with a hexadecimal entity', 'bo&#x40;example.org'],
    ['with a named entity', 'bo&commat;example&period;org'],
    ['with an invisible entity', 'bo&#8203;@example.org'],
    ['in code', '`bo@example.org`'],
    ['in a fence', '```\nbo@example.org\n```'],
    ['in indented code', '    bo@example.org'],
    ['in a quotation in a list', '- > bo@example.org'],
    ['in a picture in a picture', '![a ![bo@example.org](https://example.net/b)](https://example.net/c)'],
    ['in pictures that make one', '![bo![@example.org](https://example.net/b)](https://example.net/c)'],
    ['at the start of a line', 'write to\nbo@example.org'],
    ['behind a hard break', 'write to\\\nbo@example.org'],
    ['at the end of a line', 'bo@example.org\nis where to write'],
  ])('are hidden %s, and returned separately', (_, source) => {
    for (const render of [comment, article]) {
      const { html, text, addresses } = render(source);
      for (const shown of [html, text, decodeURIComponent(html.replace(/%(?![0-9a-f]{2})/gi, ''))]) {
        expect(shown).not.toMatch(/bo(<[^>]*>)*(@|%40|&#)/);
        expect(shown).not.toMatch(/@(<[^>]*>)*ex/);
      }
      expect(addresses).toEqual(['bo@example.org']);
    }
  });

  it.each([
    ['a soft hyphen', 'bo\u00ad@example.org'],
    ['soft hyphens in the domain', 'bo@ex\u00adample.\u00adorg'],
    ['joiners', 'bo\u200d@\u200cexample.org'],
    ['variation selectors', 'bo\ufe0f@example\u{e0100}.org'],
    ['tags', 'bo\u{e0062}@example.org'],
    ['a grapheme joiner', 'bo@example\u034f.org'],
    ['a filler', 'bo\u3164@example.org'],
    ['a wide sign', 'bo＠example.org'],
    ['a small sign', 'bo﹫example.org'],
    ['wide letters and stops', 'ｂｏ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
    ['an ideographic stop', 'bo@example。org'],
    ['a one dot leader', 'bo@example․org'],
    ['a reference of a wide sign', 'bo&#xFF20;example.org'],
    ['a percent escape', 'bo%40example.org'],
    ['a double percent escape', 'bo%2540example%252eorg'],
    ['percent escapes of a wide sign', 'bo%EF%BC%A0example.org'],
    ['escaped letters', 'b%6f@ex%61mple.org'],
    ['a reference in code', '`bo&#64;example.org`'],
    ['a named reference in code', '`bo&commat;example&period;org`'],
    ['a reference of a reference', 'bo&amp;#64;example.org'],
    ['a reference of a reference in code', '`bo&amp;#x40;example.org`'],
    ['a wide sign in a target', '[x](https://example.net/?to=bo＠example.org)'],
    ['a double escape in a target', '[x](https://example.net/?to=bo%2540example.org)'],
    ['a soft hyphen in a title', '[x](https://example.net "bo\u00ad@example.org")'],
    ['emphasis and a joiner', '*bo*\u200d@**ex**ample.org'],
  ])('are hidden when disguised by %s, and returned in plain form', (_, source) => {
    for (const render of [comment, article]) {
      const { html, text, addresses } = render(normaliseText(source));
      expect(addresses).toEqual(['bo@example.org']);
      expect((html + text).normalize('NFKC')).not.toMatch(/@|%(25)*40|commat|#64|#x40|%EF/i);
    }
  });

  it('are returned in the order of the text, however they are written', () => {
    const source =
      'a＠example.org `b&#64;example.org` *c*\u00ad@example.org [d](https://x.example/?d%40example.org)';
    expect(
      comment(source)
        .addresses.map((address) => address.charAt(0))
        .join(''),
    ).toBe('abcd');
  });

  it('with the ASCII form of a domain are hidden completely', () => {
    expect(comment('bo@xn--e1afmkfd.xn--p1ai!').text).toBe(`${hidden}!`);
  });

  it('do not include the user part of a URL, which is removed', () => {
    for (const source of [
      '[x](https://user@secret.example/a)',
      '[x](https://user:pw@secret.example/a)',
      '[x](https://bank.example@secret.example/a)',
      '[x](<https://user%40bank.example@secret.example/a>)',
    ]) {
      const { html, addresses } = comment(source);
      expect([html, addresses]).toEqual([
        '<p><a href="https://secret.example/a" rel="ugc nofollow noopener">x</a></p>',
        [],
      ]);
    }
    expect(comment('<https://user:pw@secret.example/a>').text).toBe('https://secret.example/a');
    // Where it is not a link, it is ordinary text.
    for (const source of ['https://user@secret.example/a', '`https://user@secret.example/a`']) {
      const { html, text, addresses } = comment(source);
      expect([text, addresses]).toEqual([`https://${hidden}/a`, []]);
      expect(html).not.toContain('<a');
    }
  });

  it('are hidden in a picture’s description, title and target', () => {
    const { html, text, addresses } = article(
      '![a@example.org *b*@example.org](https://example.org/c@example.org.png "d@example.org")',
    );
    expect(html + text).not.toContain('@');
    expect(addresses.map((address) => address.charAt(0)).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keep the words around them', () => {
    expect(comment('Write to\nbo@example.org, or\ncall.').text).toBe(`Write to\n${hidden}, or\ncall.`);
    expect(comment('*see bo@example.org* then').html).toBe(`<p><em>see ${hidden}</em> then</p>`);
    expect(comment('bo@*example*.org rest').html).toBe(`<p>${hidden}<em></em> rest</p>`);
  });

  it('are returned in the order of the text, each once', () => {
    const source =
      '[x](https://example.org/?q=a@example.org) b@example.org\n\n> c@example.org `d@example.org`\n\n' +
      'e@example.org and b@example.org and [y](https://example.org "f@example.org") g@example.org';
    expect(
      article(source)
        .addresses.map((address) => address.charAt(0))
        .join(''),
    ).toBe('abcdefg');
  });

  it('in other scripts and with long names are hidden', () => {
    for (const address of [
      'пошта@приклад.укр',
      'x@उदाहरण.भारत',
      '用户@例子.公司',
      'a.b+c_d%e-f@sub.example.co.uk',
    ]) {
      const { text, addresses } = comment(`write ${address} now`);
      expect([text, addresses]).toEqual([`write ${hidden} now`, [address]]);
    }
  });

  it.each([
    'a@sub_domain.example.org',
    'a@_dmarc.example.org',
    '"bo example"@example.org',
    '"bo@example"@example.org',
    '"bo\\@x"@example.org',
    'a@b.c.d.e.f.g.h.i.example.org',
    `a@${'b.'.repeat(100)}org`,
  ])('are hidden completely, however they are composed: %s', (address) => {
    for (const render of [comment, article]) {
      const { html, text, addresses } = render(`write to \`${address}\` now`);
      expect([text, addresses]).toEqual([`write to ${hidden} now`, [address]]);
      expect(html).not.toContain('@');
    }
  });

  it('with a quoted local part are hidden however the marks are written', () => {
    for (const source of ['&quot;bo example&quot;@example.org', '`&quot;bo example&#34;@example.org`']) {
      const { text, addresses } = comment(source);
      expect([text, addresses]).toEqual([hidden, ['"bo example"@example.org']]);
    }
    expect(comment('"no"@ home, and "\n"@example.org').addresses).toEqual([]);
  });

  it('are not found where there are none', () => {
    for (const text of ['@ada said', 'a @ b', 'at 5@7', 'ada@home', 'https://example.org/@ada', '@.@']) {
      expect(comment(text).addresses).toEqual([]);
      expect(comment(text).text).toBe(text);
    }
  });
});

describe('markdownFromText', () => {
  it.each([
    'plain',
    '*not* **bold** _x_ `y` ~~z~~',
    '# no heading',
    '- no list\n+ none\n1. none\n2) none',
    '> no quotation',
    '    no code',
    '[no](https://example.org)',
    '&amp; &#64; <b>',
    'one\ntwo\n\nthree',
    'line\n===\nline\n---\nline',
    '```\nx\n```',
    '\\*',
  ])('shows %j as it is', (text) => {
    const { html, text: shown } = comment(normaliseText(markdownFromText(text)));
    expect(shown).toBe(text.replace(/^ +/gm, ''));
    expect(tagsOf(html).filter((tag) => !/^<(p|br \/)>$/.test(tag))).toEqual([]);
  });
});
