/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderInTurns, renderMarkdown } from '../../../src/platform/text/markdown.ts';
import {
  parseInSteps,
  parseMarkdown,
  type Profile,
  TextOverflow,
} from '../../../src/platform/text/markdown-parser.ts';
import { normaliseText } from '../../../src/platform/text/plain.ts';
import { maxHtmlLength } from '../../../src/platform/text/text-bounds.ts';
import { fragments, worstTexts } from './markdown-patterns.ts';

const profiles: readonly Profile[] = ['comment', 'article'];

/** Length of the rendered text as a fraction of its bound; 0: refused. */
function share(given: string, profile: Profile): number {
  const source = normaliseText(given);
  try {
    const { html, text, addresses } = renderMarkdown(source, profile);
    return Math.max(html.length, text.length, addresses.join('').length) / maxHtmlLength(source.length);
  } catch (error) {
    if (error instanceof TextOverflow) return 0;
    throw error;
  }
}

/** Prose with the usual markup of articles. */
function prose(length: number): string {
  const paragraph =
    'The *harbour* and the **council** of the town promised a [letter](https://example.org/letters/12) to each of its ' +
    'readers, with the figures of the year: see https://example.org/figures, or write to bo@example.org.\n\n' +
    '> A quotation, “with marks” & more.\n\n- one thing\n- another one\n\n';
  return paragraph.repeat(length / paragraph.length);
}

describe('the HTML of a text', () => {
  it.each(profiles)('is at most six times as long, and 2,000 characters more: %s', (profile) => {
    for (const source of [...worstTexts(10_000), ...worstTexts(300)])
      expect([source.slice(0, 40), share(source, profile) <= 1]).toEqual([source.slice(0, 40), true]);
  });

  it.each(profiles)('is within the bound for random texts: %s', (profile) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (parts, times) => expect(share(parts.join('').repeat(times), profile)).toBeLessThanOrEqual(1),
      ),
      { numRuns: 300 },
    );
  });

  it('is never refused where there is no markup, whatever the characters', () => {
    for (const character of ['&', '<', '"', "'", 'x', '😀', '你'])
      for (const length of [1, 10_000]) expect(share(character.repeat(length), 'comment')).toBeGreaterThan(0);
  });

  it('is refused with the fault', () => {
    const refusal = (source: string) => {
      try {
        return parseMarkdown(source, 'article').html.length;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refusal('a\n'.repeat(10_001))).toBe('has more than 10000 lines');
    expect(refusal('*a*'.repeat(10_000))).toMatch(/^has a paragraph with too much markup/);
    expect(refusal('x'.repeat(100_001))).toMatch(/^has a paragraph of more than 100000 characters/);
    expect(refusal(`${'>'.repeat(20)}\n\n`.repeat(2000))).toMatch(/^has more than 30000 paragraphs/);
    expect(refusal('"'.repeat(60_000))).toMatch(/^has a paragraph that becomes more than 300000/);
    const long = `[a]: http://b.cc "${'&'.repeat(5000)}"\n\n${'[a] '.repeat(100)}`;
    expect(refusal(long)).toMatch(/^becomes more than \d+ characters of HTML, 6 for each/);
  });
});

describe('a long text', () => {
  it.each(profiles)('of prose is accepted: %s', (profile) => {
    const { html } = renderMarkdown(prose(200_000), profile);
    expect(html.length).toBeLessThan(2 * 200_000);
  });

  it('is rendered in several turns of the event loop', async () => {
    const source = prose(200_000);
    const once = renderMarkdown(source, 'article');
    let turns = 0;
    let over = false;
    const count = () => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const rendered = await Promise.all([1, 2, 3].map(() => renderInTurns(source, 'article')));
    over = true;
    for (const each of rendered) expect(each).toEqual(once);
    expect(turns).toBeGreaterThan(3);
  });

  it('never blocks for long in one step, whatever its content', () => {
    const slowest = worstTexts(99_000).map((text) => {
      const source = normaliseText(text);
      let slowestStep = 0;
      try {
        for (const steps = parseInSteps(source, 'article'); ;) {
          const start = process.cpuUsage();
          const { done } = steps.next();
          const { user } = process.cpuUsage(start);
          slowestStep = Math.max(slowestStep, user / 1000);
          if (done) break;
        }
      } catch (error) {
        if (!(error instanceof TextOverflow)) throw error;
      }
      return { source: source.slice(0, 40), slowestStep };
    });
    // Far above the time on a quiet machine, and far below that of a quadratic rule.
    expect(slowest.filter(({ slowestStep }) => slowestStep > 1000)).toEqual([]);
  });
});
