/**
 * @database either
 * @seconds 25
 */
import { afterEach, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { buildClient } from '../support/program.ts';
import { addServiceAccount, addToken, revokeToken } from '../support/tokens.ts';

const app = useApp({ SITE_LOG_POLL_MS: '200' });
const root = join(import.meta.dirname, '../..');

/** Comments that are posted while the bot is killed, and every which of them mentions it. */
const comments = 1500;
const mentionEvery = 30;

interface Bot {
  readonly said: () => string;
  /** Kills the bot; it has no time to do anything. */
  readonly kill: () => Promise<void>;
  readonly ended: Promise<number | null>;
}

function startBot(secret: string, file: string): Bot {
  const bot = spawn(process.execPath, [join(root, 'examples/bot.mjs'), app().url, file], {
    stdio: 'pipe',
    env: { PATH: process.env.PATH, STANDFIRST_TOKEN: secret },
  });
  let said = '';
  for (const stream of [bot.stdout, bot.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => bot.once('exit', resolve));
  return {
    said: () => said,
    ended,
    kill: async () => {
      bot.kill('SIGKILL');
      await ended;
    },
  };
}

let bot: Bot | undefined;
afterEach(() => bot?.kill());

it('a bot that is killed every two seconds answers each mention on the site once, until its token is revoked', async () => {
  await buildClient();
  const administrator = await app().signUp('Root Example', 'ADMINISTRATOR');
  const { id: serviceAccountId } = await addServiceAccount(app(), administrator, { name: 'Reply bot' });
  const token = await addToken(app(), administrator, { scopes: ['READ', 'COMMENT'], serviceAccountId });
  const file = join(await mkdtemp(join(tmpdir(), 'bot-')), 'cursor');

  // The first start is the beginning: what was said before is not answered.
  const articles = [await app().addArticle(), await app().addArticle(), await app().addArticle()];
  const writers = await Promise.all(['Ada', 'Bo', 'Cy'].map((name) => app().signUp(`${name} Example`)));
  await app().addComment(writers[0]!, { articleId: articles[0]!.id, body: 'Too early, @reply bot' });
  const said = (): string => bot?.said() ?? '';
  const isLive = () =>
    eventually(
      () => `the bot to be live: ${said()}`,
      () => said().includes('live\n'),
    );
  bot = startBot(token.secret, file);
  await isLive();

  const mentions: string[] = [];
  let [posted, isPosted, kills] = [0, false, 0];
  const post = async (writer: number): Promise<void> => {
    while (posted < comments) {
      const isMention = (posted += 1) % mentionEvery === 0;
      const { comment } = await app().addComment(writers[writer % writers.length]!, {
        articleId: articles[posted % 3]!.id,
        body: isMention ? `Number ${posted}, @Reply bot` : `Number ${posted}`,
      });
      if (isMention) mentions.push(comment!.id);
    }
  };
  const posting = Promise.all(Array.from({ length: 9 }, (_, writer) => post(writer))).then(
    () => (isPosted = true),
  );
  while (!isPosted || kills < 3) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await bot.kill();
    kills += 1;
    bot = startBot(token.secret, file);
  }
  await posting;
  const answered = () =>
    app().app.db.query<{ parent: string; answers: number }>(
      `SELECT parent_id::text AS parent, count(*)::int AS answers FROM comment c JOIN account a ON a.id = c.account_id
       WHERE a.name = 'Reply bot' GROUP BY parent_id`,
    );
  await eventually(
    () => `${mentions.length} answers: ${said()}`,
    async () => (await answered()).length >= mentions.length,
  );
  const key = (id: string): string => Buffer.from(id, 'base64url').toString().split(':')[2] ?? '';
  expect(new Map((await answered()).map(({ parent, answers }) => [parent, answers]))).toEqual(
    new Map(mentions.map((id) => [key(id), 1])),
  );
  expect(await readFile(file, 'utf8')).toMatch(/^[\w-]+$/);

  await isLive();
  await revokeToken(app(), administrator, token.id);
  expect(await bot.ended).toBe(1);
  expect(said()).toContain('The service refuses the token');
});
