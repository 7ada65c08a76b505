import 'reflect-metadata';
import { afterAll, beforeAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { type App, createApp } from '../../src/app/app.ts';
import { features } from '../../src/app/features.ts';
import type { Role } from '../../src/platform/auth/viewer.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import type { UserErrorCode } from '../../src/platform/errors/errors.ts';
import { importDocument } from '../../src/features/import/document.ts';
import { importArticle } from '../../src/features/import/import.service.ts';
import type { Feature } from '../../src/platform/feature/feature.ts';
import type { MailTransport } from '../../src/platform/mail/transport.ts';
import type { Provider } from '../../src/platform/payments/provider.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { watchForLeaks } from './leaks.ts';
import { LiveClients } from './live.ts';

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  // A test knows the shape of the data that it requests.

  readonly data: any;
  readonly errors: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[] | undefined;
  readonly extensions: Record<string, unknown> | undefined;
}

/** A signed-in account of a test. */
export interface TestUser {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly token: string;
  readonly refreshToken: string;
  /** The global id of its viewer. */
  readonly viewerId: string;
  readonly accountId: string;
}

export interface UserErrorAnswer {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly field: string[] | null;
}

/** Replacements for the defaults of a test service. */
export interface Shared {
  readonly database?: TestDatabase;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** The folder of a built page. */
  readonly webRoot?: string;
  /** The folder of the demo's pictures. */
  readonly demoPictures?: string;
  /** The most addresses of one sitemap. */
  readonly sitemapPartSize?: number;
  /** Who moves money, instead of the provider that the settings choose: nobody by default. */
  readonly payments?: Provider;
  /** What takes mails, instead of what the settings choose: nothing by default. */
  readonly mailTransport?: MailTransport;
  /** Features of the service; absent: all. */
  readonly features?: readonly Feature[];
}

/** All features, none of which does anything by itself: for tests of what one request sends to the database. */
export const idleFeatures: readonly Feature[] = features.map((feature) => ({
  ...feature,
  jobs: () => [],
}));

/**
 * All features, without the jobs that run although no row waits (no `due`): their statements would come between those that a test
 * counts. A test whose settings give the interval of one of the feature's jobs (`…_POLL_MS`) has them, and so has a test that names all features.
 */
export function quietFeatures(
  settings: Record<string, string>,
  all: readonly Feature[] = features,
): readonly Feature[] {
  const intervals = Object.keys(settings)
    .filter((name) => name.endsWith('_POLL_MS'))
    .map((name) => Number(settings[name]));
  return all.map((feature) => ({
    ...feature,
    jobs: (parts) => {
      const jobs = feature.jobs(parts);
      const isSet = jobs.some(({ everyMs }) => intervals.includes(everyMs));
      return isSet ? jobs : jobs.filter(({ due }) => due !== undefined);
    },
  }));
}

/** Settings of a service that reads everything from the database each time. */
export const nothingKept = { KEPT_ANSWERS_MB: 'off', KEPT_ROWS_MB: 'off' };

/** The service on its own database and a free port, reached over real sockets. */
export class TestApp {
  readonly app: App;
  readonly url: string;
  readonly live: LiveClients;
  readonly #database: TestDatabase;
  readonly #ownsDatabase: boolean;

  private constructor(app: App, url: string, database: TestDatabase, ownsDatabase: boolean) {
    this.app = app;
    this.url = url;
    this.#database = database;
    this.#ownsDatabase = ownsDatabase;
    this.live = new LiveClients(`${url.replace(/^http/, 'ws')}/graphql`);
  }

  /**
   * @param settings environment variables beside those that every test has
   * @param shared resources that another node of the same test uses, or that the test holds
   */
  static async start(settings: Record<string, string> = {}, shared: Shared = {}): Promise<TestApp> {
    const database = shared.database ?? (await createTestDatabase());
    const config = parseConfig({
      PORT: '0',
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '10',
      // Long enough that a busy machine causes no timeout, also where many people sign up at once.
      DATABASE_WAIT_MS: '20000',
      DATABASE_LOCK_TIMEOUT_MS: '9000',
      PASSWORD_HASH_WAIT_MS: '60000',
      SESSION_SECRET: 'a secret that only the tests know and use',
      RATE_LIMITS: 'off',
      FUNDING: 'off',
      HEAD_POLL_MS: '200',
      MAX_CONNECTIONS_PER_ADDRESS: '10000',
      MAX_SOCKETS_PER_ADDRESS: '10000',
      ...settings,
    });
    const app = await createApp({
      config,
      databaseUrl: database.url,
      sessionSecret: config.sessionSecret ?? '',
      logger: shared.logger ?? pino({ level: process.env.TEST_LOG ?? 'silent' }),
      ...(shared.clock ? { clock: shared.clock } : {}),
      ...(shared.payments ? { payments: shared.payments } : {}),
      ...(shared.mailTransport ? { mailTransport: shared.mailTransport } : {}),
      features: shared.features ?? quietFeatures(settings),
      ...(shared.webRoot === undefined ? {} : { webRoot: shared.webRoot }),
      demoPictures: shared.demoPictures,
      sitemapPartSize: shared.sitemapPartSize,
    });
    try {
      return new TestApp(app, await app.listen(), database, shared.database === undefined);
    } catch (error) {
      await app.close();
      if (shared.database === undefined) await database.drop();
      throw error;
    }
  }

