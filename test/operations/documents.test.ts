import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { Documents, type Scheduler } from '../../src/operations/documents.ts';

const schema = buildSchema('type Query { a: Int }');
const limits = { maxQueryCharacters: 1000, maxQueryTokens: 100, maxQueryDepth: 10, maxQueryAliases: 10 };
const source = '{ a }';

describe('documents', () => {
  let documents: Documents;
  let turns: number;
  const schedule: Scheduler = async (work) => {
    await Promise.resolve();
    turns += 1;
    return work();
  };
  beforeAll(() => {
    documents = new Documents(schema, limits);
    turns = 0;
  });

  it('are read by the next one where the first may not, and once for all others', async () => {
    const refused = documents.read(source, () => Promise.reject(new Error('not now')));
    const others = [1, 2, 3].map(() => documents.read(source, schedule));
    await expect(refused).rejects.toThrow('not now');
    const [first, ...same] = await Promise.all(others);
    expect(first?.document).toBeDefined();
    for (const parsed of same) expect(parsed).toBe(first);
    expect(turns).toBe(1);
    expect(documents.find(source)).toBe(first);
    expect(documents.find('{ b }')).toBeUndefined();
  });
});
