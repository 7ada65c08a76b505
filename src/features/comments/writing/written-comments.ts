import DataLoader from 'dataloader';
import { type ArticleRow, selectArticles } from '../../articles/article/article.queries.ts';
import type { RowCounter } from '../../../platform/db/counted-query.ts';
import type { Database, Queryable } from '../../../platform/db/database.ts';
import { type CommentKey, type CommentRow, selectComments } from '../thread/comment.queries.ts';

/** The rows that were read after a comment had been added, as its author sees them. */
export interface WrittenComment {
  readonly article: ArticleRow;
  /** The new comment, and its parent. */
  readonly comments: readonly CommentRow[];
}

/** A comment that was added, and the other comments that its answer shows. */
interface Wanted {
  readonly articleId: string;
  readonly ids: readonly string[];
}

/** Most comments that are read together. */
const mostAtOnce = 100;

/** Most reads that wait; beyond that, answers are read as any others. */
const mostWaiting = 3;

/** One comment, its parent and their article for each of a bounded number of writers: nothing needs to be counted. */
const uncounted: RowCounter = {
  exceeded: undefined,
  countRow: () => undefined,
  afterRows: () => undefined,
};

/** Reads that are under way at once; what is wanted meanwhile is read together afterwards. */
const mostUnderWay = 2;

/** Reads what was just written, for the answers of all writers together. */
export class WrittenComments {
  readonly #db: Queryable;
  readonly #loader: DataLoader<Wanted, WrittenComment | undefined>;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(db: Database) {
    // With a counter, statements of one turn run one after the other, on one connection.
    this.#db = db.forNode('answers to writers', uncounted);
    this.#loader = new DataLoader((wanted) => this.#readInTurn(wanted), {
      cache: false,
      maxBatchSize: mostAtOnce,
      batchScheduleFn: (read) => {
        this.#waiting.push(read);
        setImmediate(() => this.#next());
      },
    });
  }

  /** @returns undefined once the article is deleted, or if too many others wait */
  load(wanted: Wanted): Promise<WrittenComment | undefined> {
    if (this.#waiting.length >= mostWaiting) return Promise.resolve(undefined);
    return this.#loader.load(wanted);
  }

  #next(): void {
    if (this.#underWay < mostUnderWay) this.#waiting.shift()?.();
  }

  async #readInTurn(wanted: readonly Wanted[]): Promise<(WrittenComment | undefined)[]> {
    this.#underWay += 1;
    try {
      return await this.#read(wanted);
    } finally {
      this.#underWay -= 1;
      this.#next();
    }
  }

  async #read(wanted: readonly Wanted[]): Promise<(WrittenComment | undefined)[]> {
    // A comment may be the parent of many.
    const keys = new Map<string, CommentKey>();
    for (const { articleId, ids } of wanted)
      for (const id of ids) keys.set(`${articleId}:${id}`, { articleId, id });
    // The articles are read first, because their cursors must not be newer than the comments.
    const [articles, comments] = await Promise.all([
      selectArticles(this.#db, [...new Set(wanted.map(({ articleId }) => articleId))]),
      selectComments(this.#db, [...keys.values()]),
    ]);
    const articleById = new Map(articles.map((row) => [row.id, row]));
    const commentByKey = new Map(comments.map((row) => [`${row.articleId}:${row.id}`, row]));
    return wanted.map(({ articleId, ids }) => {
      const article = articleById.get(articleId);
      return (
        article && { article, comments: ids.flatMap((id) => commentByKey.get(`${articleId}:${id}`) ?? []) }
      );
    });
  }
}
