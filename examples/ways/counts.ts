// Prints the numbers of comments at addresses, any number of them: node counts.ts URL …
const address = process.env.STANDFIRST_URL ?? 'http://127.0.0.1:4000';

interface Counts {
  readonly counts: readonly { url: string; commentCount: number | null }[];
}

async function print(parameters: readonly string[]): Promise<void> {
  const response = await fetch(`${address}/comment-counts?${parameters.join('&')}`);
  if (!response.ok)
    throw new Error(`${response.status}, retry after ${response.headers.get('retry-after') ?? '?'} s`);
  const { counts } = (await response.json()) as Counts;
  // In the order asked; null for an address that the site does not know.
  for (const { url, commentCount } of counts) console.log(commentCount, url);
}

// A request has 100 addresses at most, and its URL 16 KiB.
let parameters: string[] = [];
for (const url of process.argv.slice(2)) {
  const parameter = `url=${encodeURIComponent(url)}`;
  if (parameters.length === 100 || [...parameters, parameter].join('&').length > 15_000) {
    await print(parameters);
    parameters = [];
  }
  parameters.push(parameter);
}
if (parameters.length > 0) await print(parameters);
