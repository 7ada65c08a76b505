export default function WritePage(_: { slug?: string; name?: string }) {
  return null;
}
