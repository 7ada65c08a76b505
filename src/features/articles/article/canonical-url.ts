/**
 * The forms in which a URL may be stored, the most likely first: unchanged, then without its fragment, the latter both
 * with and without a slash at the end of the path. `URL` has already normalised the host to lower case and the path.
 * @param url an absolute URL
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
