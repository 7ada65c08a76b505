/** @database either */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { renderMarkdown } from '../../../src/platform/text/markdown.ts';
import { type Profile } from '../../../src/platform/text/markdown-parser.ts';
import { normaliseText } from '../../../src/platform/text/plain.ts';
import { useApp } from '../../support/app.ts';
import { eachAttack, xssCorpus } from './xss-corpus.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const common = 'a blockquote br code em hr li ol p pre s strong ul'.split(' ');

const allowed: Record<Profile, readonly string[]> = {
  comment: common,
  article: [...common, 'h2', 'h3', 'h4', 'img'],
};

const attributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'rel', 'title'],
  img: ['alt', 'fetchpriority', 'loading', 'referrerpolicy', 'src', 'title'],
  ol: ['start'],
};

/** Elements that have a direction. */
const blocks = ['p', 'pre', 'blockquote', 'ol', 'ul', 'li', 'h2', 'h3', 'h4'];

const rel: Record<Profile, string> = { comment: 'ugc nofollow noopener', article: 'noopener' };

/** The elements that a browser parses when a page inserts the HTML into a block. */
function elementsOf(html: string): Element[] {
  const document = parse(`<!doctype html><title>x</title><div id="text">${html}</div>`);
  const all: Element[] = [];
  const walk = (node: Node): void => {
    if ('tagName' in node) all.push(node);
    if ('content' in node) walk(node.content);
    if ('childNodes' in node) node.childNodes.forEach(walk);
  };
  walk(document);
  const names = all.slice(0, 5).map(({ tagName }) => tagName);
  // Nothing escaped from the block.
  expect(names.join(' ')).toBe('html head title body div');
  expect('childNodes' in (all[3] as Element) && (all[3] as Element).childNodes).toHaveLength(1);
  return all.slice(5);
}

/** Faults of rendered HTML; empty: a browser may display it. */
function faultsOf(html: string, profile: Profile): string[] {
  let fetchedAtOnce = 0;
  return elementsOf(html).flatMap(({ tagName, attrs, namespaceURI }) => {
    const faults: string[] = [];
    if (!allowed[profile].includes(tagName) || !namespaceURI.endsWith('xhtml')) faults.push(`<${tagName}>`);
    for (const { name, value } of attrs) {
      if (name === 'dir' && blocks.includes(tagName) && ['auto', 'rtl'].includes(value)) continue;
      if (!attributes[tagName]?.includes(name)) faults.push(`<${tagName} ${name}>`);
      if (name !== 'href' && name !== 'src') continue;
      // The URL parser of browsers, with a base of another scheme, so that a relative target would be detected.
      const target = new URL(value, 'relative://page/');
      const schemes = name === 'src' ? ['https:'] : ['http:', 'https:'];
      if (!schemes.includes(target.protocol) || target.username !== '' || target.password !== '')
        faults.push(`${name}=${value}`);
    }
    const found = (wanted: string) => attrs.find(({ name }) => name === wanted)?.value;
    if (tagName === 'a' && (found('href') === undefined || found('rel') !== rel[profile]))
      faults.push(`<a rel="${found('rel')}">`);
    if (tagName === 'img') {
      if (found('referrerpolicy') !== 'no-referrer') faults.push('<img> tells where it is shown');
      if (found('fetchpriority') === 'high') fetchedAtOnce += 1;
      else if (found('loading') !== 'lazy') faults.push('<img> is fetched at once');
      if (fetchedAtOnce > 1) faults.push('<img> is not the first');
    }
    return faults;
  });
}

const profiles: readonly Profile[] = ['comment', 'article'];

describe('Markdown that tries to run a script', () => {
  it('is of many kinds', () => {
    expect(new Set(xssCorpus).size).toBeGreaterThan(600);
  });

  it.each(profiles)('becomes text and harmless links: %s', (profile) => {
    for (const source of xssCorpus) {
      for (const given of [source, normaliseText(source), `a ${source} b`, `> ${source}`]) {
        const { html } = renderMarkdown(given, profile);
        expect([given, faultsOf(html, profile)]).toEqual([given, []]);
      }
    }
  });

  const alphabet = [
    ...'<>"\'`()[]!:;&#/\\=*_~-+@%. \n\t0x',
    '\u0000',
    '\u00ad',
    '\u200d',
    '\u202e',
    '\ud83d',
    '＜',
    '&#',
    '&colon;',
    '&lt;',
    '&quot;',
    'javascript:',
    'data:',
    'https://',
    'https://example.org/',
    '](',
    '![',
    '<img src=x onerror=alert(1)>',
    '<script>',
    ' onclick=',
    '```',
    '\n\n',
    '\n[r]: ',
    'r',
  ];
  const sources = fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((parts) => parts.join(''));

  it.each(profiles)('is harmless however it is composed: %s', (profile) => {
    fc.assert(
      fc.property(sources, (source) => {
        expect(faultsOf(renderMarkdown(source, profile).html, profile)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  describe('over the API', () => {
    const service = useApp();

    it('is stored unchanged and rendered harmless', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const user = await app.signUp();
      // Many in one request: one request for each would take minutes.
      for (let start = 0; start < eachAttack.length; start += 30) {
        const bodies = eachAttack.slice(start, start + 30);
        const inputs = Object.fromEntries(bodies.map((body, n) => [`i${n}`, { articleId: id, body }]));
        const data = await app.data(
          `mutation (${bodies.map((_, n) => `$i${n}: AddCommentInput!`).join(' ')}) { ${bodies
            .map(
              (_, n) =>
                `c${n}: addComment(input: $i${n}) { comment { bodyHtml bodyText } userErrors { code } }`,
            )
            .join(' ')} }`,
          inputs,
          user.token,
        );
        for (const [n, body] of bodies.entries()) {
          const { comment, userErrors } = data[`c${n}`];
          // Some texts are invisible, and refused.
          if (comment === null) expect([body, userErrors]).toEqual([body, [{ code: 'EMPTY_TEXT' }]]);
          else expect([body, faultsOf(comment.bodyHtml, 'comment')]).toEqual([body, []]);
        }
      }
    });
  });
});
