export default function MyCommentsPage() {
  return null;
}