  get database(): TestDatabase {
    return this.#database;
  }

  /** Sends one operation over HTTP. */
  async query(
    query: string,
    variables: Record<string, unknown> = {},
    options: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<GraphqlAnswer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors, extensions } = (await response.json()) as GraphqlAnswer;
    return { status: response.status, headers: response.headers, data, errors, extensions };
  }

  /** As `query`, for an operation that must succeed. */

  async data(query: string, variables: Record<string, unknown> = {}, token?: string): Promise<any> {
    const answer = await this.query(query, variables, token === undefined ? {} : { token });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors, null, 2));
    return answer.data;
  }

  /** Opens the account of a sign-up by the link of its mail, which must still wait in the outbox. */
  async #confirm(email: string, secret: string): Promise<{ signUp: any }> {
    const [mail] = await this.app.db.query<{ text: string }>(
      `DELETE FROM mail WHERE recipient = $1 AND kind = 'SIGN_UP' RETURNING text`,
      [email],
    );
    const { confirmSignUp } = await this.data(
      `mutation ($input: ConfirmSignUpInput!) { confirmSignUp(input: $input) {
        session { accessToken refreshToken } viewer { id } userErrors { code message } } }`,
      { input: { token: mail?.text.split('#')[1]?.split('\n')[0], secret } },
    );
    return { signUp: confirmSignUp };
  }

  /** Creates an account through the API; roles besides READER are set in the database. */
  async signUp(name = 'Ada Example', ...roles: Role[]): Promise<TestUser> {
    const email = `${randomUUID()}@example.org`;
    const password = 'correct horse battery';
    const begun = await this.data(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { confirmation { secret }
        session { accessToken refreshToken } viewer { id } userErrors { code message } } }`,
      { input: { email, password, name } },
    );
    const { confirmation } = begun.signUp;
    const { signUp } = confirmation ? await this.#confirm(email, confirmation.secret) : begun;
    const viewerId = signUp.viewer.id as string;
    const accountId = Buffer.from(viewerId, 'base64url').toString().split(':')[1] ?? '';
    if (roles.length > 0) {
      await this.app.db.query('UPDATE account SET roles = $2 WHERE id = $1', [
        accountId,
        ['READER', ...roles],
      ]);
    }
    const { accessToken: token, refreshToken } = signUp.session;
    return { email, password, name, token, refreshToken, viewerId, accountId };
  }

  /**
   * Imports an article.
   * @param document parts of an import document, which defaults complete
   * @returns its global id and its key
   */
  async addArticle(
    document: {
      article?: Record<string, unknown>;
      journalist?: Record<string, unknown>;
      endorsements?: Record<string, unknown>[];
      authors?: Record<string, unknown>[];
      comments?: Record<string, unknown>[];
    } = {},
  ): Promise<{ id: string; articleId: string; slug: string }> {
    const slug = `article-${randomUUID()}`;
    const parsed = importDocument.parse({
      journalist: { slug: 'ada-example', name: 'Ada Example', ...document.journalist },
      article: {
        slug,
        title: 'A title',
        body: 'A body.',
        publishedAt: '2024-05-01T10:00:00Z',
        ...document.article,
      },
      endorsements: document.endorsements ?? [],
      authors: document.authors ?? [],
      comments: document.comments ?? [],
    });
    const articleId = await this.app.db.transaction((tx) => importArticle(tx, parsed, { maxDepth: 250 }));
    if (articleId === undefined) throw new Error('There is an article with this slug');
    return {
      id: Buffer.from(`Article:${articleId}`).toString('base64url'),
      articleId,
      slug: parsed.article.slug,
    };
  }

  /** Posts a comment. @returns the payload, with `comment { id … }` */
  async addComment(
    user: TestUser,
    input: { articleId: string; parentId?: string; body?: string; idempotencyKey?: string },
  ): Promise<{
    comment: { id: string; status: string; threadPosition: string; revision: number } | null;
    userErrors: UserErrorAnswer[];
  }> {
    const { addComment } = await this.data(
      `mutation ($input: AddCommentInput!) { addComment(input: $input) {
        comment { id status threadPosition revision } userErrors { code message field } } }`,
      { input: { body: 'A comment.', ...input } },
      user.token,
    );
    return addComment;
  }

  async close(): Promise<void> {
    await this.live.close();
    await this.app.close();
    if (this.#ownsDatabase) await this.#database.drop();
  }
}

/** The service for all tests of a file: started before them, closed after them, with a check for leaked resources. */
export function useApp(settings: Record<string, string> = {}, shared: Shared = {}): () => TestApp {
  let running: TestApp | undefined;
  let checkLeaks: () => Promise<void>;
  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    running = await TestApp.start(settings, shared);
  });
  afterAll(async () => {
    await running?.close();
    await checkLeaks();
  });
  return () => {
    if (!running) throw new Error('The app runs during the tests only');
    return running;
  };
}
