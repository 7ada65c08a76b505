import { type Listening } from '@standfirst/client';
import { Branch } from './branch.ts';
import {
  addMutation,
  eventsSubscription,
  moreQuery,
  reactMutation,
  removeMutation,
  repliesQuery,
  threadQuery,
  unreactMutation,
} from './documents.ts';
import { type Service, ServiceError } from './service.ts';
import {
  type ArticleFacts,
  type Comment,
  type CommentOrder,
  type CommentPage,
  type CountedComment,
  type RootComment,
  type ThreadAnswer,
  type ThreadEvent,
  type UserError,
  type Viewer,
} from './types.ts';

/** What is shown instead of a thread, or that there is one, or that the first comment begins one. */
export type ThreadStatus = 'loading' | 'ready' | 'unknown' | 'unpublished' | 'failed';

export type LiveStatus = 'connecting' | 'live' | 'off';

/** A comment that the reader sends. `key` is the same for each try of the same text. */
export interface Outgoing {
  readonly text: string;
  readonly key: string;
  /** The comment that it answers; undefined: it is on the article itself. */
  readonly parentId: string | undefined;
}

interface Counted {
  readonly comment: CountedComment | null;
  readonly userErrors: readonly UserError[];
}

interface Reacted {
  readonly comment: Pick<Comment, 'id' | 'reactions' | 'viewerReactions'> | null;
  readonly userErrors: readonly UserError[];
}

/** Comments of the first level in a page; each comes with the first ones below it. */
const pageSize = 15;

/** Comments of a branch in a page. */
const branchPageSize = 30;

/** Longest wait before another try to load the thread, in milliseconds. */
const maxRetryMs = 30_000;

/** Longest wait before the thread of an article that was opened again is read anew, in milliseconds. */
const maxRereadMs = 3000;

const refuseErrors = ([error]: readonly UserError[]): void => {
  if (error) throw new ServiceError(error.code, error.message, undefined, error.retryAt ?? undefined);
};

/** The thread of one address, as far as it is loaded, and its live events. `onChange` is called after every change. */
export class Thread {
  status: ThreadStatus = 'loading';
  /** Why loading has failed; it is tried again by itself. */
  fault: ServiceError | undefined;
  live: LiveStatus = 'off';
  /** Undefined while nobody has begun the thread. */
  article: ArticleFacts | undefined;
  viewer: Viewer | null = null;
  /** Ids of the shown comments of the first level, in order. */
  roots: string[] = [];
  /** New comments of the first level that would move what the reader is reading. */
  waiting: string[] = [];
  hasMore = false;
  order: CommentOrder;
  readonly comments = new Map<string, Comment>();
  readonly branches = new Map<string, Branch>();
  readonly #service: Service;
  #url: string;
  readonly #onChange: () => void;
  /** Tells of a new comment of somebody else, in words for those who do not see it. */
  readonly #onNews: (comment: Comment) => void;
  /** Whether a comment at the beginning of the list would move what the reader is reading. */
  readonly #isReadingOn: () => boolean;
  #next: string | null = null;
  #listening: Listening | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** Number of loads: the answer of an earlier one is dropped. */
  #turn = 0;
  readonly #unsubscribe: () => void;

