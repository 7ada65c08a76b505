// Prints the events of the whole site since the last time. Run it now and then, not twice at once.
// node poll.ts [FILE]
import { readFile, rename, writeFile } from 'node:fs/promises';
import { request } from './request.ts';

export const address = process.env.STANDFIRST_URL ?? 'http://127.0.0.1:4000';
const [file = 'site.cursor'] = process.argv.slice(2);

export const fields = `__typename position cursor
  ... on SiteArticleEvent { articleId event { __typename ... on CommentAdded { comment { id bodyText } } } }
  ... on SiteReset { resetReason }`;
const query = `query ($after: EventCursor) { events(after: $after) { events { ${fields} } cursor hasMore } }`;

export interface SiteEvent {
  readonly __typename: string;
  readonly position: number;
  readonly cursor: string;
}

/** The position that was kept; null before the first time. */
export const keptCursor = (): Promise<string | null> => readFile(file, 'utf8').catch(() => null);

/** Keeps a position in one step, so that the file never has half of one. */
async function keep(cursor: string): Promise<void> {
  await writeFile(`${file}.new`, cursor);
  await rename(`${file}.new`, file);
}

let last = 0;

/** The position moves when the work is done: a crash between loses nothing, and brings this event again. */
export async function handle(event: SiteEvent): Promise<void> {
  // Behind a reset a stream sends again what pages had. A reset itself may have a lower number than what was before it.
  if (event.position <= last && event.__typename !== 'SiteReset') return;
  if (event.__typename !== 'SiteCheckpoint') console.log(JSON.stringify(event));
  last = event.position;
  await keep(event.cursor);
}

/** Reads page after page. The first time there are no events: the page has the present position. */
export async function catchUp(): Promise<void> {
  for (let hasMore = true; hasMore;) {
    type Page = { events: { events: SiteEvent[]; cursor: string; hasMore: boolean } };
    const { events: page } = await request<Page>(address, query, { after: await keptCursor() });
    // A `SiteReset` says that events between are not kept any more: read again what you show.
    for (const event of page.events) await handle(event);
    await keep(page.cursor);
    hasMore = page.hasMore;
  }
}

await catchUp();
