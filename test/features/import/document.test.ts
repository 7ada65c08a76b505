/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { requireDocument, requireThreadDocument } from '../../../src/features/import/document.ts';
import { parseJson } from '../../../src/features/import/read-document.ts';
import { faultsOf, letter } from '../../support/imports.ts';

const faults = (document: unknown, maxDepth = 100) => faultsOf(() => requireDocument(document, maxDepth));
const bytes = (text: string) => Buffer.from(text);
const syntax = (text: string | Buffer) => faultsOf(() => parseJson(Buffer.from(text)) as never);

/** A letter with these comments, to which the required fields are added. */
const withComments = (...comments: object[]) => ({
  ...letter('a-letter'),
  comments: comments.map((comment) => ({ body: 'Text', createdAt: '2015', ...comment })),
});

describe('a document', () => {
  it('is refused with all of its faults at once, each with its path', async () => {
    const document = {
      journalist: { name: '\u200b', photoUrl: 'ftp://example.org/x', slug: 'Ada' },
      article: {
        title: 7,
        body: 'x',
        bodyFormat: 'rtf',
        publishedAt: '2015-02-30',
        canonicalUrl: 'https://ada:secret@example.org/',
        tags: ['a@example.org'],
        signatures: [{ role: 'Skipper' }],
        commentPolicy: 'MAYBE',
        author: 'Ada',
      },
      endorsements: [
        { key: 'e', displayName: 'Bo', createdAt: '2015' },
        { key: 'e', displayName: 'x'.repeat(5000), createdAt: '15' },
      ],
      comments: [
        { key: 'a b', body: 'x', createdAt: '2015' },
        { key: 'c', parentKey: 'gone', body: ' ', createdAt: '2015', removed: 'yes' },
        { key: 'd', parentKey: 'd', createdAt: '2015' },
        { key: 'f', createdAt: '2015', removed: true, body: 'Still here' },
        'a comment',
      ],
      extra: true,
    };
    expect((await faults(document)).sort()).toEqual(
      [
        'journalist.name: has nothing in it that a reader could see',
        'journalist.photoUrl: takes an http or https address of at most 2000 characters, without a password',
        'journalist.slug: takes words of a to z and 0 to 9 with single hyphens between them',
        'article.title: takes a text',
        'article.bodyFormat: takes markdown or text or html',
        'article.publishedAt: takes a year, a month, a day or an RFC 3339 instant',
        'article.canonicalUrl: takes an http or https address of at most 2000 characters, without a password',
        'article.tags[0]: has an e-mail address in it, and tags are public',
        'article.signatures[0].name: is missing',
        'article.commentPolicy: takes OPEN or PREMODERATED or CLOSED',
        'article.author: unknown field',
        'endorsements[1].createdAt: takes a year, a month, a day or an RFC 3339 instant',
        'endorsements[1].displayName: is longer than 300 characters',
        'endorsements[1].key: is the key of endorsements[0] too',
        'comments[0].key: takes 1 to 200 of the characters A to Z, a to z, 0 to 9 and _ . : -',
        'comments[1].parentKey: no such comment',
        'comments[1].removed: takes true or false',
        'comments[2].body: is missing',
        'comments[2].parentKey: replies to itself in a circle',
        'comments[3].body: a removed comment has neither body nor author',
        'comments[4]: takes an object',
        'extra: unknown field',
      ].sort(),
    );
  });

  it('has no time that is more than a day ahead', async () => {
    const in20Hours = new Date(Date.now() + 20 * 3_600_000).toISOString();
    const in28Hours = new Date(Date.now() + 28 * 3_600_000).toISOString();
    const { article, endorsements, ...rest } = withComments(
      { key: 'a', createdAt: '2030' },
      { key: 'b', createdAt: in28Hours },
      { key: 'c', createdAt: in20Hours },
    );
    const document = {
      ...rest,
      article: { ...article, publishedAt: '2031-02' },
      endorsements: [{ ...endorsements[0], createdAt: '2032-03-04' }],
    };
    expect((await faults(document)).sort()).toEqual([
      'article.publishedAt: is from the future: 2031-02',
      'comments[0].createdAt: is from the future: 2030',
      `comments[1].createdAt: is from the future: ${in28Hours}`,
      'endorsements[0].createdAt: is from the future: 2032-03-04',
    ]);
    expect(() => requireThreadDocument({ articleSlug: 'a', comments: document.comments }, 100)).toThrow(
      'comments[0].createdAt: is from the future: 2030',
    );
  });

  it('is refused with fifty faults and the number of further ones', async () => {
    const document = withComments(...Array.from({ length: 80 }, () => ({ key: 'k' })));
    const lines = await faults(document);
    expect(lines).toHaveLength(51);
    expect(lines[0]).toBe('comments[1].key: is the key of comments[0] too');
    expect(lines[50]).toBe('and 29 more');
  });

  it('may nest comments as deep as the setting allows, and not in a circle', async () => {
    const chain = (length: number) =>
      withComments(
        ...Array.from({ length }, (_, index) => ({
          key: `k${index}`,
          parentKey: index === 0 ? null : `k${index - 1}`,
        })),
      );
    expect(await faults(chain(4), 3)).toEqual([]);
    expect(await faults(chain(6), 3)).toEqual([
      'comments[4].parentKey: nests deeper than 3',
      'comments[5].parentKey: nests deeper than 3',
    ]);
    const circle = withComments(
      { key: 'a', parentKey: 'b' },
      { key: 'b', parentKey: 'a' },
      { key: 'c', parentKey: 'b' },
      { key: 'd' },
    );
    expect(await faults(circle)).toEqual(
      [0, 1, 2].map((index) => `comments[${index}].parentKey: replies to itself in a circle`),
    );
    // Deeper than the call stack allows: the faults are reported, and the process does not crash.
    expect(await faults(chain(100_000), 250)).toHaveLength(51);
  });

  it('must be an object with its required parts', async () => {
    for (const value of [null, [], 'text', 7]) expect(await faults(value)).toEqual(['takes an object']);
    expect(await faults({})).toEqual(['journalist: is missing', 'article: is missing']);
  });

  it('has its lengths counted in characters, not in bytes or UTF-16 code units', async () => {
    const named = (name: string) => ({ ...letter('a-letter'), journalist: { name } });
    expect(await faults(named('🚢'.repeat(120)))).toEqual([]);
    expect(await faults(named('🚢'.repeat(121)))).toEqual(['journalist.name: is longer than 120 characters']);
  });

  it('is completed with slugs, and addresses in names are hidden', () => {
    const document = letter('a-letter');
    const { journalist, article, comments } = requireDocument(
      {
        ...document,
        journalist: { name: 'Ærø Østerby' },
        article: { ...document.article, slug: null, title: '渡船!' },
        comments: [{ key: 'k', authorName: 'ed@example.org', body: 'x', createdAt: '2015' }],
      },
      100,
    );
    expect(journalist.slug).toBe('aero-osterby');
    expect(article.slug).toMatch(/^[a-z0-9-]+$/);
    expect(comments[0]?.authorName).toBe('[address hidden]');
  });
});

