export default function MyArticlesPage() {
  return null;
}
