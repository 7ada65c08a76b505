/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import { streamText } from '../../../src/platform/http/text-pieces.ts';

async function piecesOf(text: string): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of streamText(text)) pieces.push(piece as Buffer);
  return pieces;
}

it.each([
  ['one byte each', 'a'],
  ['two bytes each', 'é'],
  ['two code units each', '🎈'],
  ['both, so that pieces would end between the halves of a pair', 'a🎈'],
])('a large text of characters of %s arrives whole, in pieces', async (_, character) => {
  const text = character.repeat(200_001);
  const pieces = await piecesOf(text);
  expect(Buffer.concat(pieces).toString()).toBe(text);
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) expect(piece.toString()).not.toContain('\ufffd');
});
