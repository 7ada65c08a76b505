import { PlainThread } from '../plain.ts';
import { LiveThread } from './live-thread.tsx';

// #region page
/** `app/articles/[slug]/page.tsx`: the server renders the thread, and hands it to the browser as it rendered it. */
export default async function ArticlePage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  // On the server an address is absolute; the browser's may be another one.
  const service = process.env.STANDFIRST_URL ?? 'http://127.0.0.1:4000/graphql';
  const article = await new PlainThread(service, fetch, slug).load();
  return <LiveThread url="https://news.example.org/graphql" slug={slug} article={article} />;
}
// #endregion page
