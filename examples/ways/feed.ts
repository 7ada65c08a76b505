// Prints the entries of a JSON Feed that are new since the last time: node feed.ts [FEED] [FILE]
import { readFile, rename, writeFile } from 'node:fs/promises';

const address = process.env.STANDFIRST_URL ?? 'http://127.0.0.1:4000';
const [feed = `${address}/feed.json`, file = 'feed.state'] = process.argv.slice(2);

interface State {
  readonly etag: string | null;
  /** Ids of entries that were there. */
  readonly seen: readonly string[];
}
interface Feed {
  readonly items: readonly { id: string; content_html?: string; content_text?: string }[];
}

const kept = await readFile(file, 'utf8').catch(() => '{ "etag": null, "seen": [] }');
const { etag, seen } = JSON.parse(kept) as State;
const response = await fetch(feed, {
  headers: etag === null ? {} : { 'if-none-match': etag },
  signal: AbortSignal.timeout(60_000),
});
if (response.ok) {
  const { items } = (await response.json()) as Feed;
  const ids = new Set(seen);
  // The newest entry is the first one of a feed.
  for (const item of items.toReversed()) {
    if (!ids.has(item.id)) console.log(JSON.stringify(item));
    ids.add(item.id);
  }
  // More than a feed has: an entry that was pushed out comes back when a newer one is removed.
  const state: State = { etag: response.headers.get('etag'), seen: [...ids].slice(-1000) };
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
} else if (response.status !== 304) {
  // 429 and 503 say when to come back; so does any program that is run now and then.
  throw new Error(`${response.status}, retry after ${response.headers.get('retry-after') ?? '?'} s`);
}
