export function TagPage(_: { slug?: string; name?: string }) {
  return null;
}
