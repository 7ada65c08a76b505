/**
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { Documents, type Scheduler } from '../../../src/platform/operations/documents.ts';

const schema = buildSchema('type Query { a: Int }');
const limits = { maxQueryCharacters: 1000, maxQueryTokens: 100, maxQueryDepth: 10, maxQueryAliases: 10 };
const source = '{ a }';

describe('documents', () => {
  let documents: Documents;
  const waiting: (() => void)[] = [];
  /** Lets waiting work run, by index. */
  const serve = (...indices: number[]): void => indices.forEach((index) => waiting[index]?.());
  const schedule: Scheduler = async (work) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return work();
  };
  beforeAll(() => {
    documents = new Documents(schema, limits);
  });

  it('are parsed once, by the request whose turn comes first; no request waits for the turn of another', async () => {
    const refused = documents.read(source, () => Promise.reject(new Error('not now')));
    const [slow, quick, late] = [1, 2, 3].map(() => documents.read(source, schedule));
    await expect(refused).rejects.toThrow('not now');
    serve(1);
    const read = await quick;
    expect(read?.document).toBeDefined();
    expect(documents.find(source)).toBe(read);
    serve(0, 2);
    expect(await slow).toBe(read);
    expect(await late).toBe(read);
    expect(documents.find('{ b }')).toBeUndefined();
  });
});
