import type { Browser } from 'playwright-core';
import type { BareSettings } from './bare-page.ts';

/** What the readers' page asks. */
export type Asked = Pick<BareSettings, 'page' | 'subscription'>;

/** Opens the readers' page once and listens to what it asks, for the bare page to ask the same. */
export async function overhear(browser: Browser, address: string): Promise<Asked> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // A page that breaks never asks.
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
