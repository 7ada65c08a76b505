/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { isolated } from '../../../src/platform/text/direction.ts';
import { renderMarkdown } from '../../../src/platform/text/markdown.ts';
import { normaliseLine, normaliseText } from '../../../src/platform/text/plain.ts';
import { normaliseTagName } from '../../../src/platform/text/tag-name.ts';

/** Marks by their usual names, so that they can be seen. */
const marks: Readonly<Record<string, string>> = {
  LRM: '\u200e',
  RLM: '\u200f',
  ALM: '\u061c',
  LRE: '\u202a',
  RLE: '\u202b',
  PDF: '\u202c',
  LRO: '\u202d',
  RLO: '\u202e',
  LRI: '\u2066',
  RLI: '\u2067',
  FSI: '\u2068',
  PDI: '\u2069',
};

const marked = (text: string): string => text.replace(/[A-Z]{3}/g, (name) => marks[name] ?? name);
const named = (text: string): string =>
  text.replace(/\p{Cf}/gu, (mark) => Object.keys(marks).find((name) => marks[name] === mark) ?? mark);

describe('Marks of direction in a text', () => {
  it.each([
    ['single letters', 'aLRM bRLM cALM', 'aLRM bRLM cALM'],
    ['isolates that end', 'aRLIbPDI LRIcPDI FSIdPDI', 'aRLIbPDI LRIcPDI FSIdPDI'],
    ['nested isolates', 'RLIaLRIbPDIcPDI', 'RLIaLRIbPDIcPDI'],
    ['embeddings become isolates', 'LREaPDF RLEbPDF', 'LRIaPDI RLIbPDI'],
    ['an isolate without an end', 'aRLIb', 'ab'],
    ['an end without a begin', 'aPDIbPDFc', 'abc'],
    ['the outer one of two without an end', 'RLIaLRIbPDI', 'aLRIbPDI'],
    ['an isolate that ends in another line', 'RLIa\nbPDI', 'a\nb'],
    ['an isolate that ends in another paragraph', 'RLIa\u2029bPDI', 'a\u2029b'],
    ['an embedding that ends outside of its isolate', 'RLIaLREbPDIcPDF', 'RLIabPDIc'],
    ['an embedding whose end is inside an isolate', 'RLEaLRIbPDFcPDIdPDF', 'RLIaLRIbcPDIdPDI'],
    ['overrides with their ends', 'LROaPDF RLObPDF', 'a b'],
    ['an override in an isolate', 'RLIRLOaPDFPDI', 'RLIaPDI'],
  ])('%s', (_, text, expected) => {
    expect(named(normaliseText(marked(text)))).toBe(expected);
  });

  it('end in the line that a name or a title becomes', () => {
    expect(named(normaliseLine(marked('RLIa PDI b RLIc')))).toBe('RLIa PDI b c');
  });

  it('are balanced over emphasis and links, and where character references make them', () => {
    const { html, text } = renderMarkdown(
      marked('RLI**a** bPDI &#x2067;c *&#x202e;d*\n\n&#x2069;e &#x2067;*f*&#x2069;'),
      'comment',
    );
    expect(named(html)).toBe('<p>RLI<strong>a</strong> bPDI c <em>d</em></p>\n<p>e RLI<em>f</em>PDI</p>');
    expect(named(text)).toBe('RLIa bPDI c d\n\ne RLIfPDI');
  });

  it('are no part of a tag', () => {
    expect(normaliseTagName(marked('RLM#RLIשלוםPDIRLM'))).toBe('שלום');
  });

  it('are balanced in time that grows with the text alone', () => {
    for (const text of ['RLI', 'PDI', 'LRE', 'RLILRE', 'RLI\n', 'RLIPDI']) {
      const before = process.cpuUsage();
      normaliseText(marked(text).repeat(100_000));
      const { user } = process.cpuUsage(before);
      expect({ text, isFast: user < 1_000_000 }).toEqual({ text, isFast: true });
    }
  });

  it('isolate a line inside a sentence where it turns', () => {
    expect(isolated('Ada')).toBe('Ada');
    expect(named(isolated('עדה'))).toBe('FSIעדהPDI');
    expect(named(isolated('Ada (نجم)'))).toBe('FSIAda (نجم)PDI');
  });
});
