import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import type { TestApp, TestUser } from './app.ts';
import { setSettings } from './screening.ts';
import { addServiceAccount, addToken } from './tokens.ts';

const root = join(import.meta.dirname, '../..');

/** What the classifier of a test says of a text. */
export type Judgement = { readonly verdict: string; readonly reason?: string };

/** A classifier elsewhere, which the adapter asks about each text, and which answers when a test says so. */
export class Classifier {
  /** The texts that it was asked about, in their order. */
  readonly asked: string[] = [];
  /** Says of a text what becomes of it; undefined: it does not answer. */
  judge: (text: string) => Judgement | undefined = () => ({ verdict: 'APPROVE' });
  readonly #server: Server;
  readonly #waiting: { readonly text: string; readonly response: ServerResponse }[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        this.asked.push(text);
        const judgement = this.judge(text);
        if (judgement) response.end(JSON.stringify(judgement));
        else this.#waiting.push({ text, response });
      });
    });
  }

  static async open(): Promise<Classifier> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Classifier(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Answers what was asked about a text and has no answer yet. */
  answer(text: string, judgement: Judgement): void {
    for (const asked of this.#waiting) if (asked.text === text) asked.response.end(JSON.stringify(judgement));
  }

  /** Says the same of every text, also of those that wait for an answer. */
  answerAll(judgement: Judgement): void {
    this.judge = () => judgement;
    for (const { response } of this.#waiting.splice(0)) response.end(JSON.stringify(judgement));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The adapter of `examples/moderation-hook`, as a process, with a `judge` that asks the classifier. */
export class Adapter {
  out = '';
  #child: ReturnType<typeof spawn> | undefined;
  #port = '0';
  readonly #args: (port: string) => readonly string[];
  readonly #env: Record<string, string>;

  private constructor(args: (port: string) => readonly string[], env: Record<string, string>) {
    this.#args = args;
    this.#env = env;
  }

  /** Makes the module with the function that judges. @param address of the service */
  static async prepare(address: string, classifier: Classifier): Promise<Adapter> {
    const module = join(await mkdtemp(join(tmpdir(), 'judge-')), 'judge.mjs');
    await writeFile(
      module,
      `export const judge = async ({ bodyText }, { signal }) =>
        (await fetch('${classifier.url}', { method: 'POST', body: bodyText, signal })).json();`,
    );
    const program = join(root, 'examples/moderation-hook/adapter.mjs');
    const env = { PATH: process.env.PATH ?? '', STANDFIRST_TOKEN: '', STANDFIRST_WEBHOOK_SECRET: '' };
    return new Adapter((port) => [program, address, port, module], env);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Gives the adapter what it is started with; it needs an address before its endpoint has a secret. */
  set(credentials: { readonly token: string; readonly secret: string }): void {
    this.#env.STANDFIRST_TOKEN = credentials.token;
    this.#env.STANDFIRST_WEBHOOK_SECRET = credentials.secret;
  }

  /** Takes a port that is free, for the first start. */
  async reserve(): Promise<void> {
    this.#port = String(await pickLastingPort());
  }

  /** Resolves once it listens, at the same address every time. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#args(this.#port), { env: this.#env, stdio: 'pipe' });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => {
        throw new Error(this.out);
      }),
    ]);
  }

  /** It has no time to do anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    const ended = child.exitCode !== null || child.signalCode !== null || once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

/** A block of `docs/moderation.md`, by its first line. */
export async function moderationBlock(begin: string): Promise<string> {
  const text = await readFile(join(root, 'docs/moderation.md'), 'utf8');
  const [, block] = new RegExp(`\`\`\`graphql\n(${begin}.*?)\`\`\``, 's').exec(text) ?? [];
  if (block === undefined) throw new Error(`docs/moderation.md has no ${begin}`);
  return block;
}

/** A hook as `docs/moderation.md` sets it up. */
export interface TestHook {
  readonly administrator: TestUser;
  readonly webhook: string;
  readonly serviceAccountId: string;
  /** Of the service account, with the scope MODERATE. */
  readonly token: string;
  /** What the adapter is started with: a token that is bound to its mutation, and the secret of the endpoint. */
  readonly adapter: { readonly token: string; readonly secret: string };
}

/** Makes the service account, its token and its endpoint, and switches the hook on. */
export async function addHook(app: TestApp, url: string, settings: object = {}): Promise<TestHook> {
  const administrator = await app.signUp('Root Example', 'ADMINISTRATOR');
  const account = { name: 'Moderation hook', roles: ['MODERATOR'] };
  const { id: serviceAccountId } = await addServiceAccount(app, administrator, account);
  const { secret: token } = await addToken(app, administrator, { scopes: ['MODERATE'], serviceAccountId });
  const { createToken } = await app.data(
    await moderationBlock('mutation AddHookToken'),
    { serviceAccountId, expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
    administrator.token,
  );
  if (createToken.secret === null) throw new Error(JSON.stringify(createToken.userErrors));
  const mutation = (await moderationBlock('mutation AddHook\\(')).replace('https://hook.example.org/', url);
  const { createWebhook } = await app.data(mutation, { serviceAccountId }, administrator.token);
  if (!createWebhook.webhook) throw new Error(JSON.stringify(createWebhook.userErrors));
  const { setModerationSettings } = await app.data(
    await moderationBlock('mutation AskHook'),
    {},
    administrator.token,
  );
  if (!setModerationSettings.settings) throw new Error(JSON.stringify(setModerationSettings.userErrors));
  const { userErrors } = await setSettings(app, settings, administrator);
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
  const { webhook, secret } = createWebhook;
  const adapter = { token: createToken.secret, secret };
  return { administrator, webhook: webhook.id, serviceAccountId, token, adapter };
}

/** Lets the time of all texts end that the hook has not decided about: as if it had passed in the database. */
export const passDeadlines = (app: TestApp, articleId: string): Promise<unknown> =>
  app.app.db.query(
    `UPDATE comment_hold SET due_at = clock_timestamp() - interval '1 millisecond'
     WHERE due_at IS NOT NULL AND article_id = $1`,
    [articleId],
  );
