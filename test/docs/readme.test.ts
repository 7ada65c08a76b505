/**
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seedDemo } from '../../src/demo/seed.ts';
import { userErrorCodes, requestErrorCodes } from '../../src/errors/errors.ts';
import { TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { watchForLeaks } from '../support/leaks.ts';
import { buildClient } from '../support/program.ts';
import { addServiceAccount, addToken, revokeToken } from '../support/tokens.ts';

const root = join(import.meta.dirname, '../..');
const slug = 'the-last-boat-at-ten-past-eight';

/** The fenced blocks of one language. */
function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  );
}

describe('the README', () => {
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
      password: 'only for this test',
    });
  });

  afterAll(async () => {
    await app.close();
    await checkLeaks();
  });

  it('has a query, a reply and a subscription that work as described', async () => {
    const blocks = blocksOf(readme, 'graphql');
    expect(blocks).toHaveLength(4);
    const [query = '', signUp = '', reply = '', subscription = ''] = blocks;

    const { article } = await app.data(query);
    expect(article.comments.totalCount).toBeGreaterThan(20);
    expect(article.comments.nodes[0].replies.nodes.length).toBeGreaterThan(0);

    const listener = app.live.subscribe(subscription, { articleId: article.id, after: article.liveCursor });
    await listener.waitFor(1, 'ArticleCheckpoint');

    const { signUp: signedUp } = await app.data(signUp);
    expect(signedUp.userErrors).toEqual([]);
    const variables = {
      articleId: article.id,
      parentId: article.comments.nodes[0].id,
      key: randomUUID(),
    };
    const { addComment } = await app.data(reply, variables, signedUp.session.accessToken);
    expect(addComment.comment.bodyHtml).toBe('<p>I was on <em>that</em> boat.</p>');

    const [event] = await listener.waitFor(1, 'CommentAdded');
    expect(event).toMatchObject({
      comment: { id: addComment.comment.id, bodyText: 'I was on that boat.', author: { name: 'You' } },
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

  it('has a bot in examples/ that answers who mentions it, once, until its token is revoked', async () => {
    await buildClient();
    const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
    const serviceAccount = await addServiceAccount(app, administrator, { name: 'Reply bot' });
    const token = await addToken(app, administrator, {
      scopes: ['READ', 'COMMENT'],
      serviceAccountId: serviceAccount.id,
    });
    const user = await app.signUp('Bo Example');
    const { id: articleId, slug: own } = await app.addArticle();
    const mention = async (body: string) =>
      (await app.addComment(user, { articleId, body })).comment?.id ?? '';
    const repliesOf = async (id: string): Promise<string[]> => {
      const { comment } = await app.data(
        'query ($id: ID!) { comment(id: $id) { replies { nodes { bodyText author { name } } } } }',
        { id },
      );
      return comment.replies.nodes.map(
        ({ bodyText, author }: { bodyText: string; author: { name: string } }) =>
          `${author.name}: ${bodyText}`,
      );
    };
    const answer = ['Reply bot: You called?'];
    const start = () => {
      const bot = spawn(process.execPath, [join(root, 'examples/bot.mjs'), own, app.url], {
        stdio: 'pipe',
        env: { ...process.env, STANDFIRST_TOKEN: token.secret },
      });
      const said = { text: '' };
      for (const stream of [bot.stdout, bot.stderr])
        stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()));
      return { bot, said, ended: new Promise((resolve) => bot.once('exit', resolve)) };
    };

    const before = await mention('Are you there, @reply bot?');
    const first = start();
    await eventually(
      () => `the bot to be live; its output: ${first.said.text}`,
      () => first.said.text.includes('live\n'),
    );
    const [called, ignored] = [await mention('@Reply bot, hello'), await mention('Nobody is mentioned.')];
    for (const id of [before, called])
      await eventually(
        () => `an answer; its output: ${first.said.text}`,
        async () => (await repliesOf(id)).length > 0,
      );
    first.bot.kill();
    await first.ended;

    // What it missed is answered, and nothing is answered twice.
    const missed = await mention('@reply bot, and now?');
    const second = start();
    await eventually(
      () => `an answer; its output: ${second.said.text}`,
      async () => (await repliesOf(missed)).length > 0,
    );
    await eventually(
      () => `the bot to be live; its output: ${second.said.text}`,
      () => second.said.text.includes('live\n'),
    );
    for (const id of [before, called, missed]) expect(await repliesOf(id)).toEqual(answer);
    expect(await repliesOf(ignored)).toEqual([]);

    await revokeToken(app, administrator, token.id);
    expect(await second.ended).toBe(1);
    expect(second.said.text).toContain('The service refuses the token');
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
    expect(listed.sort()).toEqual([...Object.keys(userErrorCodes), ...Object.keys(requestErrorCodes)].sort());
  });
});
