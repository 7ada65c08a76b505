/**
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedDemo } from '../../src/features/demo/seed.ts';
import { errorCodesOf } from '../../src/platform/feature/gather.ts';
import { features } from '../../src/app/features.ts';
import { requestErrorCodes } from '../../src/platform/errors/errors.ts';
import { TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { buildClient } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');
const slug = 'the-last-boat-at-ten-past-eight';

/** The fenced blocks of one language. */
function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  );
}

describe('the README', () => {
  const password = 'only for this test';
  let app: TestApp;
  let readme: string;
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    readme = await readFile(join(root, 'README.md'), 'utf8');
    app = await TestApp.start();
    await seedDemo({
      db: app.app.db,
      folder: join(root, 'demo'),
      maxDepth: 100,
      password,
    });
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  it('has a query, a reply and a subscription that work as described', async () => {
    const blocks = blocksOf(readme, 'graphql');
    expect(blocks).toHaveLength(4);
    const [query = '', signIn = '', reply = '', subscription = ''] = blocks;

    const { article } = await app.data(query);
    expect(article.comments.totalCount).toBeGreaterThan(20);
    expect(article.comments.nodes[0].replies.nodes.length).toBeGreaterThan(0);

    const listener = app.live.subscribe(subscription, { articleId: article.id, after: article.liveCursor });
    await listener.waitFor(1, 'ArticleCheckpoint');

    const { signIn: signedIn } = await app.data(signIn, { password });
    expect(signedIn.userErrors).toEqual([]);
    const variables = {
      articleId: article.id,
      parentId: article.comments.nodes[0].id,
      key: randomUUID(),
    };
    const { addComment } = await app.data(reply, variables, signedIn.session.accessToken);
    expect(addComment.comment.bodyHtml).toBe('<p dir="auto">I was on <em>that</em> boat.</p>');

    const [event] = await listener.waitFor(1, 'CommentAdded');
    expect(event).toMatchObject({
      comment: {
        id: addComment.comment.id,
        bodyText: 'I was on that boat.',
        author: { name: 'Demo Reader' },
      },
    });
  });

  it('has a client in examples/ that follows a discussion', async () => {
    expect(readme).toContain(`node examples/listen.mjs ${slug}`);
    await buildClient();
    const user = await app.signUp('Bo Example');
    const client = spawn(process.execPath, [join(root, 'examples/listen.mjs'), slug, app.url], {
      stdio: 'pipe',
    });
    let output = '';
    for (const stream of [client.stdout, client.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    await eventually(`the client to be live; its output: ${output}`, () => output.includes('live\n'));
    const { article } = await app.data('query ($slug: String!) { article(slug: $slug) { id } }', { slug });
    await app.addComment(user, { articleId: article.id, body: 'Heard by the example.' });
    await eventually(`the client to print the comment; its output: ${output}`, () =>
      output.includes('CommentAdded Bo Example Heard by the example.'),
    );
    const ended = new Promise((resolve) => client.once('exit', resolve));
    client.kill();
    await ended;
  });

  it('links to files that exist', async () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) if (!link.endsWith('decisions')) await readFile(join(root, link));
  });
});

describe('docs/errors.md', () => {
  it('lists every error code, and no other', async () => {
    const text = await readFile(join(root, 'docs/errors.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(
      [...Object.keys(errorCodesOf(features)), ...Object.keys(requestErrorCodes)].sort(),
    );
  });
});
