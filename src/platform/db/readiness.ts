import { sqlState } from './database.ts';
import type { SingleClient } from './host-list-client.ts';

/** Time within which every check is answered, in milliseconds. */
const answerMs = 150;
/** Time after which a look at the database is given up, in milliseconds. */
export const lookMs = 1000;
/** How long a positive answer is reused, in milliseconds. */
const reuseMs = 250;

/** Reasons why a service is not ready. */
export const unanswered = 'the database does not answer';
export const readsOnly = 'the database does not accept writes';

const tooManyConnections = '53300';

/** Runs one statement of a look. */
type Ask = <Row>(statement: string) => Promise<Row[]>;

export interface ReadinessOptions {
  /** Creates a dedicated connection, not yet open, which takes no longer than `lookMs` to open. */
  readonly createClient: () => SingleClient;
  /** Queries over the shared pool, where the server has no connection left for readiness alone. */
  readonly askPool: Ask;
  /** Checks whether the program can work with the schema. @returns the reason why not */
  readonly findSchemaFault: (ask: Ask) => Promise<string | undefined>;
  /** Called whenever the server is read-only, so that its connections can be replaced. */
  readonly onReadsOnly: () => void;
}

/**
 * Tells whether the database can do the service's work, within 150 ms whatever the state of pool and database. Each
 * look uses a dedicated connection; all checks that arrive during a look share it, and a positive answer is reused for
 * 250 ms, so that checks cannot flood the database. A negative answer is not reused: the service is ready as soon as
 * the database is. A look that exceeds 150 ms goes on; until it is given up, checks get the previous answer.
 */
export class Readiness {
  #client: SingleClient | undefined;
  #looking: Promise<string | undefined> | undefined;
  #latest: { readonly reason: string | undefined; readonly at: number } | undefined;
  #isClosed = false;

  constructor(private readonly options: ReadinessOptions) {}

  /** @returns why the database can't be used; undefined: it can */
  async check(): Promise<string | undefined> {
    const { at = -Infinity, reason } = this.#latest ?? {};
    if (reason === undefined && performance.now() - at < reuseMs) return undefined;
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, answerMs, 'late');
    });
    const answer = await Promise.race([this.#looking, late]).finally(() => clearTimeout(timer));
    if (answer !== 'late') return answer;
    return performance.now() - at < lookMs ? reason : unanswered;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#drop();
    await this.#looking;
  }

  /** Never rejects. */
  async #look(): Promise<string | undefined> {
    const reason = await this.#ask().catch(() => unanswered);
    this.#latest = { reason, at: performance.now() };
    if (reason === undefined) return undefined;
    // Another server may have taken over, so the next look connects again and chooses its server anew.
    this.#drop();
    if (reason === readsOnly) this.options.onReadsOnly();
    return reason;
  }

  async #ask(): Promise<string | undefined> {
    if (this.#client) {
      try {
        return await this.#reasonOf(askerOf(this.#client));
      } catch {
        // The connection may have been closed while the database is well.
        this.#drop();
      }
    }
    try {
      return await this.#reasonOf(askerOf(await this.#open()));
    } catch (error) {
      if (sqlState(error) !== tooManyConnections) throw error;
      return this.#reasonOf(this.options.askPool);
    }
  }

  async #reasonOf(ask: Ask): Promise<string | undefined> {
    return (await reasonOf(ask)) ?? this.options.findSchemaFault(ask);
  }

  async #open(): Promise<SingleClient> {
    const client = this.options.createClient();
    client.on('end', () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      // The earlier answer may no longer hold.
      this.#latest = undefined;
    });
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    if (this.#isClosed) {
      void client.end();
      throw new Error('The service is closed');
    }
    this.#client = client;
    return client;
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    void client?.end().catch(() => undefined);
  }
}

const askerOf =
  (client: SingleClient): Ask =>
  async <Row>(text: string) =>
    (await client.query<Row>({ text, query_timeout: lookMs })).rows;

/** A replica and a primary that was made read-only both report it in this setting. */
async function reasonOf(ask: Ask): Promise<string | undefined> {
  const [row] = await ask<{ readOnly: string }>(
    `SELECT current_setting('transaction_read_only') AS "readOnly"`,
  );
  return row?.readOnly === 'off' ? undefined : readsOnly;
}
