/** @database none */
import { expect, it } from '@jest/globals';
import { arrange } from '../../../src/features/import/source/arrange.ts';
import { Collection } from '../../../src/features/import/source/collection.ts';
import { fromPlain } from '../../../src/features/import/source/field.ts';
import { Texts } from '../../../src/features/import/source/texts.ts';

/** Comments of a thread; each replies to the one of the number that is given for its own. */
async function collectionOf(
  count: number,
  parentOf: (number: number) => number | undefined,
): Promise<Collection> {
  const collection = new Collection({
    source: 'disqus',
    secret: Buffer.alloc(32),
    now: new Date(),
    texts: new Texts(''),
    progress: () => undefined,
  });
  for (let number = 1; number <= count; number += 1)
    collection.comment({
      place: { line: number },
      threadId: '1',
      id: String(number),
      parentId: parentOf(number)?.toString(),
      author: { name: fromPlain('Ada'), id: 'ada', email: undefined },
      body: '',
      bodyFormat: 'text',
      createdAt: { at: new Date(1_500_000_000_000 + number * 1000), precision: 'INSTANT' },
      // Its text is not converted.
      isPublic: false,
      likes: undefined,
    });
  await collection.end();
  return collection;
}

const options = { source: 'disqus', maxDepth: 100 } as const;

it('replies that nest too deep hang below the comment above that may have replies', async () => {
  const collection = await collectionOf(6, (number) => (number === 1 ? undefined : number - 1));
  const { comments, lifted } = arrange(collection, ['1'], { ...options, maxDepth: 2 });
  collection.comments.close();
  expect([comments.map(({ parentKey }) => parentKey), lifted]).toEqual([
    [null, 'disqus:1', 'disqus:2', 'disqus:2', 'disqus:2', 'disqus:2'],
    3,
  ]);
});

it('arranging 80,000 comments takes no multiple of the processor time in one chain of replies', async () => {
  const secondsOf = async (parentOf: (number: number) => number | undefined): Promise<number> => {
    const collection = await collectionOf(80_000, parentOf);
    const before = process.cpuUsage();
    const { comments } = arrange(collection, ['1'], options);
    const { user, system } = process.cpuUsage(before);
    collection.comments.close();
    expect(comments).toHaveLength(80_000);
    return (user + system) / 1e6;
  };
  const flat = await secondsOf(() => undefined);
  const chain = await secondsOf((number) => (number === 1 ? undefined : number - 1));
  // A walk up the chain for each comment takes some twenty times as long.
  expect(chain / flat).toBeLessThan(4);
});
