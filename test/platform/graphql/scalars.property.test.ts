import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UrlScalar } from '../../../src/platform/graphql/scalars.ts';

const piece = fc.constantFrom(
  ...[
    'http',
    'https',
    'HTTP',
    '://',
    '//',
    '/',
    ':',
    '80',
    '443',
    '4000',
    '04000',
    '1',
    '0x1',
    '127.0.0.1',
    '.',
    '..',
  ],
  ...[
    '-',
    'a',
    'example',
    'Example',
    '.org',
    'xn--',
    'xn--bcher-kva',
    'x',
    '~',
    '_',
    '#',
    '?',
    '%2e',
    '%',
    '@',
    '[',
    ' ',
  ],
  ...['\n', '\\', 'ü', 'comment-Q29t'],
);
const beginning = fc.constantFrom(
  'http://',
  'https://',
  'http://a',
  'https://news.example.org/',
  'https://a:4000',
);

/** What the scalar shows, or that it shows nothing. */
function shown(show: () => unknown): unknown {
  try {
    return show();
  } catch {
    return 'an error';
  }
}

describe('URL', () => {
  it('is shown as the URL parser writes it', () => {
    fc.assert(
      fc.property(beginning, fc.array(piece, { maxLength: 8 }), (first, rest) => {
        const text = first + rest.join('');
        expect(shown(() => UrlScalar.serialize(text))).toBe(shown(() => new URL(text).toString()));
      }),
      { numRuns: 5000 },
    );
  });
});
