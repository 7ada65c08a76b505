/** @database none */
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compressedContent,
  type Format,
  plain,
  uselessTypes,
  type UselessPart,
  withParts,
} from '../../../../harness/data/hostile-pictures.ts';
import { encodePicture, PictureError } from '../../../../src/features/people/profile/picture-encoder.ts';
import { readPicture } from '../../../../src/features/people/profile/picture-reader.ts';

const formats: readonly Format[] = ['png', 'jpeg', 'webp'];

/** Most bytes of a picture that is sent. */
const maxFile = 5_000_000;

/** What a library would read of the file. */
const decodedOf = (file: Buffer): Buffer => Buffer.concat(readPicture(file)?.file ?? []);

describe('what is decoded of a picture', () => {
  let files: Record<Format, Buffer>;

  beforeAll(async () => {
    const picture = await plain(100, 90);
    const [png, jpeg, webp] = await Promise.all(
      formats.map((format) => picture.clone().toFormat(format).toBuffer()),
    );
    files = { png: png!, jpeg: jpeg!, webp: webp! };
  });

  const partOf = (format: Format): fc.Arbitrary<UselessPart> =>
    fc.record({
      type: fc.constantFrom(...uselessTypes[format]),
      content: fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(...(['iCCP', 'zTXt', 'iTXt'] as const))
          .map((type) => compressedContent(type, 900_000)),
      ),
      count: fc.integer({ min: 1, max: 900 }),
      isBehindPixels: fc.boolean(),
    });

  it.each(formats)('are its pixels and their tables, whatever else the file holds: %s', (format) => {
    const alone = decodedOf(files[format]);
    expect(alone.length).toBeGreaterThan(100);
    const parts = fc.array(partOf(format), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, (some) => {
        const file = withParts(format, files[format], some);
        fc.pre(file.length <= maxFile);
        expect(decodedOf(file).equals(alone)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each(formats)('makes the same picture: %s', async (format) => {
    const content = compressedContent('zTXt', 7_900_000);
    const parts = uselessTypes[format].map((type) => ({ type, content, count: 20, isBehindPixels: false }));
    const made = await encodePicture(withParts(format, files[format], parts));
    expect(made.equals(await encodePicture(files[format]))).toBe(true);
  });

  it.each(formats)('is nothing of a file of too many parts: %s', (format) => {
    const [type = ''] = uselessTypes[format].slice(-1);
    const part = { type, content: Buffer.alloc(0), count: 10_001, isBehindPixels: false };
    expect(readPicture(withParts(format, files[format], [part]))).toBeUndefined();
  });

  it.each(formats)('is nothing of a file that is cut off or damaged: %s', (format) => {
    const file = files[format];
    for (const length of [0, 1, 8, 20, 40, Math.floor(file.length / 2), file.length - 3])
      expect(readPicture(file.subarray(0, length))).toBeUndefined();
  });

  it('is nothing of a picture that is not made in time: the process that decodes it is ended', async () => {
    await expect(encodePicture(files.png, 1)).rejects.toThrow(PictureError);
  });
});
