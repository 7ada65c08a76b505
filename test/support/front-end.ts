import { type Client } from 'graphql-ws';
import { createLiveClient, type LiveClient } from '@standfirst/client';
import WebSocket from 'ws';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import { TestApp, type TestUser } from './app.ts';
import { createTestDatabase } from './database.ts';
import { watchForLeaks } from './leaks.ts';

/** Settings of a client library, for one user of a test or signed out. */
export interface FrontEnd {
  readonly url: string;
  readonly live: Client;
  /** The client of which `live` is a part. */
  readonly openLive: LiveClient;
  readonly send: typeof fetch;
}

const made: LiveClient[] = [];

/** Sets a client up as an application would; `closeFrontEnds` closes all of them. */
export function frontEnd(app: TestApp, user?: TestUser): FrontEnd {
  const url = `${app.url}/graphql`;
  const live = createLiveClient({ url, token: () => user?.token, webSocketImpl: WebSocket, maxWaitMs: 20 });
  made.push(live);
  const send: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (user) headers.set('authorization', `Bearer ${user.token}`);
    return fetch(input, { ...init, headers });
  };
  return { url, live: live.client, openLive: live, send };
}

export function closeFrontEnds(): void {
  for (const live of made.splice(0)) live.close();
}

/** Actions of a test around a restart; all services are closed even if one fails. */
export interface AroundRestart {
  before(app: TestApp): Promise<void>;
  /** Runs with another service of the same database, while the first is stopped. */
  meanwhile(other: TestApp): Promise<void>;
  /** Runs with a new service at the address of the first one. */
  after(app: TestApp): Promise<void>;
}

/** Stops a service with live clients, and starts it again at the same address. */
export async function restart(work: AroundRestart): Promise<void> {
  const checkLeaks = watchForLeaks();
  const database = await createTestDatabase();
  const running = new Set<TestApp>();
  const port = await pickLastingPort();
  const start = async (settings: Record<string, string>) => {
    const app = await TestApp.start(settings, { database });
    running.add(app);
    return app;
  };
  try {
    const first = await start({ PORT: String(port) });
    await work.before(first);
    await first.close();
    running.delete(first);
    await work.meanwhile(await start({}));
    await work.after(await start({ PORT: String(port) }));
  } finally {
    closeFrontEnds();
    for (const app of running) await app.close();
    await database.drop();
  }
  await checkLeaks();
}

/** Root comments for an import document: `1` is the oldest. */
export function numberedComments(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    key: String(index + 1),
    body: String(index + 1),
    authorName: 'Bo Example',
    createdAt: `2024-06-01T10:00:${String(index + 1).padStart(2, '0')}Z`,
  }));
}
