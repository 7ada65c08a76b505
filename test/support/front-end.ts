import { type Client as LiveClient } from 'graphql-ws';
import WebSocket from 'ws';
import { createLiveClient } from '../../examples/front-end/live.ts';
import type { TestApp, TestUser } from './app.ts';

/** The settings that a client library is made with, for one user of a test or nobody. */
export interface FrontEnd {
  readonly url: string;
  readonly live: LiveClient;
  readonly authorization: () => Promise<string | undefined>;
}

const made: LiveClient[] = [];

/** As an application would set its client up; `closeFrontEnds` ends all of them. */
export function frontEnd(app: TestApp, user?: TestUser): FrontEnd {
  const url = `${app.url}/graphql`;
  const authorization = () => Promise.resolve(user && `Bearer ${user.token}`);
  const live = createLiveClient({
    url: url.replace('http', 'ws'),
    authorization,
    webSocketImpl: WebSocket,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 10)),
  });
  made.push(live);
  return { url, live, authorization };
}

export async function closeFrontEnds(): Promise<void> {
  for (const live of made.splice(0)) await live.dispose();
}

/** Comments of the first level for an import document: `1` is the oldest. */
export function numberedComments(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    key: String(index + 1),
    body: String(index + 1),
    authorName: 'Bo Example',
    createdAt: `2024-06-01T10:00:${String(index + 1).padStart(2, '0')}Z`,
  }));
}
