import { type TypedDocumentNode } from '@apollo/client';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { ArticleThread, BranchThread } from './documents.ts';
import { type LateAnswers, lateAnswersOf } from './late-answers.ts';
import { type Entry, type EntryPage } from './thread-entry.ts';
import { type ThreadList } from './thread-list.ts';
import { maxLevel, pageSize, threadVariables } from './thread-variables.ts';

/** Place of a page: its arguments in a request. */
type Place = { after?: string | null; before?: string | null; around?: string | undefined; end?: 'last' };

type Query = <TData, TVariables>(
  query: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
) => Promise<TData>;

interface Options {
  readonly reader: Reader;
  readonly article: { readonly id: string; readonly slug: string };
  readonly root?: Entry | undefined;
  readonly list: ThreadList;
}

/** Most requests for one of several comments. */
const mostTries = 8;

/** Loads the parts of a discussion into its list. */
export class ThreadPages {
  readonly #options: Options;
  readonly #late: LateAnswers;
  /** Aborts requests of a list that is no longer shown: their responses would leave gaps in the next list. */
  #list = new AbortController();
  /** Requests for a replacement of the list, in the order in which they were sent. */
  #next: AbortController[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#late = lateAnswersOf(options.reader);
  }

  /** Aborts all requests under way. */
  abandon(): void {
    this.#replaceBy(undefined);
  }

  /** @param next the request whose page is shown; later requests are newer, and may still be answered */
  #replaceBy(next: AbortController | undefined): void {
    this.#list.abort();
    this.#list = new AbortController();
    const older = next ? this.#next.indexOf(next) : this.#next.length;
    for (const each of this.#next.splice(0, older)) each.abort();
  }

  /**
   * Replaces the list by the page around a comment, or by the first page.
   * @returns false: the page of a later request is shown
   */
  load(around?: string): Promise<boolean> {
    return this.#replace(this.#options.list.sort === 'TOP' || around === undefined ? {} : { around });
  }

  /**
   * Loads the part of the thread that has one of these comments: the first one that is left. In `TOP` order a comment's page is
   * unknown; there pages are loaded until one has a comment.
   */
  async loadOneOf(ids: readonly string[]): Promise<void> {
    const { list } = this.#options;
    const isThere = () => ids.some((id) => list.has(id));
    const sought = list.sort === 'TOP' ? [] : ids.slice(0, mostTries);
    for (const id of sought) if (!isThere()) await this.load(id);
    for (let tries = mostTries; list.sort === 'TOP' && tries > 0; tries--)
      if (list.snapshot().hasNext && !isThere()) await this.loadMore('end');
  }

  /** The end of the list at which new comments are added. */
  loadNewest(): Promise<boolean> {
    const { root, list } = this.#options;
    return this.#replace(root || list.sort === 'OLDEST' ? { end: 'last' } : {});
  }

  async loadMore(end: 'start' | 'end'): Promise<void> {
    const { list } = this.#options;
    const { start, end: last } = list.cursors;
    const place: Place = end === 'start' ? { before: start, end: 'last' } : { after: last };
    await this.#ask(this.#pageAt(place), (page) => list.extend(end, page));
  }

  /** Loads replies to a first-level comment where they are not loaded with it. */
  async loadBranch(commentId: string): Promise<void> {
    const { list } = this.#options;
    const variables = { commentId, maxDepth: maxLevel, first: pageSize, after: list.branchCursor(commentId) };
    await this.#ask(
      async (query) => (await query(BranchThread, variables)).comment?.descendants,
      (page) => list.extendBranch(commentId, page),
    );
  }

  async #replace(place: Place): Promise<boolean> {
    const controller = new AbortController();
    this.#next.push(controller);
    const show = (page: EntryPage) => {
      this.#replaceBy(controller);
      this.#options.list.replace(page);
    };
    try {
      return await this.#ask(this.#pageAt(place), show, controller);
    } finally {
      this.#next = this.#next.filter((each) => each !== controller);
    }
  }

  #pageAt({ end, ...place }: Place) {
    const { root, article, list } = this.#options;
    const size = end === 'last' ? { last: pageSize } : { first: pageSize };
    return async (query: Query): Promise<EntryPage | null | undefined> => {
      if (root) {
        const variables = { commentId: root.id, maxDepth: maxLevel + 1, ...size, ...place };
        return (await query(BranchThread, variables)).comment?.descendants;
      }
      const variables = { slug: article.slug, ...threadVariables(list.sort), ...size, ...place };
      const data = await query(ArticleThread, variables);
      return data.article?.allComments ?? data.article?.comments;
    };
  }

  // #region ask
  async #ask(
    ask: (query: Query) => Promise<EntryPage | null | undefined>,
    show: (page: EntryPage) => void,
    { signal } = this.#list,
  ): Promise<boolean> {
    let isShown = false;
    const take = (page: EntryPage | null | undefined) => {
      if (signal.aborted) return;
      if (!page) throw new Error(texts.failed);
      show(page);
      isShown = true;
    };
    try {
      await this.#late.during(() => ask(this.#queryUntil(signal)), take);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return isShown;
  }
  // #endregion ask

  #queryUntil(signal: AbortSignal): Query {
    return async (query, variables) => {
      const { data, error } = await this.#options.reader.apollo.query({
        query,
        variables,
        fetchPolicy: 'network-only',
        context: { fetchOptions: { signal }, queryDeduplication: false },
      } as never);
      if (error) throw error as Error;
      return data as never;
    };
  }
}
