/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, isScalarType, isSpecifiedScalarType } from 'graphql';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import scalars from '@standfirst/client/scalars.json' with { type: 'json' };
import {
  exampleArtefacts,
  exampleFolder,
  generateExampleTypes,
  readSchema,
} from '../support/generate-types.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const generatedFolder = join(exampleFolder, 'generated');

describe('graphql-codegen', () => {
  it('generates the types in generated/', async () => {
    const files = await exampleArtefacts();
    if (process.env.UPDATE_GOLDEN) {
      await mkdir(generatedFolder, { recursive: true });
      for (const [name, text] of files) await writeFile(join(generatedFolder, name), text);
    }
    // `UPDATE_GOLDEN=1 npm test -- test/clients/codegen` rewrites the files.
    expect((await readdir(generatedFolder)).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) {
      expect(text).toBe(await readFile(join(generatedFolder, name), 'utf8'));
    }
  });

  it('finds every scalar of the schema in the published map, and no other', async () => {
    const own = Object.values(buildASTSchema(await readSchema()).getTypeMap())
      .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
      .map(({ name }) => name);
    // Of the standard scalars, codegen is told only about `ID`, which it would otherwise also type as a number.
    expect(Object.keys(scalars).sort()).toEqual([...own, 'ID'].sort());
  });

  it('generates types that accept and reject the same usage as the schema', async () => {
    await mkdir(join(root, 'test-artefacts'), { recursive: true });
    // The folder is inside the project, so that TypeScript finds the project's packages.
    const folder = await mkdtemp(join(root, 'test-artefacts/codegen-'));
    try {
      for (const [name, text] of await generateExampleTypes()) await writeFile(join(folder, name), text);
      await writeFile(join(folder, 'program.ts'), program);
      const compilerOptions = {
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        module: 'preserve',
        target: 'es2023',
        types: [],
        allowImportingTsExtensions: true,
        paths: { '@standfirst/client': [join(root, 'packages/client/src/live-client.ts')] },
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);
});

/** An application that uses the types, with the misuses that the types must reject. */
const program = `
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { createLiveClient, type EventOf } from '@standfirst/client';
import { AddCommentDocument, ArticleEventsDocument, ThreadDocument } from './graphql';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_isSame: Equal<A, B>) => undefined;

type Article = NonNullable<ResultOf<typeof ThreadDocument>['article']>;
type Comments = NonNullable<Article['comments']>;
type Comment = Comments['edges'][number]['node'];
same<Article['liveCursor'], string>(true);
same<Comments['pageInfo']['endCursor'], string | null>(true);
same<Comment['createdAt'], string>(true);
same<Comment['bodyHtml'], string | null>(true);

export const variables: VariablesOf<typeof ThreadDocument> = { slug: 'a', first: 20, after: null };
// @ts-expect-error an article is named
export const nameless: VariablesOf<typeof ThreadDocument> = {};
// @ts-expect-error a cursor is a text
export const counted: VariablesOf<typeof ThreadDocument> = { slug: 'a', after: 3 };

export const input: VariablesOf<typeof AddCommentDocument>['input'] = { articleId: 'a', body: 'b' };
// @ts-expect-error there is no such order
export const order: VariablesOf<typeof AddCommentDocument>['orderBy'] = 'BEST';

export function show(event: ResultOf<typeof ArticleEventsDocument>['articleEvents']): string | null | undefined {
  // @ts-expect-error not every event has a comment
  event.comment;
  if (event.__typename === 'CommentRemoved') return event.vanishedCommentId;
  if (event.__typename === 'CommentAdded') return event.asReply?.cursor;
  return event.cursor;
}

const live = createLiveClient({ url: '/graphql', token: (refused) => refused });
const onReset = () => undefined;
const at = { articleId: 'a', cursor: 'b', onReset };
live.article({
  ...at,
  document: ArticleEventsDocument,
  onEvent: (event) => {
    same<typeof event, Exclude<EventOf<ResultOf<typeof ArticleEventsDocument>>, { __typename: 'ArticleReset' | 'EventOmitted' }>>(true);
    if (event.__typename === 'CommentRemoved') same<typeof event.vanishedCommentId, string | null>(true);
    // @ts-expect-error resets have a handler of their own
    return event.__typename === 'ArticleReset';
  },
});
// @ts-expect-error the page has to be loaded again some time
live.article({ articleId: 'a', document: ArticleEventsDocument, onEvent: () => undefined });
// @ts-expect-error not a subscription with a cursor
live.article({ ...at, document: ThreadDocument, onEvent: () => undefined });
// @ts-expect-error there is no such variable
live.article({ ...at, document: ArticleEventsDocument, variables: { first: 1 }, onEvent: () => undefined });
live.article({ ...at, document: 'subscription …', onEvent: ({ cursor, comment }) => [cursor, comment.bodyText] });
// @ts-expect-error comments begin somewhere
live.comments({ articleId: 'a', onReset, document: 'subscription …', onEvent: () => undefined });
`;
