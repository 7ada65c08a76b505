/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { Lexer, Source, TokenKind } from 'graphql';
import { overlapping, validationPatterns } from '../../faults/abuse/documents.ts';
import { beyondControl, bounds, judge, type Measured } from '../../faults/abuse/judge.ts';
import { poisonousTexts } from '../../faults/abuse/poison.ts';
import { type Probe, worstStall, worstWait } from '../../faults/abuse/stall.ts';

/*
 * Tests the conclusions of the abuse scenario from its measurements, and that its attacks respect the limits that a
 * service checks first.
 */

const probe = (begun: number, ended: number, busyMs?: number): Probe => ({ begun, ended, busyMs });

describe('a stall of the event loop', () => {
  it('is the longest wait where the machine is idle', () => {
    const probes = [probe(0, 3, 1), probe(10, 510, 495), probe(600, 604, 2)];
    expect(worstStall(probes, [probe(0, 1), probe(300, 301)])).toBe(495);
    expect(worstWait(probes)).toBe(500);
  });

  it('is not a wait in which the thread hardly ran because others occupied the CPU', () => {
    expect(worstStall([probe(0, 900, 20)], [])).toBe(20);
  });

  it('is not a wait that a bare server had too', () => {
    expect(worstStall([probe(0, 900, 880)], [probe(50, 900)])).toBe(50);
  });

  it('is a wait although a bare server waited at another time', () => {
    expect(worstStall([probe(1000, 1900, 880)], [probe(50, 900), probe(2000, 2900)])).toBe(880);
  });

  it('is searched in all waits, not in the longest alone', () => {
    const probes = [probe(0, 900, 10), probe(2000, 2300, 300)];
    expect(worstStall(probes, [probe(0, 880)])).toBe(300);
  });

  it('is the whole wait where the CPU time is unknown', () => {
    expect(worstStall([probe(0, 400)], [probe(0, 20)])).toBe(380);
  });

  it('is 0 without probes', () => {
    expect(worstStall([], [probe(0, 20)])).toBe(0);
  });
});

describe('a wait of other clients', () => {
  it('counts as far as it exceeds twice the wait at the control node', () => {
    expect(beyondControl(500, 30)).toBe(440);
    expect(beyondControl(500, 300)).toBe(0);
  });
});

describe('the bounds', () => {
  const none = Object.fromEntries(Object.keys(bounds).map((name) => [name, 0])) as unknown as Measured;

  it('hold up to their values', () => {
    expect(judge(bounds, 1)).toEqual([]);
  });

  it.each(Object.keys(bounds) as (keyof Measured)[])('are reported where one is exceeded: %s', (name) => {
    expect(judge({ ...none, [name]: bounds[name] + 1 }, 1).map(({ of }) => of)).toEqual([name]);
  });

  it('give leeway to waits, less to stalls, and to nothing else', () => {
    const twice = Object.fromEntries(
      Object.entries(bounds).map(([name, bound]: [string, number]) => [name, 2 * bound + 1]),
    ) as unknown as Measured;
    expect(judge(twice, 4).map(({ of }) => of)).toEqual([
      'stall',
      'failed',
      'grown',
      'kept',
      'largestAnswer',
    ]);
  });
});

describe('the attacks', () => {
  function countTokens(text: string): number {
    const lexer = new Lexer(new Source(text));
    let count = 0;
    while (lexer.advance().kind !== TokenKind.EOF) count += 1;
    return count;
  }

  it.each(Object.entries({ ...validationPatterns, overlapping: overlapping(62) }))(
    'have documents at the limit of tokens and of bytes: %s',
    (_, text) => {
      expect(countTokens(text)).toBeLessThanOrEqual(2000);
      expect(Buffer.byteLength(JSON.stringify({ query: text }))).toBeLessThanOrEqual(2 ** 20);
    },
  );

  it.each([9900, 199_000])('have texts of at most %d characters', (length) => {
    for (const text of poisonousTexts(length)) expect([...text].length).toBeLessThanOrEqual(length);
  });
});
