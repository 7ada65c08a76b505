'use client';

import { createLiveClient } from '@standfirst/client';
import { useEffect, useReducer, useState } from 'react';
import { followThread } from '../live.ts';
import { type Branch, PlainThread, type ThreadArticle } from '../plain.ts';

interface Props {
  /** The service's address for browsers. */
  readonly url: string;
  readonly slug: string;
  /** What the server has rendered. */
  readonly article: ThreadArticle;
}

// #region thread
/** A thread that the server has rendered; in the browser it goes on from where the server has read it. */
export function LiveThread({ url, slug, article }: Props) {
  const [, rerender] = useReducer((count: number) => count + 1, 0);
  const [thread] = useState(() => {
    const begun = new PlainThread(url, fetch, slug);
    begun.show(article);
    return begun;
  });
  // Effects run in the browser alone, so the server opens no socket.
  useEffect(() => {
    const live = createLiveClient({ url });
    thread.onChange = rerender;
    followThread(live, article, thread);
    return () => live.close();
  }, [thread, url, article]);
  return (
    <section>
      <h2>{thread.commentCount} comments</h2>
      <Branches of={thread.nested} />
    </section>
  );
}

function Branches({ of: branches }: { of: readonly Branch[] }) {
  return branches.map(({ comment, replies }) => (
    <article key={comment.id}>
      <b>{comment.author?.name ?? 'Somebody'}</b>
      {/* The service's HTML is sanitised. */}
      <div dangerouslySetInnerHTML={{ __html: comment.bodyHtml ?? 'Removed' }} />
      <Branches of={replies} />
    </article>
  ));
}
// #endregion thread
