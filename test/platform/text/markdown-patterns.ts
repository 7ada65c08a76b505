/**
 * Fragments of Markdown whose HTML is longer, or whose rendering is slower, than that of others of the same length; for
 * random texts.
 */
export const fragments: readonly string[] = [
  ...['a', ' ', '\n', '\n\n', '    ', '\\', '&', '"', '<', '>', '&amp;', '&#64;', '%40', '😀', '你', 'é'],
  ...[
    '> ',
    '>',
    '- ',
    '+ ',
    '* ',
    '1. ',
    '2) ',
    '# ',
    '***\n',
    '---\n',
    '===\n',
    '```\n',
    '~~~\n',
    '- - - ',
    '>>>>',
  ],
  ...[
    '*',
    '**',
    '_',
    '~~',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '](http://a)',
    '[a]',
    '[a][b]',
    '![a]',
  ],
  ...['[a]: http://b.cc "&&&&&&&&"\n', '[b]: mailto:a@b.cc\n', '[a]: http://b.cc/你你你 \'"""\'\n'],
  ...['http://a', 'http://a ', '<http://a>', 'https://é.cc/?&', 'http://a@b.cc', 'mailto:a@b.cc', '<a@b.cc>'],
  ...['a@b.cc', 'a@b.cc ', '"a b"@c.dd', '@', 'ａ＠ｂ．ｃｃ', '\u00ad', '\ufdfa', '㍿', '\u0301'],
];

/** Units that are repeated. */
const repeated: readonly string[] = [
  ...[
    '&',
    '"',
    '<',
    '<http://a> ',
    '<http://a>',
    'http://a ',
    'http://a\n',
    'http://a\n\n',
    '[](http://a)',
    '![](http://a)',
  ],
  ...[
    `${'>'.repeat(40)}\n\n`,
    `${'>'.repeat(19)}a\n\n`,
    '>\n\n',
    '>a\n\n',
    '>- '.repeat(13) + '\n\n',
    '> - ',
  ],
  ...[
    '-\n',
    '-\n+\n',
    '- a\n',
    `${'- '.repeat(20)}\n`,
    `${'- '.repeat(19)}a\n`,
    '2.\n3)\n',
    '- a\n\n  b\n\n',
  ],
  ...[
    '***\n',
    '#\n',
    '# a\n',
    'a\n-\n',
    '*a*',
    '*a **b **',
    `${'*'.repeat(30)}a${'*'.repeat(30)} `,
    '~~a~~',
    '`a`',
  ],
  ...[
    'a\n',
    'a\\\n',
    'a\n\n',
    '```\n```\n',
    '    a\n\na\n\n',
    '[](http://a/😀)',
    '[](http://a/你 "&")',
    '[](http://a "a@b.cc")',
  ],
  ...[
    'a@b.cc ',
    '`a@b.cc`',
    '[](mailto:a@b.cc)',
    '<a@b.cc>',
    'a@a.',
    'a@',
    `${'a'.repeat(64)}@`,
    `a@${'b'.repeat(63)}.`,
  ],
  ...[
    'http://a@b.cc ',
    `h://${'a'.repeat(50)}@b.cc`,
    '"a b"@b.cc ',
    '"a',
    '[',
    '[a](',
    '![',
    '`a',
    '&#',
    '&#64;',
    '&amp;',
  ],
  ...[
    '*',
    '* ',
    '_a',
    '*a ',
    'a* ',
    '*_',
    '**a *b ',
    '~~a ',
    'a\u0301\u0316',
    'ａ＠ｂ．ｃｃ ',
    '\ufdfa@',
    '㍿@㍿.㍿㍿ ',
  ],
  ...[
    '[a]: http://b.c "x\n',
    '[a]:\n',
    '[\n',
    '[a](<b',
    '[a](b "',
    'http://',
    'http://é.cc ',
    '<http://你.cc>',
    '<a>',
    '|a|\n|-|\n',
  ],
];

/** @param length approximate number of characters of each text */
export function worstTexts(length: number): string[] {
  const times = (unit: string, characters = length) => unit.repeat(Math.ceil(characters / unit.length));
  const half = length / 2;
  const paragraphs = (unit: string) => times(`${times(unit, 400)}\n\n`, half);
  return [
    ...repeated.map((unit) => times(unit)),
    // References: one long title or URL, and its uses.
    ...['[a]: http://b.cc "& "', '[a]: http://b.cc/你', '[a]: mailto:a@b.cc'].flatMap((definition) => {
      const [head = '', tail = ''] = [definition.slice(0, -1), definition.endsWith('"') ? '"' : ''];
      const long = `${head}${times(tail === '' ? '你' : '&', half)}${tail}\n\n`;
      return ['[a] ', '![a] ', '[b][a]'].map((use) => long + paragraphs(use));
    }),
    times('[', half) + times('](http://a)', half),
    times('![', half) + times('](https://a)', half),
    `${'>'.repeat(40)}${times('a\n')}`,
    `a@${times('a.')}`,
    `${times('a')}@b.cc`,
    `http://${times('é.')}cc`,
    `<http://a/${times('你')}>`,
    `http://a/${times('😀')}`,
    `[](http://a "${times('&')}")`,
    `\`\`\`\n${times('&')}`,
    `\`\`\`\n${times('a@b.cc ')}`,
    Array.from({ length: half / 10 }, (_, level) => `${' '.repeat(level % 38)}- a\n`).join(''),
  ];
}
