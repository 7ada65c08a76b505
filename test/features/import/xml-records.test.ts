/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { XmlRecords } from '../../../src/features/import/source/xml-records.ts';

/** Reads a document in pieces, as files are read. @returns the lines of its records, or why it was refused */
function read(document: string): number[] | string {
  const lines: number[] = [];
  const records = new XmlRecords({
    root: 'root',
    isRecord: (name) => name === 'item' || name === 'comment',
    onRecord: ({ line }) => void lines.push(line),
  });
  const bytes = Buffer.from(document);
  try {
    for (let at = 0; at < bytes.length; at += 65_536) records.write(bytes.subarray(at, at + 65_536));
    records.end();
  } catch (error) {
    return (error as Error).message;
  }
  return lines;
}

const attributes = (count: number) => Array.from({ length: count }, (_, index) => `a${index}="b"`).join(' ');
const texts = (count: number) => `<text>${'x'.repeat(1_000_000)}</text>\n`.repeat(count);

describe('records of XML', () => {
  it('have so many characters, however they are divided among elements', () => {
    expect(read(`<root>\n<item>\n${texts(8)}</item></root>`)).toEqual([2]);
    expect(read(`<root>\n<item>\n${texts(9)}</item></root>`)).toBe(
      'line 11: a record has more than 8388608 characters',
    );
    const long = `<text a="${'x'.repeat(50_000)}" ${attributes(255)}/>\n`;
    expect(read(`<root><item>${long.repeat(200)}</item></root>`)).toMatch(
      /^line 16\d: a record has more than 8388608/,
    );
  });

  it('have so many elements, and those of a record within one count only while it is read', () => {
    const comment = `<comment>${'<a/>'.repeat(100)}</comment>\n`;
    expect(read(`<root><item>${comment.repeat(600)}${texts(1)}</item></root>`)).toHaveLength(601);
    expect(read(`<root><item>\n${'<a/>'.repeat(50_000)}</item></root>`)).toBe(
      'line 2: a record has more than 50000 elements',
    );
  });

  it('have so many attributes for one element, which are counted as they are read', () => {
    expect(read(`<root>\n<item ${attributes(256)}/></root>`)).toEqual([2]);
    const refused = 'line 2: an element has more than 256 attributes';
    expect(read(`<root>\n<item ${attributes(257)}/></root>`)).toBe(refused);
    // The element has no end: it is refused before it would be needed.
    expect(read(`<root>\n<item ${attributes(20_000)}`)).toBe(refused);
  });
});