describe('the example in examples/', () => {
  it('is a valid document with every field of the format', async () => {
    const text = await readFile(new URL('../../../examples/article.json', import.meta.url), 'utf8');
    const example = JSON.parse(text) as Record<string, any>;
    expect(await faults(example)).toEqual([]);
    // The guide's tables name the same fields.
    const guide = await readFile(new URL('../../../docs/import-export.md', import.meta.url), 'utf8');
    const rows = [...guide.matchAll(/^\| (?:\*\*)?`(\w+)`(?:\*\*)? +\|/gm)].map((match) => match[1]);
    const lists = [...example.endorsements, ...example.authors, ...example.comments];
    const used = [example.journalist, example.article, ...lists];
    const named = new Set(used.flatMap((part) => Object.keys(part as object)));
    expect([...named].sort()).toEqual(
      [...new Set(rows.filter((name) => name !== 'journalist' && name !== 'article'))].sort(),
    );
  });
});

describe('the JSON of a document', () => {
  it('may begin with a byte order mark', () => {
    expect(parseJson(bytes('\ufeff{"a": 1}'))).toEqual({ a: 1 });
  });

  it('is refused with the position of its syntax error', async () => {
    expect(await syntax('{\n  "a": 1,\n}')).toEqual([
      'line 3, column 1: not JSON: Unexpected token RBrace found.',
    ]);
    expect(await syntax('{"a": "b')).toEqual([expect.stringMatching(/^line 1, column \d+: not JSON: /)]);
    expect(await syntax('')).toEqual(['line 1, column 1: not JSON: Unexpected end of input found.']);
    expect(await syntax('{"a": 1} b')).toEqual([expect.stringMatching(/^line 1, column 10: not JSON: /)]);
    expect(await syntax('["line\nbreak"]')).toEqual([expect.stringContaining('not JSON: ')]);
    expect(await syntax('['.repeat(200_000))).toEqual([expect.stringContaining('not JSON: ')]);
  });

  it('must be UTF-8', async () => {
    expect(await syntax(Buffer.from([0x22, 0xe9, 0x22]))).toEqual(['is not UTF-8']);
  });
});
