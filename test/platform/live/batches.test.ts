import { describe, expect, it } from '@jest/globals';
import { SelectionRenderer, type RendererOptions } from '../../../src/platform/live/renderer.ts';

const batchOf = (cost: number): number =>
  new SelectionRenderer({ selection: { cost }, viewer: null, isKnown: true } as RendererOptions).batchSize;

describe('the number of events in a batch', () => {
  it('is smaller for selections with a higher cost', () => {
    expect([1, 50, 51, 100, 250, 1600, 1_000_000].map(batchOf)).toEqual([32, 32, 31, 16, 6, 1, 1]);
  });

  it('is one at first for an unknown selection, because the size of its events is unknown', () => {
    const options = { selection: { cost: 1 }, viewer: null, isKnown: false } as RendererOptions;
    expect(new SelectionRenderer(options).batchSize).toBe(1);
  });

  it('is bounded also for a selection without cost', () => {
    expect(batchOf(0)).toBe(32);
  });
});
