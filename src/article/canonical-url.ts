/**
 * The ways in which an address may have been kept, the likeliest first: as it is, and without its fragment, both with and
 * without a slash at the end of the path. `URL` has put the host in small letters and the path in one form before.
 * @param url an absolute address
 */
export function waysToWrite(url: URL): string[] {
  const ways = new Set<string>([url.href]);
  const other = new URL(url);
  other.hash = '';
  ways.add(other.href);
  other.pathname = other.pathname.endsWith('/') ? other.pathname.slice(0, -1) : `${other.pathname}/`;
  ways.add(other.href);
  return [...ways];
}
