/**
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

const [old, next] = ['an old secret that only the tests know', 'the next secret that only the tests know'];

/** What a node is set to in each step of the change, as docs/operations.md has it. */
const steps: readonly Record<string, string>[] = [
  { SESSION_SECRET: old },
  { SESSION_SECRET: old, SESSION_SECRETS_ACCEPTED: next },
  { SESSION_SECRET: next, SESSION_SECRETS_ACCEPTED: old },
  { SESSION_SECRET: next },
];

describe('a change of the secret', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const whoAmI = async (node: TestApp, token: string): Promise<string | undefined> =>
    (await node.query('{ viewer { name } }', {}, { token })).data?.viewer?.name;

  it('signs nobody out while two nodes are restarted one after another', async () => {
    const nodes: TestApp[] = [];
    for (let n = 0; n < 2; n++) nodes.push(await TestApp.start(steps[0], { database }));
    const tokens: string[] = [];
    /** A person signs in at each node, and everybody uses both. */
    const use = async (): Promise<void> => {
      for (const node of nodes) tokens.push((await node.signUp('Ada Example')).token);
      for (const node of nodes)
        for (const token of tokens) expect(await whoAmI(node, token)).toBe('Ada Example');
    };
    await use();
    for (const step of steps.slice(1)) {
      for (const [index, node] of nodes.entries()) {
        await node.close();
        nodes[index] = await TestApp.start(step, { database });
        await use();
      }
      // Before the old secret is forgotten, its tokens have expired: the next ones are of the next secret.
      if (step === steps[2]) tokens.splice(0);
    }
    const before = (await nodes[0]?.signUp())?.token ?? '';
    for (const [index, node] of nodes.entries()) {
      await node.close();
      nodes[index] = await TestApp.start(
        { SESSION_SECRET: 'a secret that replaces one that is known to others' },
        { database },
      );
    }
    // All at once, as after a leak.
    for (const node of nodes) expect(await whoAmI(node, before)).toBeUndefined();
    for (const node of nodes) await node.close();
  });
});
