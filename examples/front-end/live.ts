import { type Client, type ClientOptions, createClient } from 'graphql-ws';

/** Half a second at first, up to 15 s: at random, so that not everybody comes back in the same moment. */
const backOff = (retries: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.random() * Math.min(15_000, 500 * 2 ** retries)));

/**
 * The stock graphql-ws client, which comes back for ever and goes on where it broke off. Any library that takes a
 * graphql-ws client takes this one.
 * @param options `url` of the service's WebSocket; `authorization` as of `SessionKeeper`; `webSocketImpl` where there is
 *   no global one
 */
export function createLiveClient(
  options: { authorization?: () => Promise<string | undefined> } & ClientOptions,
): Client {
  const { authorization, keepAlive = 10_000, ...rest } = options;
  const client = createClient({
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: backOff,
    keepAlive,
    connectionParams: async () => ({ authorization: await authorization?.() }),
    ...rest,
  });
  leaveDeadLines(client, keepAlive / 2);
  return { ...client, subscribe: (payload, sink) => subscribeOnward(client, payload, sink) };
}

/** A phone that slept, a network that changed: nothing tells of it but an unanswered ping. */
function leaveDeadLines(client: Client, patienceMs: number): void {
  let deadline: ReturnType<typeof setTimeout> | undefined;
  client.on('ping', (received) => {
    if (!received) deadline = setTimeout(() => client.terminate(), patienceMs);
  });
  client.on('pong', () => clearTimeout(deadline));
  client.on('closed', () => clearTimeout(deadline));
}

/** After an interruption the client sends the same variables again, so the last event's cursor is put into them. */
const subscribeOnward: (client: Client, ...args: Parameters<Client['subscribe']>) => () => void = (
  client,
  payload,
  sink,
) => {
  const variables = { ...payload.variables };
  return client.subscribe(
    { ...payload, variables },
    {
      next: (result) => {
        const event = Object.values(result.data ?? {})[0] as { cursor?: string } | null | undefined;
        if (event?.cursor) variables.after = event.cursor;
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    },
  );
};
