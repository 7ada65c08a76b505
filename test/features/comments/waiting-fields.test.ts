import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { signedInPage } from '../../../bench/page/page.operation.ts';
import {
  CommentAuthorResolver,
  CommentResolver,
} from '../../../src/features/comments/thread/comment.resolver.ts';
import { type TestApp, useApp } from '../../support/app.ts';

/*
 * A field that is a promise makes its comment, its edge and its list promises as well. On a page of many comments that
 * takes a fifth of the time, so that only what is read from the database may be one.
 */

/** The fields whose resolvers returned a promise. */
const waiting = new Set<string>();
/** The fields whose resolvers were called. */
const called = new Set<string>();

/** Notes what the resolvers of a class return. To be called before the schema is built, which keeps their methods. */
function watch({ name: className, prototype }: { readonly name: string; readonly prototype: object }): void {
  for (const [field, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (field === 'constructor' || typeof value !== 'function') continue;
    const name = `${className}.${field}`;
    const method = value as (this: unknown, ...given: unknown[]) => unknown;
    jest.spyOn(prototype as Record<string, typeof method>, field).mockImplementation(function (
      this: unknown,
      ...given: unknown[]
    ) {
      const returned = method.apply(this, given);
      called.add(name);
      if (returned instanceof Promise) waiting.add(name);
      return returned;
    });
  }
}

describe('the comments of an article page', () => {
  watch(CommentResolver);
  watch(CommentAuthorResolver);
  const service = useApp();
  let app: TestApp;

  beforeAll(() => {
    app = service();
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('wait for their replies alone, where the viewer may edit none of them', async () => {
    const { id: articleId, slug } = await app.addArticle();
    const author = await app.signUp('author');
    const { comment } = await app.addComment(author, { articleId });
    await app.addComment(author, { articleId, parentId: comment!.id });
    const reader = await app.signUp('reader');
    called.clear();
    waiting.clear();
    const { article } = await app.data(signedInPage, { slug }, reader.token);
    expect(article.comments.edges[0].node).toMatchObject({
      viewerBodyMarkdown: null,
      replies: { edges: [{ node: { viewerBodyMarkdown: null } }] },
    });
    expect([...called]).toEqual(
      expect.arrayContaining(['CommentResolver.viewerBodyMarkdown', 'CommentAuthorResolver.avatarUrl']),
    );
    expect([...waiting]).toEqual(['CommentResolver.replies']);
  });
});
