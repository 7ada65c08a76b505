import { decodeEventCursor } from '../../src/platform/events/event-cursor.ts';
import { type Answer, globalId, keyOf, readAnswer, snapshotOperation } from './api.ts';

/** The state that a client shows before it subscribes. */
export interface Snapshot {
  readonly liveCursor: string;
  /** The sequence number of the cursor. */
  readonly sequence: number;
  readonly commentCount: number;
  /** The keys of the thread's comments. */
  readonly commentIds: readonly string[];
}

interface SnapshotData {
  readonly node: {
    readonly liveCursor: string;
    readonly commentCount: number;
    readonly allComments: {
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
}

async function loadPage(
  url: string,
  articleId: string,
  after: string | undefined,
): Promise<SnapshotData['node']> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: snapshotOperation,
      variables: { id: globalId('Article', articleId), after },
    }),
  });
  const answer: Answer<SnapshotData> = readAnswer(response.status, await response.text());
  if (!answer.data || answer.codes.length > 0)
    throw new Error(`No snapshot: ${response.status} ${answer.codes.join()}`);
  return answer.data.node;
}

/**
 * Loads an article's thread, page by page, with the cursor from before the first page.
 * @param pages the maximum number of pages
 */
export async function loadSnapshot(url: string, articleId: string, pages = Infinity): Promise<Snapshot> {
  const { liveCursor, commentCount, allComments } = await loadPage(url, articleId, undefined);
  const commentIds = new Set(allComments.nodes.map(({ id }) => keyOf(id)));
  let { pageInfo } = allComments;
  for (let page = 1; pageInfo.hasNextPage && page < pages; page++) {
    const next = (await loadPage(url, articleId, pageInfo.endCursor)).allComments;
    for (const { id } of next.nodes) commentIds.add(keyOf(id));
    pageInfo = next.pageInfo;
  }
  const sequence = decodeEventCursor(liveCursor)?.sequence;
  if (sequence === undefined) throw new Error('An article’s cursor is none of ours');
  return { liveCursor, sequence, commentCount, commentIds: [...commentIds] };
}
