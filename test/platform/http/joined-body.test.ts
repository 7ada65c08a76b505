/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressBeginning, joinBody } from '../../../src/platform/http/joined-body.ts';

const beginnings = [1, 10, 70_000, 500_000].map((length) =>
  Buffer.from(Array.from({ length }, (_, index) => 97 + ((index * index) % 23))),
);
const ends = [1, 2, 100, 65_536].map((length) =>
  Buffer.from('é'.repeat(length).slice(0, length)).subarray(0, length),
);

describe('a compressed body with an end of its own', () => {
  it.each([
    { encoding: 'gzip' as const, decompress: gunzipSync },
    { encoding: 'br' as const, decompress: brotliDecompressSync },
  ])('is one valid body: $encoding', async ({ encoding, decompress }) => {
    for (const beginning of beginnings) {
      const compressed = await compressBeginning(beginning, encoding);
      for (const end of ends)
        expect(decompress(joinBody(compressed, end)).equals(Buffer.concat([beginning, end]))).toBe(true);
    }
  });
});