  constructor(
    service: Service,
    {
      url,
      order,
      ...on
    }: {
      readonly url: string;
      readonly order: CommentOrder;
      readonly onChange: () => void;
      readonly onNews: (comment: Comment) => void;
      readonly isReadingOn: () => boolean;
    },
  ) {
    this.#service = service;
    this.#url = url;
    this.order = order;
    this.#onChange = on.onChange;
    this.#onNews = on.onNews;
    this.#isReadingOn = on.isReadingOn;
    // What another reader may see and do differs. The viewer of a socket is the account that was signed in when it was opened: all
    // threads leave the old one at once, so that it closes.
    this.#unsubscribe = service.login.subscribe(() => {
      this.#listening?.stop();
      void this.load();
    });
    void this.load();
  }

  close(): void {
    this.#turn += 1;
    clearTimeout(this.#retry);
    this.#unsubscribe();
    this.#listening?.stop();
  }

  /** Loads the thread anew, and follows it from there. A failure is tried again by itself; never rejects. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#retry);
    await this.#service.login.ready();
    if (turn !== this.#turn) return;
    try {
      const answer = await this.#read();
      if (turn !== this.#turn) return;
      this.#listening?.stop();
      this.#listening = undefined;
      this.#failures = 0;
      this.#show(answer);
      if (answer.articleByUrl) this.#follow(answer.articleByUrl.id, answer.articleByUrl.liveCursor);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.fault = this.#faultOf(error);
      if (this.status !== 'ready') this.status = 'failed';
      const wait = Math.max(
        (this.fault.retryAfter ?? 0) * 1000,
        Math.random() * Math.min(maxRetryMs, 1000 * 2 ** ++this.#failures),
      );
      this.#retry = setTimeout(() => void this.load(), wait);
    }
    this.#onChange();
  }

  /** Shows the comments in another order, once they are loaded. */
  setOrder(order: CommentOrder): Promise<void> {
    this.order = order;
    this.#onChange();
    return this.load();
  }

  async more(): Promise<void> {
    if (!this.article || this.#next === null) return;
    const turn = this.#turn;
    const { node } = await this.#request<{ node: { comments: CommentPage<RootComment> | null } | null }>(
      moreQuery,
      { articleId: this.article.id, first: pageSize, after: this.#next, orderBy: this.order },
    );
    if (turn !== this.#turn || !node?.comments) return;
    this.#addPage(node.comments);
    this.#onChange();
  }

  /** Loads further comments below one of the first level. */
  async moreReplies(rootId: string): Promise<void> {
    const branch = this.branches.get(rootId);
    const root = this.comments.get(rootId);
    if (!branch || !root || branch.next === null) return;
    const turn = this.#turn;
    const { comment } = await this.#request<{
      comment: { descendantCount: number; descendants: CommentPage | null } | null;
    }>(repliesQuery, { commentId: rootId, first: branchPageSize, after: branch.next });
    if (turn !== this.#turn || !comment?.descendants) return;
    for (const node of comment.descendants.nodes) this.comments.set(node.id, node);
    this.comments.set(rootId, { ...root, descendantCount: comment.descendantCount });
    branch.addPage(comment.descendants, this.comments);
    this.#onChange();
  }

  /** Number of published comments below one of the first level that are not loaded. */
  hiddenReplies(rootId: string): number {
    const branch = this.branches.get(rootId);
    if (!branch || branch.next === null) return 0;
    const shown = branch.ids.filter((id) => this.comments.get(id)?.status === 'PUBLISHED').length;
    return Math.max(1, (this.comments.get(rootId)?.descendantCount ?? 0) - shown);
  }

  /** Shows the comments that wait. */
  showWaiting(): void {
    for (const id of this.waiting.splice(0)) {
      const comment = this.comments.get(id);
      if (comment) this.#placeRoot(comment);
    }
    this.#onChange();
  }

  /** Whether the reader may answer a comment, as far as is known. */
  canReply({ viewerCanReply }: Comment): boolean {
    return viewerCanReply && this.article?.viewerCanComment === true;
  }

  /** Posts a comment. @returns it @throws ServiceError */
  async add({ text, key, parentId }: Outgoing): Promise<Comment> {
    const input = {
      ...this.#target(),
      body: text,
      idempotencyKey: key,
      ...(parentId === undefined ? {} : { parentId }),
    };
    const { addComment } = await this.#request<{
      addComment: Counted & { readonly article: { readonly canonicalUrl: string | null } | null };
    }>(addMutation, { input });
    refuseErrors(addComment.userErrors);
    const { comment, article } = addComment;
    if (!comment) throw new ServiceError('COMMENT_REMOVED', '');
    if (!this.article) {
      // The page may have named another address as its canonical one, under which the thread is found from now on.
      this.#url = article?.canonicalUrl ?? this.#url;
      await this.load();
    }
    this.#takeCounts(comment);
    this.#put(comment, true);
    this.#onChange();
    return comment;
  }

  /** Removes a comment. @throws ServiceError */
  async remove(commentId: string): Promise<void> {
    // Not every token of a pop-up permits it: a refusal says nothing of its other operations.
    const { removeComment } = await this.#service.request<{
      removeComment: Counted & { readonly vanishedCommentId: string | null };
    }>(removeMutation, { input: { commentId } });
    refuseErrors(removeComment.userErrors);
    if (removeComment.vanishedCommentId !== null) this.#takeOut(removeComment.vanishedCommentId);
    if (removeComment.comment) {
      this.#takeCounts(removeComment.comment);
      if (removeComment.vanishedCommentId === null) this.#put(removeComment.comment, true);
    }
    this.#onChange();
  }

  /** Adds the reader's reaction to a comment, or takes it back. @throws ServiceError */
  async react(commentId: string, kind: string, isOn: boolean): Promise<void> {
    const answer = await this.#request<{ react?: Reacted; unreact?: Reacted }>(
      isOn ? reactMutation : unreactMutation,
      { input: { commentId, kind } },
    );
    const reacted = answer.react ?? answer.unreact;
    refuseErrors(reacted?.userErrors ?? []);
    const known = this.comments.get(commentId);
    if (known && reacted?.comment) this.comments.set(commentId, { ...known, ...reacted.comment });
    this.#onChange();
  }

  /** The part of `AddCommentInput` that says where a comment goes. */
  #target(): Readonly<Record<string, unknown>> {
    return this.article ? { articleId: this.article.id } : { articleUrl: this.#url };
  }

  #read(): Promise<ThreadAnswer> {
    return this.#request<ThreadAnswer>(threadQuery, {
      url: this.#url,
      first: pageSize,
      orderBy: this.order,
    });
  }

  async #request<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
    try {
      return await this.#service.request<Data>(query, variables);
    } catch (error) {
      // The token of a pop-up runs the operations of the element that the service has now.
      if (this.#faultOf(error).code === 'FORBIDDEN') this.#service.login.outdated();
      throw error;
    }
  }

  #faultOf(error: unknown): ServiceError {
    return error instanceof ServiceError ? error : new ServiceError('INTERNAL', String(error));
  }

  #show({ articleByUrl, canBeginThread, viewer }: ThreadAnswer): void {
    this.fault = undefined;
    this.viewer = viewer;
    this.comments.clear();
    this.branches.clear();
    this.roots = [];
    this.waiting = [];
    this.status = articleByUrl || canBeginThread ? 'ready' : 'unknown';
    this.hasMore = false;
    this.article = articleByUrl ?? undefined;
    this.live = 'off';
    if (articleByUrl?.comments) this.#addPage(articleByUrl.comments);
  }

  #addPage({ nodes, pageInfo }: CommentPage<RootComment>): void {
    this.#next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    this.hasMore = pageInfo.hasNextPage;
    for (const { descendants, ...root } of nodes) {
      if (this.roots.includes(root.id)) continue;
      const branch = new Branch();
      this.comments.set(root.id, root);
      this.branches.set(root.id, branch);
      for (const node of descendants?.nodes ?? []) this.comments.set(node.id, node);
      if (descendants) branch.addPage(descendants, this.comments);
      this.waiting = this.waiting.filter((id) => id !== root.id);
      this.roots.push(root.id);
    }
  }

  #follow(articleId: string, cursor: string): void {
    this.#listening = this.#service.live.article<{ articleEvents: ThreadEvent }>({
      articleId,
      cursor,
      document: eventsSubscription,
      onEvent: (event) => this.#apply(event),
      onReset: () => this.#reset(),
      onState: ({ status, ...rest }) => {
        if (status === 'ended') {
          this.live = 'off';
          if ((rest as { because?: string }).because === 'unpublished') this.status = 'unpublished';
        } else this.live = status === 'live' ? 'live' : 'connecting';
        this.#onChange();
      },
    });
  }

  /** Reads the thread again in place; the stream goes on from the reset by itself. @throws ServiceError */
  async #reset(): Promise<void> {
    const turn = this.#turn;
    const answer = await this.#read();
    if (turn !== this.#turn) return;
    const { live } = this;
    this.#show(answer);
    this.live = live;
    this.#onChange();
  }

  #apply(event: ThreadEvent): void {
    const { comment, article } = event;
    if (event.__typename === 'CommentPolicyChanged' && article && this.article) {
      // Comments that were loaded while nobody could answer do not say who can now. Not all readers ask at once.
      if (article.viewerCanComment && !this.article.viewerCanComment)
        this.#retry = setTimeout(() => void this.load(), Math.random() * maxRereadMs);
      this.article = { ...this.article, ...article };
    }
    if (comment) this.#takeCounts(comment);
    if (event.vanishedCommentId != null) this.#takeOut(event.vanishedCommentId);
    else if (comment) this.#put(comment, false);
    this.#onChange();
  }

  #takeCounts({ article, ancestors }: CountedComment): void {
    if (this.article) this.article = { ...this.article, commentCount: article.commentCount };
    for (const { id, descendantCount } of ancestors) {
      const known = this.comments.get(id);
      if (known) this.comments.set(id, { ...known, descendantCount });
    }
  }

  /** Shows a comment in its present state: in its place if it has one, otherwise where it belongs, if that is loaded. */
  #put(comment: Comment, isOwn: boolean): void {
    const isKnown = this.comments.has(comment.id);
    if (isKnown) {
      this.comments.set(comment.id, comment);
      return;
    }
    // A tombstone matters for what is below it, and then it is loaded.
    if (comment.status === 'REMOVED' || (comment.status !== 'PUBLISHED' && !isOwn)) return;
    const isNews = !isOwn && comment.author?.id !== undefined;
    if (comment.depth === 0) {
      if (!isOwn && this.order === 'OLDEST' && this.hasMore) return;
      this.comments.set(comment.id, comment);
      this.branches.set(comment.id, new Branch());
      if (!isOwn && this.order !== 'OLDEST' && this.#isReadingOn()) this.waiting.push(comment.id);
      else this.#placeRoot(comment);
    } else {
      const branch = this.#branchOf(comment);
      if (!branch || (!isOwn && !branch.covers(comment))) return;
      this.comments.set(comment.id, comment);
      branch.insert(comment, this.comments);
    }
    if (isNews) this.#onNews(comment);
  }

  /** Places a comment of the first level among the others: by its position, which is smaller the newer it is; in TOP order at the beginning. */
  #placeRoot({ id, threadPosition }: Comment): void {
    if (this.roots.includes(id)) return;
    const isBehind = (other: string) => {
      const position = this.comments.get(other)?.threadPosition ?? '';
      return this.order === 'OLDEST' ? position < threadPosition : position > threadPosition;
    };
    const at = this.order === 'TOP' ? 0 : this.roots.findIndex(isBehind);
    this.roots.splice(at === -1 ? this.roots.length : at, 0, id);
  }

  #branchOf({ threadPosition }: Comment): Branch | undefined {
    for (const [id, branch] of this.branches) {
      const position = this.comments.get(id)?.threadPosition;
      if (position !== undefined && threadPosition.startsWith(position)) return branch;
    }
    return undefined;
  }

  #takeOut(id: string): void {
    this.comments.delete(id);
    this.branches.delete(id);
    this.roots = this.roots.filter((other) => other !== id);
    this.waiting = this.waiting.filter((other) => other !== id);
    for (const branch of this.branches.values()) branch.remove(id);
  }
}
