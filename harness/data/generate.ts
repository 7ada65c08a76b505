import { Client } from 'pg';
import { ordinalOf } from '../../src/platform/db/ordinal.ts';
import { connectionOf } from '../../src/platform/db/database.ts';
import { OpenTransaction } from '../../src/platform/db/transaction.ts';
import { refreshArticleSearch } from '../../src/features/articles/search/article-search.queries.ts';
import { renderMarkdown } from '../../src/platform/text/markdown.ts';
import { Random } from '../random.ts';
import {
  chunkSize,
  finish,
  insertAccounts,
  insertArticles,
  insertComments,
  insertEndorsements,
  insertJournalists,
  insertSharedTexts,
  type MadeArticle,
  type MadeEndorsement,
} from './data.queries.ts';
import { type DataSize, skewedShares, type ThreadSize } from './size.ts';
import { articleMarkdown, commentMarkdown, personName } from './texts.ts';
import { growThreads, type MadeComment } from './thread.ts';

/** Number of different texts of each kind. Rendering is slow, so the rendered texts are shared. */
const [commentTexts, articleTexts] = [400, 40];

const [firstPublished, betweenArticlesMs] = [Date.parse('2024-01-01T08:00:00Z'), 8 * 3_600_000];

export interface GenerateOptions {
  /** URL of a migrated, empty database. */
  readonly databaseUrl: string;
  readonly size: DataSize;
  /** The same seed gives the same rows, including ids and times. */
  readonly seed: number;
  /** Leaves the tables without statistics and without a visibility map. */
  readonly leavesVacuum?: boolean;
  /** Called with the present step, at most a few times a second. */
  readonly onProgress: (line: string) => void;
}

/** Fills a database with articles, endorsements and threads with consistent counts and positions. */
export async function generateData(options: GenerateOptions): Promise<void> {
  const { size, onProgress } = options;
  const random = new Random(options.seed);
  const client = new Client({
    connectionString: options.databaseUrl,
    application_name: 'standfirst-bench-data',
  });
  await client.connect();
  try {
    // The data can be generated again, so it need not survive a crash.
    await client.query('SET synchronous_commit = off');
    onProgress('texts');
    const texts = Array.from({ length: commentTexts }, () => rendered(commentMarkdown(random), 'comment'));
    await insertSharedTexts(client, texts);
    onProgress('accounts and articles');
    await insertAccounts(client, names(size.accounts, 0));
    await insertJournalists(client, names(size.journalists, 1));
    const articles = makeArticles(random, size);
    await insertArticles(client, articles);
    await makeSearchable(client, articles);
    // Shuffled, so that the length of a discussion does not depend on the article's age.
    const ranked = shuffled(random, articles);
    await inChunks('endorsements', makeEndorsements(ranked, size), onProgress, (rows) =>
      insertEndorsements(client, rows),
    );
    onProgress('threads');
    const comments = makeComments(random, ranked, size);
    await inChunks('comments', comments, onProgress, (rows) => insertComments(client, rows));
    onProgress('counts and statistics');
    await finish(client);
    // Autovacuum would create the statistics and the visibility map in time.
    if (options.leavesVacuum !== true) await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** Writes the search rows of the articles as the service does. */
function makeSearchable(client: Client, articles: readonly MadeArticle[]): Promise<void> {
  return new OpenTransaction(connectionOf(client)).run((tx) =>
    refreshArticleSearch(
      tx,
      articles.map(({ id }) => String(id)),
    ),
  );
}

function rendered(markdown: string, profile: 'article' | 'comment') {
  return { markdown, ...renderMarkdown(markdown, profile) };
}

const names = (count: number, offset: number): string[] =>
  Array.from({ length: count }, (_, index) => personName(index + offset));

function makeArticles(random: Random, size: DataSize): MadeArticle[] {
  const bodies = Array.from({ length: articleTexts }, () => rendered(articleMarkdown(random), 'article'));
  return Array.from({ length: size.articles }, (_, index) => {
    const body = random.pick(bodies);
    if (!body) throw new RangeError('There are no texts');
    return {
      id: index + 1,
      journalistId: 1 + Math.floor(random.next() * size.journalists),
      publishedAt: new Date(firstPublished + index * betweenArticlesMs),
      title: `Who keeps the ferry? Part ${index + 1}`,
      body,
    };
  });
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function makeEndorsements(ranked: readonly MadeArticle[], size: DataSize): MadeEndorsement[] {
  const shares = skewedShares(size.endorsements, ranked.length);
  return ranked.flatMap((article, rank) =>
    Array.from({ length: shares[rank] ?? 0 }, (_, index) => {
      const at = new Date(article.publishedAt.getTime() + (index + 1) * 61_000);
      const name = personName((article.id * 31 + index) % size.accounts);
      return { articleId: article.id, ordinal: ordinalOf(at, 0), at, name, key: `e${index}` };
    }),
  );
}

/** One long discussion with deep replies, and many short ones. */
const skewedThreads = ({ comments, longestThread }: DataSize, articles: number): ThreadSize[] => [
  { comments: longestThread, longest: longestThread / 20 },
  ...skewedShares(comments - longestThread, articles - 1).map((share) => ({ comments: share, longest: 12 })),
];

/** All comments in chronological order: on disk, the threads of many articles are interleaved, as on a real site. */
function makeComments(random: Random, ranked: readonly MadeArticle[], size: DataSize): MadeComment[] {
  const threads = size.threads ?? skewedThreads(size, ranked.length);
  const comments = ranked.flatMap((article, rank) =>
    growThreads(random, {
      articleId: article.id,
      publishedAt: article.publishedAt,
      comments: threads[rank]?.comments ?? 0,
      longest: threads[rank]?.longest ?? 0,
      // A few accounts write many comments, many write one.
      pickAccount: () => 1 + Math.floor(random.next() ** 3 * size.accounts),
      pickText: () => Math.floor(random.next() * commentTexts),
    }),
  );
  comments.sort((a, b) => a.at.getTime() - b.at.getTime() || a.depth - b.depth);
  comments.forEach((comment, index) => (comment.id = index + 1));
  return comments;
}

async function inChunks<Row>(
  what: string,
  rows: readonly Row[],
  onProgress: (line: string) => void,
  insert: (chunk: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += chunkSize) {
    onProgress(`${what}: ${start} of ${rows.length}`);
    await insert(rows.slice(start, start + chunkSize));
  }
}
