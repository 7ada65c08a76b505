import type { Received, StreamHistory } from '../check/history.ts';
import { kindOf } from '../check/streams.ts';
import { siteLog } from '../../src/features/integrations/site-log/site-log.ts';
import { moderationLog } from '../../src/platform/screening/moderation-log.ts';
import {
  eventIn,
  globalId,
  keyOf,
  listenOperation,
  listenToModerationOperation,
  listenToSiteOperation,
} from './api.ts';

/** The operations of the logs that are no article's. */
const operations: Readonly<Record<string, string>> = {
  [siteLog.keyOf()]: listenToSiteOperation,
  [moderationLog.keyOf()]: listenToModerationOperation,
};

/** Close codes after which no client of the protocol reconnects: a healthy service never sends them. */
const fatalCodes: ReadonlySet<number> = new Set([
  1002, 1008, 1009, 1011, 4004, 4005, 4400, 4401, 4406, 4409, 4429, 4500,
]);

/** State of one subscriber across all of its connections; a `Connection` handles the transport. */
export class Subscriber {
  readonly name: string;
  /** The key of the log: of an article, of the site, or of moderation. */
  readonly articleId: string;
  readonly start: number | undefined;
  readonly received: Received[] = [];
  readonly errors: string[] = [];
  /** Variables of its operation; `after` is updated with every event. */
  readonly variables: { readonly articleId?: string; after?: string };
  /** Number of closes by close code. */
  readonly closes = new Map<number, number>();
  /** Called with the latency of each event since the database's timestamp, in milliseconds. */
  readonly #onLatency: (milliseconds: number) => void;
  readonly #loadPage: () => Promise<readonly string[]>;
  /** The comments of the page that was loaded after a reset. */
  page: readonly string[] | undefined;
  /** The document of its operation. */
  readonly operation: string;
  position: number | undefined;
  isLive = false;
  resets = 0;
  /** Called with the data of each result. */
  readonly #onData: ((data: unknown) => void) | undefined;

  constructor(options: {
    name: string;
    articleId: string;
    operation?: string;
    onData?: (data: unknown) => void;
    from?: { cursor: string; sequence: number } | undefined;
    onLatency: (milliseconds: number) => void;
    /** Loads the article's comments. */
    loadPage: () => Promise<readonly string[]>;
  }) {
    const { name, articleId, from, onLatency, loadPage } = options;
    const operation = operations[articleId];
    this.name = name;
    this.articleId = articleId;
    this.start = from?.sequence;
    this.position = from?.sequence;
    this.variables = {
      ...(operation ? {} : { articleId: globalId('Article', articleId) }),
      ...(from ? { after: from.cursor } : {}),
    };
    this.#onLatency = onLatency;
    this.#loadPage = loadPage;
    this.operation = options.operation ?? operation ?? listenOperation;
    this.#onData = options.onData;
  }

  take(answer: { data?: unknown; errors?: unknown }): void {
    if (answer.errors !== undefined)
      this.errors.push(`an event with errors ${JSON.stringify(answer.errors)}`);
    this.#onData?.(answer.data);
    const event = eventIn(answer.data);
    if (!event) return;
    const { __typename, sequence, cursor, occurredAt, comment, resetReason } = event;
    this.variables.after = cursor;
    this.position = sequence;
    if (__typename === 'ArticleCheckpoint') {
      this.isLive = true;
      this.received.push({ type: 'checkpoint', sequence });
    } else if (__typename === 'ArticleReset') {
      this.resets += 1;
      void this.#reload();
      this.received.push({ type: 'reset', sequence, reason: resetReason ?? '' });
    } else {
      this.received.push({
        type: 'event',
        sequence,
        kind: kindOf(__typename),
        commentId: comment ? keyOf(comment.id) : null,
      });
      this.#onLatency(Date.now() - Date.parse(occurredAt));
    }
  }

  /** Retries until it succeeds. */
  async #reload(): Promise<void> {
    this.page = undefined;
    while (this.page === undefined) this.page = await this.#loadPage().catch(() => undefined);
  }

  closed(code: number): void {
    this.isLive = false;
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1);
    if (fatalCodes.has(code)) this.errors.push(`close code ${code}, after which clients give up`);
  }

  /** The service ended the operation, for any reason. */
  ended(why: string): void {
    this.isLive = false;
    this.errors.push(`the operation ended: ${why}`);
  }

  get history(): StreamHistory {
    const { name, articleId, start, received, errors } = this;
    return { subscriber: name, articleId, start, received, errors };
  }
}
