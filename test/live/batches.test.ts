import { describe, expect, it } from '@jest/globals';
import { SelectionRenderer, type RendererOptions } from '../../src/live/renderer.ts';

const batchOf = (cost: number): number =>
  new SelectionRenderer({ selection: { cost }, viewer: null, isKnown: true } as RendererOptions).batchSize;

describe('how many events are made in one go', () => {
  it('is fewer, the more is selected of each', () => {
    expect([1, 50, 51, 100, 250, 1600, 1_000_000].map(batchOf)).toEqual([32, 32, 31, 16, 6, 1, 1]);
  });

  it('is one at first of a selection that is not known: nobody can tell how large its events are', () => {
    const options = { selection: { cost: 1 }, viewer: null, isKnown: false } as RendererOptions;
    expect(new SelectionRenderer(options).batchSize).toBe(1);
  });

  it('is at least one, also of a selection that costs nothing', () => {
    expect(batchOf(0)).toBe(32);
  });
});
