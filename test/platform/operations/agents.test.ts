/**
 * @database either
 * @seconds 25
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OperationDefinitionNode, parse } from 'graphql';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { descriptionOf } from '../../../src/platform/operations/agent-operation.ts';
import { readDocument } from '../../../src/platform/operations/read-document.ts';
import { TestApp } from '../../support/app.ts';
import { committedSchema } from '../../support/everything.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { buildProgram, runProgram } from '../../support/program.ts';
import { addToken } from '../../support/tokens.ts';

const examples = join(import.meta.dirname, '../../../examples/agents');

interface Manifest {
  readonly format: string;
  readonly version: number;
  readonly operations: readonly { id: string; name: string; type: string; body: string }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-agents-'));
  await buildProgram();
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Manifest;

async function fileOf(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('the manifest for agents that is made of the examples', () => {
  let path: string;
  let manifest: Manifest;
  beforeAll(async () => {
    path = join(folder, 'agents.json');
    const { code, err } = await runProgram('agents', ['--out', path, examples]);
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^9 operations for agents: /),
    });
    manifest = await read(path);
  });

  it('has every example, each with its own name, and the hash of its text as id', async () => {
    expect(manifest).toMatchObject({ format: 'apollo-persisted-query-manifest', version: 1 });
    const files = (await readdir(examples)).map((name) => name.replace('.graphql', ''));
    expect(manifest.operations.map(({ name }) => name)).toEqual(files.sort());
    for (const { id, body } of manifest.operations)
      expect(id).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('has operations that are valid, and described by the comment before them', () => {
    for (const { name, type, body } of manifest.operations) {
      const { errors } = readDocument(committedSchema, body, parseConfig({}));
      expect([name, errors]).toEqual([name, undefined]);
      const [operation] = parse(body).definitions as OperationDefinitionNode[];
      expect(operation?.operation).toBe(type);
      // What stands before the operation is a comment; its sentences are the tool's description.
      const before = body.slice(0, operation?.loc?.start);
      const description = before.replaceAll(/^# /gm, '').trim();
      expect(operation && descriptionOf(operation)).toBe(description);
      expect(description).toMatch(/^[A-Z].{30,}\.$/s);
    }
  });

  it('is a list of trusted documents beside another one, and what a token can be bound to', async () => {
    const checkLeaks = watchForLeaks();
    const site = await fileOf('site.json', { titles: '{ articles(first: 1) { nodes { title } } }' });
    const app = await TestApp.start();
    const guarded = await TestApp.start(
      { TRUSTED_DOCUMENTS: `${site}, ${path}` },
      { database: app.database },
    );
    try {
      const user = await app.signUp('Cy Example');
      const { slug, id: articleId } = await app.addArticle({ journalist: { slug: 'ada-example' } });
      const { comment } = await app.addComment(user, { articleId });
      const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { liveCursor } }', {
        slug,
      });
      const variables: Record<string, Record<string, unknown>> = {
        LatestArticles: {},
        ReadArticle: { slug },
        ReadDiscussion: { slug },
        ReadJournalist: { slug: 'ada-example' },
        ReadReplies: { commentId: comment?.id },
        ReplyToComment: { articleId, parentId: comment?.id, body: 'A reply.', idempotencyKey: randomUUID() },
        SearchArticles: { query: 'title' },
        WhatHappened: { slug, after: article.liveCursor },
        WhatIsNew: {},
      };
      const { secret } = await addToken(app, user, { documents: manifest.operations.map(({ id }) => id) });
      for (const { name, body } of manifest.operations) {
        const answer = await guarded.query(body, variables[name], { token: secret });
        expect([name, answer.errors]).toEqual([name, undefined]);
        expect(Object.values(answer.data)).not.toContain(null);
      }
      expect((await guarded.query('{ articles(first: 1) { nodes { title } } }')).errors).toBeUndefined();
      expect((await guarded.query('{ articles(first: 1) { nodes { id } } }')).errors).toMatchObject([
        { extensions: { code: 'OPERATION_NOT_TRUSTED' } },
      ]);
    } finally {
      await guarded.close();
      await app.close();
    }
    await checkLeaks();
  });
});

describe('a manifest for agents that is made of trusted documents', () => {
  const described = '# Lists tags.\n#\n#Most used first.\nquery Tags { tags(first: 5) { nodes { name } } }';
  const asking = (env: Record<string, string>, ...args: string[]) => runProgram('agents', args, { env });

  it('leaves out what is no tool, and says why', async () => {
    const path = await fileOf('trusted.json', {
      a: described,
      b: 'query Plain { tags(first: 5) { nodes { name } } }',
      c: '# Described.\nsubscription Live($id: ID!) { articleEvents(articleId: $id) { cursor } }',
      d: '# Described.\n{ tags(first: 5) { nodes { name } } }',
      e: '# Described.\nquery One { tags(first: 5) { nodes { name } } } query Two { tags { nodes { name } } }',
      f: 'query Inside { # Not before it.\n tags(first: 5) { nodes { name } } }',
    });
    const { code, out, err } = await asking({ TRUSTED_DOCUMENTS: path });
    expect(code).toBe(0);
    const { operations } = JSON.parse(out) as Manifest;
    expect(operations).toEqual([expect.objectContaining({ name: 'Tags', type: 'query', body: described })]);
    expect(err.split('\n').slice(0, 5)).toEqual([
      `${path}, b is left out: no comment before it describes it.`,
      `${path}, c is left out: agents call no subscriptions.`,
      `${path}, d is left out: it has no name.`,
      `${path}, e is left out: a tool is one operation.`,
      `${path}, f is left out: no comment before it describes it.`,
    ]);
  });

  it('is not written with an operation that costs more than one may, whatever its variables are', async () => {
    const nodes = 'nodes { comments(first: 100) { nodes { replies(first: 100) { nodes { id } } } } }';
    const path = await fileOf('costly.json', {
      a: `# Described.\nquery Costly { articles(first: 100) { ${nodes} } }`,
      b: `# Described.\nquery Page($first: Int!) { articles(first: $first) { nodes { id } } }`,
      c: `# Described.\nquery Costs($first: Int!, $slug: String!) { article(slug: $slug) { id }\n articles(first: $first) { ${nodes} } }`,
      d: `# Described.\nquery Wide { articles(first: 1000) { nodes { id } } }`,
      e: `# Described.\nquery Told($with: Boolean!) { articles(first: 1) { nodes { id } }
        more: articles(first: 100) @include(if: $with) { ${nodes} } }`,
    });
    const { code, out, err } = await asking({}, path);
    expect([code, out]).toEqual([1, '']);
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(/costly\.json, a: The operation costs at least \d{7} points of 5000 allowed\.$/),
      expect.stringMatching(/costly\.json, c: The operation costs at least \d{5} points of 5000 allowed\.$/),
      expect.stringMatching(/costly\.json, d: .*1000/),
    ]);
    const one = await asking({ MAX_QUERY_COST: '20000' }, await fileOf('One.graphql', described));
    expect([one.code, one.err]).toEqual([0, '1 operation for agents: Tags.\n']);
    for (const args of [['--help'], ['--', '--help']])
      expect(await asking({}, ...args)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Usage: /),
        err: '',
      });
  });

  it('is not written while an operation is wrong, twice there, or none is left', async () => {
    const out = join(folder, 'never.json');
    const wrong = await fileOf('Wrong.graphql', '# Described.\nquery Wrong { nothing }');
    const twice = await fileOf(
      'Twice.graphql',
      '# Another one.\nquery Tags { tags(first: 6) { nodes { name } } }',
    );
    const first = await fileOf('Tags.graphql', described);
    const none = await fileOf('none.json', { b: '{ tags { nodes { name } } }' });
    const refused = await asking({}, '--out', out, first, wrong, twice);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain(`${wrong}: Cannot query field "nothing" on type "Query".`);
    expect(refused.err).toContain(`${twice}: Two operations are named Tags.`);
    const empty = await asking({}, '--out', out, none);
    expect(empty).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no operation for agents.'),
    });
    expect(await asking({})).toMatchObject({
      code: 2,
      err: expect.stringContaining('There are no documents'),
    });
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });
});
