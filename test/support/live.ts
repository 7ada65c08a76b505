import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { eventually } from './eventually.ts';

/** One event as a client receives it. */
export interface LiveEvent {
  readonly __typename: string;
  readonly sequence: number;
  readonly cursor: string;

  readonly [field: string]: any;
}

/** Everything that one subscription has received. */
export class Subscription {
  readonly events: LiveEvent[] = [];
  /** Errors of the operation, of the socket, and of single results. */
  readonly errors: unknown[] = [];
  completed = false;
  unsubscribe: () => void = () => undefined;

  /** Waits until a number of events, of the given type, have arrived. */
  async waitFor(count: number, typename?: string): Promise<LiveEvent[]> {
    const wanted = () =>
      this.events.filter((event) => typename === undefined || event.__typename === typename);
    await eventually(
      () =>
        `${count} ${typename ?? 'events'}; has ${JSON.stringify(this.events.map((event) => event.__typename))}, errors ${JSON.stringify(this.errors)}`,
      () => wanted().length >= count,
    );
    return wanted();
  }
}

/** Clients of one service: the real graphql-ws client over real sockets. */
export class LiveClients {
  readonly #url: string;
  readonly #clients: Client[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** A client with its own socket, which reconnects only with `retryAttempts`. */
  client(
    options: {
      token?: string | (() => string);
      retryAttempts?: number;
      onClosed?: (code: number) => void;
    } = {},
  ): Client {
    const { token, retryAttempts = 0, onClosed } = options;
    const client = createClient({
      url: this.#url,
      webSocketImpl: WebSocket,
      retryAttempts,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
      ...(token === undefined
        ? {}
        : {
            connectionParams: () => ({
              authorization: `Bearer ${typeof token === 'function' ? token() : token}`,
            }),
          }),
      on: { closed: (event) => onClosed?.((event as { code: number }).code) },
    });
    this.#clients.push(client);
    return client;
  }

  /** Subscribes; the root field's value is the event. */
  subscribe(
    query: string,
    variables: Record<string, unknown> = {},
    client: Client = this.client(),
  ): Subscription {
    const subscription = new Subscription();
    subscription.unsubscribe = client.subscribe(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (errors) subscription.errors.push(...errors);
          for (const event of Object.values(data ?? {}))
            if (event) subscription.events.push(event as LiveEvent);
        },
        error: (error) => subscription.errors.push(...(Array.isArray(error) ? error : [error])),
        complete: () => {
          subscription.completed = true;
        },
      },
    );
    return subscription;
  }

  /** Subscribes to all events of an article. */
  events(articleId: string, after?: string, client?: Client): Subscription {
    return this.subscribe(articleEventsQuery, { articleId, after }, client);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.dispose();
  }
}

export const articleEventsQuery = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) {
    __typename sequence cursor occurredAt
    ... on ArticleReset { resetReason }
    ... on CommentEvent { comment { id status bodyText author { name } replyCount } }
    ... on CommentAdded { idempotencyKey }
    ... on CommentRemoved { vanishedCommentId }
    ... on EndorsementAdded { endorsement { displayName statement } endorsementEdge { cursor } article { endorsementCount } }
    ... on EndorsementWithdrawn { endorsementId article { endorsementCount } }
  }
}`;
