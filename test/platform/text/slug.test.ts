/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { slugFrom, slugPattern } from '../../../src/platform/text/slug.ts';

describe('a generated slug', () => {
  it.each([
    ['The last boat', 'the-last-boat'],
    ['  “Don’t!” – 10% off, v2.0 ', 'dont-10-off-v2-0'],
    ['L’été à l’école', 'lete-a-lecole'],
    ['Ärger über Łódź', 'arger-uber-lodz'],
    ['Привет, мир', 'privet-mir'],
    ['Ελληνικά νέα', 'ellinika-nea'],
    ['北京 2022', 'beijing-2022'],
    ['مرحبا بالعالم', 'mrhb-bllm'],
    ['नमस्ते', 'nmste'],
    ['🚀🎉', 'rocket-tada'],
    ['', 'article'],
    ['…!?', 'article'],
    ['---', 'article'],
    ['Ask ada@example.org about it', 'ask-about-it'],
    ['ada@example.org', 'article'],
  ])('of %j is %j', (title, slug) => {
    expect(slugFrom(title, 'article')).toBe(slug);
  });

  it('leaves room for a number after it, and ends with a whole word', () => {
    const slug = slugFrom('word '.repeat(60), 'article');
    expect(slug).toBe('word-'.repeat(23).slice(0, -1));
    expect(slugFrom('x'.repeat(300), 'article')).toBe('x'.repeat(115));
  });

  it('matches its pattern for any text', () => {
    for (let point = 1; point < 0x1_1000; point += 7) {
      const slug = slugFrom(`a${String.fromCodePoint(point)}b`, 'article');
      expect([point, slugPattern.test(slug)]).toEqual([point, true]);
    }
  });
});
