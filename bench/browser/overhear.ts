import type { Browser } from 'playwright-core';
import type { BareSettings } from './bare-page.ts';

/** The requests of the readers' page. */
export type Asked = Pick<BareSettings, 'page' | 'subscription'>;

/** Opens the readers' page once and records its requests, which the bare page repeats. */
export async function overhear(browser: Browser, address: string): Promise<Asked> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // A page that throws never sends the requests.
  const broken = new Promise<never>((_, reject) => page.once('pageerror', reject));
  const query = page.waitForRequest((request) => request.postData()?.includes('query ArticlePage') === true);
  const subscription = new Promise<string>((resolve) =>
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const message = JSON.parse(payload.toString()) as { type: string; payload: { query: string } };
        if (message.type === 'subscribe') resolve(message.payload.query);
      }),
    ),
  );
  await page.goto(address);
  const [request, document] = await Promise.race([Promise.all([query, subscription]), broken]);
  await context.close();
  return { page: request.postDataJSON() as Asked['page'], subscription: document };
}
