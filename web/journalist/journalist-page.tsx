export function JournalistPage(_: { slug?: string; name?: string }) {
  return null;
}
