import { type EventOf } from '@standfirst/client';
import {
  type ArticleEventsSubscription,
  type CommentEdgeFragment,
  FlatThreadDocument,
  type FlatThreadQuery,
} from './generated/graphql.ts';
import { print } from 'graphql';
import { type ThreadView } from './live.ts';

// #region plain
type Comment = CommentEdgeFragment['node'];
export type ThreadArticle = NonNullable<FlatThreadQuery['article']>;

/** A comment with its replies, as a nested thread shows them. */
export interface Branch {
  readonly comment: Comment;
  readonly replies: readonly Branch[];
}

/** A thread without a cache library: the newest comments by their id, and what happens to them since. */
export class PlainThread implements ThreadView {
  readonly #comments = new Map<string, Comment>();
  readonly #query: () => Promise<FlatThreadQuery>;
  status = 'connecting';
  /** Called after each change. */
  onChange = (): void => undefined;
  commentCount = 0;

  /**
   * @param url the service's GraphQL address
   * @param send `fetch` of a `SessionKeeper`
   */
  constructor(url: string, send: typeof fetch, slug: string) {
    const body = JSON.stringify({ query: print(FlatThreadDocument), variables: { slug, first: 100 } });
    this.#query = async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await send(url, { method: 'POST', headers, body });
      const { data, errors } = (await response.json()) as {
        data?: FlatThreadQuery;
        errors?: { message: string }[];
      };
      if (!data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
      return data;
    };
  }

  /** Loads the page. @returns the article to follow, for `followThread` */
  async load(): Promise<ThreadArticle> {
    const { article } = await this.#query();
    if (!article) throw new Error('There is no such article');
    this.show(article);
    return article;
  }

  /** Begins with a page that is loaded already. */
  show(article: ThreadArticle): void {
    this.commentCount = article.commentCount;
    this.#comments.clear();
    for (const { node } of article.allComments?.edges ?? []) this.#comments.set(node.id, node);
    this.onChange();
  }

  async reload(): Promise<void> {
    await this.load();
  }

  /** Each event has the whole comment as it is now, so the last one is right, however often it comes. */
  apply(event: EventOf<ArticleEventsSubscription>): void {
    if (!('comment' in event)) return;
    const { article, parent, ...comment } = event.comment;
    this.commentCount = article.commentCount;
    const above = this.#comments.get(parent?.id ?? '');
    if (above && parent) this.#comments.set(parent.id, { ...above, replyCount: parent.replyCount });
    const isNew = event.__typename === 'CommentAdded' || event.__typename === 'CommentRestored';
    if (event.__typename === 'CommentRemoved' && event.vanishedCommentId !== null)
      this.#comments.delete(event.vanishedCommentId);
    // What happens to comments of pages that are not loaded shows when they are.
    else if (isNew || this.#comments.has(comment.id)) this.#comments.set(comment.id, { ...comment, parent });
    this.onChange();
  }

  showState(status: string): void {
    this.status = status;
    this.onChange();
  }

  /** All comments, the newest first. */
  get flat(): readonly Comment[] {
    return [...this.#comments.values()].sort((a, b) => compare(b.createdAt, a.createdAt));
  }

  /** The comments of the first level, the newest first, each with its replies, the oldest first. */
  get nested(): readonly Branch[] {
    // In the byte order of `threadPosition` a comment comes before its replies.
    const ordered = [...this.#comments.values()].sort((a, b) => compare(a.threadPosition, b.threadPosition));
    const branches = new Map(ordered.map((comment) => [comment.id, { comment, replies: [] as Branch[] }]));
    const roots: Branch[] = [];
    for (const branch of branches.values()) {
      // A reply to a comment that is not loaded stands on the first level.
      const above = branches.get(branch.comment.parent?.id ?? '');
      (above?.replies ?? roots).push(branch);
    }
    return roots;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
// #endregion plain
